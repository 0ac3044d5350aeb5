import Foundation

/// docs/run.schema.json, as far as it uses JSON Schema.
struct RunSchema {
  private let schema: [String: Any]

  init() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(Binary.root)/docs/run.schema.json"))
    schema = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// What a value has that it should not, or lacks.
  func problems(of value: Any) -> [String] { problems(value, schema, "run.json") }

  private func problems(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    var found: [String] = []
    if let type = schema["type"] {
      let allowed = type as? [String] ?? [type as? String ?? ""]
      if !allowed.contains(where: { Self.isOf(value, $0) }) {
        return ["\(place): expected \(allowed), found \(value)"]
      }
    }
    if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
      found.append("\(place): \(value) is none of \(words)")
    }
    if let constant = schema["const"] as? Int, value as? Int != constant {
      found.append("\(place): \(value) is not \(constant)")
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      found.append("\(place): \(text) is not like \(pattern)")
    }
    if let members = value as? [String: Any] {
      let known = schema["properties"] as? [String: [String: Any]] ?? [:]
      for name in schema["required"] as? [String] ?? [] where members[name] == nil {
        found.append("\(place): \(name) is missing")
      }
      for (name, member) in members {
        if let own = known[name] ?? schema["additionalProperties"] as? [String: Any] {
          found += problems(member, own, "\(place).\(name)")
        } else if schema["additionalProperties"] as? Bool == false {
          found.append("\(place): \(name) is not described")
        }
      }
    }
    if let items = value as? [Any], let own = schema["items"] as? [String: Any] {
      for (index, item) in items.enumerated() {
        found += problems(item, own, "\(place)[\(index)]")
      }
    }
    return found
  }

  private static func isOf(_ value: Any, _ type: String) -> Bool {
    let number = value as? NSNumber
    let isBoolean = number.map(Self.isTruth) ?? false
    switch type {
    case "null": return value is NSNull
    case "boolean": return isBoolean
    case "integer":
      return !isBoolean && number.map { $0.doubleValue.rounded() == $0.doubleValue } ?? false
    case "number": return !isBoolean && number != nil
    case "string": return value is String
    case "array": return value is [Any]
    default: return value is [String: Any]
    }
  }

  /// Foundation's JSON has booleans as numbers whose type is that of a C boolean.
  private static func isTruth(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}
