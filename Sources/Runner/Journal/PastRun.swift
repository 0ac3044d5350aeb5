import Engine
import Files
import YAML

/// A run as its folder tells of it.
package struct PastRun: Sendable {
  /// Its folder.
  package let folder: RunFolder
  /// How it ended; `killed` where it did not but nobody works on it.
  package let outcome: RunOutcome
  /// Whether its folder says that it published.
  package let isPublished: Bool
  /// What `run.json` says; nil where there is none, or none that can be read.
  private let document: Node?
  /// When it began, RFC 3339.
  package let startedAt: String

  /// The run of a folder; nil where it is no run's.
  package init?(_ folder: RunFolder) {
    self.folder = folder
    document = Self.node(folder.document)
    let began = Self.firstLine(folder.journal)
    guard let started = document?["started_at"]?.text ?? began?["time"]?.text else { return nil }
    startedAt = started
    let written = document?["outcome"]?.text.flatMap { RunOutcome(rawValue: $0) } ?? .running
    let isHeld = AppendedFile.isHeld(folder.journal)
    outcome = isHeld ? .running : written == .running ? .killed : written
    isPublished =
      document?["published"]?.text == "true" || Self.journalSays("published", folder.journal)
    pipeline = document?["pipeline"]?.text ?? began?["pipeline"]?.text
  }

  /// The run's ID.
  package var runID: String { folder.runID }
  /// The pipeline, if it was told.
  package let pipeline: String?
  /// The first day, nil for everything there is.
  package var from: Day? { text("from").flatMap { Day($0) } }
  /// The last day; nil where the run had not come so far as to know it.
  package var to: Day? { text("to").flatMap { Day($0) } }
  /// Which attempt was the last.
  package var attempt: Int { text("attempt").flatMap { Int($0) } ?? 1 }
  /// The exit code, nil while it runs and for one that was killed.
  package var exit: Int? { text("exit").flatMap { Int($0) } }
  /// Seconds from beginning to end, as written.
  package var seconds: String? { text("seconds") }
  /// Whether it was not to publish.
  package var isDryRun: Bool { text("dry_run") == "true" }
  /// Why it failed, and what to do about it.
  package var error: (message: String, help: String)? {
    guard let error = document?["error"], let message = error["message"]?.text else { return nil }
    return (message, error["help"]?.text ?? "")
  }
  /// The exact next command after a failure.
  package var next: String? { text("next") }
  /// The warehouse's URL, its password masked.
  package var warehouse: String? { text("warehouse") }
  /// The words of the command line after the program's name.
  package var command: [String] { document?["command"]?.sequence?.compactMap(\.text) ?? [] }
  /// The folder that the command line's paths start from.
  package var workingDirectory: String? { text("working_directory") }
  /// The folders that inputs came from and reports went to.
  package var places: (inputs: String, output: String)? {
    guard let inputs = text("inputs"), let output = text("output") else { return nil }
    return (inputs, output)
  }
  /// Rows read and refused, of all sources.
  package var rows: (read: Int, quarantined: Int) {
    (
      list("sources").reduce(0) { $0 + Self.number($1["read"]) },
      list("sources").reduce(0) { $0 + Self.number($1["quarantined"]) }
    )
  }
  /// Rows of all tables for the window.
  package var tableRows: Int { list("tables").reduce(0) { $0 + Self.number($1["rows"]) } }

  /// A value of the document, nil where it has none or null.
  func text(_ key: String) -> String? {
    guard let node = document?[key], !node.isNull else { return nil }
    return node.text
  }

  /// The document as it is written, nil where there is none.
  var documentText: String? {
    guard document != nil else { return nil }
    do throws(FileError) {
      return String(decoding: try readWholeFile(folder.document), as: UTF8.self)
    } catch { return nil }
  }

  /// The items of a list of the document.
  func list(_ key: String) -> [Node] { document?[key]?.sequence ?? [] }

  /// A mapping of the document.
  func mapping(_ key: String) -> [Node.Entry] { document?[key]?.mapping ?? [] }

  /// Which run it is, for its next attempt.
  package var identity: RunIdentity? {
    let instant = Array(startedAt.utf8).withUnsafeBytes { buffer -> Int64? in
      guard let base = buffer.baseAddress else { return nil }
      return Instant.parse(ByteView(start: base, count: buffer.count), zone: .utc).value
    }
    return instant.map { RunIdentity(runID: runID, startedAt: $0) }
  }

  /// Whether the warehouse of a plan says that it published: it may have been killed right after.
  package func isPublished(in plan: RunPlan) throws(RunError) -> Bool {
    guard Registry.warehouseExists(plan.warehouse) else { return false }
    return try PublishedRuns(plan.warehouse).ids.contains(runID)
  }

  /// Whether the days, stages and inputs of the run are known.
  package var isPlanned: Bool { to != nil && !command.isEmpty && places != nil }

  private static func number(_ node: Node?) -> Int { node?.text.flatMap { Int($0) } ?? 0 }

  private static func node(_ path: String) -> Node? {
    do throws(FileError) {
      return Node.parse(try readWholeFile(path), file: path, problems: Problems())
    } catch { return nil }
  }

  private static func lines(_ path: String) -> [ArraySlice<UInt8>] {
    do throws(FileError) {
      return try readWholeFile(path).split(separator: 0x0A)
    } catch { return [] }
  }

  private static func firstLine(_ path: String) -> Node? {
    lines(path).first.flatMap { Node.parse(Array($0), file: path, problems: Problems()) }
  }

  private static func journalSays(_ event: String, _ path: String) -> Bool {
    let mark = "\"event\": \(jsonText(event))"
    return lines(path).contains { String(decoding: $0, as: UTF8.self).contains(mark) }
  }
}
