import Engine
import Foundation

/// Runs `body` on the bytes of a text.
func view<Result>(_ text: String, _ body: (ByteView) -> Result) -> Result {
  view(Array(text.utf8), body)
}

/// Runs `body` on bytes, between others that a parser must not look at.
func view<Result>(_ bytes: [UInt8], _ body: (ByteView) -> Result) -> Result {
  let padded = Array("9.9".utf8) + bytes + Array("9Z.".utf8)
  return padded.withUnsafeBytes { raw in
    body(ByteView(start: raw.baseAddress! + 3, count: bytes.count))
  }
}

/// The text a formatter appends.
func written(_ write: (inout [UInt8]) -> Void) -> String {
  var bytes = Array("x".utf8)
  write(&bytes)
  return String(decoding: bytes.dropFirst(), as: UTF8.self)
}

/// A zone of the machine's tzdata.
func zone(_ name: String) throws -> Engine.TimeZone {
  if name == "UTC" { return .utc }
  let data = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
  return try Engine.TimeZone(name: name, tzif: Array(data))
}

/// The instant of an RFC 3339 text.
func instant(_ text: String) -> Int64 {
  guard let instant = view(text, { Instant.parse($0, zone: .utc) }).value else {
    preconditionFailure("not an instant: \(text)")
  }
  return instant
}
