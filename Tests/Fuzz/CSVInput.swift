import Engine
import Files
import Support

/// A CSV file, how it is written down, and how reading it is cut up.
struct CSVInput: CustomStringConvertible {
  /// How a pass is cut up.
  struct Cut {
    var chunkSize: Int
    var readAhead: Int
    var batchSize: Int
    var threads: Int

    static func random(length: Int, using generator: inout SeededGenerator) -> Cut {
      Cut(
        chunkSize: Int.random(in: 1...max(1, length + 1), using: &generator),
        readAhead: [1, 2, 3, 16, 64, 4096].randomElement(using: &generator) ?? 1,
        batchSize: Int.random(in: 1...9, using: &generator),
        threads: Int.random(in: 1...4, using: &generator))
    }
  }

  /// A longest record that no file here comes near.
  static let unlimited = 1 << 40

  var bytes: [UInt8]
  var dialect = Dialect()
  /// How many fields a record must have, where no header says so.
  var fieldCount = 1
  var maximumRecord = CSVInput.unlimited
  /// Which columns are kept: a bit each.
  var wanted: UInt64 = .max
  var cuts: [Cut] = []

  var description: String {
    """
    \(String(decoding: bytes, as: UTF8.self).debugDescription)
      bytes \(bytes)
      \(dialect), \(fieldCount) fields, records up to \(maximumRecord), wanted \(wanted), \(cuts)
    """
  }

  /// The options of a pass cut up so.
  func options(_ cut: Cut) -> PassOptions {
    var options = PassOptions()
    options.chunkSize = cut.chunkSize
    options.readAhead = cut.readAhead
    options.batchSize = cut.batchSize
    options.threads = cut.threads
    options.maximumRecord = maximumRecord
    return options
  }
}

extension CSVInput {
  /// A file of the usual dialect.
  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let delimiters: [UInt8] = [0x2C, 0x2C, 0x2C, 0x3B, 0x09, 0x7C, 0x20, 0x1F]
  private static let quotes: [UInt8?] = [0x22, 0x22, 0x22, 0x22, 0x27, 0x60, nil]

  /// A file of records, most of them fine, in a dialect of its own.
  init(using generator: inout SeededGenerator) {
    bytes = []
    dialect.delimiter = Self.delimiters.randomElement(using: &generator) ?? 0x2C
    dialect.quote = Self.quotes.randomElement(using: &generator) ?? 0x22
    dialect.encoding = Int.random(in: 0..<4, using: &generator) == 0 ? .latin1 : .utf8
    dialect.hasHeader = Bool.random(using: &generator)
    fieldCount = Int.random(in: 1...5, using: &generator)
    if Int.random(in: 0..<3, using: &generator) == 0 { wanted = generator.next() }
    if Int.random(in: 0..<8, using: &generator) == 0 { bytes += [0xEF, 0xBB, 0xBF] }
    let lineEnds: [[UInt8]] =
      [[[0x0A]], [[0x0D, 0x0A]], [[0x0D]], [[0x0A], [0x0D], [0x0D, 0x0A], [0x0A, 0x0A]]]
      .randomElement(using: &generator) ?? [[0x0A]]
    // Few long files, many short ones: most of what goes wrong does so between a few bytes.
    // Some long ones are calm, as most real files are: the scanner takes whole blocks of those.
    let isCalm = Int.random(in: 0..<4, using: &generator) == 0
    let most = isCalm ? 60 : [3, 3, 3, 6, 40][Int.random(in: 0..<5, using: &generator)]
    let records = Int.random(in: 0...most, using: &generator)
    for record in 0..<records {
      for field in 0..<fieldCount {
        if field > 0 { bytes.append(dialect.delimiter) }
        bytes += self.field(isCalm: isCalm, using: &generator)
      }
      let isLast = record == records - 1
      if !isLast || Bool.random(using: &generator) {
        bytes += lineEnds.randomElement(using: &generator) ?? [0x0A]
      }
    }
    if Int.random(in: 0..<4, using: &generator) == 0 {
      maximumRecord = Int.random(in: 1...200, using: &generator)
    }
    makeCuts(using: &generator)
  }

  mutating func makeCuts(using generator: inout SeededGenerator) {
    let length = bytes.count
    cuts = (0..<4).map { _ in Cut.random(length: length, using: &generator) }
    guard length <= 48, Int.random(in: 0..<8, using: &generator) == 0 else { return }
    // Every chunk boundary there is.
    cuts = (1...length + 1).map { size in
      var cut = Cut.random(length: length, using: &generator)
      cut.chunkSize = size
      return cut
    }
  }

  /// One field, quoted or not.
  private func field(isCalm: Bool, using generator: inout SeededGenerator) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let isWord = isCalm && Int.random(in: 0..<60, using: &generator) > 0
      text += isWord ? word(using: &generator) : token(using: &generator)
    }
    guard let quote = dialect.quote, Bool.random(using: &generator) else {
      let special = [dialect.delimiter, 0x0A, 0x0D]
      return text.filter { !special.contains($0) }
    }
    return [quote] + text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  /// What trips nobody but where it ends.
  private func word(using generator: inout SeededGenerator) -> [UInt8] {
    let letters = [UInt8](repeating: 0x61, count: Int.random(in: 1...30, using: &generator))
    return Int.random(in: 0..<4, using: &generator) == 0 ? letters + [dialect.delimiter] : letters
  }

  /// What trips readers.
  private func token(using generator: inout SeededGenerator) -> [UInt8] {
    let quote = dialect.quote ?? 0x22
    switch Int.random(in: 0..<24, using: &generator) {
    case 0: return [quote]
    case 1: return [quote, quote]
    case 2: return [dialect.delimiter]
    case 3: return [0x0A]
    case 4: return [0x0D]
    case 5: return [0x0D, 0x0A]
    case 6: return [0]
    case 7: return [0x20]
    case 8: return Array("é".utf8)
    case 9: return Array("🂡".utf8)
    case 10:
      return [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]]
        .randomElement(using: &generator) ?? [0xFF]
    case 11: return [0xEF, 0xBB, 0xBF]
    case 12:
      // About a block of the scanner, and now and then far more than a chunk.
      let most = Int.random(in: 0..<40, using: &generator) == 0 ? 100_000 : 140
      return [UInt8](repeating: 0x7A, count: Int.random(in: 50...most, using: &generator))
    case 13: return [UInt8.random(in: 0...255, using: &generator)]
    case 14: return [dialect.delimiter, quote]
    case 15: return [quote, dialect.delimiter]
    default: return Array("abcdefg".utf8.prefix(Int.random(in: 1...7, using: &generator)))
    }
  }

  /// The input with one thing put in, taken out, repeated, moved or cut off.
  func mutated(using generator: inout SeededGenerator) -> CSVInput {
    var changed = self
    let place = Int.random(in: 0...bytes.count, using: &generator)
    let end = min(bytes.count, place + Int.random(in: 1...9, using: &generator))
    switch Int.random(in: 0..<8, using: &generator) {
    case 0, 1, 2: changed.bytes.insert(contentsOf: token(using: &generator), at: place)
    case 3: changed.bytes.removeSubrange(place..<end)
    case 4: changed.bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 5: changed.bytes.removeLast(bytes.count - place)
    case 6:
      let target = Int.random(in: 0...bytes.count, using: &generator)
      changed.bytes.insert(contentsOf: bytes[place..<end], at: target)
    default:
      if place < bytes.count {
        changed.bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    changed.makeCuts(using: &generator)
    return changed
  }
}
