import Testing
import YAML

@testable import Runner

/// The keys of checks and of tests as data.
extension SchemaTests {
  static let checkPlaces = ["check", "bounds", "row_count", "equation", "total"].map {
    Place(nonsense: "zz_\($0)", file: "pipeline", pointer: "/$defs/\($0)")
  }

  static let casePlaces = [
    Place(nonsense: "zz_tests", file: "pipeline-test", pointer: ""),
    Place(nonsense: "zz_case", file: "pipeline-test", pointer: "/$defs/case"),
    Place(nonsense: "zz_file", file: "pipeline-test", pointer: "/$defs/file"),
  ]

  private static let files = [
    "SQL/checks/a.sql": "SELECT 1",
    "P/p.yaml": """
    sources: {vendors: {files: vendors.csv}}
    stages: [vendor_dimension]
    checks:
      vendor_dimension:
        - {sql: a.sql, zz_check: 1}
      source_counts:
        - range: {read: {min: 0, zz_bounds: 1}}
        - row_count: {min: 1, zz_row_count: 1}
      reconcile:
        - name: same
          zz_equation: 1
          left: {count: vendor_dimension, zz_total: 1}
          right: {count: vendor_dimension}
    """,
    "P/p.test.yaml": """
    zz_tests: 1
    to: 2026-03-01
    cases:
      one:
        zz_case: 1
        given: {vendors: {file: vendors.csv, zz_file: 1}}
        expect: {vendor_dimension: []}
    """,
    "P/vendors.csv": "vendor_id\n",
  ]

  @Test("each key of a check is in its schema, and no other", arguments: checkPlaces)
  func checkKeys(place: Place) throws {
    let loader = PipelineLoader(
      known: Registry.knownNames(reports: []), world: PipelineWorld(Self.files).world)
    let error = #expect(throws: YAMLError.self) { try loader.load(file: "P/p.yaml") }
    try check(place, error?.problems.map(\.description) ?? [])
  }

  @Test("each key of a test is in its schema, and no other", arguments: casePlaces)
  func caseKeys(place: Place) throws {
    let known = Registry.knownNames(reports: [])
    let world = PipelineWorld(Self.files).world
    let problems = Problems()
    _ = CaseReader(
      loader: PipelineLoader(known: known, world: world), known: known, world: world,
      problems: problems, pipeline: "P/p.yaml"
    ).cases(file: "P/p.test.yaml")
    try check(place, problems.sorted.map(\.description))
  }
}
