import Files
import Glibc

/// The folders that a run reads and writes.
extension Doctor {
  /// The files of all sources, each once.
  func inputFiles(_ project: Project, _ pipelines: [Pipeline]) -> [FoundFile] {
    var files: [FoundFile] = []
    for pipeline in pipelines {
      let folder = inputFolder(pipeline, project)
      for pattern in pipeline.sources.flatMap(\.files) {
        files += (try? findFiles(pattern, in: folder)) ?? []
      }
    }
    var seen: Set<String> = []
    return files.filter { seen.insert($0.path).inserted }
  }

  func folders(_ project: Project, _ pipelines: [Pipeline]) -> [Finding] {
    var findings: [Finding] = []
    for folder in pipelines.map({ inputFolder($0, project) }).uniqued {
      findings.append(readable(folder))
    }
    let outputs = pipelines.map { (folder: project.output(of: $0), subject: "output") }
    let runs = [(folder: project.path("runs"), subject: "runs")]
    var seen: Set<String> = []
    for (folder, subject) in outputs + runs where seen.insert(folder).inserted {
      findings.append(writable(folder, subject))
    }
    return findings
  }

  /// Where gzipped inputs are inflated: it needs room for their plain text.
  func temporaryFolder(_ files: [FoundFile]) -> [Finding] {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    let subject = "temporary files"
    guard FileSystem.status(folder)?.isFolder ?? false else {
      return [
        Finding(
          subject, .problem, "\(folder) is not a folder", help: "point TMPDIR at one that is there")
      ]
    }
    if let why = FileSystem.whyNotWritable(folder) {
      return [
        Finding(
          subject, .problem, "cannot be made in \(why)",
          help: "point TMPDIR at a folder that this user may write")
      ]
    }
    let packed = files.filter { $0.path.hasSuffix(".gz") }
    let size = packed.compactMap { FileSystem.status($0.path)?.size }.reduce(0, +)
    guard let free = FileSystem.free(folder) else {
      return [Finding(subject, .ok, "\(folder): its free space is not known")]
    }
    let needed = max(size * Self.inflation, Self.leastFree)
    let said =
      "\(folder): \(fileSize(free)) free"
      + (size > 0 ? ", gzipped inputs have \(fileSize(size))" : "")
    if free < needed {
      return [
        Finding(
          subject, .warning, "\(said); inflated they may need \(fileSize(needed))",
          help: "free space, or point TMPDIR at a folder that has some")
      ]
    }
    return [Finding(subject, .ok, said)]
  }

  /// How much larger exports mostly are than their gzipped files.
  private static let inflation = 10

  private func inputFolder(_ pipeline: Pipeline, _ project: Project) -> String {
    inputs ?? RunPlan.resolve(pipeline.inputs ?? "", in: project.folder)
  }

  private func readable(_ folder: String) -> Finding {
    let subject = "inputs"
    guard let status = FileSystem.status(folder.isEmpty ? "." : folder) else {
      return Finding(
        subject, .problem, "\(folder) is not there",
        help: "make it, or name another: --inputs DIR, NIGHTMILL_INPUTS, or `inputs:`")
    }
    guard status.isFolder else {
      return Finding(subject, .problem, "\(folder) is not a folder", help: "name a folder")
    }
    if let why = FileSystem.whyNotReadable(folder.isEmpty ? "." : folder) {
      return Finding(
        subject, .problem, "\(folder) cannot be read: \(why)",
        help: "give this user the permissions to read and enter it")
    }
    return Finding(subject, .ok, "\(folderName(folder)) can be read")
  }

  private func writable(_ folder: String, _ subject: String) -> Finding {
    if let why = FileSystem.whyNotWritable(folder) {
      return Finding(
        subject, .problem, "\(folder) cannot be written: \(why)",
        help: "give this user its permissions, or name another folder")
    }
    let free = FileSystem.free(folder)
    if let free, free < Self.leastFree {
      return Finding(
        subject, .problem, "\(folder): only \(fileSize(free)) free", help: "free space on its disk")
    }
    let isThere = FileSystem.status(folder) != nil
    let room = free.map { ", \(fileSize($0)) free" } ?? ""
    return Finding(
      subject, .ok,
      isThere ? "\(folder) can be written\(room)" : "\(folder) is made when it is needed\(room)")
  }
}
