import Synchronization

/// How many bytes a run may keep of what grows with its rows, shared by everything that holds such.
///
/// Whoever can put rows aside (`SpillStore`) asks before it grows and spills where it is refused.
/// What a run needs in any case (buffers, result tables, the program) is not counted here: the
/// runner subtracts an estimate of it from what the operator allows.
package final class MemoryBudget: Sendable {
  /// The bytes that may be held at a time.
  package let limit: Int
  private let held = Atomic(0)

  /// A budget of `limit` bytes, none of them held.
  package init(limit: Int) { self.limit = limit }

  /// The bytes that are held now.
  package var used: Int { held.load(ordering: .relaxed) }

  /// Holds `bytes` more if they fit; false, and nothing changes, if they do not.
  package func take(_ bytes: Int) -> Bool {
    let before = held.add(bytes, ordering: .relaxed).oldValue
    if before <= limit - bytes { return true }
    held.subtract(bytes, ordering: .relaxed)
    return false
  }

  /// Gives bytes back that were taken.
  package func give(_ bytes: Int) { held.subtract(bytes, ordering: .relaxed) }
}
