import Runner
import YAML

/// The command line as a whole: finds the command and does what its arguments ask.
struct Program {
  private let console: Console

  init(_ console: Console) { self.console = console }

  /// The commands in the order of the help.
  static let commands: [Command] = [
    .run, .retry, .plan, .show, .diff, .check, .report, .tax, .list, .export, .query, .rejects,
    .history,
    .generate, .doctor, .initialize, .completions,
  ]

  /// Does what the words after the program's name say; returns how the process ends.
  func run(_ words: [String]) -> ExitCode {
    do throws(RunError) {
      return try dispatch(words)
    } catch {
      console.fail(error)
      return error.exit
    }
  }

  private func dispatch(_ words: [String]) throws(RunError) -> ExitCode {
    // Flags of the program may stand before the command.
    var words = words
    var leading: [String] = []
    while let first = words.first, first.hasPrefix("-") {
      words.removeFirst()
      switch first {
      case "--help", "-h": return try help(words)
      case "--version":
        try console.result("nightmill \(Registry.version)\n")
        return .done
      case "--project":
        leading.append(first)
        if !words.isEmpty { leading.append(words.removeFirst()) }
      case _ where first.hasPrefix("--project="): leading.append(first)
      default: throw Self.misplaced(first)
      }
    }
    guard let name = words.first else {
      console.show(Help.overview(Self.commands))
      return .usage
    }
    let rest = Array(words.dropFirst())
    if name == "help" { return try help(rest) }
    let command = try Self.command(name)
    let flags = rest.prefix { $0 != "--" }
    if flags.contains("--help") || flags.contains("-h") {
      try console.result(Help.text(of: command))
      return .done
    }
    return try command.run(Arguments(leading + rest, of: command), console)
  }

  private func help(_ words: [String]) throws(RunError) -> ExitCode {
    if let name = words.first, !name.hasPrefix("-") {
      try console.result(Help.text(of: try Self.command(name)))
    } else {
      try console.result(Help.overview(Self.commands))
    }
    return .done
  }

  private static func command(_ name: String) throws(RunError) -> Command {
    if let command = commands.first(where: { $0.name == name }) { return command }
    let names = commands.map(\.name)
    throw RunError(
      .usage, "no command is called \"\(name)\"",
      help: nearest(to: name, in: names + ["help"]).map { "did you mean `nightmill \($0)`?" }
        ?? "there are: \(names.joined(separator: ", ")); see `nightmill --help`")
  }

  private static func misplaced(_ word: String) -> RunError {
    let name = String(word.prefix { $0 != "=" })
    let owners = commands.filter { command in command.flags.contains { "--\($0.name)" == name } }
    if let owner = owners.first {
      return RunError(
        .usage, "\(name) is a flag of a command, but none is named before it",
        help: "write `nightmill \(owner.name) \(name) …`")
    }
    let near = nearest(to: name, in: ["--help", "--version", "--project"])
    return RunError(
      .usage, "nightmill has no flag \(name)",
      help: near.map { "did you mean \($0)?" } ?? "see `nightmill --help`")
  }
}
