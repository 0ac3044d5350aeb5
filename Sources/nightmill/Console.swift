import Glibc
import Runner

/// Where a command writes: results on standard output, everything else on standard error.
struct Console: Sendable {
  /// Whether standard error is a terminal that can redraw a line.
  let isTerminal: Bool
  /// Whether standard error shows colours.
  let hasColor: Bool

  /// The console of this process. Writing to a pipe that nobody reads is noticed by the write, not
  /// by a signal.
  init() {
    signal(SIGPIPE, SIG_IGN)
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    isTerminal = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
    // https://no-color.org: any value but the empty one.
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    hasColor = isTerminal && !refused
  }

  /// Columns of the terminal, 80 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a part of the result. If its reader has gone (`… | head`), the command ends quietly: it
  /// has what it wanted.
  func result(_ bytes: [UInt8]) throws(RunError) {
    let failure = Self.write(bytes, to: STDOUT_FILENO)
    if failure == 0 { return }
    if failure == EPIPE { exit(ExitCode.done.rawValue) }
    throw RunError(
      .failed, "cannot write to standard output: \(String(cString: strerror(failure)))",
      help: "free space where it is redirected to, or redirect it elsewhere")
  }

  /// Writes a part of the result.
  func result(_ text: String) throws(RunError) { try result(Array(text.utf8)) }

  /// Writes a line for the person who watches.
  func note(_ text: String) { show(text + "\n") }

  /// Writes to standard error as it is; if nobody reads it, nothing is lost.
  func show(_ text: String) { _ = Self.write(Array(text.utf8), to: STDERR_FILENO) }

  /// Says why a command ends.
  func fail(_ error: RunError) {
    note("\(colored("error:", 31)) \(Self.plain(error.description))")
  }

  /// Says why the process ends, and ends it.
  func stop(_ error: RunError) -> Never {
    fail(error)
    exit(error.exit.rawValue)
  }

  /// Says what stops nothing but should be known.
  func warn(_ message: String) {
    note("\(colored("warning:", 33)) \(Self.plain(message))")
  }

  /// Text in one of the terminal's colours, where it has them.
  func colored(_ text: String, _ code: Int) -> String {
    hasColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Text without control characters but line breaks: names of files and columns come from outside,
  /// and must not steer the terminal.
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          return isControl && scalar != "\n" ? "\u{FFFD}" : scalar
        }))
  }

  /// Writes all bytes; returns the error's number, 0 for none.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let put = bytes[done...].withUnsafeBytes { part in
        Glibc.write(descriptor, part.baseAddress, part.count)
      }
      if put < 0 {
        if errno == EINTR { continue }
        return errno
      }
      done += put
    }
    return 0
  }
}
