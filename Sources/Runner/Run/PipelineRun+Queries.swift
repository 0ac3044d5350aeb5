import Engine
import Files
import Postgres

/// A query whose columns are bound to the contract of a source.
struct BoundQuery: Sendable {
  /// Its file.
  let file: String
  /// What all queries of a run to one database share: they see one state of it.
  let snapshot: QuerySnapshot
  let binding: QuerySnapshot.Binding
  let currency: Currency
}

extension PipelineRun {
  /// Compiles the query of a source and checks its columns, before any row is read.
  func bind(
    _ query: QuerySpec, of spec: SourceSpec, _ snapshots: inout [String: QuerySnapshot]
  ) throws(RunError) -> BoundSource {
    let snapshot: QuerySnapshot
    if let open = snapshots[query.connection] {
      snapshot = open
    } else {
      snapshot = try Runner.warehouse { () throws(WarehouseError) in
        try QuerySnapshot(url: query.connection)
      }
      snapshots[query.connection] = snapshot
    }
    let sql = plan.statement(of: query, for: spec.contract)
    let binding = try Runner.warehouse { () throws(WarehouseError) in
      try snapshot.bind(
        sql, file: query.file, to: spec.contract, timeZone: spec.timezone, splitBy: query.splitBy)
    }
    if !binding.extraColumns.isEmpty {
      observer.warning(
        "source \(spec.contract.source): columns not used: "
          + binding.extraColumns.joined(separator: ", "))
    }
    let fingerprint = try file { () throws(FileError) in try FileFingerprint(path: query.file) }
    return BoundSource(
      spec: spec, files: [], fingerprints: [fingerprint],
      query: BoundQuery(
        file: query.file, snapshot: snapshot, binding: binding, currency: plan.context.currency))
  }
}

extension RunPlan {
  /// The span of a source's rows that the stages of the plan may need: from the first instant on,
  /// and before the second.
  func span(of contract: Contract) -> (from: Int64, to: Int64) {
    let reads = stages.flatMap { stage in stage.reads }.filter { $0.source == contract.source }
    var days = 0
    var isBounded = true
    for read in reads {
      switch read.lookback {
      case .days(let more): days = max(days, more)
      case .all, .timeless: isBounded = false
      }
    }
    let from = isBounded && !reads.isEmpty ? context.firstInstant(daysBefore: days) : Instant.first
    return (from, context.lastInstant + 1)
  }

  /// The statement of a query with `:from` and `:to` written out: COPY takes no parameters.
  func statement(of query: QuerySpec, for contract: Contract) -> String {
    let span = span(of: contract)
    let bytes = Array(query.sql.utf8)
    var text: [UInt8] = []
    var end = 0
    for parameter in SQLText.parameters(in: bytes) {
      text += bytes[end..<parameter.place.lowerBound]
      let instant = parameter.name == "from" ? span.from : span.to
      // Beyond the years that have four digits lies everything.
      let literal = instant <= Instant.first ? "-infinity" : Instant.text(instant)
      text += Array("timestamptz '\(literal)'".utf8)
      end = parameter.place.upperBound
    }
    return String(decoding: text + bytes[end...], as: UTF8.self)
  }
}
