import Files
import Glibc

/// A project that new ones are made from.
package struct Template {
  /// The last day of the samples.
  package static let samplesEnd = "2026-11-15"

  /// What a project consists of; the schemas are for editors.
  private static let folders = ["Pipelines", "SQL", "Reports", "Samples", "docs/schema"]

  private let folder: String

  /// The project in `folder` or, where that is nil, the one shipped with the program at `program`:
  /// `../share/nightmill` from its folder, else the checkout that it was built in.
  package init(folder: String?, program: String?) throws(RunError) {
    if let folder {
      guard Self.isTemplate(folder) else {
        throw RunError(
          .usage, "\(folder) is not a project to copy: it needs Pipelines and SQL/schema",
          help: "name a folder that `make install` made, PREFIX/share/nightmill, or a checkout")
      }
      self.folder = folder
      return
    }
    let bin = program.map { FileSystem.folder(of: $0) } ?? ""
    var candidates = ["\(FileSystem.folder(of: bin))/share/nightmill"]
    // From .build/x86_64-unknown-linux-gnu/release to the checkout.
    var above = bin
    for _ in 0..<4 {
      above = FileSystem.folder(of: above)
      candidates.append(above)
    }
    guard !bin.isEmpty, let found = candidates.first(where: Self.isTemplate) else {
      throw RunError(
        .failed,
        "the shipped project is not there: neither \(candidates[0]) nor a checkout around "
          + "\(bin.isEmpty ? "the program" : bin)",
        help: "run `make install` again, or name a project: --from DIR")
    }
    self.folder = found
  }

  /// Copies the project into a folder; returns how many files were written. Where any of them is
  /// there already, nothing is.
  package func copy(to target: String) throws(RunError) -> Int {
    if FileSystem.status(target)?.isFolder == false {
      throw RunError(.usage, "\(target) is a file", help: "name a folder")
    }
    let files = Self.folders.flatMap { self.files(in: $0) }.sorted()
    let existing = files.filter { FileSystem.status("\(target)/\($0)") != nil }
    guard existing.isEmpty else {
      let shown = existing.prefix(10).map { "\n  \(target)/\($0)" }.joined()
      let more = existing.count > 10 ? "\n  and \(existing.count - 10) more" : ""
      throw RunError(
        .usage, "nothing was written, since these are there already:\(shown)\(more)",
        help: "name another folder, or move these away")
    }
    // All are prepared before the first gets its name, so that a full disk leaves no half project.
    let copies = try file { () throws(FileError) in
      var copies: [AtomicFile] = []
      for name in files {
        try makeFolder(FileSystem.folder(of: "\(target)/\(name)"))
        let isProgram = access("\(folder)/\(name)", X_OK) == 0
        let copy = try AtomicFile("\(target)/\(name)", mode: isProgram ? 0o755 : 0o644)
        try copy.write(try readWholeFile("\(folder)/\(name)"))
        copies.append(copy)
      }
      try AtomicFile.commit(copies)
      return copies.count
    }
    return copies
  }

  /// The files below a folder of the project, as paths from the project on; hidden ones are nobody's.
  private func files(in place: String) -> [String] {
    Project.list("\(folder)/\(place)").filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = "\(place)/\(name)"
      return FileSystem.status("\(folder)/\(path)")?.isFolder == true ? files(in: path) : [path]
    }
  }

  private static func isTemplate(_ folder: String) -> Bool {
    ["Pipelines", "SQL/schema"].allSatisfy {
      FileSystem.status("\(folder)/\($0)")?.isFolder ?? false
    }
  }
}
