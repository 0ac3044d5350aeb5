import Engine

/// The exceptions of a tax year, collected recipient by recipient and payout by payout.
struct TaxExceptions {
  let summary: TaxSummary
  let year: TaxYear
  let context: RunContext
  private(set) var found: [TaxException] = []

  init(_ summary: TaxSummary, _ context: RunContext, _ year: TaxYear) {
    self.summary = summary
    self.context = context
    self.year = year
    let numbersOfNames = self.numbersOfNames()
    let namesOfNumbers = self.namesOfNumbers()
    for (index, recipient) in summary.recipients.enumerated() {
      let place = Int32(index)
      addIdentity(recipient, place)
      addNames(recipient, place, namesOfNumbers, numbersOfNames)
      addThresholds(recipient, place)
      addWithholding(recipient, place)
    }
    addPayouts()
    addOtherCurrencies()
  }

  mutating func add(
    _ kind: TaxException.Kind, _ recipient: TaxSummary.Recipient, _ place: Int32,
    amount: Int64? = nil, _ detail: String
  ) {
    found.append(
      TaxException(
        kind: kind, partner: recipient.partners[0], recipient: place,
        amount: amount ?? recipient.amount, detail: detail))
  }

  mutating func add(
    _ kind: TaxException.Kind, payout row: Int, amount: Int64, _ detail: String
  ) {
    found.append(
      TaxException(
        kind: kind, partner: summary.data.payouts.partner[row],
        payout: summary.data.payouts.id[row],
        recipient: summary.recipientOf[row], amount: amount, detail: detail))
  }

  mutating func add(_ exception: TaxException) { found.append(exception) }

  /// Form and number of a recipient.
  private mutating func addIdentity(_ recipient: TaxSummary.Recipient, _ place: Int32) {
    let profile = recipient.profile
    let isForeign = recipient.bucket == .foreign
    let isW9 = profile.map { summary.isW9($0) } ?? false
    if profile.map({ summary.data.profiles.hidNumber[$0] }) ?? false {
      add(
        .numberInText, recipient, place,
        "a name or address of the profile holds nine digits that may be a tax number; hidden here")
    }
    if isForeign {
      let form = profile.map { summary.form($0) } ?? "W-8"
      add(
        .foreign, recipient, place,
        "\(form): no 1099; whether a 1042-S is due depends on where the work was done")
      return
    }
    if !isW9 {
      add(
        .formMissing, recipient, place,
        profile == nil ? "there is no tax profile" : "the profile's form is \"none\"")
    } else {
      switch recipient.tin {
      case .missing: add(.numberMissing, recipient, place, "the W-9 has no tax number")
      case .invalid(let fault):
        add(.numberInvalid, recipient, place, invalid(fault, profile))
      case .valid(let digits, let type):
        addType(recipient, place, digits, type, profile.flatMap { summary.classification($0) })
      }
    }
    if let country = country(recipient), !Self.isAmerican(country) {
      add(
        .foreignUnclear, recipient, place,
        "the country is \(country), but there is no form W-8; a US person abroad gives a W-9")
    }
    if recipient.bucket == .corporation {
      add(
        .corporation, recipient, place,
        "no form for a corporation; legal and medical services would need one all the same")
    }
  }

  private func invalid(_ fault: TIN.Fault, _ profile: Int?) -> String {
    var text = "the W-9's tax number cannot be right: \(fault.words)"
    switch fault {
    case .socialSecurityArea, .individualRange, .adoptionRange:
      text += "; it may be of another type than the W-9 says"
    default: break
    }
    return text
  }

  private mutating func addType(
    _ recipient: TaxSummary.Recipient, _ place: Int32, _ digits: UInt32, _ type: TINType?,
    _ classification: String?
  ) {
    guard let type else {
      add(
        .typeMissing, recipient, place,
        "the W-9 does not say whether the number is an SSN or an EIN")
      return
    }
    if type == .ein, !EmployerPrefixes.contains(digits) {
      add(
        .prefixUnknown, recipient, place,
        "the IRS is not known to assign EINs that begin with these two digits")
    }
    switch (classification, type) {
    case ("individual", .ein):
      add(
        .typeUnlikely, recipient, place,
        "an individual with an EIN: the number of the name on the W-9 is an SSN or ITIN")
    case (nil, _), ("individual", _), ("sole_proprietor", _), (_, .ein): break
    case (let classification?, _):
      add(.typeUnlikely, recipient, place, "\(classification) with an \(type.word), not an EIN")
    }
  }

  /// The country of a recipient, of the profile before the partner; nil where nobody says.
  private func country(_ recipient: TaxSummary.Recipient) -> String? {
    if let country = summary.text(.country, recipient.profile) { return country }
    let row = summary.personOf[Int(recipient.partners[0])]
    guard row >= 0 else { return nil }
    let code = summary.data.people.country[Int(row)]
    return code < 0 ? nil : summary.data.people.words.text(of: Int(code))
  }

  private static func isAmerican(_ country: String) -> Bool {
    ["US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA", "U.S.", "U.S.A."]
      .contains(country.uppercased())
  }

  /// Rows of `form_1099_exceptions`.
  func table() -> Table {
    var words = (kind: TextColumn(), severity: TextColumn(), detail: TextColumn())
    var names = TextColumn()
    var numbers = TextColumn()
    for exception in found {
      words.kind.append(exception.kind.rawValue)
      words.severity.append(exception.kind.severity.rawValue)
      words.detail.append(exception.detail)
      let recipient = exception.recipient < 0 ? nil : summary.recipients[Int(exception.recipient)]
      let profile = recipient?.profile ?? summary.profile(exception.partner)
      names.append(summary.text(.legalName, profile))
      numbers.append(recipient?.tin.masked)
    }
    func texts(_ codes: [Int32], _ pool: StringPool) -> TableColumn {
      .texts(TextColumn(codes: codes, pool: pool))
    }
    return Table(
      schema: TaxForms.exceptions,
      columns: [
        .integers(found.map { _ in Int64(year.year) }),
        .texts(words.kind), .texts(words.severity),
        texts(found.map(\.partner), summary.data.partners),
        texts(found.map(\.payout), summary.data.payouts.ids),
        .texts(names), .texts(numbers), .integers(found.map(\.amount)), .texts(words.detail),
      ])
  }
}
