import Engine
import Foundation
import Testing
import YAML

@testable import Runner

@Suite("The mapping that ships for Twilio's call log reads a real export")
struct MappingTwilioTests {
  /// The source with the contract and the mapping that ship.
  private func spec() throws -> SourceSpec {
    try PipelineWorld.source(
      "calls", mapping: "twilio-calls",
      """
      sources:
        calls: {files: calls.csv, mapping: twilio-calls}
        transactions: {files: t.csv}
        vendors: {files: v.csv}
        exchange_rates: {files: r.csv}
      stages: [vendor_connections]
      """)
  }

  @Test("calls to vendors become rows, other legs are filtered, nonsense is quarantined")
  func export() throws {
    let decoded = try spec().decode(try PipelineWorld.fixture("twilio/calls.csv"))
    let expected = try PipelineWorld.fixture("twilio/expected.csv").split(separator: "\n")
      .dropFirst()
    #expect(decoded.rows.map { $0[0...5].joined(separator: ",") } == expected.map(String.init))
    // The caller's own leg, one still ringing, one to an agent.
    #expect(decoded.filtered == 3)
    // A state Twilio does not have today; 31 June.
    #expect(decoded.refused == ["9 outcome value", "10 started_at type"])
  }

  @Test("spelled as the REST API does, without the parent's column")
  func restNames() throws {
    let decoded = try spec().decode(
      """
      sid,to,status,start_time,duration,direction
      CA1,+12125550123,completed,"Thu, 31 Dec 2026 23:59:58 +0000",5,outbound-dial
      CA2,+12125550123,no-answer,,,outbound-dial
      """)
    #expect(
      decoded.rows.map { Array($0[0...5]) } == [
        ["CA1", "+12125550123", "2026-12-31T23:59:58Z", "5", "success", ""]
      ])
    #expect(decoded.refused == ["2 started_at missing"])
  }

  @Test("an export of something else is refused with the names that were looked for")
  func otherFile() throws {
    let error = #expect(throws: BindingError.self) {
      try spec().decode("Sid,To,Body,Status,Sent Date,Direction\n")
    }
    let problems = error?.problems.map { $0.prefix { $0 != "(" } }
    #expect(
      problems == [
        "the column \"Start Time\" or \"StartTime\" or \"start_time\" is missing, which started_at needs ",
        "the column \"Duration\" or \"duration\" is missing, which duration_seconds needs ",
      ])
  }
}
