import Engine

/// Payouts, tax profiles and partners as they came, column by column.
///
/// Tax numbers are read as they arrive (`TIN`) and their text is not kept. Other texts of a profile
/// are kept with nine-digit groups hidden, in case somebody wrote a number into the wrong field.
package struct TaxPartial: Sendable {
  /// Partner IDs of all three sources share a pool, so that one is found by another's code.
  var partners = StringPool()
  var payouts = PayoutColumns()
  var profiles = ProfileColumns()
  var people = PersonColumns()

  /// Payouts.
  struct PayoutColumns: Sendable {
    var ids = StringPool()
    var methods = StringPool()
    var id: [Int32] = []
    var partner: [Int32] = []
    var amount: [Int64] = []
    var currency: [Int64] = []
    var status: [UInt8] = []
    var processedAt: [Int64] = []
    /// The code in `Sources.payoutReporters`, −1 for none.
    var reporter: [Int8] = []
    /// `Int64.absent` for none.
    var withheld: [Int64] = []
    var method: [Int32] = []
  }

  /// Tax profiles; codes are −1 for nothing.
  struct ProfileColumns: Sendable {
    var words = StringPool()
    var partner: [Int32] = []
    var form: [UInt8] = []
    var receivedAt: [Int64] = []
    var classification: [Int8] = []
    var tin: [TIN] = []
    var mustWithhold: [Bool] = []
    /// 0, 1 or `Int64.absent`.
    var secondNotice: [Int64] = []
    /// Codes of `words`, one list for each of `ProfileText`.
    var texts = [[Int32]](repeating: [], count: ProfileText.allCases.count)
    /// Whether a number was hidden in one of the texts.
    var hidNumber: [Bool] = []
  }

  /// Partners.
  struct PersonColumns: Sendable {
    var words = StringPool()
    var partner: [Int32] = []
    var name: [Int32] = []
    var country: [Int32] = []
    var email: [Int32] = []
  }

  mutating func addPayouts(_ batch: Batch) {
    let contract = Sources.payouts
    let ids = batch.text(contract.column("payout_id"))
    let partnerTexts = batch.text(contract.column("partner_id"))
    let methods = batch.text(contract.column("method"))
    let reporters = batch.integers[contract.column("reported_by")]
    let statuses = batch.integers[contract.column("status")]
    for row in 0..<batch.count {
      payouts.id.append(Int32(payouts.ids.intern(ids[row])))
      payouts.partner.append(Int32(partners.intern(partnerTexts[row])))
      payouts.method.append(payouts.methods.code(ofOptional: methods[row]))
      payouts.status.append(UInt8(statuses[row]))
      payouts.reporter.append(reporters[row] == .absent ? -1 : Int8(reporters[row]))
    }
    let rows = 0..<batch.count
    payouts.amount += batch.integers[contract.column("amount")][rows]
    payouts.currency += batch.integers[contract.column("currency")][rows]
    payouts.processedAt += batch.integers[contract.column("processed_at")][rows]
    payouts.withheld += batch.integers[contract.column("withheld")][rows]
  }

  mutating func addProfiles(_ batch: Batch) {
    let contract = Sources.taxProfiles
    let partnerTexts = batch.text(contract.column("partner_id"))
    let forms = batch.integers[contract.column("form")]
    let classifications = batch.integers[contract.column("classification")]
    let types = batch.integers[contract.column("tin_type")]
    let tins = batch.text(contract.column("tin"))
    let withholding = batch.integers[contract.column("backup_withholding")]
    let texts = ProfileText.allCases.map { batch.text(contract.column($0.rawValue)) }
    for row in 0..<batch.count {
      profiles.partner.append(Int32(partners.intern(partnerTexts[row])))
      profiles.form.append(UInt8(forms[row]))
      profiles.classification.append(
        classifications[row] == .absent ? -1 : Int8(classifications[row]))
      profiles.tin.append(
        TIN(tins[row], type: types[row] == .absent ? nil : TINType(rawValue: types[row])))
      profiles.mustWithhold.append(withholding[row] == 1)
      var hid = false
      for (index, kind) in ProfileText.allCases.enumerated() {
        profiles.texts[index].append(profiles.intern(texts[index][row], kind, &hid))
      }
      profiles.hidNumber.append(hid)
    }
    let rows = 0..<batch.count
    profiles.receivedAt += batch.integers[contract.column("form_received_at")][rows]
    profiles.secondNotice += batch.integers[contract.column("second_tin_notice")][rows]
  }

  mutating func addPartners(_ batch: Batch) {
    let contract = Sources.partners
    let ids = batch.text(contract.column("partner_id"))
    let names = batch.text(contract.column("company_name"))
    let countries = batch.text(contract.column("country"))
    let emails = batch.text(contract.column("email"))
    for row in 0..<batch.count {
      people.partner.append(Int32(partners.intern(ids[row])))
      people.name.append(people.words.code(ofOptional: names[row]))
      people.country.append(people.words.code(ofOptional: countries[row]))
      people.email.append(people.words.code(ofOptional: emails[row]))
    }
  }

  mutating func merge(_ other: TaxPartial) {
    let partnerMap = CodeMap(partners.merge(other.partners))
    payouts.merge(other.payouts, partnerMap)
    profiles.merge(other.profiles, partnerMap)
    let words = CodeMap(people.words.merge(other.people.words))
    people.partner += other.people.partner.map { partnerMap[$0] }
    people.name += other.people.name.map { words[$0] }
    people.country += other.people.country.map { words[$0] }
    people.email += other.people.email.map { words[$0] }
  }
}

