import Synchronization

/// Threads for work inside a stage that falls into parts, while the stage finishes.
///
/// What a stage makes never depends on how many there are: parts are runs of rows on end, and their
/// results come in the order of the rows.
package struct Workers: Sendable {
  /// How many parts are worked on at the same time.
  package let count: Int
  /// Calls a body with each number below a count, on a thread of its own where the system has one to
  /// give, and returns when all calls have ended.
  private let run: @Sendable (Int, @escaping @Sendable (Int) -> Void) -> Void

  /// The caller's thread alone.
  package static let one = Workers(count: 1) { _, _ in }

  /// So many threads, started by `run`; numbers that it leaves out are worked on by the caller.
  package init(
    count: Int, run: @escaping @Sendable (Int, @escaping @Sendable (Int) -> Void) -> Void
  ) {
    self.count = count
    self.run = run
  }

  /// What `body` makes of the rows, in as many parts as there are threads, but of no fewer than
  /// `least` rows.
  package func map<Result: Sendable>(
    _ rows: Range<Int>, least: Int = 10_000, _ body: (Range<Int>) -> Result
  ) -> [Result] {
    let parts = max(1, min(count, rows.count / least))
    @Sendable func part(_ index: Int) -> Range<Int> {
      let (low, high) = (rows.count * index / parts, rows.count * (index + 1) / parts)
      return rows.lowerBound + low..<rows.lowerBound + high
    }
    if parts == 1 { return [body(rows)] }
    let results = Mutex([Result?](repeating: nil, count: parts))
    withoutActuallyEscaping(body) { body in
      // Whoever calls it waits until all calls have ended.
      nonisolated(unsafe) let body = body
      run(parts) { index in
        let result = body(part(index))
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0 }.enumerated().map { index, result in
      result ?? body(part(index))
    }
  }
}
