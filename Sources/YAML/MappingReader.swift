/// Reads a mapping with known keys, collecting problems instead of throwing.
///
/// Each kind of value has two methods: `text("files")` requires the key and reports its absence,
/// `optionalText("files")` takes an absent or empty key as nil. Both give nil after reporting a
/// value of the wrong kind. Read everything first, then unwrap, so that all problems show at once:
///
///     let reader = MappingReader(node, what: "source", problems: problems)
///     let files = reader.textOrList("files", of: "file names")
///     let header = reader.optionalBoolean("header") ?? true
///     reader.finish()
///     guard let files else { return nil }
package final class MappingReader {
  /// The mapping in words for messages: `source`.
  package let what: String
  /// Where the mapping stands.
  package let mark: Mark
  /// Where problems go.
  package let problems: Problems

  private let entries: [Node.Entry]
  private let positions: [String: Int]
  private let isMapping: Bool
  private var known: [String] = []

  /// Begins reading; a node that is no mapping is reported once and then has no values to offer.
  package init(_ node: Node, what: String, problems: Problems) {
    self.what = what
    self.mark = node.mark
    self.problems = problems
    entries = node.mapping ?? []
    isMapping = node.mapping != nil
    positions = Dictionary(
      entries.enumerated().map { ($1.key.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    if !isMapping {
      problems.add(mark, "\(what): expected a mapping, found \(node.foundDescription)")
    }
  }

  /// Where a key's value stands, or the mapping itself where the key is absent.
  package func mark(of key: String) -> Mark {
    positions[key].map { entries[$0].value.mark } ?? mark
  }

  /// Reports a problem with a key's value.
  package func fail(_ key: String, _ message: String, suggestion: String? = nil) {
    problems.add(mark(of: key), "\(label(key)): \(message)", suggestion: suggestion)
  }

  /// The value of a key, nil where it is absent or null. Makes the key a known one.
  package func optionalValue(_ key: String) -> ValueReader? {
    guard let value = lookUp(key), !value.node.isNull else { return nil }
    return value
  }

  /// The value of a key that must be there; its absence is reported.
  ///
  /// - Parameter expected: what belongs there, such as `a list of file names`.
  package func value(_ key: String, expected: String) -> ValueReader? {
    guard let value = lookUp(key) else {
      if isMapping {
        problems.add(mark, "\(what): the key \(quoted(key)) is missing; expected \(expected)")
      }
      return nil
    }
    guard !value.node.isNull else {
      value.fail(expected: expected)
      return nil
    }
    return value
  }

  /// Whether the key is written, be it with a null. Makes it a known one.
  package func contains(_ key: String) -> Bool { lookUp(key) != nil }

  /// Reports every key that was never asked for, each with the known key nearest to it, or else
  /// all known keys. To be called when all keys were read.
  package func finish() {
    let absent = known.filter { positions[$0] == nil }
    for entry in entries {
      guard let key = entry.key.text, !known.contains(key) else { continue }
      let message = "\(what): unknown key \(quoted(key))"
      if let near = nearest(to: key, in: absent) {
        problems.add(entry.key.mark, message, suggestion: near)
      } else {
        let listed = known.isEmpty ? "no keys" : known.joined(separator: ", ")
        problems.add(entry.key.mark, "\(message); expected \(listed)")
      }
    }
  }

  private func lookUp(_ key: String) -> ValueReader? {
    if !known.contains(key) { known.append(key) }
    return positions[key].map { position in
      ValueReader(entries[position].value, label: label(key), problems: problems)
    }
  }

  private func label(_ key: String) -> String { "\(quoted(key)) in \(what)" }
}
