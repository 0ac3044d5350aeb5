import Engine
import Files
import Glibc
import YAML

/// A project folder: the one that holds `Pipelines/`, with SQL and Reports beside it.
package struct Project: Sendable {
  /// The folder; empty for the current one.
  package let folder: String

  /// The project around a folder: the one named, else the current folder or the nearest above it
  /// that holds `Pipelines/`.
  package init(folder: String? = nil) throws(RunError) {
    if let folder {
      guard Self.isFolder("\(folder)/Pipelines") else {
        throw RunError(
          .usage, "\(folder) is not a project: it holds no Pipelines folder",
          help: "name the folder that holds Pipelines/")
      }
      self.folder = folder
      return
    }
    var candidate = ""
    for _ in 0..<64 {
      if Self.isFolder(candidate + "Pipelines") {
        self.folder = candidate.isEmpty ? "" : String(candidate.dropLast())
        return
      }
      candidate += "../"
    }
    throw RunError(
      .usage, "no project here: neither this folder nor one above it holds Pipelines/",
      help: "go to the project's folder, or pass --project DIR")
  }

  /// A path inside the project.
  package func path(_ relative: String) -> String {
    folder.isEmpty ? relative : "\(folder)/\(relative)"
  }

  /// Names of the pipelines there are, sorted.
  package var pipelineNames: [String] { names(in: "Pipelines") }

  /// Names of the reports there are, sorted.
  package var reportNames: [String] { names(in: "Reports") }

  private func names(in folder: String) -> [String] {
    Self.list(path(folder)).filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  /// The file of a pipeline that is given by name or by path.
  package func pipelineFile(_ nameOrPath: String) throws(RunError) -> String {
    if nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml") { return nameOrPath }
    if pipelineNames.contains(nameOrPath) { return path("Pipelines/\(nameOrPath).yaml") }
    let hint =
      nearest(to: nameOrPath, in: pipelineNames).map { "did you mean \"\($0)\"?" }
      ?? "there are: \(pipelineNames.joined(separator: ", "))"
    throw RunError(.usage, "no pipeline is called \"\(nameOrPath)\"", help: hint)
  }

  /// Reads a pipeline with everything it depends on.
  package func pipeline(
    _ nameOrPath: String, overrides: SettingsOverrides = SettingsOverrides()
  ) throws(RunError) -> Pipeline {
    let file = try pipelineFile(nameOrPath)
    do throws(YAMLError) {
      return try pipelineLoader.load(file: file, overrides: overrides)
    } catch {
      throw Self.error(error)
    }
  }

  /// What pipelines of the project may name.
  var knownNames: KnownNames { Registry.knownNames(reports: reportNames) }

  /// A loader of the project's pipelines.
  var pipelineLoader: PipelineLoader {
    PipelineLoader(
      known: knownNames, world: Self.world, sqlFolder: path("SQL/checks"),
      queryFolder: path("SQL/extract"))
  }

  /// Problems of what was typed are errors of usage, without the line and column that only files
  /// have.
  static func error(_ error: YAMLError) -> RunError {
    let problems = error.problems
    guard problems.allSatisfy({ $0.mark.file.hasPrefix("--") }) else { return RunError(error) }
    let lines = problems.map { problem in
      "\(problem.mark.file): \(problem.message)"
        + (problem.suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
    return RunError(
      .usage, lines.joined(separator: "\n"), help: "`nightmill run --help` lists the flags")
  }

  /// The numbered migrations of SQL/schema, in order.
  package func migrations() throws(RunError) -> [Migration] {
    var found: [Migration] = []
    for name in Self.list(path("SQL/schema")).sorted() where name.hasSuffix(".sql") {
      guard let number = Int(name.prefix { $0 != "-" }) else {
        throw RunError(
          .configuration, "\(path("SQL/schema/\(name)")): the name does not begin with a number",
          help: "call it like 002-what-it-does.sql")
      }
      let file = path("SQL/schema/\(name)")
      let bytes = try Runner.file { () throws(FileError) in try readWholeFile(file) }
      found.append(
        Migration(number: number, name: name, sql: String(decoding: bytes, as: UTF8.self)))
    }
    if found.isEmpty {
      throw RunError(
        .configuration, "\(path("SQL/schema")) holds no migrations",
        help: "restore the folder SQL/schema of the project")
    }
    return found
  }

  /// Files, environment and time zones as they are on this machine.
  package static var world: ConfigurationWorld {
    ConfigurationWorld(
      readFile: { path in
        do throws(FileError) {
          return .text(try readWholeFile(path))
        } catch {
          return access(path, F_OK) == 0 ? .unreadable(error.message) : .absent
        }
      },
      listFolder: { Self.list($0) },
      environment: { name in getenv(name).map { String(cString: $0) } },
      loadZone: { (name) throws(ValueError) in try loadTimeZone(name) },
      zoneNames: { timeZoneNames() })
  }

  /// Names of the files in a folder, in no particular order; empty where there is no folder.
  static func list(_ folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
