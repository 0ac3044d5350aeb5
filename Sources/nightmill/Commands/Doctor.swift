import Glibc
import Runner
import YAML

extension Command {
  static let doctor = Command(
    name: "doctor", summary: "what is wrong here, and how to mend it",
    details: [
      "Looks at the program and its libraries, time zones and clock, the project's files, the "
        + "warehouse (which it reads whole), folders and disks; changes nothing.",
      "Ends with 0 if there is no problem; warnings are none.",
    ],
    flags: [format, .warehouse, .inputs, .project],
    examples: [
      Example("nightmill doctor", "before the first night, and when one went wrong"),
      Example("nightmill doctor --format json", "the same for a program"),
    ],
    run: { arguments, console throws(RunError) in
      let word = arguments.text(format) ?? "text"
      guard ["text", "json"].contains(word) else {
        throw RunError(
          .usage, "--format: expected text or json, found \"\(word)\"",
          help: nearest(to: word, in: ["text", "json"]).map { "did you mean \"\($0)\"?" }
            ?? "for example --format json")
      }
      let findings = Doctor(
        folder: arguments.text(.project), warehouse: Published.warehouse(arguments),
        inputs: arguments.text(.inputs)
      ).examine()
      try console.result(word == "json" ? json(findings) : text(findings, console))
      return findings.contains { $0.status == .problem } ? .failed : .done
    })

  private static let format = Flag(
    "format", "FORMAT", example: "json", "text (the default) or json, an array of objects",
    completes: .words(["text", "json"]))

  private static func text(_ findings: [Doctor.Finding], _ console: Console) -> String {
    let width = findings.map(\.subject.count).max() ?? 0
    let indent = String(repeating: " ", count: 9)
    var text = ""
    for finding in findings {
      let status = finding.status.rawValue
      let padding = String(repeating: " ", count: 9 - status.count)
      let space = String(repeating: " ", count: width - finding.subject.count + 2)
      let lines = finding.message.split(separator: "\n", omittingEmptySubsequences: false)
      text +=
        "\(status)\(padding)\(finding.subject)\(space)\(lines.joined(separator: "\n" + indent))\n"
      if !finding.help.isEmpty { text += "\(indent)help: \(finding.help)\n" }
    }
    func count(_ status: Doctor.Status) -> Int { findings.count { $0.status == status } }
    text += "\n\(Figures.count(count(.problem), "problem")), "
    text += "\(Figures.count(count(.warning), "warning"))\n"
    return Console.plain(text)
  }

  private static func json(_ findings: [Doctor.Finding]) -> String {
    let objects = findings.map { finding in
      let pairs = [
        ("check", finding.subject), ("status", finding.status.rawValue),
        ("message", finding.message), ("help", finding.help),
      ]
      return "  {" + pairs.map { "\"\($0)\": \(jsonText($1))" }.joined(separator: ", ") + "}"
    }
    return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }
}
