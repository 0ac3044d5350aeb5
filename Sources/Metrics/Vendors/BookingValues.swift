import Engine

/// What a call to a vendor is worth: the mean booking of the days before.
struct BookingValues {
  /// How many days before a call's day count; the day itself does not.
  static let reach: Int32 = 90

  private let ledger: Ledger
  private let byVendor: DayTotals
  private let byCategory: DayTotals
  /// The category of each vendor, −1 for none.
  private let categories: [Int32]
  private let defaultValue: Int64
  private let stage: String

  /// The bookings of a ledger; `vendorCodes` maps the ledger's vendors to the codes asked for,
  /// `categories` holds the category of each of those.
  init(
    _ ledger: Ledger, vendorCodes: CodeMap, categories: [Int32], categoryCount: Int,
    defaultValue: Int64, stage: String
  ) {
    var vendorEntries: [DayTotals.Entry] = []
    var categoryEntries: [DayTotals.Entry] = []
    for row in 0..<ledger.count where ledger.kinds[row] == TransactionKind.booking.rawValue {
      let vendor = vendorCodes[ledger.vendors.codes[row]]
      guard vendor >= 0 else { continue }
      let day = Int32(ledger.days[row])
      let amount = ledger.amountIfKnown(row)
      vendorEntries.append(
        DayTotals.Entry(key: Int(vendor), day: day, value: amount, row: row))
      let category = categories[Int(vendor)]
      guard category >= 0 else { continue }
      categoryEntries.append(
        DayTotals.Entry(key: Int(category), day: day, value: amount, row: row))
    }
    self.ledger = ledger
    byVendor = DayTotals(keys: categories.count, vendorEntries)
    byCategory = DayTotals(keys: categoryCount, categoryEntries)
    self.categories = categories
    self.defaultValue = defaultValue
    self.stage = stage
  }

  /// The value of a call to a vendor on a day, in minor units of the reporting currency.
  func value(vendor: Int32, day: Int32) throws(StageError) -> Int64 {
    if let mean = try mean(byVendor, Int(vendor), day) { return mean }
    let category = categories[Int(vendor)]
    if category >= 0, let mean = try mean(byCategory, Int(category), day) { return mean }
    return defaultValue
  }

  private func mean(
    _ totals: DayTotals, _ key: Int, _ day: Int32
  ) throws(StageError) -> Int64? {
    let total = totals.total(key, from: day - Self.reach, through: day - 1)
    if let row = total.unknownRow { throw ledger.missingRate(row, for: stage) }
    return Money.mean(sum: total.sum, count: total.count)
  }
}

/// What a lost call cost.
enum LostRevenue {
  /// `value × intent × perPoint`, the probability at most 1, rounded once.
  static func amount(value: Int64, intent: Int64, perPoint: Rate) -> Int64? {
    // Clamping the rate first keeps the product small; ten points of 1 are still 1.
    let probability = min(intent * min(perPoint.scaled, Rate.scale), Rate.scale)
    return Money.multiply(value, by: Rate(scaled: probability))
  }
}
