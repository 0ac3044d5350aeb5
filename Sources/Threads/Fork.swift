import Glibc

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