/// The texts of a tax profile that are shown; the raw value is the contract's column.
enum ProfileText: String, CaseIterable {
  case legalName = "legal_name"
  case businessName = "business_name"
  case addressLine1 = "address_line1"
  case addressLine2 = "address_line2"
  case city
  case state
  case postalCode = "postal_code"
  case country
  case email
}

extension TaxPartial.PayoutColumns {
  fileprivate mutating func merge(_ other: Self, _ partners: CodeMap) {
    let idMap = CodeMap(ids.merge(other.ids))
    let methodMap = CodeMap(methods.merge(other.methods))
    id += other.id.map { idMap[$0] }
    partner += other.partner.map { partners[$0] }
    method += other.method.map { methodMap[$0] }
    amount += other.amount
    currency += other.currency
    status += other.status
    processedAt += other.processedAt
    reporter += other.reporter
    withheld += other.withheld
  }
}

extension TaxPartial.ProfileColumns {
  /// The code of a profile's text, numbers in it hidden. Nine digits alone in a postal code are a
  /// ZIP code without its hyphen, and get it.
  fileprivate mutating func intern(
    _ text: ByteView, _ kind: ProfileText, _ hid: inout Bool
  ) -> Int32 {
    guard text.count >= 9 else { return words.code(ofOptional: text) }
    if kind == .postalCode, text.count == 9, (0..<9).allSatisfy({ text[$0] &- 0x30 <= 9 }) {
      let bytes = text.slice(0..<5).bytes + [0x2D] + text.slice(5..<9).bytes
      return bytes.withView { words.code(ofOptional: $0) }
    }
    guard let masked = NineDigits.masked(text) else { return words.code(ofOptional: text) }
    hid = true
    return masked.withView { words.code(ofOptional: $0) }
  }

  fileprivate mutating func merge(_ other: Self, _ partners: CodeMap) {
    let wordMap = CodeMap(words.merge(other.words))
    partner += other.partner.map { partners[$0] }
    form += other.form
    receivedAt += other.receivedAt
    classification += other.classification
    tin += other.tin
    mustWithhold += other.mustWithhold
    secondNotice += other.secondNotice
    hidNumber += other.hidNumber
    for index in texts.indices { texts[index] += other.texts[index].map { wordMap[$0] } }
  }
}
