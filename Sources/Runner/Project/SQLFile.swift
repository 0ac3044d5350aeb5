import Engine
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
    SQLText.parameters(in: bytes).map { parameter in
      let line = bytes[..<parameter.place.lowerBound].split(
        separator: 0x0A, omittingEmptySubsequences: false)
      return Use(
        name: parameter.name,
        mark: Mark(file: file, line: line.count, column: (line.last?.count ?? 0) + 1))
    }
  }
}
