import CZlib
import Glibc

/// The version of the zlib library that this process uses, such as `1.2.13`.
package var zlibLibraryVersion: String { String(cString: zlibVersion()) }

/// What the operating system says about a path and the file system it lies on.
package enum FileSystem {
  /// The kind of a file system, as far as it matters to a database.
  package enum Kind: Sendable, Equatable {
    /// A disk of this machine.
    case local
    /// One whose locks cannot be relied upon: NFS, SMB and others, by name.
    case network(String)
    /// A program or host behind it decides: FUSE, 9p and others, by name.
    case foreign(String)
  }

  /// What a path is.
  package struct Status: Sendable, Equatable {
    /// Whether it is a folder.
    package let isFolder: Bool
    /// Its size in bytes.
    package let size: Int
    /// When it was last written, in microseconds since 1970-01-01T00:00:00Z.
    package let writtenAt: Int64
  }

  /// What is at a path; nil where nothing is, or nothing that may be seen.
  package static func status(_ path: String) -> Status? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Status(
      isFolder: status.st_mode & S_IFMT == S_IFDIR, size: Int(status.st_size),
      writtenAt: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000)
  }

  /// Why files cannot be made in a folder; nil where they can. A folder that is not there yet is
  /// judged by the one that it would be made in.
  package static func whyNotWritable(_ folder: String) -> String? {
    let place = existing(folder)
    guard status(place)?.isFolder ?? false else { return "\(place) is not a folder" }
    guard access(place, W_OK | X_OK) != 0 else { return nil }
    return "\(place): \(String(cString: strerror(errno)))"
  }

  /// Why a file or folder cannot be read; nil where it can.
  package static func whyNotReadable(_ path: String) -> String? {
    let isFolder = status(path)?.isFolder ?? false
    guard access(path, isFolder ? R_OK | X_OK : R_OK) != 0 else { return nil }
    return String(cString: strerror(errno))
  }

  /// Bytes that this user may still write where a path lies or would lie; nil where unknown.
  package static func free(_ path: String) -> Int? {
    var status = statvfs()
    guard statvfs(existing(path), &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// The kind of file system a path lies on, or would; local where the system does not say.
  package static func kind(_ path: String) -> Kind {
    var status = stat()
    guard stat(existing(path), &status) == 0,
      let mounts = try? readWholeFile("/proc/self/mountinfo")
    else { return .local }
    // glibc's gnu_dev_major and gnu_dev_minor, which are macros.
    let device = UInt64(status.st_dev)
    let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
    let minor = device & 0xFF | (device >> 12) & ~0xFF
    for line in String(decoding: mounts, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[2] == "\(major):\(minor)",
        let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      return kind(named: String(fields[dash + 1]))
    }
    return .local
  }

  /// What a file system's name, such as `ext4` or `nfs4`, stands for.
  static func kind(named name: String) -> Kind {
    switch name {
    case "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "lustre", "afs", "gfs2", "ocfs2",
      "glusterfs":
      .network(name)
    case "9p", "virtiofs", "vboxsf": .foreign(name)
    case _ where name == "fuse" || name.hasPrefix("fuse."): .foreign(name)
    default: .local
    }
  }

  /// The folder that a path stands in.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path, or the nearest folder above it that is there.
  private static func existing(_ path: String) -> String {
    var place = path.isEmpty ? "." : path
    while status(place) == nil, place != "/", place != "." { place = folder(of: place) }
    return place
  }
}
