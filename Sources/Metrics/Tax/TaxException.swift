import Engine

/// What a person should look at before forms are filed.
///
/// Nothing here changes a decision: the specification's rules make those, and these say where a
/// rule had too little to go by.
struct TaxException {
  /// How much it matters.
  enum Severity: String, CaseIterable {
    /// To be settled before the form is filed.
    case settle
    /// To be looked at: the figures may be wrong.
    case check
    /// Good to know.
    case note
  }

  /// What it is; the raw value is the word in the table.
  enum Kind: String, CaseIterable {
    case formMissing = "w9_missing"
    case numberMissing = "tin_missing"
    case numberInvalid = "tin_invalid"
    case typeMissing = "tin_type_missing"
    case typeUnlikely = "tin_type_unlikely"
    case prefixUnknown = "ein_prefix_unknown"
    case numberInText = "tin_in_text"
    case oneNumberManyNames = "tin_with_several_names"
    case oneNameManyNumbers = "name_with_several_tins"
    case foreign
    case foreignUnclear = "foreign_unclear"
    case corporation
    case stateThreshold = "state_threshold"
    case nearThreshold = "near_threshold"
    case withholdingAbsent = "withholding_absent"
    case withholdingUnexpected = "withholding_unexpected"
    case reporterMissing = "reported_by_missing"
    case otherCurrency = "other_currency"
    case yearEdge = "year_edge"
    case clawback
    case partnerUnknown = "partner_unknown"

    /// How much it matters.
    var severity: Severity {
      switch self {
      case .formMissing, .numberMissing, .numberInvalid, .typeMissing, .numberInText,
        .withholdingAbsent:
        .settle
      case .typeUnlikely, .oneNumberManyNames, .oneNameManyNumbers, .foreignUnclear,
        .stateThreshold, .withholdingUnexpected, .otherCurrency, .yearEdge, .clawback,
        .reporterMissing:
        .check
      case .prefixUnknown, .foreign, .corporation, .nearThreshold, .partnerUnknown: .note
      }
    }
  }

  let kind: Kind
  /// The code of the partner it is about.
  let partner: Int32
  /// The code of the payout, −1 where it is about a recipient as a whole.
  var payout: Int32 = -1
  /// The place of the recipient, −1 for none.
  var recipient: Int32 = -1
  /// Minor units of the reporting currency; `Int64.absent` where no amount says anything.
  var amount = Int64.absent
  /// What it is, in words; never a tax number.
  let detail: String
}
