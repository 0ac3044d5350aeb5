/// Reads one value, reporting what does not fit instead of throwing, so that the rest of the file
/// is still checked. Every method gives nil after it reported a problem.
package struct ValueReader {
  /// The value.
  package let node: Node
  /// The value in words for messages, such as `"files" in source`.
  package let label: String
  /// Where problems go.
  package let problems: Problems

  /// Makes a reader; `label` begins its messages.
  package init(_ node: Node, label: String, problems: Problems) {
    self.node = node
    self.label = label
    self.problems = problems
  }

  /// Where the value stands.
  package var mark: Mark { node.mark }

  /// Reports a problem with this value; `message` goes on after the label.
  package func fail(_ message: String, suggestion: String? = nil) {
    problems.add(mark, "\(label): \(message)", suggestion: suggestion)
  }

  /// Reports that something else was expected than what stands here.
  ///
  /// - Parameters:
  ///   - expected: what belongs here, such as `a list of file names`.
  ///   - help: what to do, put after a semicolon.
  package func fail(expected: String, help: String? = nil, suggestion: String? = nil) {
    let tail = help.map { "; " + $0 } ?? ""
    fail("expected \(expected), found \(node.foundDescription)\(tail)", suggestion: suggestion)
  }

  /// The text of a scalar however written; bare numbers and `yes` are text here. Nothing, lists
  /// and mappings are reported.
  package func text(expected: String = "text") -> String? {
    guard let scalar = node.scalar, !scalar.isNull else {
      fail(expected: expected)
      return nil
    }
    return scalar.text
  }

  /// One of a few words, reporting others with the nearest word or else all of them.
  package func oneOf(_ words: [String]) -> String? {
    let listed = words.joined(separator: ", ")
    guard let word = text(expected: "one of \(listed)") else { return nil }
    if words.contains(word) { return word }
    if let near = nearest(to: word, in: words) {
      fail("unknown word \(node.foundWord)", suggestion: near)
    } else {
      fail(expected: "one of \(listed)")
    }
    return nil
  }

  /// A case of an enumeration by its word; as `oneOf` with all its words.
  package func oneOf<Word>(_ type: Word.Type) -> Word?
  where Word: RawRepresentable<String> & CaseIterable {
    oneOf(type.allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
  }

  /// The items of a list, each with a label such as `item 2 of "files" in source`.
  ///
  /// - Parameter items: what the list holds, in the plural: `file names`.
  package func list(of items: String) -> [ValueReader]? {
    guard let sequence = node.sequence else {
      fail(expected: "a list of \(items)")
      return nil
    }
    return readers(sequence)
  }

  /// The items of a list, or the one scalar that stands for a list of one.
  package func itemOrList(of items: String) -> [ValueReader]? {
    if let scalar = node.scalar, !scalar.isNull { return [self] }
    return list(of: items)
  }

  /// The texts of a list, or of the one scalar that stands for a list of one.
  package func textOrList(of items: String) -> [String]? {
    guard let readers = itemOrList(of: items) else { return nil }
    let texts = readers.map { $0.text() }
    return texts.contains(nil) ? nil : texts.compactMap(\.self)
  }

  /// A reader for a mapping with known keys; `what` names it in messages, by default the label.
  package func mapping(_ what: String? = nil) -> MappingReader? {
    guard node.mapping != nil else {
      fail(expected: "a mapping")
      return nil
    }
    return MappingReader(node, what: what ?? label, problems: problems)
  }

  /// The entries of a mapping whose keys are free, such as names, in the file's order.
  ///
  /// - Parameter entries: what they are, in the plural: `columns`.
  package func entries(of entries: String) -> [(key: Node, value: ValueReader)]? {
    guard let mapping = node.mapping else {
      fail(expected: "a mapping of \(entries)")
      return nil
    }
    return mapping.map { entry in
      let name = "\(quoted(entry.key.text ?? "")) of \(label)"
      return (entry.key, ValueReader(entry.value, label: name, problems: problems))
    }
  }

  private func readers(_ sequence: [Node]) -> [ValueReader] {
    sequence.enumerated().map { index, item in
      ValueReader(item, label: "item \(index + 1) of \(label)", problems: problems)
    }
  }
}

extension Node {
  /// The scalar in quotes, or its reference where it came from the environment.
  fileprivate var foundWord: String {
    quoted(scalar?.written ?? text ?? "")
  }
}
