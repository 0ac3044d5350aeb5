import Support

/// Something that is fuzzed: how inputs are made, what must be true of each, how one gets smaller.
protocol Target {
  associatedtype Input: CustomStringConvertible
  var name: String { get }
  /// A fresh input.
  func make(using generator: inout SeededGenerator) -> Input
  /// An input with one thing changed; by default a fresh one.
  func mutate(_ input: Input, using generator: inout SeededGenerator) -> Input
  /// What is wrong, nil if nothing; and the shape of what was seen, for telling inputs apart.
  func check(_ input: Input) -> (difference: String?, shape: String)
  /// Smaller inputs, the smallest first.
  func smaller(_ input: Input) -> [Input]
}

extension Target {
  func mutate(_ input: Input, using generator: inout SeededGenerator) -> Input {
    make(using: &generator)
  }
}

/// A target of any kind, for the loop over all.
protocol Lane: AnyObject {
  var name: String { get }
  /// Its milliseconds of each second.
  var share: Int { get }
  /// How much was tried.
  var summary: String { get }
  /// Tries the input of a seed; a report if it shows a difference.
  func tryOne(seed: UInt64) -> String?
}

/// Tries one target's inputs.
///
/// An input is made of its seed alone, whatever was tried before it, so that any one can be made
/// again: a well-formed one, changed up to three times.
final class Fuzzer<T: Target>: Lane {
  private let target: T
  private var tried = 0
  private var shapes: Set<String> = []

  let share: Int

  init(_ target: T, share: Int) {
    self.target = target
    self.share = share
  }

  var name: String { target.name }
  var summary: String { "\(tried) inputs of \(shapes.count) shapes" }

  func tryOne(seed: UInt64) -> String? {
    var generator = SeededGenerator(seed: seed)
    var input = target.make(using: &generator)
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      input = target.mutate(input, using: &generator)
    }
    tried += 1
    let (difference, shape) = target.check(input)
    shapes.insert(shape)
    guard let difference else { return nil }
    let (smallest, shown) = minimised(input, difference)
    return """
      \(name): DIFFERENCE after \(summary)
      again: fuzz --target \(name) --seed \(seed) --seconds 0
      smallest input: \(smallest)
      \(shown)
      """
  }

  /// Takes parts away as long as what is left still shows a difference.
  private func minimised(_ input: T.Input, _ difference: String) -> (T.Input, String) {
    var (best, shown) = (input, difference)
    var goesOn = true
    while goesOn {
      goesOn = false
      for candidate in target.smaller(best) {
        if let found = target.check(candidate).difference {
          (best, shown, goesOn) = (candidate, found, true)
          break
        }
      }
    }
    return (best, shown)
  }
}

/// Byte strings with a part left out, larger parts first.
func cuts(of bytes: [UInt8]) -> [[UInt8]] {
  var results: [[UInt8]] = []
  var size = bytes.count
  while size > 0 {
    var start = 0
    while start < bytes.count {
      results.append(Array(bytes[..<start] + bytes[min(bytes.count, start + size)...]))
      start += size
    }
    size /= 2
  }
  return results
}
