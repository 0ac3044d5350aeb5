import Glibc

/// Reads the XML of a sheet as this module writes it, block by block: how many rows it has in a
/// range, and what columns of numbers add up to there.
///
/// It is for finding out whether what was written is what was to be written. Tags may be cut
/// anywhere between two blocks.
package struct SheetScan {
  /// A column of numbers: its place, and how many decimals count.
  package struct Column: Sendable {
    let index: Int
    let digits: Int

    /// Column `index`, counted from 0; money has `digits` minor digits, whole numbers 0.
    package init(_ index: Int, digits: Int) {
      self.index = index
      self.digits = digits
    }
  }

  /// How many rows were found in the range.
  package private(set) var rows = 0
  /// The sum of each column in the range, in units of its last decimal.
  package private(set) var sums: [Int128]

  private let range: Range<Int>
  /// The place in `sums` and the factor of a column, by its index; nil for the others.
  private var wanted: [(place: Int, scale: Double)?]
  private var tag: [UInt8] = []
  private var value: [CChar] = []
  private var place: Place = .outside
  private var isInRange = false
  private var column: (place: Int, scale: Double)?

  private enum Place { case outside, tag, value }

  /// A scan of the rows in a range, counted from 0.
  package init(rows: Range<Int>, columns: [Column]) {
    range = rows
    sums = columns.map { _ in 0 }
    wanted = Array(repeating: nil, count: (columns.map(\.index).max() ?? -1) + 1)
    for (place, column) in columns.enumerated() {
      let scale = (0..<column.digits).reduce(1.0) { scale, _ in scale * 10 }
      wanted[column.index] = (place, scale)
    }
  }

  /// Reads the next bytes.
  package mutating func scan(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      switch (place, byte) {
      case (.outside, UInt8(ascii: "<")), (.value, UInt8(ascii: "<")):
        if place == .value { add() }
        tag.removeAll(keepingCapacity: true)
        place = .tag
      case (.outside, _): break
      case (.tag, UInt8(ascii: ">")): place = open()
      case (.tag, _): tag.append(byte)
      case (.value, _): value.append(CChar(bitPattern: byte))
      }
    }
  }

  /// Notes what a tag begins.
  private mutating func open() -> Place {
    if tag.starts(with: "row ".utf8) {
      let number = attribute(" r=\"").reduce(0) { $0 * 10 + Int($1) - 0x30 } - 1
      isInRange = range.contains(number)
      if isInRange { rows += 1 }
      return .outside
    }
    guard isInRange else { return .outside }
    if tag.starts(with: "c ".utf8) {
      let letters = attribute(" r=\"").prefix { $0 >= UInt8(ascii: "A") }
      let index = letters.reduce(0) { $0 * 26 + Int($1) - 64 } - 1
      // A cell with a type is a text or a truth value.
      let isNumber = attribute(" t=\"").isEmpty
      column = isNumber && wanted.indices.contains(index) ? wanted[index] : nil
      return .outside
    }
    guard column != nil, tag.elementsEqual("v".utf8) else { return .outside }
    value.removeAll(keepingCapacity: true)
    return .value
  }

  /// Adds the number that has ended.
  private mutating func add() {
    guard let column else { return }
    value.append(0)
    // Numbers have at most 15 digits, which a double keeps: rounding gives back each of them.
    let number = (strtod(value, nil) * column.scale).rounded()
    // A file that is not ours may hold anything; a sum that cannot be right will not agree.
    sums[column.place] += number.magnitude < 1e18 ? Int128(number) : .max / 2
  }

  /// The bytes between the quotes after `start`; empty where the tag has no such attribute.
  private func attribute(_ start: StaticString) -> ArraySlice<UInt8> {
    let length = start.utf8CodeUnitCount
    let isStart = { (index: Int) in
      start.withUTF8Buffer { tag[index..<index + length].elementsEqual($0) }
    }
    guard tag.count > length,
      let found = (0..<tag.count - length).first(where: {
        tag[$0] == UInt8(ascii: " ") && isStart($0)
      })
    else { return [] }
    return tag[(found + length)...].prefix { $0 != UInt8(ascii: "\"") }
  }
}

/// The names of a workbook's sheets in the order of their tabs, from its member `xl/workbook.xml`.
package func sheetNames(inWorkbookXML bytes: [UInt8]) -> [String] {
  let text = String(decoding: bytes, as: UTF8.self)
  return text.split(separator: "<sheet name=\"", omittingEmptySubsequences: false).dropFirst().map {
    rest in
    let name = String(rest.prefix { $0 != "\"" })
    return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")].reduce(name) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}
