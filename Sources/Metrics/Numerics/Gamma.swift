/// The logarithm of the gamma function for x above 0: Stirling's series from 15 on, the recurrence
/// Γ(x + 1) = x Γ(x) below (NIST Handbook of Mathematical Functions, 5.11.1 and 5.5.1).
func logGamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var product = 1.0
  var argument = x
  while argument < 15 {
    product *= argument
    argument += 1
  }
  let square = 1 / (argument * argument)
  // B₂ₖ / (2k (2k − 1)) for k = 1 … 6.
  let far = 1.0 / 1188 - square * (691.0 / 360_360)
  let middle = 1.0 / 1260 - square * (1.0 / 1680 - square * far)
  let series = (1.0 / 12 - square * (1.0 / 360 - square * middle)) / argument
  let halfLogTwoPi = 0.9189385332046727418
  let stirling = (argument - 0.5) * logarithm(argument) - argument + halfLogTwoPi + series
  return stirling - logarithm(product)
}

/// Gauss's hypergeometric function ₂F₁(a, b; c; z) by its series, for 0 ≤ z < 1 and c above −1,
/// but not 0 (NIST Handbook, 15.2.1); nil where a hundred thousand terms do not settle it.
func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
  guard z >= 0, z < 1, c > -1, c != 0 else { return nil }
  var term = 1.0
  var sum = 1.0
  for index in 0..<100_000 {
    let n = Double(index)
    let factor = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
    term *= factor
    sum += term
    // The rest is below a geometric series once terms shrink.
    if abs(factor) < 1, abs(term) <= 1e-16 * abs(sum) * (1 - abs(factor)) { return sum }
    if !sum.isFinite { return nil }
  }
  return nil
}
