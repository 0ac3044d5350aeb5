import Engine

/// Which payment of each subscription counts from which day on: the latest one that is not fully
/// refunded at a day's end.
///
/// A sweep over the ledger's rows: payments, and adjustments that take a whole payment back or give
/// it again. What follows is proportional to those, not to customers times days.
struct Subscriptions {
  /// Days on which a payment counts for a customer.
  struct Segment {
    let customer: Int
    let first: Int32
    /// Not before `first`.
    let last: Int32
    /// An index into `payments`.
    let payment: Int
  }

  /// A payment of a subscription.
  struct Payment {
    let row: Int
    let lastDay: Int32
    /// The payment before it of the same subscription, −1 for none.
    let previous: Int
    /// What was taken back so far, in the payment's own currency; adjustments in other currencies
    /// are no part of it.
    var taken: Int128 = 0
    var isRefunded = false
  }

  /// From a day on another payment of a subscription counts, or none (−1).
  private struct Change {
    let subscription: Int
    let day: Int32
    let payment: Int
  }

  private let ledger: Ledger
  private let coverage: Coverage
  private(set) var payments: [Payment] = []
  private(set) var segments: [Segment] = []
  /// How many customers there are; they are coded from 0.
  private(set) var customerCount = 0

  /// The subscriptions of a ledger.
  init(_ ledger: Ledger, _ coverage: Coverage) {
    self.ledger = ledger
    self.coverage = coverage
    var subscriptions = GroupTable()
    var customers = GroupTable()
    var customerOf: [Int] = []
    /// By subscription: its latest payment, and the one that counts.
    var latest: [Int] = []
    var current: [Int] = []
    var changes: [Change] = []
    var paymentOfRow = [Int32](repeating: -1, count: ledger.count)
    for row in 0..<ledger.count {
      if ledger.isSubscription(row) {
        guard let customer = ledger.subscriber(row) else { continue }
        let subscription = subscriptions.group(customer, ledger.subscriptionKey(row))
        if subscription == latest.count {
          latest.append(-1)
          current.append(-1)
          customerOf.append(customers.group(customer, 0))
        }
        let payment = payments.count
        paymentOfRow[row] = Int32(payment)
        payments.append(
          Payment(
            row: row,
            lastDay: coverage.lastDay(
              of: ledger.occurredAt[row], interval: ledger.intervals[row],
              count: ledger.intervalCounts[row]),
            previous: latest[subscription]))
        latest[subscription] = payment
        current[subscription] = payment
        changes.append(change(subscription, row, payment))
      } else if ledger.originals[row] != .absent {
        let original = Int(ledger.originals[row])
        let payment = Int(paymentOfRow[original])
        guard payment >= 0, ledger.currencies[row] == ledger.currencies[original],
          adjust(payment, by: row), let customer = ledger.subscriber(original),
          let subscription = subscriptions.find(customer, ledger.subscriptionKey(original))
        else { continue }
        let counting = counting(after: payment, of: current[subscription])
        if counting == current[subscription] { continue }
        current[subscription] = counting
        changes.append(change(subscription, row, counting))
      }
    }
    customerCount = customers.count
    addSegments(changes, customerOf)
  }

  private func change(_ subscription: Int, _ row: Int, _ payment: Int) -> Change {
    Change(
      subscription: subscription, day: coverage.firstDay(of: ledger.occurredAt[row]),
      payment: payment)
  }

  /// Adds an adjustment to its payment; true if the payment thereby becomes refunded or is no more.
  private mutating func adjust(_ payment: Int, by row: Int) -> Bool {
    let isReturn = ledger.kinds[row] == TransactionKind.disputeWon.rawValue
    let amount = Int128(ledger.ownAmounts[row])
    payments[payment].taken += isReturn ? -amount : amount
    let isRefunded =
      payments[payment].taken >= Int128(ledger.ownAmounts[payments[payment].row])
    defer { payments[payment].isRefunded = isRefunded }
    return isRefunded != payments[payment].isRefunded
  }

  /// The payment that counts once another one of the same subscription was refunded or given again.
  private func counting(after changed: Int, of current: Int) -> Int {
    if !payments[changed].isRefunded { return max(changed, current) }
    var payment = current
    while payment >= 0, payments[payment].isRefunded { payment = payments[payment].previous }
    return payment
  }

  /// The days between one change of a subscription and the next, as far as its payment covers them;
  /// of several changes on a day only the last shows at its end.
  private mutating func addSegments(_ changes: [Change], _ customerOf: [Int]) {
    let order = grouped(changes.map(\.subscription), count: customerOf.count)
    for (place, index) in order.enumerated() {
      let change = changes[index]
      guard change.payment >= 0 else { continue }
      var last = payments[change.payment].lastDay
      if place + 1 < order.count {
        let next = changes[order[place + 1]]
        if next.subscription == change.subscription { last = min(last, next.day - 1) }
      }
      guard change.day <= last else { continue }
      segments.append(
        Segment(
          customer: customerOf[change.subscription], first: change.day, last: last,
          payment: change.payment))
    }
  }
}

/// The indices of values from 0 up to `count`, by value and otherwise in their order: a counting
/// sort.
func grouped(_ values: [Int], count: Int) -> [Int] {
  var next = [Int](repeating: 0, count: count + 1)
  for value in values { next[value + 1] += 1 }
  for value in 0..<count { next[value + 1] += next[value] }
  var order = [Int](repeating: 0, count: values.count)
  for (index, value) in values.enumerated() {
    order[next[value]] = index
    next[value] += 1
  }
  return order
}

extension Ledger {
  /// Whether a row pays for a subscription.
  fileprivate func isSubscription(_ row: Int) -> Bool {
    kinds[row] == TransactionKind.subscription.rawValue
      || kinds[row] == TransactionKind.vendorSubscription.rawValue
  }

  /// Who pays: user_id, else vendor_id; user 7 is not vendor 7.
  fileprivate func subscriber(_ row: Int) -> UInt64? {
    if users.codes[row] >= 0 { return UInt64(users.codes[row]) << 1 }
    if vendors.codes[row] >= 0 { return UInt64(vendors.codes[row]) << 1 | 1 }
    return nil
  }

  /// Which of a customer's subscriptions: subscription_id, else product_id, else the one without
  /// either.
  fileprivate func subscriptionKey(_ row: Int) -> UInt64 {
    if subscriptions.codes[row] >= 0 { return UInt64(subscriptions.codes[row]) << 2 | 1 }
    if products.codes[row] >= 0 { return UInt64(products.codes[row]) << 2 | 2 }
    return 0
  }
}
