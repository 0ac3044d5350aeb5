import Engine
import Testing
import YAML

@testable import Runner

@Suite("Mappings make the contract's columns from a real export's")
struct MappingTests {
  static let header = "call_id,vendor_id,started_at,duration_seconds,outcome"

  /// The session_id made by a function from the columns A and B of one row.
  private func value(_ function: String, a: String, b: String = "") throws -> String {
    let spec = try PipelineWorld.calls("columns: {session_id: {value: \(function)}}")
    let decoded = try spec.decode(Self.header + ",A,B\n1,v,2026-06-01,0,busy,\(a),\(b)\n")
    return decoded.refused.first ?? decoded.rows[0][5]
  }

  @Test(
    "every function, exact to the last decimal",
    arguments: [
      ("{column: A}", "x", "", "x"),
      ("constant", "", "", "constant"),
      ("{concat: [{column: A}, \"-\", {column: B}, 7]}", "x", "y", "x-y7"),
      ("{first_of: [{column: A}, {column: B}, none]}", "", "y", "y"),
      ("{first_of: [{column: A}, {column: B}, none]}", "", "", "none"),
      ("{trim: {column: A}}", "  x y\t", "", "x y"),
      ("{lower: {column: A}}", "No-ANSWER", "", "no-answer"),
      ("{abs: {column: A}}", "-12.30", "", "12.30"),
      ("{negate: {column: A}}", "12.30", "", "-12.30"),
      ("{negate: {column: A}}", "-0.10", "", "0.10"),
      ("{negate: {column: A}}", "", "", ""),
      ("{multiply: [{column: A}, 0.01]}", "12345678901234567.89", "", "123456789012345.6789"),
      ("{multiply: [{column: A}, {column: B}, -1]}", "0.1", "0.2", "-0.02"),
      ("{add: [{column: A}, {column: B}]}", "0.1", "0.2", "0.3"),
      ("{add: [{column: A}, {negate: {column: B}}]}", "10", "0.001", "9.999"),
      ("{add: [{column: A}, {column: B}]}", "1", "", ""),
      ("{add: [{column: A}, {column: B}]}", "1", "two", "1 session_id type"),
      ("{line_number: true}", "", "", "2"),
      ("{extract: {of: {column: A}, regex: \"#([0-9]+)\"}}", "order #42!", "", "42"),
      ("{extract: {of: {column: A}, regex: \"#[0-9]+\"}}", "order #42!", "", "#42"),
      ("{extract: {of: {column: A}, regex: \"(a)(b)?\", group: 2}}", "ac", "", ""),
      ("{extract: {of: {column: A}, regex: \"(a)(b)?\", group: 0}}", "xab", "", "ab"),
      (
        "{match: {of: {column: A}, cases: [{is: x, then: 1}, {prefix: x, then: 2}, {matches: \"y$\", then: {column: B}}], else: 3}}",
        "x", "b", "1"
      ),
      ("{match: {of: {column: A}, cases: [{prefix: [w, x], then: 2}]}}", "xy", "b", "2"),
      ("{match: {of: {column: A}, cases: [{matches: \"y$\", then: {column: B}}]}}", "xy", "b", "b"),
      (
        "{match: {of: {column: A}, cases: [{in: [p, q], then: 1}], else: {column: B}}}", "z", "b",
        "b"
      ),
      ("{match: {of: {column: A}, cases: [{is: x, then: 1}]}}", "z", "", ""),
    ])
  func functions(function: String, a: String, b: String, expected: String) throws {
    #expect(try value(function, a: a, b: b) == expected)
  }

  @Test(
    "conditions drop rows before they are checked",
    arguments: [
      ("{column: A, is: x}", "x"), ("{column: A, in: [x, y]}", "x y"),
      ("{column: A, not: x}", "y z "),
      ("{column: A, not_in: [x, \"\"]}", "y z"), ("{column: A, prefix: [y, z]}", "y z"),
      ("{column: A, matches: \"^[xz]\"}", "x z"), ("{value: {lower: {column: B}}, is: up}", "x y"),
      ("{column: None, optional: true, is: \"\"}", "x y z "),
    ])
  func conditions(condition: String, kept: String) throws {
    let spec = try PipelineWorld.calls("where: [\(condition)]\ncolumns: {session_id: A}")
    let rows = [("x", "UP"), ("y", "up"), ("z", ""), ("", "")].enumerated().map { index, row in
      "\(index),v,2026-06-01,0,busy,\(row.0),\(row.1)\n"
    }
    let decoded = try spec.decode(Self.header + ",A,B\n" + rows.joined())
    let found = decoded.rows.map { $0[5] }
    #expect(found.joined(separator: " ") == kept)
    #expect(decoded.filtered + found.count == 4)
  }

