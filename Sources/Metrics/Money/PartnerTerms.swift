import Engine

/// The partners as a stage keeps them: one row each, texts as codes.
struct PartnerTerms: Sendable {
  /// Partner IDs, parents' among them.
  var ids = StringPool()
  var tiers = StringPool()

  var id: [Int32] = []
  var tier: [Int32] = []
  var status: [UInt8] = []
  var statusSince: [Int64] = []
  var parent: [Int32] = []
  /// The partner's own rate, absent where it has none.
  var rate: [Int64] = []
  var hasPaymentMethod: [Bool] = []

  /// The columns that `add` reads.
  static let columns = [
    "partner_id", "tier", "status", "commission_rate", "parent_partner_id", "payment_method",
    "status_since",
  ]

  mutating func add(_ batch: Batch) {
    let contract = Sources.partners
    let idTexts = batch.text(contract.column("partner_id"))
    let tierTexts = batch.text(contract.column("tier"))
    let statuses = batch.integers[contract.column("status")]
    let rates = batch.integers[contract.column("commission_rate")]
    let parents = batch.text(contract.column("parent_partner_id"))
    let methods = batch.text(contract.column("payment_method"))
    let since = batch.integers[contract.column("status_since")]
    for row in 0..<batch.count {
      id.append(Int32(ids.intern(idTexts[row])))
      tier.append(Int32(tiers.intern(tierTexts[row])))
      status.append(UInt8(statuses[row]))
      statusSince.append(since[row])
      parent.append(ids.code(ofOptional: parents[row]))
      rate.append(rates[row])
      hasPaymentMethod.append(!methods[row].isEmpty)
    }
  }

  mutating func merge(_ other: PartnerTerms) {
    let idMap = CodeMap(ids.merge(other.ids))
    let tierMap = CodeMap(tiers.merge(other.tiers))
    id.append(contentsOf: other.id.lazy.map { idMap[$0] })
    tier.append(contentsOf: other.tier.lazy.map { tierMap[$0] })
    status.append(contentsOf: other.status)
    statusSince.append(contentsOf: other.statusSince)
    parent.append(contentsOf: other.parent.lazy.map { idMap[$0] })
    rate.append(contentsOf: other.rate)
    hasPaymentMethod.append(contentsOf: other.hasPaymentMethod)
  }

  /// The status of the partner of a row at an instant.
  func status(_ row: Int, at instant: Int64) -> PartnerStatus {
    PartnerStatus.of(Int64(status[row]), since: statusSince[row], at: instant)
  }
}

/// The partners by the codes of their IDs, their chains of parents checked.
struct PartnerTree {
  let rows: PartnerTerms
  /// For each code of `rows.ids` the row of that partner, −1 where it is only named as a parent.
  let rowOfCode: [Int32]

  /// Indexes partners; a partner that is its own ancestor is an error of the stage that asks.
  init(_ rows: PartnerTerms, for stage: String) throws(StageError) {
    self.rows = rows
    var rowOfCode = [Int32](repeating: -1, count: rows.ids.count)
    for (row, code) in rows.id.enumerated() { rowOfCode[Int(code)] = Int32(row) }
    self.rowOfCode = rowOfCode
    try refuseCycles(for: stage)
  }

  /// The row of a partner by its ID's bytes, nil where there is none.
  func row(of id: ByteView) -> Int? {
    guard let code = rows.ids.code(of: id) else { return nil }
    let row = rowOfCode[code]
    return row < 0 ? nil : Int(row)
  }

  /// The rows of the partners of a pool of IDs, by code; −1 where there is none.
  func rows(of ids: StringPool) -> [Int32] {
    (0..<ids.count).map { code in ids.withBytes(of: code) { row(of: $0) }.map { Int32($0) } ?? -1 }
  }

  /// The row of a partner's parent, nil where it has none or the parent does not exist.
  func parent(of row: Int) -> Int? {
    let code = rows.parent[row]
    guard code >= 0, rowOfCode[Int(code)] >= 0 else { return nil }
    return Int(rowOfCode[Int(code)])
  }

  /// The ID of a row's partner.
  func id(_ row: Int) -> String { rows.ids.text(of: Int(rows.id[row])) }

  private func refuseCycles(for stage: String) throws(StageError) {
    /// 0: not looked at; else the walk in which a partner was met.
    var walk = [Int32](repeating: 0, count: rows.id.count)
    for start in rows.id.indices {
      var row = start
      while walk[row] == 0 {
        walk[row] = Int32(start) + 1
        guard let next = parent(of: row) else { break }
        row = next
        guard walk[row] == Int32(start) + 1 else { continue }
        throw StageError(
          stage: stage, message: "partners are each other's parents: \(cycle(through: row))",
          help: "correct parent_partner_id of one of them in the source partners")
      }
    }
  }

  /// The partners of a cycle in order, beginning with the least ID, so that it reads the same
  /// whatever the order of rows.
  private func cycle(through row: Int) -> String {
    var names = [id(row)]
    var next = parent(of: row)
    while let current = next, current != row {
      names.append(id(current))
      next = parent(of: current)
    }
    let least = names.indices.min { names[$0] < names[$1] } ?? 0
    let ordered = names[least...] + names[..<least]
    return (ordered + [names[least]]).joined(separator: " → ")
  }
}
