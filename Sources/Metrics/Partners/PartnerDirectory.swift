import Engine

/// Partners as they came.
package struct PartnerRows: Sendable {
  /// The columns that stages about partners read.
  static let columns = [
    "partner_id", "referral_code", "status", "user_id", "email", "status_since",
  ]

  /// One partner.
  struct Row: Sendable {
    var id: Int32
    var code: Int32
    var status: Int64
    var user: Int32
    var email: Int32
    var since: Int64
  }

  var ids = StringPool()
  var codes = StringPool()
  /// Users and e-mail addresses, −1 for none.
  var texts = StringPool()
  var rows: [Row] = []

  mutating func add(_ batch: Batch) {
    let contract = Sources.partners
    let idTexts = batch.text(contract.column("partner_id"))
    let codeTexts = batch.text(contract.column("referral_code"))
    let statuses = batch.integers[contract.column("status")]
    let userTexts = batch.text(contract.column("user_id"))
    let emailTexts = batch.text(contract.column("email"))
    let since = batch.integers[contract.column("status_since")]
    for row in 0..<batch.count {
      rows.append(
        Row(
          id: Int32(ids.intern(idTexts[row])), code: Int32(codes.intern(codeTexts[row])),
          status: statuses[row], user: texts.code(ofOptional: userTexts[row]),
          email: texts.code(ofOptional: emailTexts[row]), since: since[row]))
    }
  }

  mutating func merge(_ other: PartnerRows) {
    let idMap = CodeMap(ids.merge(other.ids))
    let codeMap = CodeMap(codes.merge(other.codes))
    let textMap = CodeMap(texts.merge(other.texts))
    for row in other.rows {
      rows.append(
        Row(
          id: idMap[row.id], code: codeMap[row.code], status: row.status, user: textMap[row.user],
          email: textMap[row.email], since: row.since))
    }
  }
}

/// The partners of a run, by their place in order of ID.
struct Partners {
  private let source: PartnerRows
  private let rows: [PartnerRows.Row]
  /// The partner of each referral code, by the code's code.
  private let partnerOfCode: [Int]
  /// The partner of each ID, by the ID's code.
  private let partnerOfID: [Int]

  /// All partners; throws where two have one referral code: whose click would it be?
  init(_ source: PartnerRows, for stage: String) throws(StageError) {
    self.source = source
    let ranks = source.ids.ranks()
    let rows = source.rows.sorted { ranks[Int($0.id)] < ranks[Int($1.id)] }
    var partnerOfCode = [Int](repeating: -1, count: source.codes.count)
    for (partner, row) in rows.enumerated() {
      let other = partnerOfCode[Int(row.code)]
      guard other < 0 else {
        let names = [other, partner].map { source.ids.text(of: Int(rows[$0].id)) }
        throw StageError(
          stage: stage,
          message: "partners \(names[0]) and \(names[1]) have the same referral code "
            + "\(source.codes.text(of: Int(row.code)))",
          help: "give one of them another referral_code in the source partners")
      }
      partnerOfCode[Int(row.code)] = partner
    }
    self.rows = rows
    // An ID is unique in its source, so its rank is its partner's place.
    partnerOfID = ranks
    self.partnerOfCode = partnerOfCode
  }

  /// How many there are.
  var count: Int { rows.count }

  /// Their IDs, and the code of each partner's in them.
  var ids: StringPool { source.ids }

  /// The code of a partner's ID in `ids`.
  func idCode(_ partner: Int) -> Int32 { rows[partner].id }

  /// The ID of a partner.
  func id(_ partner: Int) -> String { source.ids.text(of: Int(rows[partner].id)) }

  /// The referral code of a partner.
  func code(_ partner: Int) -> String { source.codes.text(of: Int(rows[partner].code)) }

  /// The user of a partner, nil for none.
  func user(_ partner: Int) -> String? { text(rows[partner].user) }

  /// The e-mail address of a partner, nil for none.
  func email(_ partner: Int) -> String? { text(rows[partner].email) }

  private func text(_ code: Int32) -> String? {
    code < 0 ? nil : source.texts.text(of: Int(code))
  }

  /// The partner of a referral code, nil if there is none.
  func partner(ofCode code: ByteView) -> Int? {
    guard let index = source.codes.code(of: code) else { return nil }
    return partnerOfCode[index]
  }

  /// The partner of an ID, given by its code in a pool.
  func partner(ofID pool: StringPool, _ code: Int32) -> Int? {
    guard let own = pool.withBytes(of: Int(code), { source.ids.code(of: $0) }) else { return nil }
    return partnerOfID[own]
  }

  /// Whether a partner is active at an instant.
  func isActive(_ partner: Int, at instant: Int64) -> Bool {
    PartnerStatus.of(rows[partner].status, since: rows[partner].since, at: instant) == .active
  }

  /// The hash of a partner's user in the space of users, nil for none.
  func userHash(_ partner: Int) -> UInt64? {
    let code = rows[partner].user
    guard code >= 0 else { return nil }
    return source.texts.withBytes(of: Int(code)) { KeyNamespace.hash($0, KeyNamespace.user) }
  }
}
