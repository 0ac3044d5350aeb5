import Engine
import Files
import Glibc
import SQLite
import Workbook
import YAML

/// The program, its libraries, time zones and the clock.
extension Doctor {
  func versions() -> [Finding] {
    [
      Finding("nightmill", .ok, Registry.version),
      Finding("SQLite", .ok, SQLiteWarehouse.libraryVersion),
      Finding("libxlsxwriter", .ok, workbookLibraryVersion),
      Finding("libyaml", .ok, yamlLibraryVersion), Finding("zlib", .ok, zlibLibraryVersion),
    ]
  }

  func timeZones() -> [Finding] {
    do throws(ValueError) {
      // A zone with rules that go on: a list without its files would not give it.
      _ = try loadTimeZone("America/New_York")
    } catch {
      return [
        Finding(
          "time zones", .problem, "\(error.place): expected \(error.expected), found none",
          help: "install the package tzdata")
      ]
    }
    guard let release = timeZoneRelease() else {
      return [Finding("time zones", .ok, "there; their release is not known")]
    }
    return [Finding("time zones", .ok, "tzdata \(release)")]
  }

  /// Whether the clock can be right: no file was written in the future, and it is not the year that
  /// a machine without a battery begins with.
  func clock(_ paths: [String]) -> [Finding] {
    let text = Self.text(of: now)
    let program = FileSystem.status("/proc/self/exe")?.writtenAt ?? 0
    let help = "set the clock, best by NTP: timedatectl set-ntp true"
    if now < Self.earliest || now >= Self.latest {
      return [Finding("clock", .problem, "it says \(text)", help: help)]
    }
    let slack: Int64 = 5 * 60 * 1_000_000
    if program > now + slack {
      return [
        Finding(
          "clock", .problem,
          "it says \(text), but this program was written later, \(Self.text(of: program))",
          help: help)
      ]
    }
    let newest = paths.compactMap { path in
      FileSystem.status(path).map { (path: path, at: $0.writtenAt) }
    }.max { $0.at < $1.at }
    if let newest, newest.at > now + slack {
      return [
        Finding(
          "clock", .warning,
          "it says \(text), but \(newest.path) was written later, \(Self.text(of: newest.at))",
          help: "\(help); if it is right, the file came from a machine whose clock is not")
      ]
    }
    return [Finding("clock", .ok, text)]
  }

  /// 2024-01-01 and 2100-01-01: no release is older, no clock of a machine in use later.
  private static let earliest: Int64 = 1_704_067_200_000_000
  private static let latest: Int64 = 4_102_444_800_000_000

  static func text(of instant: Int64) -> String {
    var bytes: [UInt8] = []
    Instant.append(instant - instant % 1_000_000, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
