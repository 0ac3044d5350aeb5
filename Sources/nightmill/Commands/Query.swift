import Runner

extension Command {
  static let query = Command(
    name: "query", summary: "one read-only SQL statement on the warehouse",
    details: [
      "Nothing can be written. Money columns hold minor units of the reporting currency (cents); "
        + "money_text(x) shows an amount with its decimals. Days and instants are text in ISO "
        + "8601, instants in UTC.",
      Published.details,
    ],
    positional: Positional(name: "SQL", summary: "the statement, in quotes", count: 1...1),
    flags: [.format] + Published.flags,
    examples: [
      Example(
        "nightmill query \"SELECT week, count(*) FROM leads GROUP BY week\"", "a table to look at"),
      Example(
        "nightmill query --format csv \"SELECT * FROM source_counts\" | head",
        "rows for another program"),
    ],
    run: { arguments, console throws(RunError) in
      let format = try arguments.format()
      let warehouse = try Published(arguments).open()
      let output = QueryOutput(format) { bytes throws(RunError) in
        try console.result(bytes)
      }
      try output.run(arguments.positionals[0], on: warehouse)
      return .done
    })
}
