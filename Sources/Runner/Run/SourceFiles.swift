import Engine
import Files
import YAML

/// Finds the files of a pipeline's source and binds each to the contract by its header, before any
/// row is read.
struct SourceFiles {
  let spec: SourceSpec
  /// The folder that relative paths start from.
  let folder: String

  /// Bytes of a header that are looked at first, and at most.
  private static let firstLook = 64 << 10
  private static let longestHeader = 16 << 20

  /// The files, each once, in byte order of their names.
  func find() throws(RunError) -> [FoundFile] {
    var found: [FoundFile] = []
    for pattern in spec.files {
      for match in try file({ () throws(FileError) in try findFiles(pattern, in: folder) })
      where !found.contains(match) {
        found.append(match)
      }
    }
    if found.isEmpty, !spec.isOptional {
      let patterns = spec.files.joined(separator: ", ")
      throw RunError(
        .failed,
        "\(spec.mark): source \(spec.contract.source): no file matches \(patterns) in "
          + (folder.isEmpty ? "the current folder" : folder),
        help: "put the files there, correct `files:`, pass --inputs, or say `optional: true`")
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The files with their layouts; columns that nothing uses are told once.
  func bind(_ observer: any RunObserver) throws(RunError) -> [BoundFile] {
    let (files, unused) = try bound()
    if !unused.isEmpty {
      observer.warning(
        "source \(spec.contract.source): columns not used: "
          + shown(unused.joined(separator: ", ")))
    }
    return files
  }

  /// The files with their layouts, and the columns that nothing uses, sorted.
  func bound() throws(RunError) -> (files: [BoundFile], unused: [String]) {
    var files: [BoundFile] = []
    var unused: Set<String> = []
    for found in try find() {
      let (file, extra) = try bind(found)
      files.append(file)
      unused.formUnion(extra)
    }
    return (files, unused.sorted())
  }

  private func bind(_ found: FoundFile) throws(RunError) -> (BoundFile, unused: [String]) {
    let opened = try file { () throws(FileError) in try ByteFile(path: found.path) }
    var look = Self.firstLook
    while true {
      let bytes = try file { () throws(FileError) in try readStart(of: opened, count: look) }
      let isLast = bytes.count < look
      switch bytes.withView({ HeaderReader(spec.dialect).read($0, isLast: isLast) }) {
      case .record(let header): return try bind(found, header)
      case .empty:
        throw RunError(
          .failed, "\(found.path): the file is empty: not even a header",
          help: "export it again with its header row, or take it away if there is nothing to load")
      case .malformed(let line, let message):
        throw RunError(
          .failed, "\(found.path):\(line): \(message)",
          help: "check the file, and the source's delimiter, quote and encoding")
      case .needsMore: break
      }
      if look >= Self.longestHeader {
        throw RunError(
          .failed, "\(found.path): no end of the header in the first \(look >> 20) MiB",
          help: "check the file, and the source's delimiter and quote")
      }
      look *= 4
    }
  }

  private func bind(
    _ found: FoundFile, _ header: HeaderRecord
  ) throws(RunError) -> (BoundFile, unused: [String]) {
    do throws(BindingError) {
      let bound = try spec.layout(header: header.names, file: found.path)
      let hasHeader = spec.dialect.hasHeader
      return (
        BoundFile(
          path: found.path, name: found.name, layout: bound.layout, dialect: spec.dialect,
          dataStart: hasHeader ? header.next : header.start,
          dataLine: hasHeader ? header.lines + 1 : 1), bound.extraColumns
      )
    } catch {
      throw RunError(.configuration, shown("\(error)"), help: "")
    }
  }

  /// Text of a message, tax numbers hidden: what stands in place of a header may be a row.
  private func shown(_ text: String) -> String {
    spec.contract.holdsSecrets ? NineDigits.masked(text) : text
  }
}
