@testable import Runner

/// A slow, obvious CSV reader of its own, so that the generator is not checked by its own ideas.
enum SimpleCSV {
  /// The records as dictionaries, the physical lines of planted rows (but harmless ones) left out.
  static func table(_ bytes: [UInt8], without planted: [PlantedRow]) -> [[String: String]] {
    let skipped = Set(planted.filter { $0.effect != .harmless }.map(\.line))
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let kept = lines.enumerated().filter { !skipped.contains($0.offset + 1) }.map(\.element)
    var text = String(decoding: Array(kept.joined(separator: [0x0A])), as: UTF8.self)
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    var records = Self.records(text)
    let header = records.removeFirst()
    return records.map { record in
      guard record.count == header.count else { return ["ragged": record.joined(separator: "|")] }
      return Dictionary(uniqueKeysWithValues: zip(header, record))
    }
  }

  private static func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = String.UnicodeScalarView()
    var quoted = false
    var closed = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"":
        // A doubled quote closes and opens again: the quote itself is then missing, and is added.
        if !quoted, closed { field.append("\"") }
        quoted.toggle()
        closed = !quoted
      case "," where !quoted:
        record.append(String(field))
        field.removeAll()
        closed = false
      case "\n" where !quoted:
        record.append(String(field))
        records.append(record)
        record = []
        field.removeAll()
        closed = false
      case "\r" where !quoted: break
      default: field.append(scalar)
      }
    }
    if !record.isEmpty { records.append(record + [String(field)]) }
    return records
  }
}
