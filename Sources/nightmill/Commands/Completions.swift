import Runner
import YAML

extension Command {
  static let completions = Command(
    name: "completions", summary: "completions of commands, flags and names for a shell",
    details: [
      "Prints a script that the shell reads. `make install` puts the three where shells look; "
        + "elsewhere: source it from ~/.bashrc, write it to a folder of zsh's fpath as _nightmill, "
        + "or to ~/.config/fish/completions/nightmill.fish.",
      "Names of pipelines, reports, stages and tables come from `nightmill list` as one types.",
    ],
    positional: Positional(
      name: "SHELL", summary: "bash, zsh or fish", count: 1...1, completes: .words(Shell.words)),
    flags: [],
    examples: [
      Example("nightmill completions bash", "what ~/.bashrc needs: source <(this)"),
      Example("nightmill completions fish", "for fish"),
    ],
    run: { arguments, console throws(RunError) in
      let word = arguments.positionals[0]
      guard let shell = Shell(rawValue: word) else {
        throw RunError(
          .usage, "no completions for \"\(word)\"",
          help: nearest(to: word, in: Shell.words).map { "did you mean \"\($0)\"?" }
            ?? "there are: \(Shell.words.joined(separator: ", "))")
      }
      let script =
        switch shell {
        case .bash: BashCompletions.script(Program.commands)
        case .zsh: ZshCompletions.script(Program.commands)
        case .fish: FishCompletions.script(Program.commands)
        }
      try console.result(script)
      return .done
    })
}

/// A shell that completions are made for.
private enum Shell: String, CaseIterable {
  case bash, zsh, fish

  static let words = allCases.map(\.rawValue)
}
