extension Node {
  /// The node with environment values put into bare and double-quoted scalars (not keys).
  ///
  /// `${NAME}` is the variable's value, `${NAME:-default}` the default where it is unset or
  /// empty, `$${` a literal `${`. Values are text: one holding `a: b`, `~` or `[` stays that text.
  /// Unset variables and malformed references are reported at the scalar, naming the variable
  /// and never a value, and leave the reference as written.
  ///
  /// - Parameter environment: the value of a variable, nil where it is unset.
  package func interpolated(
    environment: (String) -> String?, problems: Problems
  ) -> Node {
    switch content {
    case .scalar(let scalar):
      guard scalar.style == .plain || scalar.style == .doubleQuoted, scalar.text.contains("$")
      else { return self }
      var template = Template(scalar.text)
      switch template.expand(environment) {
      case .success(let expansion):
        let written = expansion.hasValues ? scalar.text : nil
        return Node(
          .scalar(Scalar(expansion.text, style: scalar.style, written: written)), mark: mark)
      case .failure(let failure):
        for message in failure.messages { problems.add(mark, message) }
        return Node(
          .scalar(Scalar(scalar.text, style: scalar.style, written: scalar.text)), mark: mark)
      }
    case .sequence(let items):
      let items = items.map { $0.interpolated(environment: environment, problems: problems) }
      return Node(.sequence(items), mark: mark)
    case .mapping(let entries):
      let entries = entries.map { entry in
        Entry(
          key: entry.key,
          value: entry.value.interpolated(environment: environment, problems: problems))
      }
      return Node(.mapping(entries), mark: mark)
    }
  }
}

/// Text with references, expanded from left to right once: values are not looked into again.
private struct Template {
  struct Expansion {
    var text = ""
    var hasValues = false
  }

  struct Failure: Error {
    var messages: [String] = []
  }

  private var rest: Substring

  init(_ text: String) {
    rest = text[...]
  }

  mutating func expand(_ environment: (String) -> String?) -> Result<Expansion, Failure> {
    var expansion = Expansion()
    var failure = Failure()
    while let character = rest.first {
      if rest.hasPrefix("$${") {
        expansion.text += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        expansion.hasValues = true
        do throws(Failure) {
          expansion.text += try reference(environment)
        } catch {
          failure.messages += error.messages
        }
      } else {
        expansion.text.append(character)
        rest = rest.dropFirst()
      }
    }
    return failure.messages.isEmpty ? .success(expansion) : .failure(failure)
  }

  /// Reads `${…}` and gives its value.
  private mutating func reference(_ environment: (String) -> String?) throws(Failure) -> String {
    guard let end = rest.firstIndex(of: "}") else {
      let message = "\(quoted(String(rest))) has no closing '}'; write $${ for a plain ${"
      rest = ""
      throw Failure(messages: [message])
    }
    let whole = rest[...end]
    let inside = whole.dropFirst(2).dropLast()
    rest = rest[rest.index(after: end)...]
    let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    let remainder = inside.dropFirst(name.count)
    guard let first = name.first, !first.isNumber, remainder.isEmpty || remainder.hasPrefix(":-")
    else {
      throw Failure(messages: [
        "expected ${NAME} or ${NAME:-default}, found \(quoted(String(whole)));"
          + " write $${ for a plain ${"
      ])
    }
    guard !remainder.contains("${") else {
      throw Failure(messages: ["the default of ${\(name)} cannot hold another ${…}"])
    }
    let value = environment(String(name))
    if !remainder.isEmpty {
      guard let value, !value.isEmpty else { return String(remainder.dropFirst(2)) }
      return value
    }
    guard let value else {
      throw Failure(messages: [
        "the environment variable \(name) is not set;"
          + " run export \(name)=… first, or give a default with ${\(name):-…}"
      ])
    }
    return value
  }
}
