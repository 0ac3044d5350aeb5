import CYAML

/// Owns one `yaml_parser_t` and the bytes it reads.
///
/// libyaml keeps pointers to both, so they live at fixed addresses until `deinit`. This file is
/// the module's only unsafe code.
struct EventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let file: String

  /// Copies the text, which must be valid UTF-8 without a byte-order mark.
  init(_ text: ArraySlice<UInt8>, file: String) throws(Stop) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw Stop(Mark(file: file), "there is not enough memory to read this file")
    }
    // One byte more than needed: libyaml asserts that even empty input has an address.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count + 1)
    _ = input.initialize(from: text)
    input[text.count] = 0
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, text.count)
    self.parser = parser
    self.input = input
    self.file = file
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event; after the stream's end none may be asked for.
  mutating func next() throws(Stop) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    let mark = place(event.start_mark)
    switch event.type {
    case YAML_STREAM_START_EVENT:
      return Event(kind: .streamStart, mark: mark)
    case YAML_DOCUMENT_START_EVENT:
      return Event(kind: .documentStart, mark: mark)
    case YAML_DOCUMENT_END_EVENT:
      return Event(kind: .documentEnd, mark: mark)
    case YAML_ALIAS_EVENT:
      return Event(kind: .alias(string(event.data.alias.anchor) ?? ""), mark: mark)
    case YAML_SCALAR_EVENT:
      let data = event.data.scalar
      let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
      let kind = Event.Kind.scalar(
        String(decoding: bytes, as: UTF8.self), Self.style(data.style))
      return Event(kind: kind, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      return Event(
        kind: .sequenceStart, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
    case YAML_SEQUENCE_END_EVENT:
      return Event(kind: .sequenceEnd, mark: mark)
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      return Event(
        kind: .mappingStart, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
    case YAML_MAPPING_END_EVENT:
      return Event(kind: .mappingEnd, mark: mark)
    default:
      return Event(kind: .streamEnd, mark: mark)
    }
  }

  private static func style(_ style: yaml_scalar_style_t) -> Node.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
    default: .plain
    }
  }

  private func place(_ mark: yaml_mark_t) -> Mark {
    Mark(file: file, line: mark.line + 1, column: mark.column + 1)
  }

  private func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  /// libyaml's error in plain words, at the place to look at.
  private func failure() -> Stop {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be read"
    switch parser.pointee.error {
    case YAML_MEMORY_ERROR:
      return Stop(Mark(file: file), "there is not enough memory to read this file")
    case YAML_READER_ERROR:
      let mark = TextPlace.mark(
        at: parser.pointee.problem_offset, in: input.dropLast(), file: file)
      return Stop(mark, SyntaxMessage.plain(problem))
    default:
      // libyaml puts the end of a file without a final newline on a line of its own.
      let end = TextPlace.mark(at: input.count - 1, in: input, file: file)
      let mark = min(place(parser.pointee.problem_mark), end)
      if isReferenceBrace(at: parser.pointee.problem_mark) {
        return Stop(mark, "inside [ ] and { } an environment reference needs quotes: \"${NAME}\"")
      }
      var message = SyntaxMessage.plain(problem)
      if mark == end, !message.hasPrefix("the file ends") { message += "; the file ends here" }
      if let context = parser.pointee.context.map({ String(cString: $0) }) {
        let start = parser.pointee.context_mark.line + 1
        message += SyntaxMessage.context(context, line: start, problemLine: mark.line)
      }
      return Stop(mark, message)
    }
  }

  /// Whether a bare `${` inside a flow collection is what stopped libyaml: it reads the brace as
  /// a new mapping.
  private func isReferenceBrace(at mark: yaml_mark_t) -> Bool {
    guard mark.column > 0 else { return false }
    let lines = input.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    guard mark.line < lines.count else { return false }
    let line = String(decoding: lines[mark.line], as: UTF8.self).unicodeScalars
    return line.dropFirst(mark.column - 1).starts(with: "${".unicodeScalars)
  }
}
