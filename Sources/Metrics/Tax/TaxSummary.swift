import Engine

/// Who was paid what in the tax year: each payout in its bucket, each recipient with the decision.
struct TaxSummary {
  /// Where a payout belongs; the words are the specification's.
  enum Bucket: String, CaseIterable {
    case notCompleted = "not_completed"
    case otherYear = "other_year"
    case otherCurrency = "other_currency"
    case network
    case foreign
    case corporation
    case taxExempt = "tax_exempt"
    case government
    case belowThreshold = "below_threshold"
    case form

    /// Its code in a column of `words`.
    var code: Int32 { Int32(Self.allCases.firstIndex(of: self) ?? 0) }
    /// The words of all of them, coded in their order.
    static var words: StringPool { StringPool(words: allCases.map(\.rawValue)) }
  }

  /// Somebody who gets a form, or the reason why not.
  struct Recipient {
    /// The partners paid, in the order of their IDs; the first one is whose profile speaks.
    var partners: [Int32]
    /// The row of that profile, nil if there is none.
    var profile: Int?
    var tin = TIN.missing
    /// Sums of the payments, in minor units.
    var amount: Int64 = 0
    var withheld: Int64 = 0
    /// What backup withholding would have taken of each payment, rounded payment by payment.
    var withholding: Int64 = 0
    var payments: Int64 = 0
    /// Payments without a word on who reports them, and their sum.
    var unsaid: (count: Int64, amount: Int64) = (0, 0)
    var firstPaidAt = Int64.max
    var lastPaidAt = Int64.min
    var bucket = Bucket.form
  }

  let data: TaxPartial
  let context: RunContext
  let year: TaxYear
  /// The row of each partner's profile by the partner's code, −1 for none.
  let profileOf: [Int32]
  /// The row of each partner by its code, −1 for none.
  let personOf: [Int32]
  /// For each partner's code its place among all IDs in byte order.
  let ranks: [Int]
  /// The bucket of each payout.
  private(set) var buckets: [Bucket]
  /// The recipient of each payout, −1 for none.
  private(set) var recipientOf: [Int32]
  /// In the order of the IDs of their first partners.
  private(set) var recipients: [Recipient] = []

  init(_ data: TaxPartial, _ context: RunContext, _ year: TaxYear) throws(StageError) {
    self.data = data
    self.context = context
    self.year = year
    ranks = data.partners.ranks()
    profileOf = Self.rows(data.profiles.partner, of: data.partners.count)
    personOf = Self.rows(data.people.partner, of: data.partners.count)
    let count = data.payouts.id.count
    buckets = Array(repeating: .form, count: count)
    recipientOf = Array(repeating: -1, count: count)
    judgePayouts()
    try addUp()
    for index in recipients.indices { recipients[index].bucket = decision(recipients[index]) }
    for row in 0..<count where recipientOf[row] >= 0 {
      buckets[row] = recipients[Int(recipientOf[row])].bucket
    }
  }

  private static func rows(_ partners: [Int32], of count: Int) -> [Int32] {
    var rows = [Int32](repeating: -1, count: count)
    for (row, partner) in partners.enumerated() { rows[Int(partner)] = Int32(row) }
    return rows
  }

  /// The instants of the year's beginning and of the next one's, in the reporting zone.
  var span: (first: Int64, end: Int64) {
    // The settings take years 1900 to 9999, so both days exist.
    let first = Day(year: year.year, month: 1, day: 1) ?? Day.first
    return (
      context.timeZone.firstInstant(of: first),
      context.timeZone.firstInstant(of: first.lastOfYear + 1)
    )
  }

  /// What can be said of a payout without its recipient: in the order of the specification.
  private mutating func judgePayouts() {
    let (first, end) = span
    let last = context.lastInstant
    let completed = UInt8(PayoutStatus.completed.rawValue)
    let network = Int8(Sources.payoutReporters["network"])
    for row in buckets.indices {
      let paid = data.payouts.processedAt[row]
      if data.payouts.status[row] != completed || paid == .absent || paid > last {
        buckets[row] = .notCompleted
      } else if paid < first || paid >= end {
        buckets[row] = .otherYear
      } else if data.payouts.currency[row] != context.currency.rawValue {
        buckets[row] = .otherCurrency
      } else if data.payouts.reporter[row] == network {
        buckets[row] = .network
      }
    }
  }

