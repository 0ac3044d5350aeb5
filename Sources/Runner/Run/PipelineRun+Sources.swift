import Engine
import Files
import Postgres

/// A source with its files, each bound to the contract and known by its fingerprint.
struct BoundSource {
  let spec: SourceSpec
  let files: [BoundFile]
  let fingerprints: [FileFingerprint]
  /// The bound query of a source without files.
  var query: BoundQuery?

  /// What its files hold on disk.
  var bytes: Int { query == nil ? fingerprints.reduce(0) { $0 + $1.bytes } : 0 }

  /// The files that it is made from: those of its rows, or of its query.
  var paths: [String] { query.map { [$0.file] } ?? files.map(\.path) }
}

/// A file that a run reads, and what it is known by.
package struct InputFile: Sendable, Equatable {
  /// The source.
  package let source: String
  /// Where it is.
  package let path: String
  /// What it was when the run began.
  package let fingerprint: FileFingerprint
}

extension PipelineRun {
  /// Finds the files and reads their headers. The smallest source comes first, so that as many
  /// stages as can be are finished before the longest pass.
  func bindSources() throws(RunError) -> [BoundSource] {
    var sources: [BoundSource] = []
    var snapshots: [String: QuerySnapshot] = [:]
    for spec in plan.sources {
      if let query = spec.query {
        sources.append(try bind(query, of: spec, &snapshots))
        continue
      }
      let files = try SourceFiles(spec: spec, folder: plan.inputs).bind(observer)
      var fingerprints: [FileFingerprint] = []
      for bound in files {
        fingerprints.append(
          try file { () throws(FileError) in try FileFingerprint(path: bound.path) })
      }
      sources.append(BoundSource(spec: spec, files: files, fingerprints: fingerprints))
    }
    let inputs = sources.flatMap { source in
      zip(source.paths, source.fingerprints).map {
        InputFile(source: source.spec.contract.source, path: $0, fingerprint: $1)
      }
    }
    observer.happened(.bound(inputs))
    let order = sources.indices.sorted { (sources[$0].bytes, $0) < (sources[$1].bytes, $1) }
    return order.map { sources[$0] }
  }

  /// Reads a source into the stages that wait for it, and keeps what became of its rows; a query, on
  /// a connection of its own if that is given.
  func read(
    _ source: BoundSource, into readers: [any StageExecution], on lane: QuerySnapshot.Lane? = nil,
    _ observer: any RunObserver
  ) throws(RunError) -> SourceResult {
    let contract = source.spec.contract
    let run = SourceRun(
      contract: contract,
      settings: RecordDecoder.Settings(
        timeZone: source.spec.timezone, currency: plan.context.currency),
      files: source.files, readers: readers, options: plan.options.pass,
      memory: plan.context.memory, query: source.query, lane: lane)
    let (result, seconds) = try run.run(observer, bytes: source.bytes)
    try warnIfChanged(source)
    if let folder {
      try file { () throws(FileError) in
        try folder.write(rejects: result.quarantined, of: contract.source)
      }
    }
    try checkShare(result, of: source.spec)
    if let folder { try file { () throws(FileError) in try folder.save(result) } }
    observer.happened(.sourceRead(result.counts, seconds: seconds))
    return result
  }

  /// Tells of a file that is not what it was when the run began: its figures are of neither.
  private func warnIfChanged(_ source: BoundSource) throws(RunError) {
    for (path, before) in zip(source.paths, source.fingerprints) {
      let after = try file { () throws(FileError) in try FileFingerprint(path: path) }
      guard after != before else { continue }
      observer.warning(
        "\(path) was written to while it was read; run again when it is complete")
    }
  }

  /// Stops the run where too many rows of a source were refused.
  private func checkShare(_ result: SourceResult, of spec: SourceSpec) throws(RunError) {
    let counts = result.counts
    guard
      spec.maxQuarantined.isExceeded(by: Int64(counts.quarantined), of: Int64(counts.read))
    else { return }
    let first = result.quarantined.prefix(5).map { row in
      "\n  \(row.file):\(row.line): \(row.offence.word): \(row.detail)"
    }
    throw RunError(
      .rejected,
      "source \(counts.source): \(counts.quarantined) of \(counts.read) rows were refused, more than "
        + "\(spec.maxQuarantined) of them; nothing was published" + first.joined(),
      help: "mend the file or its mapping, or raise max_quarantined in \(spec.mark.file)")
  }
}
