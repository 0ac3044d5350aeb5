import Engine

/// How recurring revenue moved from one month's end to the next, customer by customer.
struct RevenueMovements {
  /// What a customer's change between two months' ends is.
  private enum Movement: Int, CaseIterable {
    /// Above 0 at a month's end for the first time.
    case new
    /// Above 0 again.
    case reactivated
    /// More than before.
    case expansion
    /// Less than before, but not nothing.
    case contraction
    /// Nothing any more.
    case churned

    init(from before: Int64, to after: Int64, wasCustomer: Bool) {
      if before == 0 {
        self = wasCustomer ? .reactivated : .new
      } else if after == 0 {
        self = .churned
      } else {
        self = after > before ? .expansion : .contraction
      }
    }
  }

  /// A month's sums and numbers of customers, by movement.
  private struct Month {
    var amounts = [Int64](repeating: 0, count: Movement.allCases.count)
    var customers = [Int64](repeating: 0, count: Movement.allCases.count)
  }

  private let first: Int
  private var months: [Month]
  private var opening: Int64 = 0

  /// The movements of the months, counted from year 0 on, from `first` through `last`.
  init(_ revenue: RecurringRevenue, first: Int, last: Int) throws(StageError) {
    self.first = first
    months = [Month](repeating: Month(), count: max(0, last - first + 1))
    for customer in 0..<(revenue.starts.count - 1) {
      let steps = revenue.steps[revenue.starts[customer]..<revenue.starts[customer + 1]]
      var (before, wasCustomer) = (Int64(0), false)
      for (place, step) in zip(steps.indices, steps) {
        let month = Day(number: step.day).monthNumber
        // Only the last step of a month is there at its end.
        if place + 1 < steps.endIndex, Day(number: steps[place + 1].day).monthNumber == month {
          continue
        }
        if month > last { break }
        if step.amount == before { continue }
        try add(from: before, to: step.amount, wasCustomer: wasCustomer, month: month)
        before = step.amount
        wasCustomer = wasCustomer || before > 0
      }
    }
  }

  private mutating func add(
    from before: Int64, to after: Int64, wasCustomer: Bool, month: Int
  ) throws(StageError) {
    let change = after - before
    guard month >= first else {
      opening = try GrowthMetrics.sum(opening, change, "mrr before \(Self.name(first))")
      return
    }
    let movement = Movement(from: before, to: after, wasCustomer: wasCustomer).rawValue
    months[month - first].amounts[movement] = try GrowthMetrics.sum(
      months[month - first].amounts[movement], change, "mrr movements of \(Self.name(month))")
    months[month - first].customers[movement] += 1
  }

  private static func name(_ month: Int) -> String {
    String(Day(monthNumber: month).text.prefix(7))
  }

  /// Rows of `mrr_movements`.
  func table() throws(StageError) -> Table {
    var columns = [[Int64]](repeating: [], count: GrowthMetrics.movementSchema.columns.count)
    var balance = opening
    for (index, month) in months.enumerated() {
      columns[0].append(Int64(Day(monthNumber: first + index).number))
      columns[1].append(balance)
      for movement in Movement.allCases.map(\.rawValue) {
        columns[2 + 2 * movement].append(month.amounts[movement])
        columns[3 + 2 * movement].append(month.customers[movement])
        balance = try GrowthMetrics.sum(
          balance, month.amounts[movement], "mrr of \(Self.name(first + index))")
      }
      columns[12].append(balance)
    }
    return Table(
      schema: GrowthMetrics.movementSchema, columns: columns.map { .integers($0) })
  }
}

extension Day {
  /// The months from January of year 0 to this day's.
  var monthNumber: Int {
    let (year, month, _) = civil
    return year * 12 + month - 1
  }

  /// The first day of a month, counted from January of year 0 on.
  init(monthNumber: Int) {
    self.init(number: Int32(Civil.dayNumber(monthNumber / 12, monthNumber % 12 + 1, 1)))
  }
}
