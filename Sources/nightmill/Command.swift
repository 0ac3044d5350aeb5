import Runner

/// One command, said once: help and parsing are both made from this.
struct Command: Sendable {
  /// The word after `nightmill`.
  let name: String
  /// One line on what it does, for the list of commands.
  let summary: String
  /// Paragraphs that its own help adds.
  var details: [String] = []
  /// What may stand without a flag.
  var positional: Positional?
  /// Its flags in the order of its help.
  let flags: [Flag]
  /// Command lines worth copying; never empty.
  let examples: [Example]
  /// Does it.
  let run: @Sendable (Arguments, Console) throws(RunError) -> ExitCode
}

/// The arguments without a flag that a command takes.
struct Positional: Sendable {
  /// What help calls one.
  let name: String
  /// What belongs there.
  let summary: String
  /// How many there may be.
  let count: ClosedRange<Int>
  /// What a shell offers there.
  var completes: Completion = .nothing
}

/// What a shell may offer in place of an argument.
enum Completion: Sendable, Equatable {
  /// Whatever is typed is right.
  case nothing
  /// One of a few words.
  case words([String])
  /// Names that `nightmill list KIND` gives.
  case names(Listing.Kind)
  /// Paths of files.
  case files
  /// Paths of folders.
  case folders
}

/// A command line and what it does.
struct Example: Sendable {
  /// As it is typed.
  let line: String
  /// What it does.
  let summary: String

  init(_ line: String, _ summary: String) {
    self.line = line
    self.summary = summary
  }
}

/// A flag of the command line.
struct Flag: Sendable {
  /// Its name without the hyphens.
  let name: String
  /// What help calls its value; nil for a switch.
  let value: String?
  /// A value worth showing where one is missing; nil for a switch.
  let example: String?
  /// What it does.
  let summary: String
  /// Whether it may be given more than once.
  let isRepeatable: Bool
  /// What a shell offers as its value.
  let completes: Completion

  /// A flag with a value.
  ///
  /// What a shell offers follows from the value's name where nothing else is said: `DIR` is a
  /// folder, `FILE` a file.
  init(
    _ name: String, _ value: String, example: String, _ summary: String,
    isRepeatable: Bool = false, completes: Completion? = nil
  ) {
    self.name = name
    self.value = value
    self.example = example
    self.summary = summary
    self.isRepeatable = isRepeatable
    self.completes =
      completes ?? (value == "DIR" ? .folders : value == "FILE" ? .files : .nothing)
  }

  /// A switch.
  init(switch name: String, _ summary: String) {
    self.name = name
    value = nil
    example = nil
    self.summary = summary
    isRepeatable = false
    completes = .nothing
  }
}
