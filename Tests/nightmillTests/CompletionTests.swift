import Foundation
import Testing

@testable import nightmill

/// What a shell offers, asked of the shells themselves. `.ci/install test` installs them.
@Suite struct CompletionTests {
  static let shells = ["bash", "zsh", "fish"].filter { shell in
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)")
  }

  /// A line as it is typed so far, and what is offered for its last word.
  static let lines: [(line: String, offered: [String])] = [
    ("nightmill do", ["doctor"]),
    ("nightmill help com", ["completions"]),
    ("nightmill run ni", ["nightly"]),
    ("nightmill run we", ["weekly"]),
    ("nightmill run --th", ["--threads"]),
    ("nightmill plan --exclude product_a", ["product_analytics"]),
    ("nightmill run --select +vendor_c", ["+vendor_connections"]),
    ("nightmill report --pipeline con", ["conformance"]),
    (
      "nightmill export vendor_",
      ["vendor_connection_analytics", "vendor_dimension", "vendor_weekly"]
    ),
    ("nightmill list pip", ["pipelines"]),
    ("nightmill query --format c", ["csv"]),
    ("nightmill completions b", ["bash"]),
    ("nightmill report weekly-pr", ["weekly-products"]),
    ("nightmill --project \(Binary.root) report weekly-v", ["weekly-vendors"]),
    ("nightmill init --from \(Binary.root)/Sour", ["Sources"]),
    ("nightmill run --settings \(Binary.root)/Package.s", ["Package.swift"]),
  ]

  @Test("Commands, flags, words, names and paths are offered where they fit", arguments: shells)
  func offers(shell: String) throws {
    let scratch = try Scratch()
    let offered = try offers(shell, Self.lines.map(\.line), in: Binary.root, scratch)
    try #require(offered.count == Self.lines.count, "\(offered)")
    for (index, expected) in Self.lines.enumerated() {
      // Of paths some shells say the whole, some the last part, some with a slash behind.
      let found = offered[index].map { word in
        word.split(separator: "/").last.map(String.init) ?? word
      }
      #expect(Set(found).sorted() == expected.offered, "\(shell): \(expected.line)")
    }
  }

  @Test("Where there is no project names are not offered, and nothing is said", arguments: shells)
  func outside(shell: String) throws {
    let scratch = try Scratch()
    let offered = try offers(
      shell, ["nightmill run ni", "nightmill ru"], in: scratch.path, scratch)
    #expect(offered == [[], ["run"]])
  }

  @Test("A shell that has none is told which have")
  func unknownShell() throws {
    let result = try Binary.run(["completions", "zhs"])
    #expect(result.exit == 64)
    #expect(result.err == "error: no completions for \"zhs\"\n  help: did you mean \"zsh\"?\n")
  }

  /// What the shell offers for each line.
  private func offers(
    _ shell: String, _ lines: [String], in folder: String, _ scratch: Scratch
  ) throws -> [[String]] {
    let script = try Binary.run(["completions", shell])
    try #require(script.exit == 0 && script.err.isEmpty)
    let completions = "\(scratch.path)/_nightmill"
    let driver = "\(scratch.path)/driver"
    try script.out.write(toFile: completions, atomically: true, encoding: .utf8)
    try #require(Self.drivers[shell]).write(toFile: driver, atomically: true, encoding: .utf8)
    let options = shell == "zsh" ? ["-f"] : shell == "fish" ? ["--no-config"] : ["--norc"]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/\(shell)")
    process.arguments = options + [driver, completions] + lines
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let bin = URL(fileURLWithPath: Binary.path).deletingLastPathComponent().path
    process.environment = [
      "PATH": "\(bin):/usr/bin:/bin", "HOME": scratch.path, "LC_ALL": "C.UTF-8",
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(text)")
    return text.components(separatedBy: "LINE\n").dropFirst().map { part in
      part.split(whereSeparator: \.isNewline).map(String.init)
    }
  }

  /// Programs of each shell that print LINE and what it offers, line by line.
  private static let drivers = [
    "bash": #"""
    source "$1"; shift
    for line; do
      echo LINE
      # As readline takes words apart: at blanks and =.
      read -r -a COMP_WORDS <<<"${line//=/ = }"
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _nightmill
      printf '%s\n' "${COMPREPLY[@]}"
    done
    """#,
    "fish": #"""
    source $argv[1]
    for line in $argv[2..]
        echo LINE
        complete -C $line | string replace -r '\t.*' ''
    end
    exit 0
    """#,
    // Completion needs an interactive shell: one behind a terminal of its own, which prints each
    // match that is added. Only what stands behind a mark is taken; the rest is the line's echo.
    "zsh": #"""
    zmodload zsh/zpty
    zpty child zsh -f -i
    zpty -w child "autoload -Uz compinit; compinit -u -D; source ${(q)1}; cd ${(q)PWD}"
    zpty -w child '
      compadd() {
        if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
        local -a offered
        builtin compadd -A offered "$@"
        builtin compadd "$@"
        local code=$?
        print -rl -- "" "MATCH:"$^offered
        return $code
      }
      end-of-test() { print -r -- ""; print -r -- "END"; zle kill-whole-line }
      zle -N end-of-test
      bindkey "^I" complete-word "^X" end-of-test
      print READ""Y'
    zpty -r child seen '*READY*'
    shift
    for line; do
      zpty -w -n child $line$'\t\x18'
      zpty -r child seen '*END*'
      print LINE
      for word in ${(f)seen}; do
        [[ $word == *MATCH:?* ]] && print -r -- ${${word##*MATCH:}%%$'\r'*}
      done
    done
    zpty -d child
    """#,
  ]
}
