import YAML

/// A JSON value that is written; files of JSON are read by `YAML`, of which JSON is a part.
package indirect enum JSON: Sendable, Equatable {
  /// Nothing.
  case null
  /// True or false.
  case boolean(Bool)
  /// A number as it is written.
  case figure(String)
  /// Text.
  case text(String)
  /// A list.
  case list([JSON])
  /// Keys and values, in this order.
  case object([Member])

  /// A key and its value.
  package struct Member: Sendable, Equatable {
    /// The key.
    package let key: String
    /// The value.
    package let value: JSON
  }

  /// A whole number.
  package static func integer(_ value: some BinaryInteger) -> JSON { .figure("\(value)") }

  /// Text, or nothing.
  package static func optional(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }

  /// Seconds, to the millisecond.
  package static func seconds(_ seconds: Double) -> JSON {
    let thousandths = Int((max(seconds, 0) * 1000).rounded())
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    return .figure("\(thousandths / 1000).\(fraction)")
  }

  /// The value on one line.
  package var line: String {
    var text = ""
    append(to: &text, indent: nil)
    return text
  }

  /// The value over several lines, for people: short lists and objects stay on one.
  package var pretty: String {
    var text = ""
    append(to: &text, indent: 0)
    return text + "\n"
  }

  private static let shortest = 80

  private func append(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .figure(let figure): text += figure
    case .text(let value): text += jsonText(value)
    case .list(let values):
      wrap("[", "]", values.map { (nil, $0) }, to: &text, indent: indent)
    case .object(let members):
      wrap("{", "}", members.map { ($0.key, $0.value) }, to: &text, indent: indent)
    }
  }

  private func wrap(
    _ open: String, _ close: String, _ values: [(key: String?, value: JSON)],
    to text: inout String, indent: Int?
  ) {
    var inner = indent
    if indent != nil {
      var short = ""
      append(to: &short, indent: nil)
      if short.utf8.count <= Self.shortest { inner = nil }
    }
    text += open
    for (index, (key, value)) in values.enumerated() {
      if index > 0 { text += inner == nil ? ", " : "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner + 2) }
      if let key { text += "\(jsonText(key)): " }
      value.append(to: &text, indent: inner.map { $0 + 2 })
    }
    if let inner, !values.isEmpty { text += "\n" + String(repeating: " ", count: inner) }
    text += close
  }
}

extension JSON: ExpressibleByDictionaryLiteral {
  /// An object with its keys in the order of the literal.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0, value: $1) })
  }
}

extension JSON {
  /// An object with more members behind its own.
  func adding(_ more: [(String, JSON)]) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members + more.map { Member(key: $0.0, value: $0.1) })
  }
}
