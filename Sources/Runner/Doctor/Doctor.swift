import Files
import Glibc

/// Looks at everything a run needs, changing nothing: what is wrong, and how to mend it.
package struct Doctor {
  /// How well one thing is.
  package enum Status: String, Sendable {
    /// As it should be.
    case ok
    /// It works, but should be known.
    case warning
    /// A run would fail, or its result could be lost.
    case problem
  }

  /// What was found about one thing.
  package struct Finding: Sendable, Equatable {
    /// What was looked at, in a word or two.
    package let subject: String
    /// How well it is.
    package let status: Status
    /// What was found.
    package let message: String
    /// How to mend it; empty where nothing is wrong.
    package let help: String

    /// A finding; passwords in it are hidden.
    package init(_ subject: String, _ status: Status, _ message: String, help: String = "") {
      self.subject = subject
      self.status = status
      self.message = withoutPasswords(message)
      self.help = withoutPasswords(help)
    }

    /// What an error says.
    init(_ subject: String, _ status: Status, _ error: RunError) {
      self.init(subject, status, error.message, help: error.help)
    }
  }

  let folder: String?
  let warehouse: String?
  let inputs: String?
  let now: Int64

  /// An examination.
  ///
  /// - Parameters:
  ///   - folder: The project; nil for the one around the current folder.
  ///   - warehouse: The URL that the command line or the environment gives, nil for the pipelines'.
  ///   - inputs: The folder of inputs that the command line gives, nil for the pipelines'.
  ///   - now: The machine's clock, in microseconds since 1970-01-01T00:00:00Z.
  package init(
    folder: String?, warehouse: String?, inputs: String?, now: Int64 = Clock.now()
  ) {
    self.folder = folder
    self.warehouse = warehouse
    self.inputs = inputs
    self.now = now
  }

  /// Everything that was found, in the order of a run: program, machine, project, warehouse,
  /// folders.
  package func examine() -> [Finding] {
    var findings = versions() + timeZones()
    let project: Project
    do throws(RunError) {
      project = try Project(folder: folder)
      findings.append(Finding("project", .ok, folderName(project.folder)))
    } catch {
      return findings + clock([]) + temporaryFolder([]) + [Finding("project", .problem, error)]
    }
    var pipelines: [Pipeline] = []
    findings += examine(project, &pipelines)
    var places: [String] = []
    for url in urls(project, pipelines) {
      findings += examine(warehouse: url, project)
      if url.hasPrefix("sqlite:") { places.append(String(url.dropFirst("sqlite:".count))) }
    }
    let files = inputFiles(project, pipelines)
    findings += folders(project, pipelines) + temporaryFolder(files)
    return findings + clock(files.map(\.path) + places)
  }

  /// The warehouses of the pipelines, or the one that is given, each once.
  private func urls(_ project: Project, _ pipelines: [Pipeline]) -> [String] {
    if let warehouse { return [warehouse] }
    return pipelines.map { project.warehouse(of: $0) }.uniqued
  }

  func folderName(_ folder: String) -> String { folder.isEmpty ? "this folder" : folder }
}

extension Array where Element: Hashable {
  /// Each element once, where it first stands.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

/// A text in which the passwords of URLs are stars: `postgres://user:***@host/base?password=***`.
package func withoutPasswords(_ text: String) -> String {
  var result = ""
  var rest = text[...]
  while let found = rest.firstRange(of: "://") {
    result += rest[..<found.upperBound]
    rest = rest[found.upperBound...]
    // The last @ in front of the path: a password may have one in it.
    let authority = rest.prefix { !$0.isWhitespace && !"/?#\"'".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { continue }
    if let colon = authority[..<at].firstIndex(of: ":") {
      result += authority[...colon] + "***"
    } else {
      result += authority[..<at]
    }
    rest = rest[at...]
  }
  result += rest
  for key in ["password=", "sslpassword="] {
    let parts = result.split(separator: key, omittingEmptySubsequences: false)
    let hidden = parts.dropFirst().map { "***" + $0.drop { !$0.isWhitespace && $0 != "&" } }
    result = ([String(parts[0])] + hidden).joined(separator: key)
  }
  return result
}
