import Engine
import Files
import Glibc
import Metrics

// What is finished is put aside at once, so that a retry need not make it again. A file outlives the
// process, however that ends. It is not waited for until it is on the disk: if the machine goes down,
// what is missing or damaged, which its hash tells, is made anew.

extension RunFolder {
  /// Puts aside what a stage made.
  func save(_ changes: [TableChange], of stage: String) throws(FileError) {
    try save(changes, "\(staged)/\(stage).tables")
  }

  /// Puts aside what became of a source's rows.
  func save(_ result: SourceResult) throws(FileError) {
    try save(
      result.changes(runID: runID), "\(staged)/sources/\(result.counts.source).tables")
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

  private func save(_ changes: [TableChange], _ path: String) throws(FileError) {
    try Self.makePrivate(staged)
    if path.hasPrefix("\(staged)/sources/") { try Self.makePrivate("\(staged)/sources") }
    let file = try AtomicFile(path, mode: 0o600)
    try ChangeEncoder.encode(changes) { (section) throws(FileError) in try file.write(section) }
    try file.commit(synced: false)
  }

  private func read(_ path: String, schemas: [TableSchema]) -> [TableChange]? {
    do throws(FileError) {
      return ChangeDecoder.decode(try readWholeFile(path), schemas: schemas)
    } catch {
      return nil
    }
  }
}
