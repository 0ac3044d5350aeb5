import YAML

/// The SQL files of a folder, as YAML names them.
struct SQLFile {
  let folder: String
  let world: ConfigurationWorld

  /// The file that the key `sql` of a mapping names, with its text; reported are a file that cannot
  /// be read, and uses of parameters that are not known.
  func read(
    _ name: String, _ reader: MappingReader, parameters known: [String]
  ) -> (file: String, sql: String)? {
    let file = "\(folder)/\(name)"
    switch world.readFile(file) {
    case .absent:
      reader.fail("sql", "there is no file \(file)")
    case .unreadable(let reason):
      reader.fail("sql", "\(file) cannot be read: \(reason)")
    case .text(let bytes):
      for use in SQLParameters.uses(in: bytes, file: file) where !known.contains(use.name) {
        let near = nearest(to: use.name, in: known)
        let listed =
          near == nil
          ? "; there are \(known.map { ":" + $0 }.joined(separator: ", "))" : ""
        reader.problems.add(
          use.mark, "unknown parameter \(quote(":" + use.name))\(listed)",
          suggestion: near.map { ":" + $0 })
      }
      return (file, String(decoding: bytes, as: UTF8.self))
    }
    return nil
  }
}

/// Finds `:name` in SQL, outside of texts, quoted names and comments.
enum SQLParameters {
  struct Use {
    let name: String
    let mark: Mark
  }

  static func uses(in bytes: [UInt8], file: String) -> [Use] {
    var uses: [Use] = []
    var index = 0
    func at(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
    func skip(past end: [UInt8]) {
      while index < bytes.count, !bytes[index...].starts(with: end) { index += 1 }
      index += end.count
    }
    while index < bytes.count {
      switch (bytes[index], at(1)) {
      case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
        let quote = bytes[index]
        index += 1
        skip(past: [quote])
      case (UInt8(ascii: "-"), UInt8(ascii: "-")): skip(past: [0x0A])
      case (UInt8(ascii: "/"), UInt8(ascii: "*")): skip(past: Array("*/".utf8))
      case (UInt8(ascii: ":"), UInt8(ascii: ":")): index += 2
      case (UInt8(ascii: ":"), let next) where isWord(next):
        let name = bytes[(index + 1)...].prefix(while: isWord)
        let line = bytes[..<index].split(separator: 0x0A, omittingEmptySubsequences: false)
        uses.append(
          Use(
            name: String(decoding: name, as: UTF8.self),
            mark: Mark(file: file, line: line.count, column: (line.last?.count ?? 0) + 1)))
        index += 1 + name.count
      default: index += 1
      }
    }
    return uses
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte >= 0x30 && byte <= 0x39)
      || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
  }
}
