import Engine
import YAML

/// One past run whole.
package struct RunDetails {
  private let run: PastRun

  /// The details of a run.
  package init(_ run: PastRun) { self.run = run }

  /// The columns of `rows`.
  package static let columns = ["part", "name", "value", "note"]

  /// Everything as rows: what part it belongs to, a name, a value, and more about it.
  package var rows: [[ShownValue]] {
    parts.flatMap { part in
      part.rows.map { row in [.text(part.name)] + row.map { $0.isEmpty ? .null : .text($0) } }
    }
  }

  /// The run's document, JSON; for one that has none, the little that is known.
  package var document: String {
    if let text = run.documentText { return text }
    let known: JSON = [
      "run": .text(run.runID), "outcome": .text(run.outcome.rawValue),
      "started_at": .text(run.startedAt), "pipeline": .optional(run.pipeline),
    ]
    return known.pretty
  }

  /// Everything for people.
  package var text: String {
    parts.filter { !$0.rows.isEmpty }.map { part in
      var columns = TextColumns(leading: 3, indent: 2)
      for row in part.rows { columns.add(row) }
      return "\(part.name)\n\(columns.text)"
    }.joined(separator: "\n")
  }

  private var parts: [(name: String, rows: [[String]])] {
    [
      ("run", heading),
      ("settings", run.list("settings").map { $0.texts("name", "value", "origin") }),
      ("inputs", run.list("inputs_read").map { $0.texts("source", "path", "bytes") }),
      (
        "sources",
        run.list("sources").map { node in
          let words = ["used", "filtered", "duplicate", "superseded", "quarantined"]
            .map { "\(node.texts($0)[0]) \($0)" }
          return [node.texts("source")[0], node.texts("read")[0], words.joined(separator: ", ")]
        }
      ),
      (
        "stages",
        run.list("stages").map { node in
          let seconds = node["seconds"].flatMap { $0.isNull ? nil : $0.text }
          return node.texts("stage", "rows") + [seconds.map { "\($0) s" } ?? "made before"]
        }
      ),
      (
        "tables",
        run.list("tables").map { node in
          let totals = node["control_totals"]?.mapping ?? []
          let words = totals.map { "\($0.key.text ?? "") \($0.value.text ?? "")" }
          return node.texts("table", "rows") + [words.joined(separator: ", ")]
        }
      ),
      ("checks", run.list("checks").map { $0.texts("check", "status", "expectation") }),
      ("files", run.list("files").map { $0.texts("path", "rows", "sha256") }),
      ("warnings", run.list("warnings").map { [$0.text ?? "", "", ""] }),
    ]
  }

  private var heading: [[String]] {
    var rows = [
      ["id", run.runID], ["pipeline", run.pipeline ?? ""],
      ["command", (["nightmill"] + run.command).joined(separator: " ")],
      ["began", run.startedAt], ["ended", run.text("ended_at") ?? ""],
      ["seconds", run.seconds ?? ""], ["attempt", "\(run.attempt)"],
    ]
    if let to = run.to { rows.append(["days", "\(run.from?.text ?? "all") to \(to.text)"]) }
    rows.append(["warehouse", run.warehouse ?? ""])
    rows.append(["outcome", run.outcome.words + (run.exit.map { ", exit \($0)" } ?? "")])
    if let error = run.error {
      rows.append(["error", error.message])
      rows.append(["help", error.help])
    }
    if let next = run.next {
      rows.append(["next", next])
    } else if run.outcome == .killed {
      rows.append(["next", "nightmill retry \(run.runID)"])
    }
    return rows.filter { !$0[1].isEmpty }.map { $0 + [""] }
  }
}

extension Node {
  /// The texts of some keys, empty where there is none.
  fileprivate func texts(_ keys: String...) -> [String] {
    keys.map { key in self[key].flatMap { $0.isNull ? nil : $0.text } ?? "" }
  }
}
