/// One step of libyaml's parser, copied into Swift values.
struct Event {
  enum Kind {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(String, Node.Style)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  let kind: Kind
  let mark: Mark
  var anchor: String?
  var tag: String?
}

/// The parser cannot go on; what was found until then stays reported.
struct Stop: Error {
  let problem: Problem

  init(_ mark: Mark, _ message: String, suggestion: String? = nil) {
    problem = Problem(mark, message, suggestion: suggestion)
  }
}
