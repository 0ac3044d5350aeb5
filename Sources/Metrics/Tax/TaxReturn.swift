import Engine

/// A 1099-NEC as it is filed, with its tax number whole: made for the filing export alone, and
/// never published, logged or shown.
package struct TaxReturn: Sendable {
  /// The recipient: its first partner's ID.
  package let recipient: String
  /// The tax number; only its type and digits are of use to the filing.
  package let tin: TIN
  /// The word of the W-9's classification, nil where it has none.
  package let classification: String?
  /// Name and address as the W-9 gives them.
  package let legalName: String?
  /// The business name, if it is another one.
  package let businessName: String?
  /// The street.
  package let addressLine1: String?
  /// More of the address.
  package let addressLine2: String?
  /// The city.
  package let city: String?
  /// The state, in two letters.
  package let state: String?
  /// The ZIP code.
  package let postalCode: String?
  /// The country; none means the United States.
  package let country: String?
  /// Whether the IRS has said twice in three years that the number is wrong.
  package let hasSecondNotice: Bool
  /// Minor units.
  package let compensation: Int64
  /// Minor units.
  package let withheld: Int64
}

extension TaxSummary {
  /// The returns of the recipients who get a form, in the order of their IDs.
  func returns() -> [TaxReturn] {
    recipients.filter { $0.bucket == .form }.map { recipient in
      let profile = recipient.profile
      return TaxReturn(
        recipient: id(recipient), tin: recipient.tin,
        classification: profile.flatMap { isW9($0) ? classification($0) : nil },
        legalName: text(.legalName, profile), businessName: text(.businessName, profile),
        addressLine1: text(.addressLine1, profile), addressLine2: text(.addressLine2, profile),
        city: text(.city, profile), state: text(.state, profile),
        postalCode: text(.postalCode, profile), country: text(.country, profile),
        hasSecondNotice: profile.map { data.profiles.secondNotice[$0] == 1 } ?? false,
        compensation: recipient.amount, withheld: recipient.withheld)
    }
  }
}
