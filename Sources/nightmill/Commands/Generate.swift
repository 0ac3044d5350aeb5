import Engine
import Runner

extension Command {
  static let generate = Command(
    name: "generate", summary: "a realistic data set for demos and benchmarks",
    details: [
      "Every source's file, of a marketplace of same-day services in America/New_York: eight weeks "
        + "up to 2026-11-15 unless told otherwise. The same flags give the same bytes everywhere. "
        + "planted.csv lists the rows that are odd on purpose.",
      "Files of the same names that are there already stop it, before anything is written.",
    ],
    flags: [users, seed, .folder("the folder, made if missing"), days, last, clicks, calls]
      + [transactions, clean],
    examples: [
      Example(
        "nightmill generate --users 2000 --seed 1 --to Samples-big", "files to try a run on"),
      Example(
        "nightmill generate --users 100000 --seed 7 --clicks 20000000 --to bench",
        "a large click log"),
    ],
    run: { arguments, console throws(RunError) in
      guard let folder = arguments.text(.folder("")) else {
        throw RunError(
          .usage, "`nightmill generate` needs --to DIR, the folder for the files",
          help: "for example: nightmill generate --users 2000 --seed 1 --to Samples-big")
      }
      let many = 0...1_000_000_000
      var options = GenerateOptions(
        users: try arguments.integer(users, in: 1...5_000_000) ?? 2000,
        seed: UInt64(try arguments.integer(seed, in: 0...Int.max) ?? 1),
        days: try arguments.integer(days, in: 7...3_660) ?? 56,
        clicks: try arguments.integer(clicks, in: many),
        calls: try arguments.integer(calls, in: many),
        transactions: try arguments.integer(transactions, in: many),
        badRows: !arguments.isSet(clean))
      if let text = arguments.text(last) {
        guard let day = Day(text) else {
          throw RunError(
            .usage, "--last: expected a day, found \"\(text)\"",
            help: "for example --last 2026-11-15")
        }
        options.endDay = Int(day.number)
      }
      let files: [GeneratedFile]
      do throws(GenerateError) {
        files = try Runner.generate(options, into: folder)
      } catch {
        throw RunError(
          .failed, "\(error.place): expected \(error.expected), found \(error.found)",
          help: error.advice)
      }
      var columns = TextColumns()
      for file in files {
        columns.add([
          "\(folder)/\(file.name)", "\(Figures.count(file.rows)) rows", fileSize(file.bytes),
        ])
      }
      console.show(columns.text)
      return .done
    })

  private static let users = Flag(
    "users", "N", example: "2000", "customers; all other sizes follow (default: 2000)")
  private static let seed = Flag(
    "seed", "S", example: "1", "any whole number; another one gives other data (default: 1)")
  private static let days = Flag("days", "N", example: "56", "how many days (default: 56)")
  private static let last = Flag("last", "DAY", example: "2026-11-15", "the last day")
  private static let clicks = Flag("clicks", "N", example: "1000000", "rows of clicks.csv")
  private static let calls = Flag("calls", "N", example: "50000", "rows of calls.csv")
  private static let transactions = Flag(
    "transactions", "N", example: "50000", "rows of transactions.csv")
  private static let clean = Flag(switch: "clean", "plant no odd rows")
}
