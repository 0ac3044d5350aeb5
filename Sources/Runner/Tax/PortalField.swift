import Engine

/// What the IRS portal's CSV for 1099-NEC asks for, under the names that its templates have had.
enum PortalField: String, CaseIterable {
  case formType, taxYear
  case payerTINType, payerTIN, payerNameType, payerName1, payerName2
  case payerFirstName, payerMiddleName, payerLastName, payerSuffix
  case payerCountry, payerAddress1, payerAddress2, payerCity, payerState, payerPostalCode
  case payerPhoneType, payerPhone, payerEmail
  case tinType, tin, nameType, name1, name2, firstName, middleName, lastName, suffix
  case country, address1, address2, city, state, postalCode
  case officeCode, accountNumber, secondNotice
  case compensation, directSales, withheld, combinedFiling, corrected

  /// How templates call it.
  var names: [String] {
    switch self {
    case .formType: ["Form Type"]
    case .taxYear: ["Tax Year"]
    case .payerTINType: ["Payer TIN Type"]
    case .payerTIN:
      ["Payer Taxpayer ID Number", "Payer TIN", "Payer Taxpayer Identification Number"]
    case .payerNameType: ["Payer Name Type"]
    case .payerName1:
      ["Payer Business or Entity Name Line 1", "Payer Business Name Line 1", "Payer Name Line 1"]
    case .payerName2:
      ["Payer Business or Entity Name Line 2", "Payer Business Name Line 2", "Payer Name Line 2"]
    case .payerFirstName: ["Payer First Name"]
    case .payerMiddleName: ["Payer Middle Name"]
    case .payerLastName: ["Payer Last Name (Surname)", "Payer Last Name"]
    case .payerSuffix: ["Payer Suffix"]
    case .payerCountry: ["Payer Country", "Payer Country Code"]
    case .payerAddress1: ["Payer Address Line 1"]
    case .payerAddress2: ["Payer Address Line 2"]
    case .payerCity: ["Payer City/Town", "Payer City"]
    case .payerState: ["Payer State/Province/Territory", "Payer State"]
    case .payerPostalCode: ["Payer ZIP/Postal Code", "Payer ZIP Code", "Payer ZIP"]
    case .payerPhoneType: ["Payer Phone Type"]
    case .payerPhone: ["Payer Phone", "Payer Phone Number"]
    case .payerEmail: ["Payer Email Address", "Payer Email"]
    case .tinType: ["Recipient TIN Type"]
    case .tin:
      [
        "Recipient Taxpayer ID Number", "Recipient TIN", "Recipient Taxpayer Identification Number",
      ]
    case .nameType: ["Recipient Name Type"]
    case .name1:
      [
        "Recipient Business or Entity Name Line 1", "Recipient Business Name Line 1",
        "Recipient Name Line 1",
      ]
    case .name2:
      [
        "Recipient Business or Entity Name Line 2", "Recipient Business Name Line 2",
        "Recipient Name Line 2",
      ]
    case .firstName: ["Recipient First Name"]
    case .middleName: ["Recipient Middle Name"]
    case .lastName: ["Recipient Last Name (Surname)", "Recipient Last Name"]
    case .suffix: ["Recipient Suffix"]
    case .country: ["Recipient Country", "Recipient Country Code"]
    case .address1: ["Recipient Address Line 1"]
    case .address2: ["Recipient Address Line 2"]
    case .city: ["Recipient City/Town", "Recipient City"]
    case .state: ["Recipient State/Province/Territory", "Recipient State"]
    case .postalCode: ["Recipient ZIP/Postal Code", "Recipient ZIP Code", "Recipient ZIP"]
    case .officeCode: ["Office Code"]
    case .accountNumber: ["Form Account Number", "Account Number"]
    case .secondNotice: ["2nd TIN Notice", "Second TIN Notice"]
    case .compensation:
      ["Box 1 - Nonemployee Compensation", "Box 1a - Nonemployee Compensation"]
    case .directSales:
      [
        "Box 2 - Payer made direct sales totaling $5000 or more of consumer products to a recipient "
          + "for resale",
        "Box 2 - Direct Sales Indicator",
      ]
    case .withheld: ["Box 4 - Federal income tax withheld"]
    case .combinedFiling: ["Combined Federal/State Filing"]
    case .corrected: ["Corrected"]
    }
  }

  /// Whether a template without it is not this form's: a return could not be told from another.
  var isRequired: Bool {
    switch self {
    case .formType, .taxYear, .payerTINType, .payerTIN, .payerName1, .payerAddress1, .payerCity,
      .payerState, .payerPostalCode, .tinType, .tin, .nameType, .name1, .firstName, .lastName,
      .address1, .city, .state, .postalCode, .compensation, .withheld:
      true
    default: false
    }
  }
}

/// The header row of the portal's CSV, as downloaded, and what each of its columns is filled with.
struct PortalTemplate {
  /// The row with its line end, to be written as it was read: the portal checks it.
  let header: [UInt8]
  /// The field of each column; nil: left empty.
  let columns: [PortalField?]
  /// Columns that are left empty because nobody here knows them, as they are called.
  let unknown: [String]

  /// Columns that the program leaves empty on purpose: it keeps no state taxes.
  private static let leftEmpty = ["state1", "state2", "officecode"]

  /// Reads a template and matches its columns by name: case, spaces and punctuation aside.
  ///
  /// - Throws: `.configuration` with every column that is required and unmatched, in either
  ///   direction, or there twice.
  init(_ bytes: [UInt8], file: String) throws(RunError) {
    guard
      case .record(let record) = bytes.withView({ HeaderReader(Dialect()).read($0, isLast: true) })
    else {
      throw RunError(
        .configuration, "\(file): it has no header row",
        help: "give --template the CSV template for 1099-NEC that the IRS portal offers")
    }
    var row = Array(bytes[record.start..<record.next])
    if row.last != 0x0A, row.last != 0x0D { row.append(0x0A) }
    header = row
    var byName: [String: PortalField] = [:]
    for field in PortalField.allCases {
      for name in field.names { byName[Self.plain(name)] = field }
    }
    var columns: [PortalField?] = []
    var unknown: [String] = []
    var problems: [String] = []
    for name in record.names {
      let plain = Self.plain(name)
      let field = byName[plain]
      columns.append(field)
      if let field {
        if columns.dropLast().contains(field) {
          problems.append("the column \(quote(name)) is there twice, under this name or another")
        }
      } else if name.contains("*") {
        problems.append("the column \(quote(name)) is required, and nothing here fills it")
      } else if !Self.leftEmpty.contains(where: { plain.hasPrefix($0) }), !plain.isEmpty {
        unknown.append(name)
      }
    }
    for field in PortalField.allCases where field.isRequired && !columns.contains(field) {
      problems.append("there is no column \(quote(field.names[0]))")
    }
    guard problems.isEmpty else {
      throw RunError(
        .configuration, problems.map { "\(file): \($0)" }.joined(separator: "\n"),
        help:
          "give --template the CSV template for 1099-NEC of the tax year, as the IRS portal offers "
          + "it")
    }
    self.columns = columns
    self.unknown = unknown
  }

  /// A name without case, spaces and punctuation: `payerzippostalcode`.
  private static func plain(_ name: String) -> String {
    String(
      name.lowercased().unicodeScalars.filter {
        ($0 >= "a" && $0 <= "z") || ($0 >= "0" && $0 <= "9")
      }.map(Character.init))
  }
}
