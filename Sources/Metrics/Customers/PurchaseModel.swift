/// How often customers buy, and whether they still do: the BG/NBD model of P. S. Fader, B. G. S.
/// Hardie and K. L. Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD
/// model", Marketing Science 24 (2005).
///
/// Customers buy at rates that vary as a gamma distribution (r, α); after each purchase one is lost
/// with a probability that varies as a beta distribution (a, b). Time is in days.
struct PurchaseModel {
  /// Shape of the rates.
  let r: Double
  /// Scale of the rates, in days.
  let alpha: Double
  /// First parameter of the losses.
  let a: Double
  /// Second parameter of the losses.
  let b: Double

  /// What the model knows of a customer: days with a purchase after the first one, days from the
  /// first to the last, and days from the first to now.
  struct History: Hashable, Comparable {
    let repeats: Int32
    let recency: Int32
    let age: Int32

    static func < (left: History, right: History) -> Bool {
      (left.repeats, left.recency, left.age) < (right.repeats, right.recency, right.age)
    }
  }

  /// A model of given parameters.
  init(r: Double, alpha: Double, a: Double, b: Double) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
  }

  /// Customers, and among them those who came back, without which a fit says nothing.
  static let (fewestCustomers, fewestReturning) = (50, 10)

  /// The model of greatest likelihood; nil for too few customers, or where the likelihood has no
  /// clear maximum. The order of the histories does not matter.
  init?(fittedTo histories: [History]) {
    guard histories.count >= Self.fewestCustomers,
      histories.count(where: { $0.repeats > 0 }) >= Self.fewestReturning
    else { return nil }
    let likelihood = PurchaseLikelihood(histories)
    let start = [0, logarithm(max(1, likelihood.meanAge)), 0, 0]
    guard let minimum = Minimum(near: start, of: { -likelihood.value(Self(logarithms: $0)) }),
      // Beyond e±9 a parameter has run away: the data does not say where it is.
      minimum.point.allSatisfy({ abs($0) < 9 })
    else { return nil }
    self.init(logarithms: minimum.point)
  }

  private init(logarithms: [Double]) {
    self.init(
      r: exponential(logarithms[0]), alpha: exponential(logarithms[1]),
      a: exponential(logarithms[2]), b: exponential(logarithms[3]))
  }

  /// The logarithm of the odds that a customer is lost; −infinity for one without repeats.
  private func lossOdds(_ history: History) -> Double {
    guard history.repeats > 0 else { return -.infinity }
    let x = Double(history.repeats)
    let ages =
      logarithm(alpha + Double(history.age)) - logarithm(alpha + Double(history.recency))
    return (r + x) * ages + logarithm(a / (b + x - 1))
  }

  /// The probability that a customer still buys.
  func probabilityAlive(_ history: History) -> Double {
    1 / (1 + exponential(lossOdds(history)))
  }

  /// The purchases to be expected of a customer in the next `days`, equation 10 of the paper; nil
  /// where its series does not settle.
  func expectedPurchases(_ history: History, days: Double) -> Double? {
    guard let potential = potential(repeats: history.repeats, age: history.age, days: days) else {
      return nil
    }
    return potential * probabilityAlive(history)
  }

  /// The same of a customer who is known to be there: what many customers share.
  ///
  /// The hypergeometric function of the paper is transformed (NIST Handbook, 15.8.1), after which
  /// its series converges quickly also where its arguments are large:
  /// ₂F₁(A, B; C; z) = (1 − z)^(C − A − B) ₂F₁(C − A, C − B; C; z).
  func potential(repeats: Int32, age: Int32, days: Double) -> Double? {
    let x = Double(repeats)
    // At a = 1 the quotient is 0 / 0; beside it is its limit to six digits.
    let a = abs(self.a - 1) < 1e-6 ? 1 + 1e-6 : self.a
    let z = days / (alpha + Double(age) + days)
    guard let series = hypergeometric(a + b - 1 - r, a - 1, a + b + x - 1, z) else { return nil }
    let power = exponential((a - 1) * logarithm1p(-z))
    let expected = (a + b + x - 1) / (a - 1) * (1 - power * series)
    return expected.isFinite && expected >= 0 ? expected : nil
  }
}

/// The likelihood of the BG/NBD model, equation 6 of the paper, over histories that are counted
/// once where they are the same.
private struct PurchaseLikelihood {
  private var histories: [PurchaseModel.History] = []
  private var counts: [Double] = []
  private var mostRepeats = 0
  private var greatestAge = 0
  private(set) var meanAge = 0.0

  init(_ all: [PurchaseModel.History]) {
    var total = 0
    for history in all.sorted() {
      total += Int(history.age)
      if history == histories.last {
        counts[counts.count - 1] += 1
      } else {
        histories.append(history)
        counts.append(1)
      }
      mostRepeats = max(mostRepeats, Int(history.repeats))
      greatestAge = max(greatestAge, Int(history.age))
    }
    meanAge = Double(total) / Double(max(1, all.count))
  }

  /// The logarithm of the likelihood.
  ///
  /// Quotients of gamma functions are sums of logarithms up to the number of repeats, and times are
  /// whole days: both come from tables, so that a history costs one exponential and one logarithm.
  func value(_ model: PurchaseModel) -> Double {
    let (r, a, b) = (model.r, model.a, model.b)
    var logTimes: [Double] = []
    logTimes.reserveCapacity(greatestAge + 1)
    for day in 0...greatestAge { logTimes.append(logarithm(model.alpha + Double(day))) }
    /// ln Γ(r + x) / Γ(r), ln Γ(a + b) Γ(b + x) / Γ(b) Γ(a + b + x), and ln a / (b + x − 1).
    var byRepeats = [r * logarithm(model.alpha)]
    var losses = [-Double.infinity]
    for step in 0..<max(1, mostRepeats) {
      let x = Double(step)
      byRepeats.append(
        byRepeats[step] + logarithm(r + x) + logarithm((b + x) / (a + b + x)))
      losses.append(logarithm(a / (b + x)))
    }
    var sum = 0.0
    for (index, history) in histories.enumerated() {
      let repeats = Int(history.repeats)
      let exponent = r + Double(repeats)
      let logAge = logTimes[Int(history.age)]
      var value = byRepeats[repeats] - exponent * logAge
      if repeats > 0 {
        let odds = exponent * (logAge - logTimes[Int(history.recency)]) + losses[repeats]
        value += odds > 36 ? odds : logarithm1p(exponential(odds))
      }
      sum += counts[index] * value
    }
    return sum
  }
}
