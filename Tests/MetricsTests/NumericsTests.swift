import Testing

@testable import Metrics

@Suite("Numerics: elementary and special functions against values of mpmath, to 30 digits")
struct NumericsTests {
  private func isNear(_ found: Double, _ expected: Double, _ tolerance: Double = 4e-16) -> Bool {
    abs(found - expected) <= tolerance * max(abs(expected), .leastNormalMagnitude)
  }

  @Test(
    arguments: [
      (-1, 0.367879441171442322), (1e-5, 1.00001000005000017), (0.5, 1.64872127070012815),
      (1, 2.71828182845904524), (10.25, 28282.5419203349791), (700, 1.01423205473500451e304),
      (709.75, 1.73983687326416056e308), (0, 1),
    ] as [(Double, Double)])
  func exponentials(x: Double, expected: Double) {
    #expect(isNear(exponential(x), expected), "\(exponential(x))")
  }

  @Test func exponentialsAtTheEnds() {
    #expect(exponential(710) == .infinity)
    #expect(exponential(-746) == 0)
    #expect(exponential(-745) > 0)
    #expect(exponential(.nan).isNaN)
  }

  @Test(arguments: [
    (1e-300, -690.775527898213705), (0.1, -2.30258509299404568),
    (0.70710678, -0.346573591958004258), (1.0000001, 9.99999950000003333e-8),
    (2, 0.693147180559945309), (10, 2.30258509299404568), (1e300, 690.775527898213705),
  ])
  func logarithms(x: Double, expected: Double) {
    // 1.0000001 is itself rounded: its logarithm has the eight digits that are left.
    #expect(isNear(logarithm(x), expected, x == 1.0000001 ? 1e-9 : 4e-16), "\(logarithm(x))")
  }

  @Test func logarithmsAtTheEnds() {
    #expect(logarithm(1) == 0)
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(-1).isNaN)
    #expect(logarithm(.infinity) == .infinity)
  }

  @Test(arguments: [
    (1e-20, 1.0e-20), (1e-9, 9.999999995e-10), (0.5, 0.405465108108164382),
    (-0.5, -0.693147180559945309), (-1e-10, -1.00000000005e-10),
  ])
  func logarithmsBesideOne(x: Double, expected: Double) {
    #expect(isNear(logarithm1p(x), expected, 1e-15), "\(logarithm1p(x))")
  }

  @Test(arguments: [
    (0.001, 6.9071788853838536825), (0.5, 0.57236494292470008707),
    (1.5, -0.12078223763524522235), (3, 0.69314718055994530942),
    (14.999, 25.188546870546926425), (15, 25.1912211827386815), (100.25, 360.28455963776423497),
    (12345.678, 103959.91990554606092),
  ])
  func logGammas(x: Double, expected: Double) {
    // Near its zeros at 1 and 2 the digits after the point count.
    #expect(abs(logGamma(x) - expected) <= 1e-14 * max(1, abs(expected)), "\(logGamma(x))")
  }

  @Test(
    arguments: [
      ([2.243, 4.426, 4.219, 0.4], 3.34550011005309043),
      ([-0.2, -0.2, 4, 0.92], 1.00986796953882883), ([1, 1, 2, 0.5], 1.38629436111989062),
      ([5.5, 7.25, 3.1, 0.95], 20_429_685_972_154.1662), ([0, 1, 2, 0.5], 1),
      ([-0.8, -0.8, -0.3, 0.75], -0.646028240444313),
      ([-1.8, -0.8, -0.3, 0.75], -2.27760746154762),
    ] as [([Double], Double)])
  func hypergeometrics(of: [Double], expected: Double) throws {
    let found = try #require(hypergeometric(of[0], of[1], of[2], of[3]))
    #expect(isNear(found, expected, 1e-12), "\(found)")
  }

  @Test func aSeriesThatDoesNotConvergeGivesNothing() {
    #expect(hypergeometric(1, 1, 1, 1) == nil)
    #expect(hypergeometric(1, 1, 1, -0.5) == nil)
    #expect(hypergeometric(1, 1, 0, 0.5) == nil)
    #expect(hypergeometric(1, 1, -1, 0.5) == nil)
    #expect(hypergeometric(3, 3, 1, 0.9999999) == nil)
  }

  // Rosenbrock's valley, where a simplex collapses early.
  @Test func findsTheMinimumOfACurvedValley() throws {
    let found = try #require(
      Minimum(near: [-1.2, 1]) { point in
        let (x, y) = (point[0], point[1])
        return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
      })
    #expect(abs(found.point[0] - 1) < 1e-4 && abs(found.point[1] - 1) < 1e-4)
  }

  @Test func whatHasNoMinimumHasNone() {
    #expect(Minimum(near: [0]) { -$0[0] } == nil)
    #expect(Minimum(near: [0]) { _ in .nan } == nil)
  }
}
