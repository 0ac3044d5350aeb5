import Engine

extension TaxExceptions {
  /// The names that W-9s with one number give, by the number's key; written alike but for case and
  /// punctuation they are one name.
  func namesOfNumbers() -> [UInt64: [String: String]] {
    let profiles = summary.data.profiles
    var names: [UInt64: [String: String]] = [:]
    for row in profiles.partner.indices where summary.isW9(row) {
      guard let key = profiles.tin[row].key, let name = summary.text(.legalName, row) else {
        continue
      }
      // Of several spellings the first in byte order is shown, whatever order they came in.
      let plain = Self.plain(name)
      let other = names[key]?[plain]
      names[key, default: [:]][plain] = other.map { min($0, name) } ?? name
    }
    return names
  }

  /// The recipients, by their places, that have one name and different valid numbers.
  func numbersOfNames() -> [String: [Int]] {
    var places: [String: [Int]] = [:]
    for (place, recipient) in summary.recipients.enumerated() where recipient.tin.key != nil {
      guard let name = summary.text(.legalName, recipient.profile) else { continue }
      places[Self.plain(name), default: []].append(place)
    }
    return places.filter { $0.value.count > 1 }
  }

  /// One number with several names, one name with several numbers.
  mutating func addNames(
    _ recipient: TaxSummary.Recipient, _ place: Int32, _ namesOfNumbers: [UInt64: [String: String]],
    _ numbersOfNames: [String: [Int]]
  ) {
    guard let key = recipient.tin.key else { return }
    if let names = namesOfNumbers[key], names.count > 1 {
      let listed = names.values.sorted().prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
      add(
        .oneNumberManyNames, recipient, place,
        "W-9s with this number give \(names.count) names: \(listed)"
          + (names.count > 5 ? ", …" : ""))
    }
    guard let name = summary.text(.legalName, recipient.profile),
      let places = numbersOfNames[Self.plain(name)]
    else { return }
    var others: [String] = []
    for other in places where other != Int(place) && others.count < 5 {
      let recipient = summary.recipients[other]
      others.append("\(summary.id(recipient)) (\(recipient.tin.masked ?? ""))")
    }
    add(
      .oneNameManyNumbers, recipient, place,
      "the same name with another number: \(others.joined(separator: ", "))"
        + (places.count > 6 ? ", …" : ""))
  }

  /// A name without case, spaces and punctuation.
  static func plain(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }
}
