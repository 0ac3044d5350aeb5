import Synchronization

/// Whether queries under way are to be cancelled on their server.
///
/// A signal handler may ask for it: the flag is all it touches, and whoever waits for a server looks
/// at it several times a second.
package enum Cancellation {
  private static let requested = Atomic(false)

  /// Makes the flag, which must happen before a signal handler may touch it.
  package static func prepare() { _ = requested.load(ordering: .relaxed) }

  /// Asks every query to stop.
  package static func request() { requested.store(true, ordering: .relaxed) }

  /// Whether it was asked for.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }
}
