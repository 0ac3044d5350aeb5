import Testing

@testable import YAML

@Suite("Nodes keep what was written, and where")
struct NodeTests {
  @Test("bare and quoted scalars are told apart, so yes, 12 and ~ are never guessed at")
  func styles() throws {
    let node = try Node.parse(
      """
      bare: yes
      number: 12
      text: "12"
      single: '~'
      none: ~
      blank:
      block: |
        a
        b
      tagged: !!str 12
      """, file: "f.yaml")
    #expect(node["bare"]?.scalar?.isPlain == true)
    #expect(node["number"]?.scalar?.style == .plain)
    #expect(node["text"]?.scalar?.style == .doubleQuoted)
    #expect(node["single"]?.isNull == false)
    #expect(node["none"]?.isNull == true)
    #expect(node["blank"]?.isNull == true)
    #expect(node["block"]?.text == "a\nb\n")
    #expect(node["tagged"]?.scalar?.isPlain == false)
  }

  @Test("marks count lines and columns from 1, columns in characters")
  func marks() throws {
    let node = try Node.parse("a:\n  - x\n  - {é: y, b: z}\n", file: "p/n.yaml")
    let item = try #require(node["a"]?.sequence?.last)
    #expect(item.mark.description == "p/n.yaml:3:5")
    #expect(item["b"]?.mark.description == "p/n.yaml:3:15")
  }

  @Test("anchors, aliases and merges: own keys win, then the first merged mapping")
  func merges() throws {
    let node = try Node.parse(
      """
      base: &base {a: 1, b: 2}
      more: &more {b: 3, c: 4}
      one: {<<: *base, b: own}
      both: {<<: [*base, *more], d: 5}
      list: &list [x, *base]
      again: *list
      quoted: {"<<": plain key}
      """, file: "f.yaml")
    #expect(node["one"]?.canonicalText == #"{"a":1,"b":"own"}"#)
    #expect(node["both"]?.canonicalText == #"{"a":1,"b":2,"c":4,"d":5}"#)
    #expect(node["both"]?.mapping?.map(\.key.text) == ["d", "a", "b", "c"])
    #expect(node["again"]?.canonicalText == #"["x",{"a":1,"b":2}]"#)
    #expect(node["quoted"]?.canonicalText == #"{"<<":"plain key"}"#)
  }

  @Test("the canonical text is the same for YAML and JSON of any layout, and tells 12 from \"12\"")
  func canonicalText() throws {
    let yaml = try Node.parse("b: [1, '1', ~, true, \"é\\t\"]\na: {y: 1.50, x: on}\n", file: "a")
    let json = try Node.parse(
      #"{"a":{"x":"on","y":1.50},"b":[1,"1",null,true,"é\t"]}"#, file: "b")
    #expect(yaml.canonicalText == #"{"a":{"x":"on","y":1.50},"b":[1,"1",null,true,"é\t"]}"#)
    #expect(json.canonicalText == yaml.canonicalText)
  }

  @Test("pretty-printed JSON with tabs, escapes and no spaces after colons is YAML")
  func json() throws {
    let node = try Node.parse(
      "{\n\t\"timezone\":\"America\\/New_York\",\n\t\"tax_year\": 2026,\n\t\"parameters\": {}\n}\n",
      file: "settings.json")
    #expect(
      node.canonicalText
        == #"{"parameters":{},"tax_year":2026,"timezone":"America/New_York"}"#)
  }
}

@Suite("Hostile files end in a message, not in exhausted memory")
struct LimitTests {
  @Test("an alias bomb of ten lines is refused at the line that bursts the limit")
  func aliasBomb() {
    var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let parts = [String](repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
      text += "l\(level): &l\(level) [\(parts)]\n"
    }
    let found = messages(of: Array(text.utf8))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("f.yaml:5:") == true)
    #expect(
      found.first?.hasSuffix("aliases expand to more than 100000 values; write fewer of them")
        == true)
  }

  @Test("a merge bomb is counted like any alias")
  func mergeBomb() {
    var text = "m0: &m0 {" + (0..<1_000).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
    for level in 1...200 { text += "m\(level): &m\(level) {<<: *m\(level - 1)}\n" }
    #expect(messages(of: Array(text.utf8)).first?.contains("aliases expand to more than") == true)
  }

  @Test(
    "64 levels are read, 65 refused, whether by brackets, dashes or indentation",
    arguments: [("[", "]"), ("- ", ""), ("{a: ", "}")])
  func depth(open: String, close: String) {
    func nested(_ levels: Int) -> [UInt8] {
      let text =
        String(repeating: open, count: levels - 1) + "x"
        + String(repeating: close, count: levels - 1)
      return Array(text.utf8)
    }
    #expect(messages(of: nested(64)).first?.hasPrefix("parsed") == true)
    #expect(
      messages(of: nested(65)).first?.hasSuffix(
        "values are nested more than 64 deep; expected a flatter file") == true)
    #expect(messages(of: nested(100_000)).count == 1)
  }

  @Test("depth built up by a chain of aliases is counted too")
  func aliasDepth() {
    var text = "a0: &a0 [x]\n"
    for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    let found = messages(of: Array(text.utf8))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("f.yaml:63:") == true)
    #expect(found.first?.contains("nested more than 64 deep") == true)
  }
}
