/// libyaml's messages in the words of someone who writes YAML, not parsers.
enum SyntaxMessage {
  /// The message for a libyaml problem; one not in the table is kept as it is.
  static func plain(_ problem: String) -> String {
    table.first { problem.contains($0.key) }?.value ?? problem
  }

  /// Where the thing that went wrong began, when that is on an earlier line.
  static func context(_ context: String, line: Int, problemLine: Int) -> String {
    let things = [
      ("quoted scalar", "quoted text"), ("block scalar", "text block"),
      ("flow sequence", "[ ] list"),
      ("flow mapping", "{ } mapping"), ("block collection", "list"), ("block mapping", "mapping"),
      ("simple key", "key"),
    ]
    guard line < problemLine, let thing = things.first(where: { context.contains($0.0) })?.1
    else { return "" }
    return " (the \(thing) begins on line \(line))"
  }

  /// Looked through in order, so the more particular phrases come first.
  private static let table: KeyValuePairs = [
    "mapping values are not allowed":
      "a ':' is not expected here; check the indentation, or put quotes around text with ': ' in it",
    "block sequence entries are not allowed":
      "a list item '-' is not expected here; start the list on a new line",
    "mapping keys are not allowed": "a '?' key is not expected here; write key: value",
    "block collection entries": "a list item '-' is not expected here",
    "did not find expected key":
      "expected a key here; the indentation does not match the lines above, or a quote is missing",
    "did not find expected '-' indicator":
      "expected a list item '- …' here; the indentation does not match the items above",
    "did not find expected ',' or ']'": "expected ',' or ']' in this list",
    "did not find expected ',' or '}'": "expected ',' or '}' in this mapping",
    "did not find expected node content": "expected a value here",
    "did not find expected <document start>":
      "expected the end of the file here; the indentation does not match the lines above",
    "could not find expected ':'": "expected ':' after this key",
    "found unexpected end of stream": "the file ends inside quoted text; add the closing quote",
    "found unexpected document indicator":
      "a document marker stands inside quoted text; add the closing quote before it",
    "found character that cannot start any token":
      "text cannot start with this character; put quotes around it, and indent with spaces, not tabs",
    "found a tab character": "expected spaces for indentation, found a tab",
    "found unexpected ':'": "put quotes around text with ':' in it",
    "found unknown escape character":
      "unknown escape after '\\'; write '\\\\' for a backslash, or use single quotes",
    "invalid Unicode character escape":
      "the escape is not a character; write characters beyond \\uFFFF as \\UXXXXXXXX or as they are",
    "did not find expected hexdecimal number": "expected hexadecimal digits in this escape",
    "did not find expected alphabetic or numeric character":
      "expected a name of letters, digits, '-' or '_' after '&' or '*'; put quotes around text that "
      + "starts with them",
    "control characters are not allowed":
      "a control character is not allowed in a text file; write it as an escape in double quotes",
    "found undefined tag handle": "unknown tag; put quotes around text that starts with '!'",
    "did not find expected tag URI": "unfinished tag; put quotes around text that starts with '!'",
    "did not find expected comment or line break":
      "expected the end of the line after '|' or '>'; put the text on the lines below",
    "found an indentation indicator equal to 0":
      "expected an indentation from 1 to 9 after '|' or '>'",
    "incompatible YAML document": "expected YAML 1.1 or 1.2; remove the %YAML line",
    "duplicate %YAML directive": "the %YAML line stands twice; remove one",
    "exceeded max nesting": "brackets are nested too deeply",
  ]
}
