import Runner
import YAML

/// A command's arguments, told apart by its declaration.
///
/// `--flag value` and `--flag=value` mean the same; flags may stand before or after other
/// arguments; after `--` nothing is a flag. A value that begins with a hyphen is written with `=`,
/// so that a forgotten value is noticed.
struct Arguments: Sendable {
  /// The arguments without a flag.
  let positionals: [String]
  /// The command and what follows it, as given.
  let words: [String]
  private let values: [String: [String]]

  /// Parses what follows a command's name.
  init(_ words: [String], of command: Command) throws(RunError) {
    var positionals: [String] = []
    var values: [String: [String]] = [:]
    var onlyPositionals = false
    var iterator = words.makeIterator()
    while let word = iterator.next() {
      if onlyPositionals || word == "-" || !word.hasPrefix("-") {
        positionals.append(word)
        continue
      }
      if word == "--" {
        onlyPositionals = true
        continue
      }
      let (name, given) = Self.split(word)
      let flag = try Self.flag(name, of: command)
      if values[flag.name] != nil, !flag.isRepeatable {
        throw RunError(
          .usage, "--\(flag.name) is given twice", help: "give it once")
      }
      guard flag.value != nil else {
        if let given {
          throw RunError(
            .usage, "--\(flag.name) takes no value, found \"\(given)\"",
            help: "write --\(flag.name) alone, or leave it out")
        }
        values[flag.name] = [""]
        continue
      }
      if let given {
        values[flag.name, default: []].append(given)
      } else if let next = iterator.next(), next == "-" || !next.hasPrefix("-") {
        values[flag.name, default: []].append(next)
      } else {
        throw Self.missing(flag)
      }
      if values[flag.name]?.last == "" { throw Self.missing(flag) }
    }
    try Self.check(positionals, of: command)
    self.positionals = positionals
    self.values = values
    self.words = [command.name] + words
  }

  /// The value of a flag, nil where it is not given.
  func text(_ flag: Flag) -> String? { values[flag.name]?.last }

  /// The values of a flag that may be repeated.
  func texts(_ flag: Flag) -> [String] { values[flag.name] ?? [] }

  /// The words that give some flags again, in a form that can stand anywhere.
  func words(of flags: [Flag]) -> [String] {
    flags.flatMap { flag in texts(flag).flatMap { ["--\(flag.name)", $0] } }
  }

  /// Whether a switch is given.
  func isSet(_ flag: Flag) -> Bool { values[flag.name] != nil }

  /// The value of a flag that is a whole number.
  func integer(_ flag: Flag, in range: ClosedRange<Int>) throws(RunError) -> Int? {
    guard let text = text(flag) else { return nil }
    if let number = Int(text), range.contains(number) { return number }
    throw RunError(
      .usage,
      "--\(flag.name): expected a whole number from \(range.lowerBound) to \(range.upperBound), "
        + "found \"\(text)\"",
      help: "for example --\(flag.name) \(flag.example ?? "1")")
  }

  /// The value of a flag that is a size: a whole number and K, M or G for powers of 1,024.
  func bytes(_ flag: Flag, atLeast least: Int) throws(RunError) -> Int? {
    guard let text = text(flag) else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let shifts = ["": 0, "K": 10, "M": 20, "G": 30]
    if let shift = shifts[text.dropFirst(digits.count).uppercased()], let number = Int(digits),
      number <= .max >> shift, number << shift >= least
    {
      return number << shift
    }
    throw RunError(
      .usage,
      "--\(flag.name): expected a size of at least \(least >> 20)M such as \(flag.example ?? "1G"), "
        + "found \"\(text)\"",
      help: "write a whole number and K, M or G")
  }

  /// Words as a shell takes them apart again.
  static func line(_ words: [String]) -> String {
    words.map { quoted($0) }.joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (byte >= 0x2B && byte <= 0x3A) || byte == 0x3D || byte == 0x5F || byte >= 0x80
          || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func split(_ word: String) -> (name: String, value: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  private static func flag(_ name: String, of command: Command) throws(RunError) -> Flag {
    if let flag = command.flags.first(where: { "--\($0.name)" == name }) { return flag }
    let names = command.flags.map { "--\($0.name)" } + ["--help"]
    throw RunError(
      .usage, "`nightmill \(command.name)` has no flag \(name)",
      help: nearest(to: name, in: names).map { "did you mean \($0)?" }
        ?? "`nightmill \(command.name) --help` lists its flags")
  }

  private static func missing(_ flag: Flag) -> RunError {
    RunError(
      .usage, "--\(flag.name) needs a value (\(flag.value ?? "")), found none",
      help: "for example --\(flag.name) \(flag.example ?? "")")
  }

  private static func check(_ positionals: [String], of command: Command) throws(RunError) {
    let count = command.positional?.count ?? 0...0
    if positionals.count > count.upperBound {
      let extra = positionals[count.upperBound]
      let help =
        count.upperBound == 0
        ? "`nightmill \(command.name)` takes flags only; see `nightmill \(command.name) --help`"
        : "quote an argument with spaces; see `nightmill \(command.name) --help`"
      throw RunError(.usage, "one argument too many: \"\(extra)\"", help: help)
    }
    if positionals.count < count.lowerBound, let positional = command.positional {
      throw RunError(
        .usage, "`nightmill \(command.name)` needs \(positional.name): \(positional.summary)",
        help: "for example: \(command.examples[0].line)")
    }
  }
}
