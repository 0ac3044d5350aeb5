/// What customers spend a purchase: the Gamma–Gamma model of P. S. Fader, B. G. S. Hardie and K. L.
/// Lee, "RFM and CLV: using iso-value curves for customer base analysis", Journal of Marketing
/// Research 42 (2005).
///
/// A customer's purchases vary as a gamma distribution of shape p around a mean; the means vary so
/// that their scale is a gamma distribution (q, γ).
struct SpendModel {
  /// Shape of a customer's purchases.
  let p: Double
  /// Shape of the customers' scales.
  let q: Double
  /// Scale of the customers' scales, in the unit of the amounts.
  let gamma: Double

  /// What the model knows of a customer: how many purchases, and their mean.
  struct History {
    let purchases: Int32
    let mean: Double
  }

  /// A model of given parameters.
  init(p: Double, q: Double, gamma: Double) {
    self.p = p
    self.q = q
    self.gamma = gamma
  }

  /// The model of greatest likelihood over customers with purchases of more than nothing; nil for
  /// too few, or where the likelihood has no clear maximum. The order does not matter.
  init?(fittedTo histories: [History]) {
    let known = histories.filter { $0.purchases > 0 && $0.mean > 0 }.sorted {
      ($0.purchases, $0.mean) < ($1.purchases, $1.mean)
    }
    guard known.count >= PurchaseModel.fewestReturning else { return nil }
    let logMeans = known.map { logarithm($0.mean) }
    let scale = known.reduce(0) { $0 + $1.mean } / Double(known.count)
    let minimum = Minimum(near: [1, 1, logarithm(scale)]) { point in
      -Self.logLikelihood(Self(logarithms: point), known, logMeans)
    }
    guard let minimum, abs(minimum.point[0]) < 9, abs(minimum.point[1]) < 9,
      abs(minimum.point[2] - logarithm(scale)) < 12
    else { return nil }
    self.init(logarithms: minimum.point)
  }

  private init(logarithms: [Double]) {
    self.init(
      p: exponential(logarithms[0]), q: exponential(logarithms[1]),
      gamma: exponential(logarithms[2]))
  }

  /// The logarithm of equation 1a's marginal likelihood; histories ascend by purchases.
  private static func logLikelihood(
    _ model: SpendModel, _ histories: [History], _ logMeans: [Double]
  ) -> Double {
    let (p, q, gamma) = (model.p, model.q, model.gamma)
    let constant = q * logarithm(gamma) - logGamma(q)
    var purchases: Int32 = 0
    var ofCount = 0.0
    var sum = 0.0
    for (history, logMean) in zip(histories, logMeans) {
      let x = Double(history.purchases)
      if history.purchases != purchases {
        purchases = history.purchases
        ofCount = logGamma(p * x + q) - logGamma(p * x) + p * x * logarithm(x) + constant
      }
      sum +=
        ofCount + (p * x - 1) * logMean - (p * x + q) * logarithm(gamma + history.mean * x)
    }
    return sum
  }

  /// The mean of a customer's purchases to come, given those so far (none: of all customers); nil
  /// where the distribution has none.
  func expectedMean(_ history: History) -> Double? {
    let x = Double(history.purchases)
    let denominator = p * x + q - 1
    guard denominator > 0 else { return nil }
    return p * (gamma + history.mean * x) / denominator
  }
}
