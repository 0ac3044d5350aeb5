import Glibc
import Support

// Random inputs against slow, obvious readers, for as long as is asked for: `make fuzz SECONDS=60`.
//
//   fuzz [--seconds N] [--seed S] [--target NAME]
//
// Targets take turns. Each input has a seed of its own, drawn from the first, so that any one can
// be made again: `--seed S --target NAME --seconds 0` tries the one input of seed S. Ends with 1 at
// the first difference, having printed the seed and the smallest input found that shows it.

#if !LIBFUZZER
  @main
  enum FuzzMain {
    static func main() {
      var seconds = 30
      var first: UInt64?
      var only: String?
      var arguments = CommandLine.arguments.dropFirst()
      while let flag = arguments.popFirst() {
        let value = arguments.popFirst() ?? ""
        switch flag {
        case "--seconds" where Int(value) != nil: seconds = Int(value) ?? 0
        case "--seed" where UInt64(value) != nil: first = UInt64(value)
        case "--target": only = value
        default:
          stop("fuzz: \(flag) \(value)? there are --seconds N, --seed S, --target NAME", code: 64)
        }
      }
      fuzz(only, seconds: seconds, seed: first)
    }
  }
#endif

/// Fuzzes the targets in turn (or `only` one) and ends the process at the first difference.
private func fuzz(_ only: String?, seconds: Int, seed: UInt64?) {
  let all: [any Lane] = [
    Fuzzer(CSVTarget(), share: 600), Fuzzer(GzipTarget(), share: 150),
    Fuzzer(TypedTarget(), share: 150), Fuzzer(ValueTarget(), share: 100),
  ]
  let targets = all.enumerated().filter { only == nil || $0.element.name == only }
  if targets.isEmpty {
    stop("fuzz: no target \(only ?? ""); there are \(all.map(\.name))", code: 64)
  }
  var generator = SeededGenerator(seed: seed)
  var first = seed
  say("fuzz: seed \(generator.seed), \(seconds) s")
  Crash.report()
  let end = ContinuousClock.now + .seconds(seconds)
  repeat {
    for (place, target) in targets {
      let slice = ContinuousClock.now + .milliseconds(target.share)
      repeat {
        // The first input of all is the one of the seed itself.
        let seed = first ?? generator.next()
        Crash.expect(seed: seed, target: place)
        alarm(60)
        if let report = target.tryOne(seed: seed) { stop(report, code: 1) }
        first = nil
      } while seconds > 0 && ContinuousClock.now < slice
    }
  } while ContinuousClock.now < end
  for (_, target) in targets { say("\(target.name): \(target.summary), no difference") }
}

/// Prints a line at once: a crash would take what is buffered with it.
func say(_ message: String) {
  let line = Array("\(message)\n".utf8)
  _ = write(1, line, line.count)
}

/// Prints a last word and ends.
func stop(_ message: String, code: Int32) -> Never {
  say(message)
  exit(code)
}