  /// Groups the payouts that are left by recipient and adds them up.
  private mutating func addUp() throws(StageError) {
    var groups = GroupTable()
    var members: [[Int32]] = []
    var isMember = [Bool](repeating: false, count: data.partners.count)
    var sums: [Recipient] = []
    for row in buckets.indices where buckets[row] == .form {
      let partner = data.payouts.partner[row]
      let key = profile(partner).flatMap { isW9($0) ? data.profiles.tin[$0].key : nil }
      let group = key.map { groups.group(1, $0) } ?? groups.group(0, UInt64(partner))
      if group == sums.count {
        sums.append(Recipient(partners: []))
        members.append([])
      }
      if !isMember[Int(partner)] {
        isMember[Int(partner)] = true
        members[group].append(partner)
      }
      try add(row, to: &sums[group])
      recipientOf[row] = Int32(group)
    }
    for group in sums.indices {
      members[group].sort { ranks[Int($0)] < ranks[Int($1)] }
      sums[group].partners = members[group]
      sums[group].profile = profile(members[group][0])
      if let profile = sums[group].profile, isW9(profile) {
        sums[group].tin = data.profiles.tin[profile]
      }
    }
    // Groups were numbered as payouts came; recipients stand in the order of their IDs.
    let order = sums.indices.sorted {
      ranks[Int(sums[$0].partners[0])] < ranks[Int(sums[$1].partners[0])]
    }
    var places = [Int32](repeating: 0, count: sums.count)
    for (place, group) in order.enumerated() { places[group] = Int32(place) }
    recipients = order.map { sums[$0] }
    for row in recipientOf.indices where recipientOf[row] >= 0 {
      recipientOf[row] = places[Int(recipientOf[row])]
    }
  }

  private func add(_ row: Int, to recipient: inout Recipient) throws(StageError) {
    let amount = data.payouts.amount[row]
    let withheld = data.payouts.withheld[row]
    let paid = data.payouts.processedAt[row]
    // Made only for an error: it would cost more than the sums.
    func place() -> String {
      "partner \(data.partners.text(of: Int(data.payouts.partner[row])))"
    }
    guard let share = Money.multiply(amount, by: year.withholdingRate) else {
      throw TaxForms.overflowError(place())
    }
    recipient.amount = try TaxForms.sum(recipient.amount, amount, place())
    recipient.withholding = try TaxForms.sum(recipient.withholding, share, place())
    if withheld != .absent {
      recipient.withheld = try TaxForms.sum(recipient.withheld, withheld, place())
    }
    if data.payouts.reporter[row] < 0 {
      recipient.unsaid.count += 1
      recipient.unsaid.amount = try TaxForms.sum(recipient.unsaid.amount, amount, place())
    }
    recipient.payments += 1
    recipient.firstPaidAt = min(recipient.firstPaidAt, paid)
    recipient.lastPaidAt = max(recipient.lastPaidAt, paid)
  }

  /// The bucket of a recipient's payouts.
  private func decision(_ recipient: Recipient) -> Bucket {
    if let profile = recipient.profile, isForeign(profile) { return .foreign }
    if recipient.withheld != 0 { return .form }
    if let profile = recipient.profile, isW9(profile) {
      switch classification(profile) {
      case "c_corporation", "s_corporation", "llc_c", "llc_s": return .corporation
      case "tax_exempt": return .taxExempt
      case "government": return .government
      default: break
      }
    }
    return recipient.amount < year.threshold ? .belowThreshold : .form
  }
}

extension TaxSummary {
  /// The row of a partner's profile.
  func profile(_ partner: Int32) -> Int? {
    let row = profileOf[Int(partner)]
    return row < 0 ? nil : Int(row)
  }

  /// The word of a profile's form.
  func form(_ profile: Int) -> String { Sources.taxForms.words[Int(data.profiles.form[profile])] }

  /// Whether a profile is a W-9: only its tax number and classification count.
  func isW9(_ profile: Int) -> Bool { data.profiles.form[profile] == Self.w9 }

  /// Whether a profile is one of the forms W-8.
  func isForeign(_ profile: Int) -> Bool {
    data.profiles.form[profile] != Self.w9 && data.profiles.form[profile] != Self.none
  }

  private static let w9 = UInt8(Sources.taxForms["W-9"])
  private static let none = UInt8(Sources.taxForms["none"])

  /// The word of a profile's classification, nil for none.
  func classification(_ profile: Int) -> String? {
    let code = data.profiles.classification[profile]
    return code < 0 ? nil : Sources.taxClassifications.words[Int(code)]
  }

  /// A text of a profile, nil for none.
  func text(_ kind: ProfileText, _ profile: Int?) -> String? {
    guard let profile else { return nil }
    let code = data.profiles.texts[kind.index][profile]
    return code < 0 ? nil : data.profiles.words.text(of: Int(code))
  }

  /// The specification's exception of a recipient, which makes backup withholding due.
  func exception(_ recipient: Recipient) -> String? {
    if recipient.bucket == .foreign { return nil }
    switch recipient.tin {
    case .missing: return "tin_missing"
    case .invalid: return "tin_invalid"
    case .valid: return nil
    }
  }

  /// Why backup withholding is due on a recipient's payments, nil where it is not.
  func withholdingReason(_ recipient: Recipient) -> String? {
    if recipient.bucket == .foreign { return nil }
    switch recipient.tin {
    case .missing: return "no tax number was given"
    case .invalid: return "the tax number cannot be right"
    case .valid:
      let isTold = recipient.profile.map { data.profiles.mustWithhold[$0] } ?? false
      return isTold ? "the profile says so" : nil
    }
  }

  /// The ID of a recipient: its first partner's.
  func id(_ recipient: Recipient) -> String { data.partners.text(of: Int(recipient.partners[0])) }
}

extension ProfileText {
  /// Its place among the texts that a partial keeps.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
