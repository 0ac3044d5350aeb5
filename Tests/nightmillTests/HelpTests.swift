import Testing

@testable import nightmill

/// Help is what most people read first: it must be there, complete, and fit a small terminal.
@Suite struct HelpTests {
  static let names = Program.commands.map(\.name)

  @Test("Each command's help names all it takes and an example", arguments: names)
  func commandHelp(name: String) throws {
    let command = try #require(Program.commands.first { $0.name == name })
    let help = try Binary.run([name, "--help"])
    #expect(help.exit == 0)
    #expect(help.err.isEmpty)
    for flag in command.flags { #expect(help.out.contains("\n  --\(flag.name) ")) }
    if let positional = command.positional { #expect(help.out.contains("\n  \(positional.name) ")) }
    #expect(help.out.contains("\n  nightmill \(name)"), "an example to copy")
    let lines = help.out.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines { #expect(line.count <= 80, "too wide: \(line)") }
  }

  @Test("`help NAME`, `NAME --help`, `--help NAME` and -h say the same", arguments: names)
  func sameHelp(name: String) throws {
    let help = try Binary.run([name, "--help"]).out
    for words in [["help", name], ["--help", name], [name, "-h"], [name, "--bogus", "--help"]] {
      let result = try Binary.run(words)
      #expect(result.exit == 0)
      #expect(result.out == help)
    }
  }

  @Test("Every example is a command line that parses, so nobody copies one that is refused")
  func examplesParse() throws {
    for command in Program.commands {
      for example in command.examples {
        let line = example.line.split(separator: "|")[0]
        var words: [String] = []
        // Quotes stand around a whole word in examples.
        for (index, part) in line.split(separator: "\"").enumerated() {
          words += index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
        #expect(words.prefix(2) == ["nightmill", command.name])
        _ = try Arguments(Array(words.dropFirst(2)), of: command)
      }
    }
  }

  @Test("Without a command the overview goes to standard error, and the shell sees wrong usage")
  func nothing() throws {
    let nothing = try Binary.run([])
    #expect(nothing.exit == 64)
    #expect(nothing.out.isEmpty)
    let asked = try Binary.run(["--help"])
    #expect(asked.exit == 0)
    #expect(asked.out == nothing.err)
    for command in Program.commands {
      #expect(asked.out.contains("\n  \(command.name) "))
    }
    for line in asked.out.split(separator: "\n") { #expect(line.count <= 80) }
  }

  @Test("--version is one line that a script can read")
  func version() throws {
    let result = try Binary.run(["--version"])
    #expect(result.exit == 0)
    #expect(result.out.wholeMatch(of: /nightmill \d+\.\d+\.\d+\n/) != nil)
  }

  @Test("Help answers at once: shells and people ask for it often")
  func quick() throws {
    let clock = ContinuousClock()
    // The best of several: the machine may be busy with other tests.
    var best = Duration.seconds(10)
    for _ in 0..<10 {
      best = min(best, try clock.measure { _ = try Binary.run(["run", "--help"]) })
    }
    #expect(best < .milliseconds(100), "includes starting a process and reading its output")
  }
}
