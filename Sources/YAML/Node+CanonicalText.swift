extension Node {
  /// The node as JSON on one line, keys sorted by their bytes: the same text for the same values
  /// however the file was laid out, so that its hash is a fingerprint of the settings.
  ///
  /// It holds environment values: hash it, do not print it. Numbers stay as written.
  package var canonicalText: String {
    var output = ""
    appendCanonical(to: &output)
    return output
  }

  private func appendCanonical(to output: inout String) {
    switch content {
    case .scalar(let scalar):
      output += scalar.canonicalText
    case .sequence(let items):
      output += "["
      for (index, item) in items.enumerated() {
        if index > 0 { output += "," }
        item.appendCanonical(to: &output)
      }
      output += "]"
    case .mapping(let entries):
      let sorted = entries.map { (key: $0.key.text ?? "", value: $0.value) }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      output += "{"
      for (index, entry) in sorted.enumerated() {
        if index > 0 { output += "," }
        output += jsonText(entry.key) + ":"
        entry.value.appendCanonical(to: &output)
      }
      output += "}"
    }
  }
}

extension Node.Scalar {
  fileprivate var canonicalText: String {
    if isNull { return "null" }
    let isBare =
      isPlain && (text == "true" || text == "false" || ExactDecimal(parsing: text) != nil)
    return isBare ? text : jsonText(text)
  }
}

/// A JSON string literal: quotes, backslashes and control characters escaped.
package func jsonText(_ text: String) -> String {
  var output = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\r": output += "\\r"
    case "\t": output += "\\t"
    case _ where isControl(scalar):
      let digits = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output + "\""
}

/// What YAML folds, refuses or a terminal obeys when it stands bare in quotes.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
  default: false
  }
}

/// Text for a message: in quotes, on one line, no control characters, cut if long.
func quoted(_ text: String) -> String {
  let limit = 60
  guard text.count > limit else { return jsonText(text) }
  return jsonText(String(text.prefix(limit)) + "…")
}

/// Text for a message without the quotes.
func shortened(_ text: String) -> String {
  String(quoted(text).dropFirst().dropLast())
}
