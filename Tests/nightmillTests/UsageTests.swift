import Testing

@testable import nightmill

/// What is said of a command line that is wrong: someone who mistyped must see what, and what to
/// type instead.
@Suite struct UsageTests {
  /// Arguments and the whole of what is said about them.
  static let wrong: [(arguments: [String], message: String)] = [
    (
      ["rnu"], "no command is called \"rnu\"\n  help: did you mean `nightmill run`?"
    ),
    (
      ["frobnicate"],
      "no command is called \"frobnicate\"\n  help: there are: \(commands); see `nightmill --help`"
    ),
    (
      ["\u{1B}[31mrun"],
      "no command is called \"\u{FFFD}[31mrun\"\n"
        + "  help: there are: \(commands); see `nightmill --help`"
    ),
    (["help", "quary"], "no command is called \"quary\"\n  help: did you mean `nightmill query`?"),
    (["run", "--form", "all"], "`nightmill run` has no flag --form\n  help: did you mean --from?"),
    (
      ["run", "--dryrun"], "`nightmill run` has no flag --dryrun\n  help: did you mean --dry-run?"
    ),
    (
      ["export", "--zzz"],
      "`nightmill export` has no flag --zzz\n  help: `nightmill export --help` lists its flags"
    ),
    (
      ["run", "-x"],
      "`nightmill run` has no flag -x\n  help: `nightmill run --help` lists its flags"
    ),
    (
      ["run", "--from"],
      "--from needs a value (DAY), found none\n  help: for example --from 2026-06-01"
    ),
    (
      ["run", "--from", "--dry-run"],
      "--from needs a value (DAY), found none\n  help: for example --from 2026-06-01"
    ),
    (
      ["run", "--warehouse="],
      "--warehouse needs a value (URL), found none\n"
        + "  help: for example --warehouse sqlite:warehouse.db"
    ),
    (
      ["run", "--quiet=yes"],
      "--quiet takes no value, found \"yes\"\n  help: write --quiet alone, or leave it out"
    ),
    (
      ["run", "--to", "2026-01-01", "--to=2026-01-02"], "--to is given twice\n  help: give it once"
    ),
    (
      ["run", "nightly", "weekly"],
      "one argument too many: \"weekly\"\n"
        + "  help: quote an argument with spaces; see `nightmill run --help`"
    ),
    (
      ["generate", "--", "--users"],
      "one argument too many: \"--users\"\n"
        + "  help: `nightmill generate` takes flags only; see `nightmill generate --help`"
    ),
    (
      ["query"],
      "`nightmill query` needs SQL: the statement, in quotes\n"
        + "  help: for example: nightmill query \"SELECT week, count(*) FROM leads GROUP BY week\""
    ),
    (
      ["query", "--format", "jsn", "SELECT 1"],
      "--format: expected table, csv or json, found \"jsn\"\n  help: did you mean json?"
    ),
    (
      ["run", "--memory", "12"],
      "--memory: expected a size of at least 64M such as 512M, found \"12\"\n"
        + "  help: write a whole number and K, M or G"
    ),
    (
      ["run", "--threads", "0"],
      "--threads: expected a whole number from 1 to 256, found \"0\"\n"
        + "  help: for example --threads 4"
    ),
    (
      ["--from", "all", "run"],
      "--from is a flag of a command, but none is named before it\n"
        + "  help: write `nightmill run --from …`"
    ),
    (["--verion"], "nightmill has no flag --verion\n  help: did you mean --version?"),
    (
      ["--project", "/nonexistent", "run"],
      "/nonexistent is not a project: it holds no Pipelines folder\n"
        + "  help: name the folder that holds Pipelines/"
    ),
    (["run", "nigthly"], "no pipeline is called \"nigthly\"\n  help: did you mean \"nightly\"?"),
    (
      ["run", "--from", "2026-02-30"],
      "--from: \"from\" in settings: expected a day such as 2026-03-31 or all, "
        + "found the text \"2026-02-30\"\n  help: `nightmill run --help` lists the flags"
    ),
    (
      ["run", "--set", "currency"],
      "--set: expected key=value, found \"currency\"; write --set currency=EUR\n"
        + "  help: `nightmill run --help` lists the flags"
    ),
    (
      ["plan", "--set", "timezone=Amercia/New_York"],
      "--set timezone: \"timezone\" in settings: expected an IANA time zone such as "
        + "America/New_York, found Amercia/New_York; did you mean "
        + "\"America/New_York\"?\n  help: `nightmill run --help` lists the flags"
    ),
    (
      ["run", "--select", "vendor_conections"],
      "--select: no stage of the pipeline is called \"vendor_conections\"\n"
        + "  help: did you mean \"vendor_connections\"?"
    ),
    (["list", "table"], "there is no list of \"table\"\n  help: did you mean \"tables\"?"),
    (
      ["list", "tables", "--select", "x"],
      "--select, --exclude and --pipeline choose stages, not tables\n"
        + "  help: write `nightmill list stages`"
    ),
    (
      ["export", "vendor_weakly"],
      "no table is called \"vendor_weakly\"\n  help: did you mean \"vendor_weekly\"?"
    ),
    (
      ["export", "leads", "vendor_weekly"],
      "only one table fits on standard output, found 2\n"
        + "  help: name one table, or a folder with --to DIR"
    ),
    (
      ["export", "--columns", "week", "--to", "out"],
      "--columns is about one table, found 0\n  help: export one table at a time"
    ),
    (
      ["export", "vendor_weekly", "--columns", "weak"],
      "table vendor_weekly has no column \"weak\"\n  help: did you mean \"week\"?"
    ),
    (
      ["query", "SELECT 1", "--warehouse", "mysql://x"],
      "no warehouse is reached by \"mysql:\"\n  help: write sqlite:PATH or postgres://USER@HOST/DATABASE"
    ),
    (
      ["generate", "--users", "10"],
      "`nightmill generate` needs --to DIR, the folder for the files\n"
        + "  help: for example: nightmill generate --users 2000 --seed 1 --to Samples-big"
    ),
  ]

  static let commands = Program.commands.map(\.name).joined(separator: ", ")

  @Test(arguments: wrong)
  func wrongCommandLine(arguments: [String], message: String) throws {
    let result = try Binary.run(arguments)
    #expect(result.exit == 64)
    #expect(result.err == "error: \(message)\n")
    #expect(result.out.isEmpty, "what is wrong is no result")
  }

  @Test("A folder outside any project is told so, not searched for a file that is not there")
  func noProject() throws {
    let scratch = try Scratch()
    let result = try Binary.run(["run"], in: scratch.path)
    #expect(result.exit == 64)
    #expect(
      result.err == """
        error: no project here: neither this folder nor one above it holds Pipelines/
          help: go to the project's folder, or pass --project DIR

        """)
  }

  @Test("A pipeline file that is wrong ends with 78 and names its line")
  func configuration() throws {
    let scratch = try Scratch()
    try "stages: [vendor_connection]\n".write(
      toFile: "\(scratch.path)/bad.yaml", atomically: true, encoding: .utf8)
    let result = try Binary.run(["plan", "\(scratch.path)/bad.yaml"])
    #expect(result.exit == 78)
    #expect(
      result.err.contains(
        "\(scratch.path)/bad.yaml:1:10: unknown stage \"vendor_connection\" "
          + "(did you mean \"vendor_connections\"?)"))
  }
}
