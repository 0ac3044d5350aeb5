import Engine
import Foundation
import Testing
import YAML

@testable import Runner

/// A shipped case by pipeline and name.
struct ShippedCase: Sendable, CustomTestStringConvertible {
  let pipeline: String
  let one: PipelineCase
  var testDescription: String { "\(pipeline): \(one.name)" }

  /// All that ship. A file that cannot be read fails `shippedAreThere`.
  static let all: [ShippedCase] = {
    guard let project = try? Project(folder: PipelineWorld.root) else { return [] }
    return project.pipelineNames.flatMap { name in
      ((try? project.cases(name)) ?? []).map { ShippedCase(pipeline: name, one: $0) }
    }
  }()
}

@Suite("Pipelines are tested as data: given these rows, expect these tables")
struct PipelineCaseTests {
  @Test("Shipped cases", arguments: ShippedCase.all)
  func holds(one: ShippedCase) throws {
    let migrations = try Project(folder: PipelineWorld.root).migrations()
    let differences = try one.one.run(migrations)
    #expect(differences.isEmpty, "\(one.one.mark): \(differences.joined(separator: "\n"))")
  }

  @Test("Both pipelines that people run have cases for every table that their stages make")
  func shippedAreThere() throws {
    let project = try Project(folder: PipelineWorld.root)
    for name in ["nightly", "weekly"] {
      let cases = try project.cases(name)
      let compared = Set(cases.flatMap { $0.expected.map(\.schema.name) })
      let stages = try project.pipeline(name).stages
      for type in Registry.stages where stages.contains(type.name) {
        for table in type.writes {
          #expect(compared.contains(table.name), "\(name): \(table.name)")
        }
      }
    }
  }

  /// The cases of a file beside a pipeline that reads vendors through a mapping.
  private func cases(_ text: String) throws -> [PipelineCase] {
    let world = PipelineWorld([
      "P/p.yaml": """
      sources: {vendors: {files: v.csv, mapping: own}}
      stages: [vendor_dimension]
      """,
      "P/mappings/own.yaml": "{columns: {vendor_id: Nr, name: Firm}, delimiter: ;}",
      "P/p.test.yaml": text,
      "P/rows/v.csv": "Nr;Firm\n7;Ace\n",
    ]).world
    let problems = Problems()
    let known = Registry.knownNames(reports: [])
    let cases = CaseReader(
      loader: PipelineLoader(known: known, world: world), known: known, world: world,
      problems: problems, pipeline: "P/p.yaml"
    ).cases(file: "P/p.test.yaml")
    try problems.throwIfAny()
    return cases
  }

  private func run(_ one: PipelineCase) throws -> [String] {
    try one.run(Project(folder: PipelineWorld.root).migrations())
  }

  @Test("Rows are mappings of the contract's columns; CSV and files go through the mapping")
  func given() throws {
    let cases = try cases(
      """
      to: 2026-03-04
      cases:
        rows:
          given: {vendors: [{vendor_id: 7, name: Ace}]}
          expect: {vendor_dimension: [{vendor_id: 7, name: Ace, category: ~}]}
        text:
          given: {vendors: "Nr;Firm\\n7;Ace\\n"}
          expect: {vendor_dimension: "vendor_id,name,category\\n7,Ace,\\n"}
        file:
          given: {vendors: {file: rows/v.csv}}
          expect: {vendor_dimension: [{name: Ace}]}
        nothing:
          expect: {vendor_dimension: []}
      """)
    #expect(cases.map(\.name) == ["rows", "text", "file", "nothing"])
    for one in cases { #expect(try run(one) == [], "\(one.name)") }
  }

  @Test("A case that fails shows each row that differs, is missing or is not expected")
  func differences() throws {
    let cases = try cases(
      """
      to: 2026-03-04
      cases:
        keyed:
          given: {vendors: [{vendor_id: 1, name: Ace, phone: 55}, {vendor_id: 2, name: Best}, {vendor_id: 4, name: Dot}]}
          expect:
            vendor_dimension:
              - {vendor_id: 3, name: Clean}
              - {vendor_id: 1, name: Ace, phone: 56}
              - {vendor_id: 2}
        failed:
          given: {vendors: [{vendor_id: 1}]}
          fails: something else
        done:
          fails: refused
      """)
    #expect(
      try run(cases[0]) == [
        "vendor_dimension: expected 3 rows, found 3",
        "  differs     vendor_id 1: phone is 55, expected 56 (P/p.test.yaml:8:11)",
        "  missing     vendor_id 3, name Clean (P/p.test.yaml:7:11)",
        "  unexpected  vendor_id 4, name Dot, phone (none)",
      ])
    #expect(
      try run(cases[1]).first?.hasPrefix("expected a failure that says \"something else\"") == true)
    #expect(
      try run(cases[2]) == ["expected a failure that says \"refused\", and the run was done"])
  }

  @Test("Rows that name different columns are matched so that as many as can be are found")
  func matching() throws {
    let one = try #require(
      try cases(
        """
        to: 2026-03-04
        cases:
          one:
            given: {vendors: [{vendor_id: 1, name: Ace}, {vendor_id: 2, name: Ace}]}
            expect: {vendor_dimension: [{name: Ace}, {vendor_id: 1}]}
        """
      ).first)
    #expect(try run(one) == [])
  }

  @Test("Everything wrong with a file of cases is said at once")
  func problems() throws {
    let error = try #require(throws: YAMLError.self) {
      _ = try cases(
        """
        case: {}
        to: 2026-03-04
        settings: {curency: EUR}
        cases:
          one:
            given:
              vendor: []
              vendors: [{vendor: 1}, 5]
            expect:
              vendor_dimensions: []
              vendor_dimension: [{followup_sent_at: noon, nam: x}]
          two:
            given: {vendors: {file: absent.csv}}
          three:
            expects: {}
            fails: x
        """)
    }
    let expected = #"""
      P/p.test.yaml:1:1: tests: unknown key "case"
      P/p.test.yaml:3:12: settings: unknown key "curency" (did you mean "currency"?)
      P/p.test.yaml:7:7: unknown source "vendor"
      P/p.test.yaml:8:18: "vendors" has no column "vendor"
      P/p.test.yaml:8:30: item 2 of "vendors" of "given" in case "one": expected a mapping of columns, found 5
      P/p.test.yaml:10:7: unknown table "vendor_dimensions" (did you mean "vendor_dimension"?)
      P/p.test.yaml:11:45: "followup_sent_at" of "vendor_dimension": expected an instant such as 2026-11-09T23:15:00Z, found "noon"
      P/p.test.yaml:11:51: "vendor_dimension" has no column "nam" (did you mean "name"?)
      P/p.test.yaml:12:3: case "two": expected "expect" with a table, or "fails" with a message
      P/p.test.yaml:13:29: "file" in "vendors" of "given" in case "two": there is no file P/absent.csv
      P/p.test.yaml:15:5: case "three": unknown key "expects" (did you mean "expect"?)
      """#.split(separator: "\n").map(String.init)
    let found = error.problems.map(\.description)
    for (line, wanted) in zip(found, expected) { #expect(line.hasPrefix(wanted)) }
    #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
  }

  @Test("A case without a last day would mean another one every night")
  func needsDay() throws {
    let error = try #require(throws: YAMLError.self) {
      _ = try cases("cases: {one: {expect: {vendor_dimension: []}}}")
    }
    #expect("\(error)".contains("case \"one\": expected \"to\", the last day of the run"))
  }
}
