import Engine

/// What customers will buy in the coming year by the BG/NBD and Gamma–Gamma models, each fitted to
/// all customers of the run; nothing where a fit is impossible.
struct LifetimeEstimate {
  /// How far ahead purchases are expected.
  static let days = 365

  /// A customer's estimate; absent where a model has nothing to say.
  struct Values {
    /// Millionths.
    var purchases: Int64 = .absent
    /// Millionths.
    var probabilityAlive: Int64 = .absent
    /// Minor units a day with a purchase.
    var averageValue: Int64 = .absent
    /// Minor units.
    var value: Int64 = .absent
  }

  private let purchases: PurchaseModel?
  private let spend: SpendModel?
  private let day: Int32
  /// By repeats and age: the purchases of customers who are known to be there, which many share.
  private var potentials: [UInt64: Double?] = [:]

  /// The models fitted to some customers as of the end of a day.
  init(_ customers: [Customers.Customer], at day: Int32) {
    self.day = day
    purchases = PurchaseModel(fittedTo: customers.map { $0.history(at: day) })
    spend = SpendModel(fittedTo: customers.map(\.spendHistory))
  }

  /// The estimate of a customer.
  mutating func values(of customer: Customers.Customer) -> Values {
    var values = Values()
    let mean = spend?.expectedMean(customer.spendHistory)
    if let mean { values.averageValue = Self.rounded(mean) }
    guard let purchases else { return values }
    let history = customer.history(at: day)
    let alive = purchases.probabilityAlive(history)
    values.probabilityAlive = Self.rounded(alive * 1e6)
    guard let potential = potential(history, purchases) else { return values }
    values.purchases = Self.rounded(potential * alive * 1e6)
    if let mean { values.value = Self.rounded(potential * alive * mean) }
    return values
  }

  private mutating func potential(
    _ history: PurchaseModel.History, _ model: PurchaseModel
  ) -> Double? {
    let key = UInt64(history.repeats) << 32 | UInt64(history.age)
    if let known = potentials[key] { return known }
    let found = model.potential(
      repeats: history.repeats, age: history.age, days: Double(Self.days))
    potentials[key] = .some(found)
    return found
  }

  private static func rounded(_ value: Double) -> Int64 {
    Int64(exactly: value.rounded(.toNearestOrAwayFromZero)) ?? .absent
  }
}
