import Engine

/// The commission lines that runs before published, by ID. What a sale gave before the window is what
/// they say, whatever became of rates and statuses since: a run brings their status up to its last
/// day, but gives none another amount.
struct PublishedLines {
  private var rowOf: [UInt128: Int32] = [:]
  /// The raw value of each line's status; absent for a word that is not ours.
  private let statuses: [Int64]
  private let amounts: [Int64]
  /// Lines of days before this one may have been published.
  private let firstDay: Int32

  /// The lines up to a window's end, read back.
  static func readBack(for window: Window) -> ReadBack {
    ReadBack(
      Commissions.schema, columns: ["id", "status", "amount"],
      span: .range(from: Int64(Day.first.number), to: Int64(window.lastDay)))
  }

  /// The lines of a table read back, for a window.
  init(_ table: Table, for window: Window) {
    firstDay = window.firstDay()
    amounts = table.integers("amount")
    let (ids, words) = (table.texts("id"), table.texts("status"))
    let codes = (0..<words.pool.count).map { code in
      CommissionStatus.words.firstIndex(of: words.pool.text(of: code)).map { Int64($0) } ?? .absent
    }
    statuses = words.codes.map { $0 < 0 ? .absent : codes[Int($0)] }
    rowOf.reserveCapacity(table.count)
    for row in 0..<table.count {
      if let id = ids.withBytes(row, { NameUUID.parse($0) }) { rowOf[id] = Int32(row) }
    }
  }

  /// Whether lines of a day may be among them.
  func mayHold(_ day: Int32) -> Bool { day < firstDay }

  /// The amount of a published line, nil where there is none of that ID.
  func amount(of id: UInt128) -> Int64? { rowOf[id].map { amounts[Int($0)] } }

  /// The raw value of a published line's status, absent where there is none of that ID.
  func status(of id: UInt128) -> Int64 { rowOf[id].map { statuses[Int($0)] } ?? .absent }
}
