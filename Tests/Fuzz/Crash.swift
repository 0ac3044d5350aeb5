import Glibc
import Synchronization

/// Which input is being tried, for when the process is about to die of it.
enum Crash {
  private static let seed = Atomic<UInt64>(0)
  private static let target = Atomic<Int>(0)

  /// Remembers what is tried next.
  static func expect(seed: UInt64, target: Int) {
    Self.seed.store(seed, ordering: .relaxed)
    Self.target.store(target, ordering: .relaxed)
  }

  /// Has a trap, a fault or a wait without end (a minute) tell the seed before the process ends.
  static func report() {
    for name in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      signal(name) { signal in
        // Only what is safe in a signal handler: no memory, no locks.
        let target = Crash.target.load(ordering: .relaxed)
        Crash.write(signal == SIGALRM ? "\nSTUCK, target " : "\nCRASH, target ")
        Crash.write(UInt64(target))
        Crash.write(" of csv gzip typed values (from 0); again: --seconds 0 --target NAME --seed ")
        Crash.write(Crash.seed.load(ordering: .relaxed))
        Crash.write("\n")
        _exit(1)
      }
    }
  }

  private static func write(_ text: StaticString) {
    _ = Glibc.write(1, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func write(_ number: UInt64) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { bytes in
      var place = bytes.count
      var rest = number
      repeat {
        place -= 1
        bytes[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
      } while rest > 0
      _ = Glibc.write(1, bytes.baseAddress! + place, bytes.count - place)
    }
  }
}
