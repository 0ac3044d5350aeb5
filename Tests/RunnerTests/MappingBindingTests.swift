import Engine
import Testing

@testable import Runner

@Suite("A file whose columns do not fit stops the run before a row is read")
struct MappingBindingTests {
  private static let required = [
    "call_id", "vendor_id", "started_at", "duration_seconds", "outcome",
  ]

  private func layout(_ source: String, _ header: [String]) throws -> BoundLayout {
    try PipelineWorld.calls(source).layout(header: header, file: "in/calls.csv")
  }

  @Test("everything missing is named at once, with what was meant and what was found")
  func missing() throws {
    let error = #expect(throws: BindingError.self) {
      try layout(
        "columns: {outcome: [Status, State], session_id: {value: {concat: [{column: Sessoin}, x]}}}",
        ["call_id", "vendorid", "started_at", "Stats", "Session", "Session", ""])
    }
    #expect(
      error?.description == """
        in/calls.csv: the column "vendor_id" is missing, which calls must have (did you mean "vendorid"?)
        in/calls.csv: the column "duration_seconds" is missing, which calls must have
        in/calls.csv: the column "Status" or "State" is missing, which outcome needs (P/p.yaml:4:24) (did you mean "Stats"?)
        in/calls.csv: the column "Sessoin" is missing, which session_id needs (P/p.yaml:4:80) (did you mean "Session"?)
          found: "call_id", "vendorid", "started_at", "Stats", "Session", "Session", ""
          expected: call_id, vendor_id, started_at, duration_seconds, outcome and perhaps session_id, intent_score, estimated_value
          help: check that the file is an export of calls, or map its columns in the pipeline: columns: {NAME: {from: COLUMN OF THE FILE}}
        """)
  }

  @Test("spaces around names are ignored, case is not; extra columns are listed once each")
  func names() throws {
    let bound = try layout(
      "timezone: UTC",
      [
        " call_id", "vendor_id ", "started_at", "\tduration_seconds", "outcome", "Extra",
        "Intent_Score", "",
      ])
    #expect(bound.extraColumns == ["Extra", "Intent_Score"])
    #expect(bound.absentColumns == ["session_id", "intent_score", "estimated_value"])
  }

  @Test("two columns of one name are an error only if the name is used")
  func duplicates() throws {
    _ = try layout("timezone: UTC", Self.required + ["Note", "Note"])
    let error = #expect(throws: BindingError.self) {
      try layout("timezone: UTC", Self.required + ["outcome"])
    }
    #expect(
      error?.problems == ["2 columns are named \"outcome\" (columns 5 and 6); rename all but one"])
  }

  @Test("an optional column that the mapping names must be there, unless it may be absent")
  func explicit() throws {
    let error = #expect(throws: BindingError.self) {
      try layout("columns: {session_id: Parent}", Self.required)
    }
    #expect(
      error?.problems == [
        "the column \"Parent\" is missing, which session_id needs (P/p.yaml:4:27)"
      ])
    let bound = try layout(
      "columns: {session_id: {from: Parent, optional: true}}", Self.required)
    #expect(bound.absentColumns.contains("session_id"))
  }

  @Test("of several names the first one the file has is taken")
  func alternatives() throws {
    let spec = try PipelineWorld.calls("columns: {call_id: [Call SID, Sid]}")
    let rows = "v,2026-06-01,0,busy"
    let rest = "vendor_id,started_at,duration_seconds,outcome"
    #expect(try spec.decode("Sid,\(rest)\nb,\(rows)\n").rows[0][0] == "b")
    #expect(try spec.decode("Sid,Call SID,\(rest)\nb,a,\(rows)\n").rows[0][0] == "a")
  }

  @Test("fingerprints are equal where equal bytes mean the same, and differ where they do not")
  func fingerprints() throws {
    let plain = "columns: {session_id: S, intent_score: T}"
    let header = Self.required + ["S", "T"]
    let print = try layout(plain, header).layout.fingerprint
    // Laid out otherwise.
    let same = "columns:\n  intent_score: T\n  session_id: \"S\""
    #expect(try layout(same, header).layout.fingerprint == print)
    let others = [
      ("columns: {session_id: T, intent_score: S}", header),
      (plain + "\ntimezone: Europe/Berlin", header),
      (plain + "\nencoding: latin-1", header),
      (plain + "\nwhere: [{column: S, is: a}]", header),
      (plain, Self.required + ["T", "S"]),
    ]
    for (source, header) in others {
      #expect(try layout(source, header).layout.fingerprint != print, "\(source)")
    }
  }

  @Test("a header that would write to the terminal is shown, not obeyed")
  func escaped() throws {
    let error = #expect(throws: BindingError.self) {
      try layout("timezone: UTC", ["\u{1B}[2Ja\nb\""])
    }
    #expect(error?.description.contains("found: \"\\u{1B}[2Ja\\nb\\\"\"") ?? false)
  }
}
