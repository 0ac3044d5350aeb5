import Glibc

/// State that threads share and wait upon: a mutex and a condition, as in any textbook.
///
/// Swift's own `Mutex` has no way to wait for a change.
package final class Monitor<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  /// A monitor of a state.
  package init(_ state: State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes or reads the state, and wakes whoever waits.
  package func with<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Waits until `body` gives a value.
  package func wait<Result>(for body: (inout State) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) {
        // It may have changed the state that others wait upon.
        pthread_cond_broadcast(condition)
        return result
      }
      pthread_cond_wait(condition, mutex)
    }
  }
}

/// Runs `body` on `count` threads (the current one is one of them) and returns when all have ended.
package func runOnThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Task: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }
  var threads: [pthread_t] = []
  var first = 1
  while first < count {
    var thread = pthread_t()
    let task = Unmanaged.passRetained(Task(first, body))
    let failed = pthread_create(
      &thread, nil,
      { argument in
        // The argument is the task passed below, retained for this thread alone.
        let task = Unmanaged<Task>.fromOpaque(argument!).takeRetainedValue()
        task.body(task.index)
        return nil
      }, task.toOpaque())
    if failed != 0 {
      // Fewer threads only make the work slower.
      task.release()
      break
    }
    threads.append(thread)
    first += 1
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}

/// Runs both, the second on a thread of its own, and returns when both have ended.
package func concurrently<First, Second>(
  _ first: () -> First, _ second: () -> Second
) -> (First, Second) {
  withoutActuallyEscaping(first) { first in
    withoutActuallyEscaping(second) { second in
      // Each is one thread's alone until both have ended.
      nonisolated(unsafe) let bodies = (first, second)
      nonisolated(unsafe) var firstResult: First?
      nonisolated(unsafe) var secondResult: Second?
      runOnThreads(2) { index in
        if index == 0 { firstResult = bodies.0() } else { secondResult = bodies.1() }
      }
      // Where the system had no thread to give, one after the other.
      return (firstResult ?? first(), secondResult ?? second())
    }
  }
}
