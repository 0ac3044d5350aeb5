import Glibc
import Runner
import Synchronization

/// Ctrl-C, `kill` and the end of `--timeout`, noticed by a run at a moment that suits it: nothing is
/// published then.
enum Interrupt {
  private static let received = Atomic<Int32>(0)

  /// Notes the first signal; a second one ends the process at once. After `timeout` seconds a signal
  /// comes by itself.
  static func install(timeout: Int? = nil) {
    // The flag is made before a handler may touch it: making it inside one would not be safe.
    received.store(0, ordering: .relaxed)
    Registry.prepareCancelling()
    for number in [SIGINT, SIGTERM, SIGALRM] {
      signal(number) { number in
        let first = Interrupt.received.compareExchange(
          expected: 0, desired: number, ordering: .relaxed
        ).exchanged
        if !first, number != SIGALRM { _exit(128 + number) }
        Registry.cancelQueries()
      }
    }
    // Whoever started this may have blocked them, and the child of a process inherits that.
    var all = sigset_t()
    sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGALRM] { sigaddset(&all, number) }
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    if let timeout { alarm(UInt32(timeout)) }
  }

  /// Why the run should stop, nil if nobody asked for it.
  static var error: RunError? { error("nothing was published") }

  /// Why it should stop, with how far it has come.
  static func error(_ state: String) -> RunError? {
    switch received.load(ordering: .relaxed) {
    case 0: return nil
    case SIGALRM:
      var error = RunError(
        .terminated, "the time of --timeout is over; \(state)", help: "give it more time")
      error.isTimeout = true
      return error
    case SIGTERM: return RunError(.terminated, "interrupted; \(state)", help: "")
    default: return RunError(.interrupted, "interrupted; \(state)", help: "")
    }
  }

  /// The seconds of a duration such as 30s, 10m, 2h or 1h30m.
  static func seconds(_ text: String) throws(RunError) -> Int {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    var total = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber, digits.count < 6 {
        digits.append(character)
      } else if let unit = units[character], let number = Int(digits) {
        total += number * unit
        digits = ""
      } else {
        total = 0
        break
      }
    }
    guard total > 0, digits.isEmpty, total < Int(UInt32.max) else {
      throw RunError(
        .usage, "--timeout: expected a duration such as 30s, 10m or 2h, found \"\(text)\"",
        help: "for example --timeout 2h")
    }
    return total
  }
}
