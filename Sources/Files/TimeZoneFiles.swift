import Engine
import Glibc

/// The system's folder of IANA time zones.
private let zoneFolder = "/usr/share/zoneinfo"

/// Loads a time zone by its IANA name, such as `America/New_York`.
package func loadTimeZone(_ name: String) throws(ValueError) -> TimeZone {
  if name == "UTC" { return .utc }
  let isPlain =
    !name.isEmpty && !name.hasPrefix("/") && !name.contains("..")
    && name.utf8.allSatisfy { byte in
      byte == 0x2F || byte == 0x5F || byte == 0x2B || byte == 0x2D
        || (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
  let unknown = ValueError(
    place: "time zone", expected: "an IANA name such as America/New_York", found: "\"\(name)\"",
    help: "see /usr/share/zoneinfo for the names; install tzdata if it is missing")
  guard isPlain else { throw unknown }
  let bytes: [UInt8]
  do throws(FileError) {
    bytes = try readWholeFile("\(zoneFolder)/\(name)")
  } catch {
    throw unknown
  }
  return try TimeZone(name: name, tzif: bytes)
}

/// The names of the time zones there are, for "did you mean".
package func timeZoneNames() -> [String] {
  guard let bytes = try? readWholeFile("\(zoneFolder)/tzdata.zi") else { return [] }
  var names: [String] = []
  for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
    let parts = line.split(separator: " ")
    if parts.first == "Z", parts.count > 1 { names.append(String(parts[1])) }
    if parts.first == "L", parts.count > 2 { names.append(String(parts[2])) }
  }
  return names
}

/// The release of the time zones there are, such as `2025b`; nil where their list is missing.
package func timeZoneRelease() -> String? {
  guard let bytes = try? readWholeFile("\(zoneFolder)/tzdata.zi") else { return nil }
  let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  guard first.hasPrefix("# version ") else { return nil }
  return String(first.dropFirst("# version ".count))
}
