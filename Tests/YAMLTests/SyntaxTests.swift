import Testing

@testable import YAML

/// A document and every message it must give, word for word: these are what a user reads at two
/// in the morning.
struct SyntaxCase: Sendable, CustomTestStringConvertible {
  let text: String
  let messages: [String]

  init(_ text: String, _ messages: String...) {
    self.text = text
    self.messages = messages
  }

  var testDescription: String { text.debugDescription }
}

/// The messages of a document that must not parse.
func messages(of text: [UInt8], file: String = "f.yaml") -> [String] {
  do throws(YAMLError) {
    let node = try Node.parse(text, file: file)
    return ["parsed: \(node.canonicalText)"]
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite("What is wrong with a file's form is said with its place, in plain words")
struct SyntaxTests {
  static let cases: [SyntaxCase] = [
    SyntaxCase("", "f.yaml:1:1: the file is empty; expected keys and values"),
    SyntaxCase("# only\n\n", "f.yaml:1:1: the file is empty; expected keys and values"),
    SyntaxCase("---\n", "f.yaml:1:1: the file is empty; expected keys and values"),
    SyntaxCase(
      "a: 1\n---\nb: 2\n",
      "f.yaml:2:1: a second document begins here; a file holds one, remove the '---'"),
    SyntaxCase(
      "a: 1\nb: 2\na: 3\nb: 4\n",
      "f.yaml:3:1: the key \"a\" stands twice, first on line 1; remove one",
      "f.yaml:4:1: the key \"b\" stands twice, first on line 2; remove one"),
    SyntaxCase(
      "{\"a\": 1, \"a\": 2}",
      "f.yaml:1:10: the key \"a\" stands twice, first on line 1; remove one"),
    SyntaxCase("[a, b]: 1\n", "f.yaml:1:1: expected text as a key, found a list"),
    SyntaxCase("? \n: 1\n", "f.yaml:1:2: a key is missing before ':'"),
    SyntaxCase(
      "a: !!binary aGk=\nb: !mine {}\n",
      "f.yaml:1:4: the tag !!binary is not supported here; remove it",
      "f.yaml:2:4: the tag !mine is not supported here; remove it"),
    SyntaxCase(
      "a: !!map []\n", "f.yaml:1:4: the tag !!map is not supported here; remove it"),
    SyntaxCase(
      "a: &rates 1\nb: *rate\n",
      "f.yaml:2:4: *rate refers to nothing; expected &rate further up (did you mean \"*rates\"?)"),
    SyntaxCase(
      "a: &loop\n  - *loop\n",
      "f.yaml:2:5: *loop stands inside what &loop names, so it would never end"),
    SyntaxCase(
      "a:\n  <<: 3\n  b: 1\n",
      "f.yaml:2:3: '<<' expected a mapping or a list of mappings, found 3"),
    SyntaxCase(
      "title: Sales: weekly\n",
      "f.yaml:1:13: a ':' is not expected here; check the indentation, or put quotes around text "
        + "with ': ' in it"),
    SyntaxCase(
      "a:\n\t- b\n",
      "f.yaml:2:1: text cannot start with this character; put quotes around it, and indent with "
        + "spaces, not tabs"),
    SyntaxCase(
      "a: @b\n",
      "f.yaml:1:4: text cannot start with this character; put quotes around it, and indent with "
        + "spaces, not tabs"),
    SyntaxCase(
      "a: \"open\nb: 2\n",
      "f.yaml:3:1: the file ends inside quoted text; add the closing quote (the quoted text begins "
        + "on line 1)"),
    SyntaxCase(
      "a:\n  b: 1\n c: 2\n",
      "f.yaml:3:2: expected a key here; the indentation does not match the lines above, or a quote "
        + "is missing (the mapping begins on line 1)"),
    SyntaxCase(
      "a: [1, 2\nb: 3\n",
      "f.yaml:2:2: expected ',' or ']' in this list (the [ ] list begins on line 1)"),
    SyntaxCase("a: {b", "f.yaml:1:6: expected ',' or '}' in this mapping; the file ends here"),
    SyntaxCase(
      "files: [${HOME}/a.csv]\n",
      "f.yaml:1:10: inside [ ] and { } an environment reference needs quotes: \"${NAME}\""),
    SyntaxCase(
      "a: *\n",
      "f.yaml:1:5: expected a name of letters, digits, '-' or '_' after '&' or '*'; put quotes "
        + "around text that starts with them"),
    SyntaxCase(
      "path: \"C:\\data\"\n",
      "f.yaml:1:10: unknown escape after '\\'; write '\\\\' for a backslash, or use single quotes"),
    SyntaxCase(
      "a: 1\nb: \u{1}\n",
      "f.yaml:2:4: a control character is not allowed in a text file; write it as an escape in "
        + "double quotes"),
    SyntaxCase(
      "a: 1\na: 2\nb: [\n",
      "f.yaml:2:1: the key \"a\" stands twice, first on line 1; remove one",
      "f.yaml:4:1: expected a value here; the file ends here"),
  ]

  @Test("each kind of mistake gives its exact messages", arguments: cases)
  func exactMessages(_ item: SyntaxCase) {
    #expect(messages(of: Array(item.text.utf8)) == item.messages)
  }

  @Test("bytes that are not UTF-8 are refused with line and column in characters")
  func invalidBytes() {
    let latin: [UInt8] = Array("a: 1\nname: é".utf8) + [0xE9, 0x0A]
    #expect(
      messages(of: latin) == [
        "f.yaml:2:8: expected UTF-8 text, found the byte 0xE9; save the file as UTF-8"
      ])
    #expect(
      messages(of: [0xFF, 0xFE, 0x61, 0x00]) == [
        "f.yaml:1:1: expected UTF-8 text, found UTF-16; save the file as UTF-8"
      ])
    #expect(
      messages(of: [0x61, 0x00, 0x0A]) == [
        "f.yaml:1:2: a control character is not allowed in a text file; write it as an escape in "
          + "double quotes"
      ])
  }

  @Test("a byte-order mark is skipped and does not move columns")
  func byteOrderMark() throws {
    let node = try Node.parse([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f.yaml")
    #expect(node["a"]?.mark == Mark(file: "f.yaml", line: 1, column: 4))
  }

  @Test("a data file given by mistake is refused by its size, not parsed")
  func tooLarge() {
    let found = messages(of: [UInt8](repeating: 0x61, count: TextPlace.largest + 1))
    #expect(
      found == [
        "f.yaml:1:1: the file has 16777217 bytes, expected at most 16777216; is it a data file?"
      ])
  }
}
