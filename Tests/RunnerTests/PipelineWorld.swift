import Engine
import Foundation
import Testing
import YAML

@testable import Runner

/// Files, environment and zones of a test, in memory.
struct PipelineWorld {
  var files: [String: String]
  var environment: [String: String] = [:]

  init(_ files: [String: String]) { self.files = files }

  var world: ConfigurationWorld {
    ConfigurationWorld(
      readFile: { path in
        files[path].map { .text(Array($0.utf8)) } ?? .absent
      },
      listFolder: { folder in
        files.keys.filter { $0.hasPrefix(folder + "/") }.map {
          String($0.dropFirst(folder.count + 1))
        }
        .filter { !$0.contains("/") }
      },
      environment: { environment[$0] }, loadZone: Self.loadZone,
      zoneNames: { ["America/New_York", "Europe/Berlin", "UTC"] })
  }

  /// The system's zones.
  static func loadZone(_ name: String) throws(ValueError) -> Engine.TimeZone {
    if name == "UTC" { return .utc }
    guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)") else {
      throw ValueError(
        place: "time zone \(name)", expected: "a zone of the tzdata package", found: "none",
        help: "see /usr/share/zoneinfo for the names")
    }
    return try Engine.TimeZone(name: name, tzif: [UInt8](data))
  }

  /// The repository's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func fixture(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/Tests/Fixtures/\(path)", encoding: .utf8)
  }

  func load(
    _ file: String = "P/p.yaml", _ overrides: SettingsOverrides = SettingsOverrides()
  ) throws -> Pipeline {
    try PipelineLoader(known: .testing, world: world).load(file: file, overrides: overrides)
  }

  /// The messages of a pipeline that must not load.
  func problems(_ overrides: SettingsOverrides = SettingsOverrides()) -> [String] {
    do {
      _ = try PipelineLoader(known: .testing, world: world).load(
        file: "P/p.yaml", overrides: overrides)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  /// A source of a pipeline with the contract and the mapping that ship.
  static func source(_ name: String, mapping: String, _ pipeline: String) throws -> SourceSpec {
    let text = try String(
      contentsOfFile: "\(root)/Pipelines/mappings/\(mapping).yaml", encoding: .utf8)
    let world = PipelineWorld(["P/p.yaml": pipeline, "P/mappings/\(mapping).yaml": text])
    let loader = PipelineLoader(known: Registry.knownNames(reports: []), world: world.world)
    return try #require(try loader.load(file: "P/p.yaml").source(name))
  }

  /// The source `calls` of a pipeline with nothing but its mapping.
  static func calls(_ source: String, mapping: String = "{}") throws -> SourceSpec {
    let body = source.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    let text = """
      sources:
        calls:
          files: calls.csv
      \(body.joined(separator: "\n"))
      stages: [calls_only]
      """
    return try PipelineWorld(["P/p.yaml": text, "P/mappings/m.yaml": mapping]).load().sources[0]
  }
}

extension KnownNames {
  static let testing: KnownNames = {
    let rest = [
      "clicks", "users", "vendors", "products", "partners", "payouts", "tax_profiles",
      "exchange_rates",
    ]
    let transactions = Contract(
      source: "transactions", key: ["transaction_id"],
      fields: [
        .required("transaction_id", .text), .required("amount", .money(currency: "currency")),
        .required("currency", .currency), .optional("share", .rate(.share, unit: .fraction)),
        .optional("quantity", .integer(1...Int64.max)),
      ])
    return KnownNames(
      sources: [calls, transactions]
        + rest.map { Contract(source: $0, key: ["id"], fields: [.required("id", .text)]) },
      stages: [
        .init("calls_only", reads: ["calls"]),
        .init("vendor_connections", reads: ["calls", "transactions", "vendors"]),
        .init("product_analytics", reads: ["clicks", "transactions", "products"]),
        .init("vendor_dimension", reads: ["vendors"]),
        .init("product_dimension", reads: ["products"]),
      ],
      reports: ["weekly-vendors", "weekly-products"],
      parameters: [
        .init("default_booking_value", expected: "an amount of money") { text, currency in
          Array(text.utf8).withView {
            Money.parse($0, digits: currency.digits, minimum: 0).value != nil
          }
        },
        .init("conversion_per_point"),
      ])
  }()

  static let calls = Contract(
    source: "calls", key: ["call_id"],
    fields: [
      .required("call_id", .text), .required("vendor_id", .text),
      .required("started_at", .instant), .required("duration_seconds", .integer(0...Int64.max)),
      .required(
        "outcome",
        .enumerated(
          Vocabulary([
            "hangup", "rejection", "timeout", "busy", "success", "caller_cancelled", "network",
          ]))),
      .optional("session_id", .text), .optional("intent_score", .integer(1...10)),
      .optional("estimated_value", .money(currency: nil)),
    ])
}

/// What became of a file's rows.
struct DecodedRows {
  /// The rows that were kept, each column as canonical text.
  var rows: [[String]] = []
  /// Rows the conditions dropped.
  var filtered = 0
  /// The refused rows as `row column offence`, rows counted from 1.
  var refused: [String] = []
  /// Columns nothing is made from.
  var extra: [String] = []
}

extension SourceSpec {
  /// Reads a whole file: header, binding, scanning, decoding.
  func decode(_ text: String, file: String = "calls.csv") throws -> DecodedRows {
    var bytes = Array(text.utf8)
    let length = bytes.count
    bytes += [UInt8](repeating: 0, count: 64)
    return try bytes.withUnsafeBytes { buffer in
      let chunk = ByteView(start: buffer.baseAddress!, count: length)
      guard case .record(let header) = HeaderReader(dialect).read(chunk, isLast: true) else {
        return DecodedRows()
      }
      let bound = try layout(header: header.names, file: file)
      var index = RecordIndex(fieldCount: header.names.count)
      let start = dialect.hasHeader ? header.next : header.start
      _ = RecordScanner(dialect).scan(
        chunk, from: start, limit: length, isLast: true, into: &index)
      var decoder = RecordDecoder(
        contract: contract, layout: bound.layout,
        settings: .init(timeZone: timezone, currency: Currency(code: "USD")!),
        wanted: contract.fields.map { _ in true })
      let batch = Batch(columnCount: contract.fields.count)
      var decoded = DecodedRows(extra: bound.extraColumns)
      decoded.filtered = decoder.decode(
        index, rows: 0..<index.count, of: chunk, position: 0,
        line: { place in
          header.lines + 1 + bytes[start..<place].count { $0 == 0x0A }
        }, into: batch)
      decoded.refused = decoder.refusals.map {
        "\($0.row + 1) \(contract.fields[$0.column].name) \($0.offence.word)"
      }
      decoded.rows = (0..<batch.count).map { row in
        contract.fields.indices.map { value($0, row, batch) }
      }
      return decoded
    }
  }

  private func value(_ column: Int, _ row: Int, _ batch: Batch) -> String {
    let type = contract.fields[column].type
    if case .text = type { return batch.text(column)[row].text }
    let value = batch.integers[column][row]
    if value == .absent { return "" }
    switch type {
    case .instant: return Instant.text(value)
    case .enumerated(let vocabulary): return vocabulary.words[Int(value)]
    case .currency: return Currency(rawValue: value)?.text ?? "?"
    default: return String(value)
    }
  }
}
