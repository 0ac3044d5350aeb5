import Engine
import Glibc

/// The time of day, which only a run's own record depends on.
package enum Clock {
  /// Microseconds since 1970-01-01T00:00:00Z.
  package static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// The current day in a zone.
  package static func today(in zone: TimeZone) -> Day { zone.day(of: now()) }

  /// A run's ID: when it began, to the second, and enough chance to tell two of the same second
  /// apart.
  static func runID(at instant: Int64) -> String {
    var bytes: [UInt8] = []
    Instant.append(instant - instant % 1_000_000, to: &bytes)
    let stamp = String(decoding: bytes, as: UTF8.self).filter { $0 != "-" && $0 != ":" }
    var generator = SystemRandomNumberGenerator()
    let chance = String(generator.next() as UInt32, radix: 36)
    return "\(stamp)-\(chance)"
  }
}
