import Glibc
import Support

// Random inputs against slow, obvious readers, for as long as is asked for: `make fuzz SECONDS=1800`.
//
//   fuzz [--seconds N] [--seed S] [--target NAME]
//
// Targets take turns. Each input has a seed of its own, drawn from the first, so that any one can be
// made again: `--seed S --target NAME --seconds 0` tries the one input of seed S. Ends with 1 at the
// first difference, having printed the seed and the smallest input found that shows it.

var seconds = 30
var first: UInt64?
var only: String?
var arguments = CommandLine.arguments.dropFirst()
while let flag = arguments.popFirst() {
  let value = arguments.popFirst() ?? ""
  switch flag {
  case "--seconds": seconds = Int(value) ?? seconds
  case "--seed": first = UInt64(value)
  case "--target": only = value
  default: stop("fuzz: \(flag)? there are --seconds N, --seed S and --target NAME", code: 64)
  }
}

let targets: [any Lane] = [
  Fuzzer(CSVTarget()), Fuzzer(GzipTarget()), Fuzzer(TypedTarget()), Fuzzer(ValueTarget()),
].filter { only == nil || $0.name == only }
if targets.isEmpty { stop("fuzz: no target \(only ?? "")", code: 64) }

var generator = SeededGenerator(seed: first)
print("fuzz: seed \(generator.seed), \(seconds) s")
let end = ContinuousClock.now + .seconds(seconds)
repeat {
  for target in targets {
    let slice = ContinuousClock.now + .milliseconds(200)
    repeat {
      // The first input of all is the one of the seed itself.
      let seed = first ?? generator.next()
      if let report = target.tryOne(seed: seed) { stop(report, code: 1) }
      first = nil
    } while seconds > 0 && ContinuousClock.now < slice
  }
} while ContinuousClock.now < end
for target in targets { print("\(target.name): \(target.summary), no difference") }

/// Prints a last word and ends.
func stop(_ message: String, code: Int32) -> Never {
  print(message)
  exit(code)
}
