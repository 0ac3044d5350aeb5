/// Counts per calendar month for events that come in order of time: this month's count grows, the
/// month before's is what volume bonuses ask for.
struct MonthCounter: Sendable {
  private var month: Int32 = .min
  private var count = 0
  private var before = 0

  /// Counts one in a month, which is never before an earlier one.
  mutating func add(in month: Int32) {
    move(to: month)
    count += 1
  }

  /// What was counted in the month before a month that is never before one counted in.
  func count(before month: Int32) -> Int {
    if month == self.month { return before }
    return month == self.month &+ 1 ? count : 0
  }

  private mutating func move(to month: Int32) {
    guard month != self.month else { return }
    before = month == self.month &+ 1 ? count : 0
    count = 0
    self.month = month
  }
}
