import Glibc
import Runner
import Synchronization

/// Ctrl-C and `kill`, noticed by a run at a moment that suits it: nothing is published then.
enum Interrupt {
  private static let received = Atomic<Int32>(0)

  /// Notes the first signal; a second one ends the process at once.
  static func install() {
    // The flag is made before a handler may touch it: making it inside one would not be safe.
    received.store(0, ordering: .relaxed)
    Registry.prepareCancelling()
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        let first = Interrupt.received.compareExchange(
          expected: 0, desired: number, ordering: .relaxed
        ).exchanged
        if !first { _exit(128 + number) }
        Registry.cancelQueries()
      }
    }
    // Whoever started this may have blocked them, and the child of a process inherits that.
    var both = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGINT)
    sigaddset(&both, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
  }

  /// How the process should end, nil if nobody asked it to.
  static var exit: ExitCode? {
    switch received.load(ordering: .relaxed) {
    case 0: nil
    case SIGTERM: .terminated
    default: .interrupted
    }
  }

  /// What is said of a run that was stopped before it published.
  static func error(next command: String) -> RunError {
    RunError(
      exit ?? .interrupted, "interrupted; nothing was published",
      help: "run it again from the start: \(command)")
  }
}
