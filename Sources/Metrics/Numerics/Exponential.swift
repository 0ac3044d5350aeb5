// Elementary functions in IEEE arithmetic alone (+, −, ×, ÷ are exact to the last bit), so that an
// estimate has the same digits on every machine, whichever mathematics library it has. After
// fdlibm (© 1993 Sun Microsystems, "freely granted"), whose error is below one unit in the last
// place.

/// ln 2 in two parts: the first has few digits, so that its product with an exponent is exact.
private let ln2High = 6.93147180369123816490e-01
private let ln2Low = 1.90821492927058770002e-10

/// e to the power of `x`; infinity above 709.78, 0 below −745.
func exponential(_ x: Double) -> Double {
  if x.isNaN { return x }
  if x > 709.782712893384 { return .infinity }
  if x < -745.1332191019411 { return 0 }
  let power = (x * 1.44269504088896338700).rounded(.toNearestOrEven)
  let high = x - power * ln2High
  let low = power * ln2Low
  let rest = high - low
  let square = rest * rest
  let p1 = 1.66666666666666019037e-01
  let p2 = -2.77777777770155933842e-03
  let p3 = 6.61375632143793436117e-05
  let p4 = -1.65339022054652515390e-06
  let p5 = 4.13813679705723846039e-08
  let inner = p3 + square * (p4 + square * p5)
  let c = rest - square * (p1 + square * (p2 + square * inner))
  let value = 1 - ((low - (rest * c) / (2 - c)) - high)
  // In two steps, since the exponent of a result that is not normal is none of a Double's.
  let half = Int(power) / 2
  return value * powerOfTwo(half) * powerOfTwo(Int(power) - half)
}

private func powerOfTwo(_ exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: 1)
}

/// The natural logarithm; −infinity of 0, NaN below it.
func logarithm(_ x: Double) -> Double {
  if x.isNaN || x == .infinity { return x }
  if x <= 0 { return x == 0 ? -.infinity : .nan }
  var exponent = Int(x.exponent)
  var significand = x.significand
  if significand > 1.4142135623730951 {
    significand /= 2
    exponent += 1
  }
  let f = significand - 1
  let k = Double(exponent)
  if f == 0 { return k * ln2High + k * ln2Low }
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let odd1 = 2.222219843214978396e-01 + w * 1.531383769920937332e-01
  let odd = w * (3.999999999940941908e-01 + w * odd1)
  let even1 = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
  let even = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * even1))
  let r = even + odd
  let half = 0.5 * f * f
  return k * ln2High - ((half - (s * (half + r) + k * ln2Low)) - f)
}

/// The logarithm of 1 + x, also for an x so small that the sum is 1 (W. Kahan's way).
func logarithm1p(_ x: Double) -> Double {
  let sum = 1 + x
  if sum == 1 { return x }
  if sum == .infinity { return sum }
  return logarithm(sum) * (x / (sum - 1))
}
