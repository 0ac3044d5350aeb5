/// Gathers the entries of one mapping: keys once each, `<<` merged in.
struct MappingBuilder {
  let problems: Problems
  private var entries: [Node.Entry] = []
  private var lines: [String: Int] = [:]
  private var merged: [Node] = []
  private var mergeMark: Mark?

  init(problems: Problems) {
    self.problems = problems
  }

  mutating func add(key: Node, value: Node) {
    guard let scalar = key.scalar else {
      problems.add(key.mark, "expected text as a key, found \(key.foundDescription)")
      return
    }
    if scalar.text.isEmpty, scalar.isPlain {
      problems.add(key.mark, "a key is missing before ':'")
    } else if scalar.text == "<<", scalar.isPlain {
      addMerge(value, at: key.mark)
    } else if let first = lines[scalar.text] {
      problems.add(
        key.mark,
        "the key \(quoted(scalar.text)) stands twice, first on line \(first); remove one")
    } else {
      lines[scalar.text] = key.mark.line
      entries.append(Node.Entry(key: key, value: value))
    }
  }

  private mutating func addMerge(_ value: Node, at mark: Mark) {
    if let mergeMark {
      problems.add(
        mark, "'<<' stands twice, first on line \(mergeMark.line); write << : [*first, *second]")
      return
    }
    mergeMark = mark
    for source in value.sequence ?? [value] {
      if source.mapping == nil {
        problems.add(
          mark, "'<<' expected a mapping or a list of mappings, found \(source.foundDescription)")
      } else {
        merged.append(source)
      }
    }
  }

  /// The entries in the file's order, then those merged; the mapping's own keys win, then those
  /// of the mapping merged first.
  func finish() -> [Node.Entry] {
    guard !merged.isEmpty else { return entries }
    var known = Set(lines.keys)
    var result = entries
    for entry in merged.flatMap({ $0.mapping ?? [] }) {
      guard let text = entry.key.text, known.insert(text).inserted else { continue }
      result.append(entry)
    }
    return result
  }
}
