import Engine

/// What every customer pays a month, as it changes from day to day; each customer's exact sum is
/// rounded once, and all totals are sums of these.
struct RecurringRevenue {
  /// From a day on a customer's amount is another one, in minor units.
  struct Step {
    let day: Int32
    let amount: Int64
  }

  /// The steps of all customers, of each in ascending order of days.
  private(set) var steps: [Step] = []
  /// Where each customer's steps begin, and where the last one's end.
  private(set) var starts: [Int] = [0]

  /// The amounts of a ledger's subscriptions; throws where an amount lacks its exchange rate or a
  /// sum of fractions is beyond 127 bits.
  init(_ ledger: Ledger, _ coverage: Coverage) throws(StageError) {
    let subscriptions = Subscriptions(ledger, coverage)
    let segments = subscriptions.segments
    let order = grouped(segments.map(\.customer), count: subscriptions.customerCount)
    var place = 0
    for customer in 0..<subscriptions.customerCount {
      let begin = place
      while place < order.count, segments[order[place]].customer == customer { place += 1 }
      try addSteps(order[begin..<place].map { segments[$0] }, subscriptions, ledger)
      starts.append(steps.count)
    }
  }

  private mutating func addSteps(
    _ segments: [Subscriptions.Segment], _ subscriptions: Subscriptions, _ ledger: Ledger
  ) throws(StageError) {
    var scale: Int128 = 1
    var amounts: [MonthlyAmount] = []
    for segment in segments {
      let row = subscriptions.payments[segment.payment].row
      let amount = MonthlyAmount(
        amount: try ledger.amount(row, for: GrowthMetrics.name), interval: ledger.intervals[row],
        count: ledger.intervalCounts[row])
      guard let common = MonthlyAmount.leastCommonMultiple(scale, amount.denominator) else {
        throw overflow(row, ledger)
      }
      scale = common
      amounts.append(amount)
    }
    var changes: [(day: Int32, change: Int128)] = []
    for (segment, amount) in zip(segments, amounts) {
      guard let scaled = amount.scaled(to: scale) else {
        throw overflow(subscriptions.payments[segment.payment].row, ledger)
      }
      changes.append((segment.first, scaled))
      changes.append((segment.last + 1, -scaled))
    }
    changes.sort { $0.day < $1.day }
    var sum: Int128 = 0
    var shown: Int64 = 0
    for (place, item) in changes.enumerated() {
      let (next, isOver) = sum.addingReportingOverflow(item.change)
      sum = next
      let row = subscriptions.payments[segments[0].payment].row
      if isOver { throw overflow(row, ledger) }
      if place + 1 < changes.count, changes[place + 1].day == item.day { continue }
      guard let amount = Money.narrow(Money.divideRounded(sum, scale)) else {
        throw overflow(row, ledger)
      }
      if amount != shown { steps.append(Step(day: item.day, amount: amount)) }
      shown = amount
    }
  }

  private func overflow(_ row: Int, _ ledger: Ledger) -> StageError {
    GrowthMetrics.overflowError("the customer of transaction \(ledger.ids.text(row) ?? "")")
  }

  /// The sum of all customers, and how many are above 0, at the end of each day from `first`
  /// through `last`; throws where a sum is beyond 64 bits.
  func totals(
    first: Int32, last: Int32
  ) throws(StageError) -> (amounts: [Int64], customers: [Int64]) {
    let count = max(0, Int(last) - Int(first) + 1)
    var changes = [Int128](repeating: 0, count: count)
    var customers = [Int64](repeating: 0, count: count)
    for customer in 0..<(starts.count - 1) {
      var before: Int64 = 0
      for step in steps[starts[customer]..<starts[customer + 1]] where step.day <= last {
        let place = max(0, Int(step.day) - Int(first))
        changes[place] += Int128(step.amount - before)
        customers[place] += (step.amount > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
        before = step.amount
      }
    }
    var amounts: [Int64] = []
    var sum: Int128 = 0
    for (place, change) in changes.enumerated() {
      sum += change
      guard let amount = Money.narrow(sum) else {
        throw GrowthMetrics.overflowError("mrr of \(Day(number: first + Int32(place)).text)")
      }
      amounts.append(amount)
    }
    return (amounts, runningSums(of: customers))
  }
}
