import Runner

/// Help texts, made from the declarations of the commands; nothing is wider than 80 columns.
enum Help {
  private static let width = 80

  /// The help of the program.
  static func overview(_ commands: [Command]) -> String {
    var text =
      "nightmill \(Registry.version): batch ETL and reports, from CSV to tables to sheets\n\n"
    text += "usage: nightmill COMMAND [ARGUMENTS] [FLAGS]\n\ncommands:\n"
    text += rows(commands.map { ($0.name, $0.summary) })
    text += "\nflags:\n"
    text += rows([
      ("--project DIR", Flag.project.summary), ("--help", "this, or a command's help"),
      ("--version", "the version"),
    ])
    text += "\nexample:\n  nightmill run nightly --from 2026-06-01 --to 2026-06-07\n"
    text += "\n`nightmill COMMAND --help` says more about each.\n"
    return text
  }

  /// The help of a command.
  static func text(of command: Command) -> String {
    var text = wrap("nightmill \(command.name): \(command.summary)", indent: 0)
    text += "\nusage: nightmill \(command.name)\(usage(command.positional)) [FLAGS]\n"
    for paragraph in command.details { text += "\n" + wrap(paragraph, indent: 0) }
    if let positional = command.positional {
      text += "\narguments:\n" + rows([(positional.name, positional.summary)])
    }
    text += "\nflags:\n"
    let flags = command.flags.map { flag in
      (flag.value.map { "--\(flag.name) \($0)" } ?? "--\(flag.name)", flag.summary)
    }
    text += rows(flags + [("--help", "this")])
    text += command.examples.count == 1 ? "\nexample:\n" : "\nexamples:\n"
    for example in command.examples {
      text += "  \(example.line)\n" + wrap(example.summary, indent: 6)
    }
    return text
  }

  private static func usage(_ positional: Positional?) -> String {
    guard let positional else { return "" }
    let repeated = positional.count.upperBound > 1 ? "…" : ""
    let name = positional.name + repeated
    return positional.count.lowerBound == 0 ? " [\(name)]" : " \(name)"
  }

  /// Two columns; the second is wrapped under itself.
  private static func rows(_ rows: [(left: String, right: String)]) -> String {
    let column = 4 + (rows.map(\.left.count).max() ?? 0)
    var text = ""
    for (left, right) in rows {
      let wrapped = wrap(right, indent: column)
      let start = "  \(left)"
      text += start + wrapped.dropFirst(start.count)
    }
    return text
  }

  /// Words in lines of at most 80 columns, all indented.
  private static func wrap(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines = ""
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines += margin + line + "\n"
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + margin + line + "\n"
  }
}
