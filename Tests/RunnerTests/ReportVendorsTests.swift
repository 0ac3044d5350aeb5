import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("weekly-vendors: what sales and finance get of a week")
struct ReportVendorsTests {
  /// Two weeks of three vendors; one has no contact, one is named like a formula.
  private func bench() throws -> ReportBench {
    let bench = try ReportBench()
    try bench.publish([
      "runs": [
        "run_id,pipeline,status,started_at,finished_at,from_day,to_day,timezone,currency,version,settings,stages,rows_read,rows_used,rows_quarantined",
        "20261116T050000Z-abc,weekly,published,2026-11-16T05:00:00Z,2026-11-16T05:01:00Z,2026-11-09,2026-11-15,America/New_York,USD,0.1.0,f,\(ReportBench.stages),10,9,1",
      ],
      "source_counts": [
        "run_id,source,read,used,filtered,duplicate,superseded,quarantined",
        "20261116T050000Z-abc,calls,10,9,0,0,0,1",
      ],
      "quarantined_rows": [
        "run_id,source,file,line,column,reason,detail,raw",
        "20261116T050000Z-abc,calls,calls.csv,7,call_id,missing,,",
      ],
      "vendor_dimension": [
        "vendor_id,name,category,phone,email,address,followup_sent_at,user_id",
        "1,=SUM(A1),plumbing,+12125550100,a@b.example,,,", "2,-20% Cleaners,cleaning,,,,,",
        "003,O'Brien Keys,,+12125550103,,,,",
      ],
      "vendor_weekly": [
        "week,vendor_id,attempts,connected,hangups,rejections,timeouts,busy,connection_rate,lost_revenue,mean_intent,complete",
        "2026-11-02,1,10,8,1,0,1,0,0.8,10.00,4.5,true",
        "2026-11-09,1,12,6,1,1,0,0,0.75,300.25,6.5,true",
        "2026-11-09,2,3,1,0,1,0,0,0.5,40.00,8,true", "2026-11-09,003,1,1,0,0,0,0,1,0.00,,true",
      ],
      "leads": [
        "week,vendor_id,missed_opportunities,lost_revenue,mean_intent",
        "2026-11-09,1,2,300.25,6.5", "2026-11-09,2,1,40.00,8", "2026-11-09,003,1,40.00,2",
      ],
      "vendor_connection_analytics": [
        "session_id,vendor_id,failure_type,call_duration,customer_intent_score,estimated_lost_revenue,followup_sent,converted_after_followup,created_at,call_id",
        "+s,1,hangup,5,6,100.25,false,false,2026-11-09T05:00:00Z,c1",
        ",1,rejection,15,7,200.00,true,false,2026-11-16T04:59:59.5Z,c2",
        ",2,rejection,0,8,40.00,false,false,2026-11-12T12:00:00Z,c3",
        ",1,busy,0,3,99.00,false,false,2026-11-09T04:59:59Z,before",
        ",1,busy,0,3,99.00,false,false,2026-11-16T05:00:00Z,after",
      ],
    ])
    return bench
  }

