import Engine
import Foundation
import Testing
import YAML

@testable import Runner

@Suite("The pipelines and mappings that ship are right as they are")
struct PipelineShippedTests {
  /// What there really is, and the reports that weekly names.
  static let known = Registry.knownNames(
    reports: [
      "weekly-vendors", "weekly-products", "weekly-growth", "weekly-partners",
      "commission-register",
      "payouts",
    ])

  private func load(
    _ name: String, _ overrides: SettingsOverrides = SettingsOverrides()
  ) throws -> Pipeline {
    try PipelineLoader(known: Self.known, world: Project.world)
      .load(file: "\(PipelineWorld.root)/Pipelines/\(name).yaml", overrides: overrides)
  }

  @Test("an operator's first run works without editing a file", arguments: ["nightly", "weekly"])
  func daily(name: String) throws {
    let pipeline = try load(name)
    #expect(pipeline.name == name)
    #expect(pipeline.warehouse == "sqlite:warehouse.db")
    #expect(pipeline.inputs == "Samples")
    #expect(pipeline.settings.timezone.name == "America/New_York")
    #expect(pipeline.settings.parameters["default_booking_value"] == "5.00")
    #expect(
      Set(pipeline.stages).isSuperset(of: [
        "vendor_connections", "product_analytics", "vendor_dimension", "product_dimension",
        "click_quality", "referrals", "attribution", "partner_analytics",
      ]))
    #expect(pipeline.source("calls")?.files == ["calls*.csv*"])
    #expect(
      pipeline.sources.filter(\.isOptional).map(\.contract.source) == [
        "disputes", "reseller_accounts", "exchange_rates",
      ])
    #expect(pipeline.sources.allSatisfy { $0.maxQuarantined == Percentage(parsing: "1 %") })
  }

  @Test("weekly runs the last complete ISO week, on whichever day it is started")
  func weekly() throws {
    let settings = try load("weekly").settings
    for day in ["2026-06-08", "2026-06-11", "2026-06-14"] {
      let days = settings.days(today: try #require(Day(day)))
      #expect(days == .init(from: Day("2026-06-01"), to: try #require(Day("2026-06-07"))))
    }
    #expect(try load("weekly").reports == load("nightly").reports)
    #expect(try load("weekly").reports.first == "weekly-vendors")
  }

  @Test("conformance has every source, none of them needed, and lets every row be bad")
  func conformance() throws {
    let pipeline = try load("conformance")
    #expect(
      Set(pipeline.sources.map(\.contract.source))
        == Set(Self.known.sources.map(\.source)))
    #expect(Set(pipeline.stages) == Set(Self.known.stages.map(\.name)))
    for source in pipeline.sources {
      let name = source.contract.source
      #expect(
        source.files == ["\(name).csv", "\(name).csv.gz", "\(name)-*.csv", "\(name)-*.csv.gz"])
      #expect(source.isOptional)
      #expect(source.timezone.name == "UTC")
      #expect(!source.maxQuarantined.isExceeded(by: 10, of: 10))
    }
  }

  static let cases =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: "\(PipelineWorld.root)/Tests/Fixtures/conformance")) ?? [])
    .filter { $0.first?.isNumber ?? false }.sorted()

  @Test("the settings of every conformance case are accepted", arguments: cases)
  func conformanceSettings(name: String) throws {
    var overrides = SettingsOverrides()
    overrides.file = "\(PipelineWorld.root)/Tests/Fixtures/conformance/\(name)/settings.json"
    let settings = try load("conformance", overrides).settings
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: overrides.file!)))
        as? [String: Any])
    #expect(settings.timezone.name == json["timezone"] as? String)
    let days = settings.days(today: .last)
    #expect(days?.from?.text == json["from"] as? String)
    #expect(days?.to.text == json["to"] as? String)
    #expect(settings.taxYear == json["tax_year"] as? Int)
    #expect((settings.program != nil) == (json["program"] != nil))
  }

  @Test("all cases are there to be tested")
  func caseCount() { #expect(Self.cases.count == 22) }
}
