import Engine

/// For every day of a range: how many distinct keys were there on it or on one of the days before
/// it, as many as a span has.
///
/// A key seen on days d₁ < d₂ < … counts from each dᵢ until the span ends or the next begins: two
/// additions a pair, and one running sum at the end, whatever the span.
struct TrailingCounts {
  private let first: Int32
  private let span: Int
  private var changes: [Int64]

  /// Counts over `span` days that end with each of the days from `first` through `last`.
  init(span: Int, first: Int32, last: Int32) {
    self.first = first
    self.span = span
    changes = [Int64](repeating: 0, count: max(0, Int(last) - Int(first) + 1) + 1)
  }

  /// A key that was there on `day`, and then not before `next` (`Int.max`: never again).
  mutating func add(_ day: Int, next: Int) {
    let low = max(day - Int(first), 0)
    let high = min(min(day + span, next) - Int(first), changes.count - 1)
    guard low < high else { return }
    changes[low] += 1
    changes[high] -= 1
  }

  /// The counts, a day each.
  var totals: [Int64] { Array(runningSums(of: changes).dropLast()) }
}

/// Each value plus all before it; the caller knows that the sums fit.
func runningSums(of values: [Int64]) -> [Int64] {
  var sum: Int64 = 0
  return values.map { value in
    sum += value
    return sum
  }
}
