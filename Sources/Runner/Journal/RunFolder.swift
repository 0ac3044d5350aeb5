import Engine
import Files
import Glibc

/// The folder of one run, `runs/<id>/`: see docs/runs.md. It can hold rows, so only its owner may
/// look inside.
package struct RunFolder: Sendable {
  /// The run.
  package let runID: String
  /// The folder's path.
  package let path: String

  /// The folder of a run, which need not exist; `runs` is the folder of all of them.
  package init(runID: String, in runs: String) {
    self.runID = runID
    path = "\(runs)/\(runID)"
  }

  /// The run as one document.
  package var document: String { "\(path)/run.json" }
  /// Its steps, each synced.
  package var journal: String { "\(path)/journal.ndjson" }
  /// Everything that happened.
  package var log: String { "\(path)/log.ndjson" }
  /// The rows it refused, a CSV file for each source.
  package var rejects: String { "\(path)/rejects" }
  /// The rows that failed a data check, a CSV file for each.
  var checks: String { "\(path)/checks" }
  /// What finished stages made, until it is published.
  var staged: String { "\(path)/staged" }

  /// What an ID may look like: a name for a folder that needs no quotes anywhere.
  package static func isID(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != 0x2E, first != 0x2D, text.utf8.count <= 100 else {
      return false
    }
    return text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2E
        || byte == 0x5F || byte == 0x2D
    }
  }

  /// Makes the folder; an ID that is taken is an error of usage.
  package func create() throws(RunError) {
    let runs = String(path.dropLast(runID.utf8.count + 1))
    do throws(FileError) { try makeFolder(runs) } catch {
      throw RunError(
        .configuration, "\(error.place): \(error.message)",
        help: "\(error.help); or name another folder with --runs or NIGHTMILL_RUNS")
    }
    guard mkdir(path, 0o700) != 0 else { return }
    if errno == EEXIST { throw Self.taken(runID) }
    throw RunError(
      .configuration, "\(path): cannot make the folder: \(String(cString: strerror(errno)))",
      help: "make \(runs) writable, or name another folder with --runs or NIGHTMILL_RUNS")
  }

  /// What is said of an ID that another run has.
  static func taken(_ runID: String) -> RunError {
    RunError(
      .usage, "there is a run with the ID \"\(runID)\" already",
      help: "give another --run-id, or leave it out; `nightmill history` lists the runs")
  }

  /// Writes the document whole or not at all.
  func write(_ document: JSON) throws(FileError) {
    let file = try AtomicFile(self.document, mode: 0o600)
    try file.write(Array(document.pretty.utf8))
    try file.commit()
  }

  /// Writes the rows that a source refused; nothing where there are none.
  func write(rejects rows: [QuarantinedRow], of source: String) throws(FileError) {
    if rows.isEmpty { return }
    try Self.makePrivate(rejects)
    let file = try AtomicFile("\(rejects)/\(source).csv", mode: 0o600)
    try file.write(RejectedRows.bytes(rows))
    try file.commit()
  }

  /// Removes the folder with all that is in it.
  package func remove() {
    for folder in ["\(staged)/sources", staged, rejects, checks, path] {
      for name in Project.list(folder) { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
  }

  /// Makes a folder that only its owner can look into, unless it is there.
  static func makePrivate(_ path: String) throws(FileError) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    let reason = String(cString: strerror(errno))
    throw FileError(
      place: path, message: "cannot make the folder: \(reason)",
      help: "check the permissions of the folder of runs, and the free space of its disk")
  }
}
