/// A place in a configuration file.
package struct Mark: Sendable, Hashable {
  /// The file's name as the user would recognise it, or a label such as `--set threads`.
  package let file: String
  /// The line, counted from 1.
  package let line: Int
  /// The column in characters, counted from 1.
  package let column: Int

  /// Makes a mark; `line` and `column` count from 1.
  package init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension Mark: CustomStringConvertible {
  /// `file:line:column`, the form editors and terminals turn into a link.
  package var description: String { "\(file):\(line):\(column)" }
}

extension Mark: Comparable {
  /// Orders by file, then line, then column.
  package static func < (left: Mark, right: Mark) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// One thing wrong in a configuration file: where, what, and the word probably meant.
package struct Problem: Sendable, Hashable {
  /// Where the problem is.
  package let mark: Mark
  /// What was expected and found, without the place.
  package let message: String
  /// The known word nearest to the one found, if one is near.
  package let suggestion: String?

  /// Makes a problem; the message has no place and no full stop.
  package init(_ mark: Mark, _ message: String, suggestion: String? = nil) {
    self.mark = mark
    self.message = message
    self.suggestion = suggestion
  }
}

extension Problem: CustomStringConvertible {
  /// `file:line:column: message (did you mean "x"?)`.
  package var description: String {
    let hint = suggestion.map { " (did you mean \(quoted($0))?)" } ?? ""
    return "\(mark): \(message)\(hint)"
  }
}

/// Collects the problems of one or several files, so that a user sees all of them at once
/// instead of mending one per run.
package final class Problems {
  private var seen: Set<Problem> = []

  /// An empty collection.
  package init() {}

  /// Whether nothing was reported.
  package var isEmpty: Bool { seen.isEmpty }

  /// Adds a problem; the same problem a second time (an alias read twice) is dropped.
  package func add(_ problem: Problem) {
    seen.insert(problem)
  }

  /// Adds a problem at a place.
  package func add(_ mark: Mark, _ message: String, suggestion: String? = nil) {
    add(Problem(mark, message, suggestion: suggestion))
  }

  /// Adds all problems an error carries.
  package func add(_ error: YAMLError) {
    for problem in error.problems { add(problem) }
  }

  /// All problems, each once, by file, line, column and message.
  package var sorted: [Problem] {
    seen.sorted { left, right in
      left.mark == right.mark ? left.message < right.message : left.mark < right.mark
    }
  }

  /// Throws one error carrying every problem, if there is any.
  package func throwIfAny() throws(YAMLError) {
    guard !isEmpty else { return }
    throw .invalid(sorted)
  }
}

/// Why configuration could not be used.
package enum YAMLError: Error, Sendable, Equatable {
  /// Everything wrong with the files read, each once, by file, line and column; never empty.
  case invalid([Problem])

  /// The problems carried.
  package var problems: [Problem] {
    switch self {
    case .invalid(let problems): problems
    }
  }
}

extension YAMLError: CustomStringConvertible {
  /// One problem a line.
  package var description: String {
    problems.map(\.description).joined(separator: "\n")
  }
}
