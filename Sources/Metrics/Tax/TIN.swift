import Engine

/// The kinds of taxpayer identification numbers; the raw value is the code in a batch.
package enum TINType: Int64, CaseIterable, Sendable {
  /// Social Security number.
  case ssn
  /// Employer identification number.
  case ein
  /// Individual taxpayer identification number.
  case itin
  /// Adoption taxpayer identification number.
  case atin

  /// The word in tables.
  package var word: String { Sources.tinTypes.words[Int(rawValue)] }
}

/// What a W-9's tax number came to: the number itself is kept only where it is valid.
package enum TIN: Sendable, Equatable {
  /// There is none.
  case missing
  /// It cannot be anybody's, and why.
  case invalid(Fault)
  /// Nine digits that may have been issued; the type where the W-9 names one.
  case valid(digits: UInt32, type: TINType?)

  /// Why a number cannot be anybody's: the rules of metrics.md section 11, which are those of the
  /// Social Security Administration (20 CFR 422.103, POMS RM 10201) and of IRS Publication 4757.
  package enum Fault: String, Sendable, CaseIterable {
    case notNineDigits, allTheSame, sequence
    case socialSecurityArea, socialSecurityGroup, socialSecuritySerial, neverIssued
    case individualRange, adoptionRange

    /// The rule, without the number.
    package var words: String {
      switch self {
      case .notNineDigits: "it has not nine digits"
      case .allTheSame: "all its digits are the same"
      case .sequence: "it is 1 to 9 in order"
      case .socialSecurityArea: "no SSN begins with 000, 666 or 9"
      case .socialSecurityGroup: "no SSN has 00 in the middle"
      case .socialSecuritySerial: "no SSN ends with 0000"
      case .neverIssued: "it is a published example that was never valid"
      case .individualRange:
        "an ITIN begins with 9 and has 50–65, 70–88, 90–92 or 94–99 in the middle"
      case .adoptionRange: "an ATIN begins with 9 and has 93 in the middle"
      }
    }
  }

  /// Numbers printed in advertisements and pamphlets, and so never anybody's.
  private static let published: [UInt32] = [78_05_1120, 219_09_9999, 457_55_5462]

  /// Reads a number as it was written: hyphens and spaces aside, nine digits.
  package init(_ text: ByteView, type: TINType?) {
    var digits: UInt32 = 0
    var count = 0
    var isBlank = true
    var isWhole = true
    for index in 0..<text.count {
      let byte = text[index]
      if byte != 0x20 { isBlank = false }
      if byte == 0x20 || byte == 0x2D { continue }
      count += 1
      guard byte &- 0x30 <= 9, count <= 9 else {
        isWhole = false
        break
      }
      digits = digits * 10 + UInt32(byte - 0x30)
    }
    if isBlank {
      self = .missing
    } else if !isWhole || count != 9 {
      self = .invalid(.notNineDigits)
    } else {
      self = Self.fault(digits, type).map { .invalid($0) } ?? .valid(digits: digits, type: type)
    }
  }

  /// What is wrong with nine digits of a type, nil for nothing.
  package static func fault(_ digits: UInt32, _ type: TINType?) -> Fault? {
    if digits % 111_111_111 == 0 { return .allTheSame }
    if digits == 123_456_789 { return .sequence }
    let area = digits / 1_000_000
    let group = digits / 10_000 % 100
    switch type {
    case .ssn:
      if area == 0 || area == 666 || area >= 900 { return .socialSecurityArea }
      if group == 0 { return .socialSecurityGroup }
      if digits % 10_000 == 0 { return .socialSecuritySerial }
      if published.contains(digits) { return .neverIssued }
    case .itin:
      let isGroup =
        (50...65).contains(group) || (70...88).contains(group) || (90...92).contains(group)
        || (94...99).contains(group)
      if area < 900 || !isGroup { return .individualRange }
    case .atin:
      if area < 900 || group != 93 { return .adoptionRange }
    case .ein, nil: break
    }
    return nil
  }

  /// The number as everybody may see it, nil where it is not valid.
  package var masked: String? {
    guard case .valid(let digits, _) = self else { return nil }
    let tail = String(digits % 10_000)
    return "***-**-" + String(repeating: "0", count: 4 - tail.count) + tail
  }

  /// Type and digits as one number, the same for the same recipient; nil where it is not valid.
  package var key: UInt64? {
    guard case .valid(let digits, let type) = self else { return nil }
    return UInt64((type?.rawValue ?? -1) + 1) << 32 | UInt64(digits)
  }

  /// The nine digits, nil where it is not valid. For the filing alone.
  package var digits: String? {
    guard case .valid(let digits, _) = self else { return nil }
    let text = String(digits)
    return String(repeating: "0", count: 9 - text.count) + text
  }

  /// The type, nil where it is not valid or no type was named.
  package var type: TINType? {
    if case .valid(_, let type) = self { type } else { nil }
  }
}

/// The first two digits of employer identification numbers that the IRS has assigned, as its page
/// "How EINs are assigned and valid EIN prefixes" lists them. New ones are added now and then, so
/// another prefix is a reason to look, no more.
enum EmployerPrefixes {
  private static let unknown: Set<UInt32> = [
    0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97,
  ]

  /// Whether the IRS is known to have assigned numbers that begin so.
  static func contains(_ digits: UInt32) -> Bool { !unknown.contains(digits / 10_000_000) }
}
