import Foundation
import Testing

/// `show` and `diff`: a stage's result without publishing it.
@Suite struct ShowTests {
  private static func published() throws -> TestProject {
    let project = try TestProject()
    let run = try project.nightmill(TestProject.everything + ["--no-reports", "--quiet"])
    try #require(run.exit == 0, "\(run.err)")
    return project
  }

  private static let days = ["--inputs", "inputs", "--from", "all", "--to", "2026-11-15"]

  @Test("show gives what a run publishes, in each format, and publishes nothing")
  func show() throws {
    let project = try TestProject()
    let show = ["show", "vendor_connections", "--table", "vendor_weekly"] + Self.days
    let csv = try project.nightmill(show + ["--format", "csv"])
    #expect(csv.exit == 0, "\(csv.err)")
    #expect(project.text("warehouse.db") == nil, "not even a warehouse is made")
    #expect(project.runs.isEmpty, "and it is no run")
    _ = try project.nightmill(TestProject.everything + ["--no-reports", "--quiet"])
    let columns = String(csv.out.prefix { $0 != "\n" })
    let export = try project.nightmill(["export", "vendor_weekly", "--columns", columns])
    #expect(csv.out == export.out)

    let json = try project.nightmill(show + ["--format", "json"])
    let rows = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]]
    #expect(rows?.count == csv.out.split(separator: "\n").count - 1)
    let lost = rows?.compactMap { $0["lost_revenue"] as? NSNumber }
    #expect(lost?.count == rows?.count, "amounts are numbers")

    let all = try project.nightmill(["show", "vendor_connections"] + Self.days)
    for table in ["vendor_connection_analytics: ", "vendor_weekly: ", "leads: "] {
      #expect(all.out.contains(table))
    }
    #expect(all.err.isEmpty, "no progress where nobody watches")
  }

  @Test("Mistakes are told with the way out")
  func mistakes() throws {
    let cases = [
      (["show", "vendor_conections"], "did you mean \"vendor_connections\"?"),
      (["show", "vendor_weekly"], "write vendor_connections --table vendor_weekly"),
      (["diff", "vendor_connections", "--table", "x"], "it makes vendor_connection_analytics, "),
      (["show", "ledger"], "no stage is called \"ledger\""),
      (["show"], "`nightmill show` needs STAGE"),
    ]
    for (arguments, help) in cases {
      let result = try Binary.run(arguments)
      #expect(result.exit == 64)
      #expect(result.err.contains(help), "\(result.err)")
    }
    let project = try TestProject()
    let several = try project.nightmill(
      ["show", "vendor_connections", "--format", "csv"] + Self.days)
    #expect(several.exit == 64)
    #expect(several.err.contains("choose one with --table"))
  }

  @Test("diff of what is published is empty; of other settings, the rows and columns that move")
  func diff() throws {
    let project = try Self.published()
    let diff = ["diff", "vendor_connections"] + Self.days
    let same = try project.nightmill(diff + ["--format", "csv"])
    #expect(same.exit == 0)
    #expect(same.out == "table,change,key,column,published,computed\n")

    let other = diff + ["--set", "default_booking_value=9.00"]
    let moved = try project.nightmill(other + ["--format", "csv"])
    #expect(moved.exit == 0)
    let lines = moved.out.split(separator: "\n").dropFirst()
    #expect(!lines.isEmpty)
    #expect(lines.allSatisfy { $0.contains(",changed,") })
    #expect(lines.contains { $0.hasPrefix("vendor_weekly,changed,week=2026-") })
    let table = try project.nightmill(other)
    #expect(table.out.contains("columns that move"))
    #expect(table.out.contains("estimated_lost_revenue "))

    // What diff foretells is what a run does.
    let run = try project.nightmill(
      TestProject.everything + ["--no-reports", "--quiet", "--set", "default_booking_value=9.00"])
    #expect(run.exit == 0)
    #expect(try project.nightmill(other + ["--format", "csv"]).out == same.out)
  }

  @Test("diff tells rows that would come and rows that would go")
  func addedAndRemoved() throws {
    let project = try Self.published()
    let products = try #require(project.text("inputs/products.csv"))
    var lines = products.split(separator: "\n").map(String.init)
    let gone = lines.remove(at: 1).prefix { $0 != "," }
    lines.append("new-one" + lines[1].drop { $0 != "," })
    try project.write(lines.joined(separator: "\n") + "\n", to: "inputs/products.csv")
    let diff = try project.nightmill(
      ["diff", "product_dimension", "--format", "csv"] + Self.days)
    #expect(diff.out.contains("product_dimension,added,product_id=new-one,,,\n"), "\(diff.out)")
    #expect(diff.out.contains("product_dimension,removed,product_id=\(gone),,,\n"), "\(diff.out)")
    let before = try project.nightmill(["diff", "product_dimension", "--rows", "0"] + Self.days)
    #expect(before.out.split(separator: "\n").count == 2)
  }

  @Test("a commission line is told from click to payout; an ID that is none says where IDs are")
  func commission() throws {
    let project = try Self.published()
    let query = try project.nightmill([
      "query", "--format", "csv",
      "SELECT id, transaction_id FROM commissions WHERE rate > 0 AND reversal_of IS NULL ORDER BY id LIMIT 1",
    ])
    let fields = try #require(query.out.split(separator: "\n").last).split(separator: ",")
    let shown = try project.nightmill(["show", "commissions", "--id", String(fields[0])])
    #expect(shown.exit == 0, "\(shown.err)")
    let steps = shown.out.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    for step in ["clicks", "touches", "referral", "sale", "rate", "line", "taken", "payout"] {
      #expect(steps.contains(Substring(step)), "\(shown.out)")
    }
    #expect(shown.out.contains(fields[1]) && shown.out.contains(" % of "))
    let none = try project.nightmill(["show", "commissions", "--id", "x"])
    #expect(none.exit == 1)
    #expect(none.err.contains("no commission line has the ID \"x\""))
    let sale = try project.nightmill(["show", "commissions", "--id", String(fields[1])])
    #expect(sale.exit == 1 && sale.err.contains(fields[0]), "a sale names its lines")
    let stage = try project.nightmill(["show", "vendor_connections", "--id", "x"])
    #expect(stage.exit == 64)
  }
}
