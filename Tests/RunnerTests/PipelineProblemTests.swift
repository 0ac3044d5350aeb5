import Testing

@testable import Runner

@Suite("Everything wrong with a pipeline is said at once, with its place and what was meant")
struct PipelineProblemTests {
  @Test("a page of mistakes in a pipeline, a mapping and the environment")
  func page() {
    let world = PipelineWorld([
      "P/p.yaml": #"""
      sumary: wrong key
      warehouse: ${WAREHOUSE}
      max_quarantined: 1
      sources:
        call: {files: calls.csv}
        calls:
          files: []
          mapping: twilio
          delimiter: ";;"
          timezone: Europe/Berln
          columns:
            vendor: To
            started_at: {from: T, format: "%Y-%m-%dT%Q"}
            outcome: {from: A, value: {column: B}, values: {no-answer: time-out}}
            duration_seconds: {unit: minor, default: -1}
            session_id: {value: {concatenate: [a]}}
            intent_score: {value: {extract: {of: {column: A}, regex: "(a)", group: 2}}}
            call_id: {value: {trim: Sid}}
            vendor_id: {from: To, optional: true}
          where:
            - {column: A, matches: "(a"}
            - {column: A}
            - {is: a}
        transactions: {files: t.csv, mapping: strpe}
        vendors: [vendors.csv]
      stages: [vendor_connectons, calls_only, calls_only, product_analytics]
      reports: [weekly-vendor, x]
      """#,
      "P/mappings/twilio.yaml": """
      files: x.csv
      encoding: latin1
      columns:
        estimated_value: {grouping: ".", decimal: "."}
      """,
      "P/mappings/stripe.yaml": "{}",
    ])
    let expected = #"""
      P/mappings/twilio.yaml:1:1: mapping "twilio": "files" is not part of a mapping; say it in the pipeline, beside "mapping"
      P/mappings/twilio.yaml:2:11: "encoding" in source "calls": unknown word "latin1" (did you mean "latin-1"?)
      P/mappings/twilio.yaml:4:31: "grouping" in column "estimated_value": is the same as the decimal sign; write decimal: ","
      P/p.yaml:1:1: pipeline: unknown key "sumary" (did you mean "summary"?)
      P/p.yaml:2:12: the environment variable WAREHOUSE is not set; run export WAREHOUSE=… first, or give a default with ${WAREHOUSE:-…}
      P/p.yaml:3:18: "max_quarantined" in pipeline: expected a percentage from 0 % to 100 %, such as 0.5 %, found 1; add the % sign
      P/p.yaml:5:3: unknown source "call" (did you mean "calls"?)
      P/p.yaml:7:12: "files" in source "calls": expected a path or glob such as calls*.csv*, found nothing
      P/p.yaml:9:16: "delimiter" in source "calls": expected one ASCII character or tab, found the text ";;"
      P/p.yaml:10:15: "timezone" in source "calls": expected an IANA time zone such as America/New_York, found Europe/Berln (did you mean "Europe/Berlin"?)
      P/p.yaml:12:7: source "calls" has no column "vendor" (did you mean "vendor_id"?)
      P/p.yaml:13:37: "format" in column "started_at": "%Y-%m-%dT%Q": expected a known directive, found %Q; use one of %Y %y %m %d %e %b %B %a %A %H %I %M %S %f %p %z %Z %%
      P/p.yaml:14:16: "outcome" of "columns" in source "calls": expected either "from" or "value", found both; keep one
      P/p.yaml:14:66: "no-answer" of "values" in column "outcome": unknown word "time-out" (did you mean "timeout"?)
      P/p.yaml:15:32: "unit" in column "duration_seconds": belongs to money or a rate, and duration_seconds is a whole number
      P/p.yaml:15:48: "default" in column "duration_seconds": expected a whole number from 0 up, found -1
      P/p.yaml:16:27: "value" in column "session_id": unknown function "concatenate"; expected column, concat, first_of, match, extract, trim, lower, abs, negate, multiply, add, line_number
      P/p.yaml:17:78: "group" in extract: the regular expression "(a)" has 1 group, expected at most 1, found 2
      P/p.yaml:18:31: "trim" in "value" in column "call_id": the constant "Sid" is the same in every row; write {column: Sid}
      P/p.yaml:19:39: "optional" in column "vendor_id": every row must have vendor_id; give a "default" for files without the column
      P/p.yaml:21:30: "matches" in item 1 of "where" in source "calls": "(a" is not a regular expression: expected ')'
      P/p.yaml:22:9: item 2 of "where" in source "calls": expected one of is, in, not, not_in, prefix, matches, found none
      P/p.yaml:23:9: item 3 of "where" in source "calls": expected either "column" or "value", found neither
      P/p.yaml:24:41: source "transactions": there is no mapping "strpe" (P/mappings/strpe.yaml) (did you mean "stripe"?)
      P/p.yaml:25:12: source "vendors": expected a mapping with files, found a list
      P/p.yaml:26:10: unknown stage "vendor_connectons" (did you mean "vendor_connections"?)
      P/p.yaml:26:41: the stage "calls_only" stands twice, first on line 26; remove one
      P/p.yaml:26:53: the stage "product_analytics" reads "clicks" and "products", which the pipeline does not have; add it under "sources", with optional: true if there may be no file
      P/p.yaml:27:11: unknown report "weekly-vendor" (did you mean "weekly-vendors"?)
      P/p.yaml:27:26: unknown report "x"; expected weekly-vendors, weekly-products
      """#
    let found = world.problems()
    let lines = expected.split(separator: "\n").map(String.init)
    for (found, line) in zip(found, lines) where found != line { #expect(found == line) }
    #expect(found.count == lines.count, "\(found.joined(separator: "\n"))")
  }

  @Test("a pipeline that is not there names those that are")
  func missing() {
    let world = PipelineWorld(["P/nightly.yaml": "", "P/weekly.yaml": "", "P/weekly.test.yaml": ""])
    #expect(
      world.problems() == [
        "P/p.yaml:1:1: the pipeline does not exist; there are nightly.yaml, weekly.yaml"
      ])
  }

  @Test("an empty pipeline says what belongs there")
  func empty() {
    #expect(
      PipelineWorld(["P/p.yaml": "name: p"]).problems() == [
        "P/p.yaml:1:1: pipeline: the key \"sources\" is missing; expected a mapping of sources",
        "P/p.yaml:1:1: pipeline: the key \"stages\" is missing; expected a list of stages",
      ])
  }

  @Test("without a header, columns that cannot be known are refused before a file is read")
  func noHeader() {
    func problems(_ source: String) -> [String] {
      PipelineWorld([
        "P/p.yaml": "sources: {calls: {files: c.csv, \(source)}}\nstages: [calls_only]"
      ]).problems()
    }
    #expect(
      problems("header: false, columns: {call_id: Sid}") == [
        "P/p.yaml:1:67: \"from\" in column \"call_id\": without a header a column is named by its position from 1, found \"Sid\"; or name all columns with \"fields\""
      ])
    #expect(
      problems("header: false, fields: [sid, to, sid], columns: {call_id: Sid}") == [
        "P/p.yaml:1:66: item 3 of \"fields\" in source \"calls\": the name \"sid\" stands twice",
        "P/p.yaml:1:91: \"from\" in column \"call_id\": no column \"Sid\" in \"fields\" (did you mean \"sid\"?)",
      ])
    #expect(
      problems("fields: [sid]") == [
        "P/p.yaml:1:41: \"fields\" in source \"calls\": names the columns of a file without a header; write header: false beside it"
      ])
  }
}
