import Glibc

/// A file found by a path or pattern.
package struct FoundFile: Sendable, Equatable {
  /// Where it is.
  package let path: String
  /// The path as it is shown and ordered: without the folder that relative patterns start from.
  package let name: String
}

/// The files that a path or glob names, relative ones from `folder` on, sorted by name; a plain
/// path is returned only if the file exists.
package func findFiles(_ pattern: String, in folder: String) throws(FileError) -> [FoundFile] {
  let isAbsolute = pattern.hasPrefix("/")
  let base = isAbsolute || folder.isEmpty ? "" : folder.hasSuffix("/") ? folder : folder + "/"
  var matches = glob_t()
  defer { globfree(&matches) }
  // Characters of the folder that mean something in a pattern are taken as they are.
  let status = glob(escaped(base) + pattern, GLOB_MARK | GLOB_NOSORT, nil, &matches)
  switch status {
  case 0: break
  case GLOB_NOMATCH: return []
  default:
    throw FileError(
      place: base + pattern, message: "cannot list the files",
      help: "check the permissions of its folders")
  }
  var found: [FoundFile] = []
  for index in 0..<Int(matches.gl_pathc) {
    guard let entry = matches.gl_pathv[index] else { continue }
    let path = String(cString: entry)
    // A trailing slash marks a folder.
    if path.hasSuffix("/") { continue }
    found.append(
      FoundFile(path: path, name: isAbsolute ? path : String(path.dropFirst(base.count))))
  }
  return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
}

private func escaped(_ folder: String) -> String {
  var text = ""
  for character in folder {
    if "*?[\\".contains(character) { text.append("\\") }
    text.append(character)
  }
  return text
}

/// All bytes of a small file, such as a pipeline or a query.
package func readWholeFile(_ path: String) throws(FileError) -> [UInt8] {
  let file = try FileHandle(reading: path)
  // One more, to meet the end at once; and what the kernel makes as it is read says 0, as in /proc.
  var bytes = [UInt8](repeating: 0, count: max(try file.size() + 1, 4096))
  var filled = 0
  while true {
    let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      return try file.read(at: filled, into: base + filled, count: buffer.count - filled)
    }
    if got == 0 { return Array(bytes.prefix(filled)) }
    filled += got
    if filled == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
  }
}

/// The first bytes of a possibly gzipped file, at most `count`.
package func readStart(of file: ByteFile, count: Int) throws(FileError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) -> Int in
    guard let base = buffer.baseAddress else { return 0 }
    return try file.read(at: 0, into: base, count: count)
  }
  return Array(bytes.prefix(got))
}
