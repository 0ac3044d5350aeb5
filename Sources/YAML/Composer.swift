/// Builds nodes from events, expanding aliases and merges within limits.
struct Composer: ~Copyable {
  /// The deepest nesting, aliases expanded. Deeper files are mistakes or attacks, and every
  /// recursion over nodes relies on it.
  static let deepest = 64
  /// The most nodes aliases may add: ten lines can otherwise stand for a billion nodes.
  static let mostAliased = 100_000

  /// A finished node with what expanding it again would cost.
  struct Composed {
    let node: Node
    var size = 1
    var height = 1

    /// Counts a part towards the whole.
    mutating func grow(by part: Composed) {
      size += part.size
      height = max(height, part.height + 1)
    }
  }

  private var parser: EventParser
  private let file: String
  let problems: Problems
  private var anchors: [String: Composed] = [:]
  private var openAnchors: Set<String> = []
  private var aliased = 0

  init(_ parser: consuming EventParser, file: String, problems: Problems) {
    self.parser = parser
    self.file = file
    self.problems = problems
  }

  /// Reads the file's one document.
  mutating func document() throws(Stop) -> Node {
    _ = try parser.next()
    guard case .documentStart = try parser.next().kind else { throw emptyFile() }
    let root = try compose(parser.next(), depth: 1).node
    if let scalar = root.scalar, scalar.isPlain, scalar.text.isEmpty { throw emptyFile() }
    _ = try parser.next()
    let after = try parser.next()
    if case .documentStart = after.kind {
      throw Stop(after.mark, "a second document begins here; a file holds one, remove the '---'")
    }
    return root
  }

  private func emptyFile() -> Stop {
    Stop(Mark(file: file), "the file is empty; expected keys and values")
  }

  private mutating func compose(_ event: Event, depth: Int) throws(Stop) -> Composed {
    guard depth <= Self.deepest else { throw tooDeep(event.mark) }
    if case .alias(let name) = event.kind {
      return try resolve(name, at: event.mark, depth: depth)
    }
    if let anchor = event.anchor { openAnchors.insert(anchor) }
    let composed: Composed
    switch event.kind {
    case .scalar(let text, let style):
      let resolved = taggedStyle(style, tag: event.tag, mark: event.mark)
      composed = Composed(
        node: Node(.scalar(Node.Scalar(text, style: resolved)), mark: event.mark))
    case .sequenceStart:
      checkTag(event, allowed: "seq")
      composed = try sequence(event.mark, depth: depth)
    default:
      checkTag(event, allowed: "map")
      composed = try mapping(event.mark, depth: depth)
    }
    if let anchor = event.anchor {
      openAnchors.remove(anchor)
      anchors[anchor] = composed
    }
    return composed
  }

  private mutating func sequence(_ mark: Mark, depth: Int) throws(Stop) -> Composed {
    var items: [Node] = []
    var total = Composed(node: Node(.sequence([]), mark: mark))
    while true {
      let event = try parser.next()
      if case .sequenceEnd = event.kind { break }
      let item = try compose(event, depth: depth + 1)
      total.grow(by: item)
      items.append(item.node)
    }
    return Composed(
      node: Node(.sequence(items), mark: mark), size: total.size, height: total.height)
  }

  private mutating func mapping(_ mark: Mark, depth: Int) throws(Stop) -> Composed {
    var builder = MappingBuilder(problems: problems)
    var total = Composed(node: Node(.mapping([]), mark: mark))
    while true {
      let event = try parser.next()
      if case .mappingEnd = event.kind { break }
      let key = try compose(event, depth: depth + 1)
      let value = try compose(parser.next(), depth: depth + 1)
      total.grow(by: key)
      total.grow(by: value)
      builder.add(key: key.node, value: value.node)
    }
    let node = Node(.mapping(builder.finish()), mark: mark)
    return Composed(node: node, size: total.size, height: total.height)
  }

  private mutating func resolve(
    _ name: String, at mark: Mark, depth: Int
  ) throws(Stop) -> Composed {
    guard !openAnchors.contains(name) else {
      throw Stop(mark, "*\(name) stands inside what &\(name) names, so it would never end")
    }
    guard let target = anchors[name] else {
      throw Stop(
        mark, "*\(name) refers to nothing; expected &\(name) further up",
        suggestion: nearest(to: name, in: anchors.keys.sorted()).map { "*" + $0 })
    }
    guard depth + target.height - 1 <= Self.deepest else { throw tooDeep(mark) }
    aliased += target.size
    guard aliased <= Self.mostAliased else {
      throw Stop(
        mark, "aliases expand to more than \(Self.mostAliased) values; write fewer of them")
    }
    return target
  }

  private func tooDeep(_ mark: Mark) -> Stop {
    Stop(mark, "values are nested more than \(Self.deepest) deep; expected a flatter file")
  }
}
