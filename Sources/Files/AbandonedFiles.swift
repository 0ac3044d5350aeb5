import Glibc

/// Files that are written whole have the name `PATH.partial-PROCESS` until they are complete. A
/// process that is killed leaves them behind; whoever writes the same file next takes them away.
package func removeAbandoned(_ path: String) {
  let slash = path.lastIndex(of: "/")
  let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  let start = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + ".partial-"
  guard let handle = opendir(folder) else { return }
  defer { closedir(handle) }
  while let entry = readdir(handle) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard name.hasPrefix(start), let process = pid_t(name.dropFirst(start.count)), process > 0,
      kill(process, 0) != 0, errno == ESRCH
    else { continue }
    unlink("\(folder)/\(name)")
  }
}
