import Engine
import Foundation
import Support
import Testing

@testable import Metrics

@Suite("Attribution")
struct AttributionTests {
  // Protects every cent: parts sum to the amount, none is a cent from its exact share, and equal
  // weights differ only in favour of the earlier.
  @Test(arguments: [UInt64(1), 2, 3]) func partsSumUp(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let count = Int.random(in: 1...9, using: &random)
      let amount = Int64.random(
        in: 0...[7, 1001, 1 << 62].randomElement(using: &random)!, using: &random)
      var instants = (0..<count).map { _ in
        Int64.random(in: 0...30, using: &random) * Instant.day
          / Int64.random(in: 1...3, using: &random)
      }
      instants.sort()
      for model in AttributionModel.allCases {
        let weights = model.weights(instants)
        let parts = AttributionModel.split(amount, weights)
        #expect(parts.reduce(0, +) == amount, "\(model), seed \(seed)")
        let total = weights.reduce(UInt128(0)) { $0 + UInt128($1) }
        for (index, part) in parts.enumerated() {
          let exact = UInt128(amount) * UInt128(weights[index])
          #expect(part >= Int64(exact / total) && part <= Int64(exact / total) + 1)
          if index > 0, weights[index] == weights[index - 1] { #expect(part <= parts[index - 1]) }
        }
      }
    }
  }

  // Protects the halving: exact at whole weeks, also between touches that both lie off them.
  @Test(arguments: [0, 1, 4, 17, 52]) func wholeWeeksAreExact(weeks: Int64) {
    #expect(TimeDecay.weight(age: weeks * TimeDecay.halfLife) == TimeDecay.one >> UInt64(weeks))
  }

  // Protects the weights between: as floating point has them, to its last digits, and falling.
  @Test(arguments: [UInt64(4)]) func weightsAreThose(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<10_000 {
      let age = Int64.random(in: 0...30 * Instant.day, using: &random)
      let expected = pow(2, -Double(age) / Double(TimeDecay.halfLife))
      let found = Double(TimeDecay.weight(age: age)) / Double(TimeDecay.one)
      #expect(abs(found - expected) < 1e-15, "age \(age), seed \(seed)")
      #expect(
        TimeDecay.weight(age: age + 1) < TimeDecay.weight(age: age), "age \(age), seed \(seed)")
    }
    #expect(TimeDecay.weight(age: Instant.last) == 0)
  }

  // Protects addresses of one person from passing as two, and those of two as one.
  @Test(arguments: [
    (" Jane.Doe@GMAIL.com ", "j.anedoe+biz@gmail.com", true),
    ("sales+news@x.org", "Sales@x.org", true),
    ("a.b@x.org", "ab@x.org", false), ("a@x.org", "a@y.org", false), ("", "", false),
    ("a+b+c@x.org", "a@x.org", true), ("a@b@gmail.com", "a@gmail.com", false),
    ("a.b@gmail.com.org", "ab@gmail.com.org", false), ("plain", "PLAIN+x", true), (" ", " ", false),
  ])
  func addresses(left: String, right: String, areAlike: Bool) {
    #expect(EmailAddress.areAlike(left, right) == areAlike)
    #expect(!EmailAddress.areAlike(left, nil))
  }
}

@Suite("Wilson's interval")
struct WilsonTests {
  // Protects the ranking: the formula as floating point has it, and its ends.
  @Test(arguments: [UInt64(1)]) func lowerBounds(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let count = Int64.random(
        in: 1...Int64.random(in: 1...1_000_000_000, using: &random), using: &random)
      let hits = Int64.random(in: 0...count, using: &random)
      let (n, p, z) = (Double(count), Double(hits) / Double(count), 1.96)
      let root = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
      let expected = (p + z * z / (2 * n) - root) / (1 + z * z / n)
      let found = Double(Wilson.lowerBound(hits, of: count)) / 1_000_000
      #expect(abs(found - max(0, expected)) < 6e-7, "\(hits) of \(count), seed \(seed)")
    }
    #expect(Wilson.lowerBound(0, of: 0) == .absent)
    #expect(Wilson.lowerBound(0, of: 7) == 0)
  }
}
