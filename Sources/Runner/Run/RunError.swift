import Engine
import Files
import YAML

/// How a command ended, as the shell sees it.
package enum ExitCode: Int32, Sendable {
  /// Done; also if there was nothing to do.
  case done = 0
  /// A stage or a file failed.
  case failed = 1
  /// Checks failed or too many rows were quarantined: nothing was published.
  case rejected = 3
  /// The command line was wrong.
  case usage = 64
  /// Another run holds the lock, or a database cannot be reached: try later.
  case unavailable = 75
  /// A pipeline, report, mapping or settings file is wrong.
  case configuration = 78
  /// Interrupted from the keyboard.
  case interrupted = 130
  /// Asked to terminate.
  case terminated = 143
}

/// Why a command could not do what it was asked: one error for all of it, with the exit code it
/// ends in.
package struct RunError: Error, Sendable, CustomStringConvertible {
  /// The exit code.
  package let exit: ExitCode
  /// What happened, where, what was expected and found.
  package let message: String
  /// What to do about it.
  package let help: String
  /// The exact next command, where there is one.
  package var next: String?
  /// Whether a run had no more time.
  package var isTimeout = false

  /// An error that ends a command.
  package init(_ exit: ExitCode, _ message: String, help: String) {
    self.exit = exit
    self.message = message
    self.help = help
  }

  package var description: String {
    message + (help.isEmpty ? "" : "\n  help: \(help)") + (next.map { "\n  next: \($0)" } ?? "")
  }

  /// The same error with the exact next command.
  package func next(_ command: String?) -> RunError {
    var error = self
    error.next = command
    return error
  }

  /// A warehouse's error.
  package init(_ error: WarehouseError) {
    let exit: ExitCode =
      switch error.kind {
      case .unavailable: .unavailable
      case .configuration: .configuration
      case .failed: .failed
      case .interrupted: .interrupted
      }
    self.init(exit, error.message, help: error.help)
  }

  /// A file's error.
  package init(_ error: FileError) {
    self.init(.failed, "\(error.place): \(error.message)", help: error.help)
  }

  /// A stage's error.
  package init(_ error: StageError) {
    self.init(.failed, "stage \(error.stage): \(error.message)", help: error.help)
  }

  /// Problems of configuration files.
  package init(_ error: YAMLError) {
    self.init(.configuration, "\(error)", help: "")
  }
}

/// Runs `body` and turns a warehouse's error into one that ends a command.
@discardableResult
func warehouse<Result>(_ body: () throws(WarehouseError) -> Result) throws(RunError) -> Result {
  do throws(WarehouseError) { return try body() } catch { throw RunError(error) }
}

/// Runs `body` and turns a file's error into one that ends a command.
func file<Result>(_ body: () throws(FileError) -> Result) throws(RunError) -> Result {
  do throws(FileError) { return try body() } catch { throw RunError(error) }
}

/// Runs `body` and turns the error of a spill store into one that ends a command.
func spilling<Result>(_ body: () throws(SpillError) -> Result) throws(RunError) -> Result {
  do throws(SpillError) { return try body() } catch {
    throw RunError(.failed, error.message, help: error.help)
  }
}

/// Runs `body` and turns a stage's error into one that ends a command.
func stage<Result>(_ body: () throws(StageError) -> Result) throws(RunError) -> Result {
  do throws(StageError) { return try body() } catch { throw RunError(error) }
}
