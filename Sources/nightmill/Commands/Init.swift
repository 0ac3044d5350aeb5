import Glibc
import Runner

extension Command {
  static let initialize = Command(
    name: "init", summary: "a new project from the shipped pipelines, SQL, reports and samples",
    details: [
      "Copies the project that was installed with the program (or, in a checkout, the checkout's) "
        + "into DIR, which is made where it does not exist. Never overwrites: if DIR has any of "
        + "the files already, nothing is written and they are listed."
    ],
    positional: Positional(
      name: "DIR", summary: "the folder of the new project", count: 1...1, completes: .folders),
    flags: [from],
    examples: [
      Example("nightmill init mill", "a project to try and to change"),
      Example("nightmill init mill --from /usr/local/share/nightmill", "from another project"),
    ],
    run: { arguments, console throws(RunError) in
      let folder = arguments.positionals[0]
      let template = try Template(folder: arguments.text(from), program: program())
      let count = try template.copy(to: folder)
      try console.result(
        """
        a new project in \(folder): \(Figures.count(count, "file"))

          cd \(Arguments.line([folder]))
          nightmill doctor
          nightmill run nightly --from all --to \(Template.samplesEnd)

        """)
      return .done
    })

  private static let from = Flag(
    "from", "DIR", example: "/usr/local/share/nightmill",
    "the project to copy (default: the one installed beside the program)")

  /// The path of this program, links followed; nil where the system does not say.
  private static func program() -> String? {
    guard let path = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
