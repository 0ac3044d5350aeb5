import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("weekly-partners: what the partner manager gets of a week")
struct ReportPartnersTests {
  private static let run =
    "run_id,pipeline,status,started_at,finished_at,from_day,to_day,timezone,currency,version,settings,stages,rows_read,rows_used,rows_quarantined"

  /// Two weeks of two partners, one sale that both touched and one that nobody did.
  private func bench(to day: String = "2026-11-15") throws -> ReportBench {
    let bench = try ReportBench()
    try bench.publish([
      "runs": [
        Self.run,
        "r,nightly,published,2026-11-16T05:00:00Z,2026-11-16T05:01:00Z,,\(day),America/New_York,USD,0.1.0,f,\(ReportBench.stages),1,1,0",
      ],
      "partner_dimension": [
        "partner_id,referral_code,partner_type,tier,status,created_at,company_name",
        "a,C-a,reseller,tier1,active,2026-01-01T00:00:00Z,=Ace",
        "b,C-b,reseller,tier2,suspended,2026-01-01T00:00:00Z,",
      ],
      "partner_analytics": [
        "id,partner_id,metric_date,clicks,signups,conversions,revenue,commission_earned,metadata",
        "1,a,2026-11-08,4,1,1,200.00,20.00,{}", "2,a,2026-11-09,6,2,1,150.00,15.00,{}",
        "3,b,2026-11-15,1,0,0,30.00,-5.00,{}",
      ],
      "conversion_funnel": [
        "week,partner_id,clicks,visitors,signups,first_sales,repeat_sales,complete",
        "2026-11-09,a,6,5,2,1,1,true", "2026-11-09,b,1,1,0,0,1,true",
      ],
      "attribution_shares": [
        "transaction_id,partner_id,first_touch,last_touch,linear,by_position,time_decay,day",
        "s1,a,100.00,0.00,50.00,50.00,33.33,2026-11-09",
        "s1,b,0.00,100.00,50.00,50.00,66.67,2026-11-09",
        "s2,direct,80.00,80.00,80.00,80.00,80.00,2026-11-15",
      ],
      "click_quality": [
        "partner_id,day,verdict,clicks", "a,2026-11-09,accepted,6", "a,2026-11-09,bot,2",
        "b,2026-11-15,accepted,1", ",2026-11-15,unknown_code,3", "a,2026-11-08,accepted,4",
      ],
      "fraud_signals": [
        "week,partner_id,clicks,accepted,bot_share,peak_hour,timed_signups,hold,reason",
        "2026-11-09,a,8,6,0.25,3,2,false,", "2026-11-09,b,1,1,0,1,0,true,velocity",
      ],
      "growth_metrics": [
        "metric_date,new_users,activated_users,revenue,net_revenue,orders,mrr,arr,active_subscribers,products_listed,products_sold,active_suppliers,dau,wau,mau",
        "2026-11-09,0,0,180.00,180.00,2,0,0,0,0,0,0,0,0,0",
      ],
    ])
    return bench
  }

  @Test("each model's shares and the sales that nobody brought come to the week's sales")
  func attribution() throws {
    let bench = try bench()
    try bench.make(["weekly-partners"])
    #expect(
      try bench.text("attribution.csv") == """
        partner_id,name,sales,first_touch,last_touch,linear,by_position,time_decay
        b,b,1,0.00,100.00,50.00,50.00,66.67
        a,=Ace,1,100.00,0.00,50.00,50.00,33.33
        direct,Direct (nobody's),1,80.00,80.00,80.00,80.00,80.00

        """)
    let dump = try Dump(bench.path("weekly-partners.xlsx"))
    for column in ["D", "E", "F", "G", "H"] {
      #expect(dump["Attribution!\(column)8"]?.cached == .number(180))
    }
    #expect(!dump.cells.values.contains { $0.value == .text("    differs from") })
    try bench.publish([
      "attribution_shares": [
        "transaction_id,partner_id,first_touch,last_touch,linear,by_position,time_decay,day",
        "s1,a,100.00,99.99,100.00,50.00,33.33,2026-11-09",
      ]
    ])
    #expect(try bench.failure(["weekly-partners"]).contains("Attribution."))
  }

  @Test(
    "a whole week stands beside the week before; part of one is marked and compared with nothing",
    arguments: [
      (
        "2026-11-15", "a,=Ace,tier1,active,,6,2,2,1,1,150.00,200.00,-50.00,-0.250000,15.00,-5.00",
        "whole"
      ),
      ("2026-11-14", "a,=Ace,tier1,active,,6,,2,,1,150.00,,,,15.00,", "partial"),
    ])
  func change(to day: String, line: String, extent: String) throws {
    let bench = try bench(to: day)
    try bench.make(["weekly-partners"])
    let lines = try bench.text("partners.csv").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1] == line)
    let dump = try Dump(bench.path("weekly-partners.xlsx"))
    #expect(dump.text("Trend!C5") == "whole")
    #expect(dump.text("Trend!C6") == extent)
    #expect(dump.text("Summary!B2").contains("compared with") == (extent == "whole"))
  }

  @Test("funnel, clicks and signals by partner, those to hold first, codes of no partner included")
  func quality() throws {
    let bench = try bench()
    try bench.make(["weekly-partners"])
    #expect(
      try bench.text("partner-funnel.csv").split(separator: "\n")[1]
        == "a,=Ace,6,5,2,1,1,0.400000,0.200000,0.500000")
    #expect(
      try bench.text("click-quality.csv").split(separator: "\n").dropFirst() == [
        "a,=Ace,8,6,0.750000,0,2,0,0,0,0", ",(code of no partner),3,0,0.000000,0,0,0,0,0,3",
        "b,b,1,1,1.000000,0,0,0,0,0,0",
      ])
    #expect(
      try bench.text("fraud-signals.csv").split(separator: "\n")[1].hasPrefix(
        "b,b,suspended,2026-W46,hold,velocity,1,1,"))
  }
}
