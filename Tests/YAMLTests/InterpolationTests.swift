import Testing

@testable import YAML

@Suite("Environment values are put in as text, and never shown")
struct InterpolationTests {
  static let environment = [
    "HOST": "db.example", "EMPTY": "", "TRICKY": "a: [b] # c\n- ${HOST} ~", "NULL": "null",
    "SECRET": "hunter2", "COUNT": "12",
  ]

  static func interpolated(_ text: String, _ problems: Problems = Problems()) throws -> Node {
    try Node.parse(text, file: "f.yaml").interpolated(
      environment: { environment[$0] }, problems: problems)
  }

  @Test(
    "references, defaults and escapes",
    arguments: [
      ("${HOST}", "db.example"), ("\"${HOST}:5432\"", "db.example:5432"),
      ("postgres://${HOST}/x-${COUNT}", "postgres://db.example/x-12"),
      ("'${HOST}'", "${HOST}"), ("|-\n  ${HOST}", "${HOST}"),
      ("${NOPE:-there}", "there"), ("${NOPE:-}", ""), ("${EMPTY:-there}", "there"),
      ("a${EMPTY}b", "ab"), ("${HOST:-x}", "db.example"), ("$${HOST}", "${HOST}"),
      ("$$ $HOST a$", "$$ $HOST a$"), ("${TRICKY}", "a: [b] # c\n- ${HOST} ~"),
    ])
  func values(written: String, expected: String) throws {
    let problems = Problems()
    let node = try Self.interpolated("v: \(written)\n", problems)
    #expect(node["v"]?.text == expected)
    #expect(problems.isEmpty)
  }

  @Test("a value is text: null stays a word, only an empty one is nothing")
  func nulls() throws {
    let node = try Self.interpolated("a: ${NULL}\nb: ${NOPE:-}\n")
    #expect(node["a"]?.isNull == false)
    #expect(node["b"]?.isNull == true)
  }

  @Test("keys are left alone")
  func keys() throws {
    let node = try Self.interpolated("\"${HOST}\": 1\n")
    #expect(node["${HOST}"]?.text == "1")
  }

  @Test("every unset or malformed reference is reported with its line and what to do")
  func failures() throws {
    let problems = Problems()
    _ = try Self.interpolated(
      """
      a: ${DATABASE_URL}/${OTHER}
      b: ${HOST
      c: "${1ST}"
      d: ${HOST:?}
      e: ${NOPE:-${HOST}}
      """, problems)
    #expect(
      problems.sorted.map(\.description) == [
        "f.yaml:1:4: the environment variable DATABASE_URL is not set;"
          + " run export DATABASE_URL=… first, or give a default with ${DATABASE_URL:-…}",
        "f.yaml:1:4: the environment variable OTHER is not set;"
          + " run export OTHER=… first, or give a default with ${OTHER:-…}",
        "f.yaml:2:4: \"${HOST\" has no closing '}'; write $${ for a plain ${",
        "f.yaml:3:4: expected ${NAME} or ${NAME:-default}, found \"${1ST}\";"
          + " write $${ for a plain ${",
        "f.yaml:4:4: expected ${NAME} or ${NAME:-default}, found \"${HOST:?}\";"
          + " write $${ for a plain ${",
        "f.yaml:5:4: the default of ${NOPE} cannot hold another ${…}",
      ])
  }

  @Test("a wrong value is reported by its reference: passwords do not reach logs")
  func secrets() throws {
    let problems = Problems()
    let node = try Self.interpolated(
      "count: ${SECRET}\nflag: \"${SECRET}\"\nkind: x${SECRET}\nshare: ${SECRET}\n"
        + "amount: ${SECRET}\nfiles: {a: ${SECRET}}\n".replacing(
          "{a: ${SECRET}}", with: "${SECRET}"),
      problems)
    let reader = MappingReader(node, what: "settings", problems: problems)
    #expect(reader.integer("count") == nil)
    #expect(reader.boolean("flag") == nil)
    #expect(reader.oneOf("kind", ["hunter3", "other"]) == nil)
    #expect(reader.percentage("share") == nil)
    #expect(reader.decimal("amount") == nil)
    #expect(reader.list("files", of: "file names") == nil)
    let all = problems.sorted.map(\.description)
    #expect(all.count == 6)
    #expect(!all.joined().contains("hunter2"))
    #expect(
      all.first
        == "f.yaml:1:8: \"count\" in settings: expected a whole number, found the value of \"${SECRET}\""
    )
  }

  @Test("numbers from the environment may be quoted, as JSON has no other way")
  func quotedNumbers() throws {
    let problems = Problems()
    let node = try Self.interpolated(#"{"threads": "${COUNT}", "flag": "${NOPE:-true}"}"#, problems)
    let reader = MappingReader(node, what: "settings", problems: problems)
    #expect(reader.integer("threads") == 12)
    #expect(reader.boolean("flag") == true)
    #expect(problems.isEmpty)
  }
}