  @Test("instants, money, rates and words are read as the export writes them")
  func formats() throws {
    let world = PipelineWorld([
      "P/p.yaml": """
      sources:
        calls:
          files: c.csv
          timezone: America/New_York
          columns:
            started_at: {from: At, format: "%d/%m/%Y %I:%M %p"}
            outcome: {values: {no-answer: timeout, Weird: ~}, default: network}
            estimated_value: {from: Worth, grouping: ".", decimal: ",", currency_sign: true, parentheses: true}
            duration_seconds: {default: 0}
        transactions:
          files: t.csv
          delimiter: tab
          quote: none
          columns:
            amount: {from: Cents, unit: minor}
            share: {unit: percent}
            currency: {default: EUR}
      stages: [calls_only]
      """
    ])
    let pipeline = try world.load()
    let calls = try pipeline.sources[0].decode(
      """
      call_id,vendor_id,At,outcome,Worth
      1,v,31/12/2025 07:30 PM,No-Answer,"€ 1.234,50"
      2,v,01/07/2026 12:00 AM,weird,12
      3,v,01/07/2026 12:00 AM,strange,
      """)
    #expect(
      calls.rows == [
        ["1", "v", "2026-01-01T00:30:00Z", "0", "timeout", "", "", "123450"],
        ["2", "v", "2026-07-01T04:00:00Z", "0", "network", "", "", "1200"],
      ])
    #expect(calls.refused == ["3 outcome value"])
    let sales = try pipeline.sources[1].decode(
      "transaction_id\tCents\tcurrency\tshare\nt\"1\t1250\t\t12.5\n", file: "t.csv")
    #expect(sales.rows == [["t\"1", "1250", "EUR", "125000000000", ""]])
  }

  @Test("a pipeline changes single words of a mapping file and keeps the rest")
  func overlay() throws {
    let spec = try PipelineWorld.calls(
      "mapping: m\ndelimiter: \";\"\ncolumns: {outcome: {values: {canceled: hangup}}, vendor_id: Called, session_id: ~, call_id: {value: {column: Id}}}",
      mapping: """
        delimiter: ","
        columns:
          call_id: Sid
          outcome: {from: Status, values: {canceled: caller_cancelled, done: success}}
          vendor_id: {value: {column: To}}
          session_id: Parent
        where: [{column: Status, not: skip}]
        """)
    let decoded = try spec.decode(
      """
      Id;Called;started_at;duration_seconds;Status;Other
      1;v;2026-06-01;0;canceled;
      2;w;2026-06-01;0;done;
      3;w;2026-06-01;0;skip;
      """)
    #expect(
      decoded.rows.map { Array($0[0...5]) } == [
        ["1", "v", "2026-06-01T00:00:00Z", "0", "hangup", ""],
        ["2", "w", "2026-06-01T00:00:00Z", "0", "success", ""],
      ])
    #expect(decoded.filtered == 1)
    #expect(decoded.extra == ["Other"])
  }

  @Test("without a header, columns are positions or the names of fields")
  func positions() throws {
    let rows = "v,7,2026-06-01,3,busy\n"
    let byPosition = try PipelineWorld.calls(
      "header: false\ncolumns: {call_id: 2, vendor_id: 1, started_at: {from: 3}, duration_seconds: 4, outcome: 5}"
    )
    let byName = try PipelineWorld.calls(
      "header: false\nfields: [vendor_id, Sid, started_at, duration_seconds, outcome]\ncolumns: {call_id: Sid}"
    )
    for spec in [byPosition, byName] {
      let expected = ["7", "v", "2026-06-01T00:00:00Z", "3", "busy", "", "", ""]
      #expect(try spec.decode(rows).rows == [expected])
    }
    let error = #expect(throws: BindingError.self) { try byName.decode("a,b\n") }
    #expect(
      error?.problems == ["expected 5 columns as \"fields\" says (P/p.yaml:3:5), found 2"])
  }
}
