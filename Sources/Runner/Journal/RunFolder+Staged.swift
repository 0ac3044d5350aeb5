import Engine
import Files
import Glibc
import Metrics

// What is finished is put aside at once, so that a retry need not make it again. A file is on the
// disk before the journal says that the stage is finished; if it is missing or damaged all the same,
// the stage is made anew.

extension RunFolder {
  /// Puts aside what a stage made.
  func save(_ changes: [TableChange], of stage: String) throws(FileError) {
    try save(ChangeEncoder.encode(changes), "\(staged)/\(stage).tables", synced: true)
  }

  /// Puts aside what became of a source's rows. It is small and many, and not waited for: if the
  /// machine goes down, the source is read once more.
  func save(_ result: SourceResult) throws(FileError) {
    try save(
      ChangeEncoder.encode(result.changes(runID: runID)),
      "\(staged)/sources/\(result.counts.source).tables", synced: false)
  }

  /// What a stage made in an earlier attempt; nil where there is nothing, or nothing whole.
  func changes(of stage: any MetricStage.Type) -> [TableChange]? {
    read("\(staged)/\(stage.name).tables", schemas: stage.writes)
  }

  /// What became of a source's rows in an earlier attempt; nil where there is nothing whole.
  func result(of source: String) -> SourceResult? {
    read("\(staged)/sources/\(source).tables", schemas: RunTables.all)
      .flatMap { SourceResult(source: source, $0) }
  }

  /// Removes what was put aside: it is published, or will never be.
  package func removeStaged() {
    for folder in ["\(staged)/sources", staged] {
      for name in Project.list(folder) { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
  }

  private func save(_ bytes: [UInt8], _ path: String, synced: Bool) throws(FileError) {
    try Self.makePrivate(staged)
    if path.hasPrefix("\(staged)/sources/") { try Self.makePrivate("\(staged)/sources") }
    let file = try AtomicFile(path, mode: 0o600)
    try file.write(bytes)
    try file.commit(synced: synced)
  }

  private func read(_ path: String, schemas: [TableSchema]) -> [TableChange]? {
    do throws(FileError) {
      return ChangeDecoder.decode(try readWholeFile(path), schemas: schemas)
    } catch {
      return nil
    }
  }
}