  @Test(
    "the CRM import has HighLevel's columns, who cannot be reached is left out of it and counted")
  func highLevel() throws {
    let bench = try bench()
    try bench.make(["weekly-vendors"])
    #expect(
      try bench.text("leads-highlevel.csv") == """
        First Name,Last Name,Email,Phone,Company,Tags,Status,Created Date,Additional Phone
        ,,a@b.example,+12125550100,=SUM(A1),"missed-opportunity, hot-lead",New,11/15/2026,
        ,,,+12125550103,O'Brien Keys,missed-opportunity,New,11/15/2026,

        """)
    // By lost revenue, then vendor ID; every value is what the workbook holds.
    #expect(
      try bench.text("leads.csv") == """
        vendor_id,name,category,phone,email,missed_opportunities,lost_revenue,mean_intent,tags,importable
        1,=SUM(A1),plumbing,+12125550100,a@b.example,2,300.25,6.500000,"missed-opportunity, hot-lead",true
        003,O'Brien Keys,,+12125550103,,1,40.00,2.000000,missed-opportunity,true
        2,-20% Cleaners,cleaning,,,1,40.00,8.000000,"missed-opportunity, hot-lead",false

        """)
    let dump = try Dump(bench.path("weekly-vendors.xlsx"))
    let row = try #require(
      dump.cells.first { $0.value.value == .text("Leads without phone and e-mail") }?.value.cell)
    #expect(dump["About!B\(row.dropFirst())"]?.value == .number(1))
  }

  @Test("the workbook: numbers as numbers, text as text, live totals that say what they show")
  func workbook() throws {
    let bench = try bench()
    try bench.make(["weekly-vendors"])
    let dump = try Dump(bench.path("weekly-vendors.xlsx"))
    #expect(
      dump.file.sheets == [
        "Summary", "Vendors", "Leads", "Failed calls", "Failure types", "Categories", "Trend",
        "About",
      ])
    // The last second of the week in New York.
    #expect(dump.file.created == "2026-11-16 04:59:59")
    #expect(dump["Vendors!B5"]?.value == .text("=SUM(A1)"))
    #expect(dump["Vendors!B5"]?.type == "s")
    #expect(dump["Vendors!A7"]?.value == .text("003"))
    #expect(dump["Vendors!K5"]?.value == .number(Decimal(string: "0.75")!))
    #expect(dump["Vendors!K5"]?.format == "0.0%")
    #expect(dump["Vendors!L5"]?.value == .number(Decimal(string: "300.25")!))
    #expect(dump["Vendors!L5"]?.format == "#,##0.00;[Red]-#,##0.00")
    #expect(dump["Vendors!O5"]?.value == .number(Decimal(string: "290.25")!))
    #expect(dump["Vendors!D8"]?.value == .text("=SUBTOTAL(109,D5:D7)"))
    #expect(dump["Vendors!D8"]?.cached == .number(16))
    #expect(dump["Vendors!L8"]?.cached == .number(Decimal(string: "340.25")!))
    #expect(dump["Vendors!K8"]?.value == .text("=IF(E8+F8=0,\"\",(E8)/(E8+F8))"))
    #expect(dump["Vendors!K8"]?.cached == .number(Decimal(string: "0.727273")!))
    // The week's calls are those of New York's days, to the microsecond.
    #expect((5...7).map { dump.text("Failed calls!B\($0)") } == ["c1", "c3", "c2"])
    #expect(dump["Failed calls!B8"]?.cached == .number(3))
    #expect(dump["Failed calls!A5"]?.value == .text("2026-11-09 00:00:00"))
    #expect(dump.text("Trend!A5") == "2026-W45", "weeks before the data are left out")
    #expect(dump.text("Trend!A6") == "2026-W46")
  }

  @Test("the summary tells each figure with the week before, and the target it met or missed")
  func summary() throws {
    let bench = try bench()
    try bench.make(["weekly-vendors"])
    let dump = try Dump(bench.path("weekly-vendors.xlsx"))
    #expect(
      dump.text("Summary!B2")
        == "ISO week 2026-W46, 2026-11-09 to 2026-11-15 · compared with ISO week 2026-W45, "
        + "2026-11-02 to 2026-11-08 · complete")
    #expect(dump.text("Summary!B4") == "Calls")
    #expect(dump["Summary!B5"]?.value == .number(16))
    #expect(dump["Summary!C6"]?.value == .number(10))
    #expect(dump["Summary!B6"]?.cached == .number(Decimal(string: "0.6")!))
    #expect(dump.text("Summary!E4") == "Connected (target 95 %: missed)")
    #expect(dump["Summary!E5"]?.value == .number(Decimal(string: "0.727273")!))
    #expect(try dump.sheet("Summary").charts == 4)
  }

  @Test("About says which run, which rows were refused, and that the figures agree")
  func about() throws {
    let bench = try bench()
    try bench.make(["weekly-vendors"])
    let dump = try Dump(bench.path("weekly-vendors.xlsx"))
    var facts: [String: Dump.Value] = [:]
    for row in 1...90 {
      if let value = dump["About!B\(row)"]?.value { facts[dump.text("About!A\(row)")] = value }
    }
    #expect(facts["Run"] == .text("20261116T050000Z-abc"))
    #expect(facts["Published at"] == .text("2026-11-16 00:01:00"))
    #expect(facts["State"] == .text("complete"))
    #expect(facts["calls"] == .text("read 10 · used 9 · refused 1"))
    #expect(facts["calls: missing"] == .number(1))
    #expect(facts["hot_intent"] == .text("7: a lead is hot from this mean intent (1 to 10) on"))
    #expect(facts["Lost revenue"] != nil)
    let agreeing = dump.cells.values.filter { $0.value == .text("    agrees with") }
    #expect(agreeing.count == 6)
  }

  @Test("a week without data is a workbook that says so, not an error and not an empty file")
  func emptyWeek() throws {
    let bench = try bench()
    let files = try bench.make(["weekly-vendors"], week: "2026-W50")
    // The trend has the two weeks with data and the four since.
    #expect(files.allSatisfy { $0.rows == ($0.path.hasSuffix(".xlsx") ? 6 : 0) }, "\(files)")
    let dump = try Dump(bench.path("weekly-vendors.xlsx", week: "2026-W50"))
    #expect(dump.text("Vendors!A4") == "Vendor ID")
    #expect(dump.text("Vendors!A5") == "No rows in this period.")
    #expect(dump["Vendors!D6"]?.cached == .number(0))
    #expect(dump.text("Summary!B2").hasSuffix("not begun: data up to 2026-11-15"))
    #expect(
      try bench.text("vendors.csv", week: "2026-W50").split(separator: "\n").count == 1)
  }

  @Test("the same tables give the same bytes; another run changes About alone")
  func sameBytes() throws {
    let bench = try bench()
    let files = try bench.make(["weekly-vendors"])
    let first = try files.map { try Data(contentsOf: URL(filePath: $0.path)) }
    try bench.make(["weekly-vendors"])
    #expect(try files.map { try Data(contentsOf: URL(filePath: $0.path)) } == first)
    let before = try Dump(bench.path("weekly-vendors.xlsx"))
    try bench.publish([
      "runs": [
        "run_id,pipeline,status,started_at,finished_at,from_day,to_day,timezone,currency,version,settings,stages,rows_read,rows_used,rows_quarantined",
        "another,weekly,published,2026-11-17T05:00:00Z,2026-11-17T05:01:00Z,2026-11-09,2026-11-15,America/New_York,USD,0.1.0,f,\(ReportBench.stages),10,9,1",
      ]
    ])
    try bench.make(["weekly-vendors"])
    let after = try Dump(bench.path("weekly-vendors.xlsx"))
    for (place, line) in before.cells where line.sheet != "About" {
      #expect(after[place]?.value == line.value && after[place]?.cached == line.cached)
    }
    #expect(after.cells.values.contains { $0.value == .text("another") })
  }

  /// Protects who closes a month: a run of other tables, up to a later day, makes nothing complete.
  @Test("what a report is as of are the runs that made its own tables")
  func ownRuns() throws {
    let bench = try bench()
    let tables = "vendor_dimension vendor_connections"
    try bench.publish([
      "runs": [
        "run_id,pipeline,status,started_at,finished_at,from_day,to_day,timezone,currency,version,settings,stages,rows_read,rows_used,rows_quarantined",
        "n,nightly,published,2026-11-13T05:00:00Z,2026-11-13T05:01:00Z,,2026-11-12,America/New_York,USD,0.1.0,f,\(tables),10,9,1",
        "t,tax,published,2026-11-17T05:00:00Z,2026-11-17T05:01:00Z,2026-01-01,2026-12-31,America/New_York,USD,0.1.0,f,tax_1099,10,9,1",
      ]
    ])
    try bench.make(["weekly-vendors"])
    let dump = try Dump(bench.path("weekly-vendors.xlsx"))
    #expect(dump.text("Summary!B2").hasSuffix("in progress: data up to 2026-11-12"))
    #expect(dump.cells.values.contains { $0.value == .text("n") && $0.sheet == "About" })
    #expect(!dump.cells.values.contains { $0.value == .text("tax") })
  }
}
