/// A value of a YAML (or JSON) file that knows its place.
///
/// Aliases and `<<` merges are already expanded; an aliased node keeps the mark of its anchor,
/// because that is the line to mend.
package struct Node: Sendable {
  /// How a scalar was written.
  package enum Style: Sendable, Hashable {
    /// Bare: `yes`, `12`, `~`. Only bare scalars can be null, numbers or booleans.
    case plain
    /// In `'…'`; never interpolated.
    case singleQuoted
    /// In `"…"`.
    case doubleQuoted
    /// After `|` or `>`; never interpolated.
    case block
  }

  /// Text and how it was written.
  package struct Scalar: Sendable {
    /// The text, escapes and folding resolved, environment values put in.
    package let text: String
    /// How it was written.
    package let style: Style
    /// The text before environment values were put in; nil where there were none.
    package let written: String?

    /// Makes a scalar; `written` is the text before interpolation, if it was interpolated.
    package init(_ text: String, style: Style = .plain, written: String? = nil) {
      self.text = text
      self.style = style
      self.written = written
    }

    /// Whether the scalar was written without quotes.
    package var isPlain: Bool { style == .plain }

    /// Whether the scalar stands for "nothing": bare and empty, `~` or `null`. What comes from
    /// the environment is text, so there only the empty one is nothing.
    package var isNull: Bool {
      guard isPlain else { return false }
      if text.isEmpty { return true }
      return written == nil && ["~", "null", "Null", "NULL"].contains(text)
    }
  }

  /// One key and its value.
  package struct Entry: Sendable {
    /// The key, always a scalar.
    package let key: Node
    /// The value.
    package let value: Node

    /// Makes an entry.
    package init(key: Node, value: Node) {
      self.key = key
      self.value = value
    }
  }

  /// What a node holds.
  package enum Content: Sendable {
    /// Text, a number, a boolean or nothing.
    case scalar(Scalar)
    /// A list.
    case sequence([Node])
    /// Keys and values in the file's order, merged ones last; keys are unique.
    case mapping([Entry])
  }

  /// What the node holds.
  package let content: Content
  /// Where the node starts.
  package let mark: Mark

  /// Makes a node.
  package init(_ content: Content, mark: Mark) {
    self.content = content
    self.mark = mark
  }
}

extension Node {
  /// The scalar, or nil for a list or mapping.
  package var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The text of a scalar, or nil for a list or mapping.
  package var text: String? { scalar?.text }

  /// The items of a list, or nil for anything else.
  package var sequence: [Node]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The entries of a mapping in order, or nil for anything else.
  package var mapping: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// Whether the node is a null scalar.
  package var isNull: Bool { scalar?.isNull ?? false }

  /// The value of a key of a mapping, or nil. Linear in the number of keys.
  package subscript(key: String) -> Node? {
    mapping?.first { $0.key.text == key }?.value
  }

  /// The node in words for "found …". Environment values are never shown, as they may be
  /// secrets: the reference is shown as it was written.
  package var foundDescription: String {
    switch content {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .scalar(let scalar):
      if let written = scalar.written { return "the value of \(quoted(written))" }
      if scalar.isNull { return "nothing" }
      return scalar.isPlain ? shortened(scalar.text) : "the text \(quoted(scalar.text))"
    }
  }
}
