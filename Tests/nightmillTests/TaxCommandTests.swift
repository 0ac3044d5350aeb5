import Foundation
import Support
import Testing

/// `tax 1099` as finance uses it, on made-up people; and that no tax number is anywhere but in the
/// file that is asked for.
@Suite struct TaxCommandTests {
  /// A project with inputs of its own.
  final class Project {
    let scratch: Scratch
    /// Every whole tax number of the inputs, digits only.
    var numbers: [String] = []
    var payouts = ["payout_id,partner_id,amount,currency,status,processed_at,reported_by,withheld"]
    var profiles = [
      "partner_id,form,legal_name,classification,tin_type,tin,address_line1,city,state,postal_code"
        + ",country"
    ]

    init(people: Int = 0) throws {
      scratch = try Scratch()
      for folder in ["Pipelines", "SQL", "Reports"] {
        try FileManager.default.copyItem(
          atPath: "\(Binary.root)/\(folder)", toPath: "\(scratch.path)/\(folder)")
      }
      for folder in ["in", "filing"] {
        try FileManager.default.createDirectory(
          atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      }
      for index in 0..<people { person(index, amount: "700.\(index % 90 + 10)") }
    }

    func person(_ index: Int, amount: String) {
      let tin = String(format: "4%02d-%02d-%04d", index % 100, index % 89 + 10, index + 1000)
      numbers.append(tin.filter { $0 != "-" })
      let written = index % 2 == 0 ? tin : tin.filter { $0 != "-" }
      profiles.append(
        "p\(index),W-9,Ann Number\(index),individual,SSN,\(written),1 Main St,Köln,NY,10001,US")
      payouts.append("o\(index),p\(index),\(amount),USD,completed,2024-06-01T12:00:00Z,payer,")
    }

    func write() throws {
      for (name, lines) in [("payouts", payouts), ("tax_profiles", profiles)] {
        try (lines.joined(separator: "\n") + "\n").write(
          toFile: "\(scratch.path)/in/\(name).csv", atomically: true, encoding: .utf8)
      }
      try "partner_id,referral_code,partner_type,tier,status,created_at\n".write(
        toFile: "\(scratch.path)/in/partners.csv", atomically: true, encoding: .utf8)
    }

    func run(_ arguments: [String], ein: String? = "12-3456780") throws -> Binary.Result {
      var environment = ["NIGHTMILL_TIN_KEY": "a key of more than sixteen"]
      environment["NIGHTMILL_PAYER_EIN"] = ein
      return try Binary.run(arguments, in: scratch.path, environment: environment)
    }

    func tax(
      _ more: [String] = [], year: Int = 2024, ein: String? = "12-3456780"
    ) throws -> Binary.Result {
      try run(
        ["tax", "1099", "--year", "\(year)", "--to", "\(year + 1)-01-31", "--inputs", "in"] + more,
        ein: ein)
    }

    /// Where a tax number of the inputs stands in any file but inputs and filing, also inside of
    /// workbooks; each place as `file: number`.
    func leaks(in texts: [String]) throws -> [String] {
      let dashed = numbers.flatMap { number in
        let a = number.prefix(3), b = number.dropFirst(3).prefix(2), c = number.suffix(4)
        return [
          number, "\(a)-\(b)-\(c)", "\(a) \(b) \(c)", "\(number.prefix(2))-\(number.suffix(7))",
        ]
      }
      try dashed.joined(separator: "\n").write(
        toFile: "\(scratch.path)/in/numbers", atomically: true, encoding: .utf8)
      let script = """
        import os, sys, zipfile
        root = sys.argv[1]
        numbers = [n.encode() for n in open(root + '/in/numbers').read().split('\\n')]
        files = 0
        def look(name, data):
            for n in numbers:
                if n in data: print(name + ': ' + n.decode())
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                if path.startswith((root + '/in/', root + '/filing/')): continue
                files += 1
                look(path, open(path, 'rb').read())
                if name.endswith('.xlsx'):
                    with zipfile.ZipFile(path) as z:
                        for part in z.namelist(): look(path + '/' + part, z.read(part))
        print('looked at %d files' % files)
        """
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      let python = ProcessInfo.processInfo.environment["NIGHTMILL_PYTHON"] ?? "python3"
      process.arguments = [python, "-c", script, scratch.path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      var lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
      try #require(process.terminationStatus == 0)
      #expect(lines.popLast()?.hasPrefix("looked at ") == true)
      for text in texts {
        lines += dashed.filter { text.contains($0) }.map { "output: \($0)" }
      }
      return lines
    }
  }

  @Test(
    "A year gives workbook, CSV, copies and, if asked, the portal's files of at most 100 returns")
  func wholeYear() throws {
    let project = try Project(people: 250)
    project.payouts.append("low,x,599.99,USD,completed,2024-06-01T12:00:00Z,payer,")
    try project.write()
    let run = try project.tax(["--filing", "filing/nec.csv"])
    #expect(run.exit == 0, "\(run.err)")
    #expect(run.out.isEmpty)
    #expect(run.err.contains("2024: 250 forms, "))
    #expect(run.err.contains("not tax advice"))
    #expect(run.err.contains("the filing export holds whole tax numbers"))
    let out = project.scratch.names("out/2024")
    #expect(
      out == [
        "1099-copies", "1099-exceptions.csv", "1099-payments.csv", "1099-recipients.csv",
        "1099-reconciliation.csv", "1099-rules.csv", "1099-summary-2024.xlsx",
      ])
    #expect(project.scratch.names("out/2024/1099-copies").count == 250)
    let workbook = try Dump("\(project.scratch.path)/out/2024/1099-summary-2024.xlsx")
    #expect(
      workbook.file.sheets == [
        "Summary", "Recipients", "Payments", "Exceptions", "Reconciliation", "Status",
        "Exception kinds", "Rules", "About",
      ])
    #expect(workbook["Recipients!E5"]?.value != nil)
    let ledger = try #require(project.scratch.text("out/2024/1099-reconciliation.csv"))
    #expect(ledger.contains("\nDifference,ledger less included and left out,0,0.00,0.00\n"))

    let files = project.scratch.names("filing")
    #expect(files == ["nec-001.csv", "nec-002.csv", "nec-003.csv"])
    let header = try String(
      contentsOfFile: "\(Binary.root)/Pipelines/tax/iris-1099-nec-2022-2024.csv", encoding: .utf8)
    var filed: [String] = []
    for (name, count) in zip(files, [100, 100, 50]) {
      let path = "\(project.scratch.path)/filing/\(name)"
      let text = try #require(project.scratch.text("filing/\(name)"))
      #expect(text.hasPrefix(header))
      filed += text.dropFirst(header.count).split(separator: "\n").map(String.init)
      #expect(text.split(separator: "\n").count == count + 1)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
    for number in project.numbers { #expect(filed.filter { $0.contains(number) }.count == 1) }
    #expect(filed.allSatisfy { $0.contains(",Koln,") && !$0.contains("$") })

    // Again: the files that are there are not touched, and nothing is computed for them.
    let again = try project.tax(["--filing", "filing/nec.csv"])
    #expect(again.exit == 1)
    #expect(again.err.contains("there is a file of this name already"))
    #expect(project.scratch.names("filing") == files)
  }

  @Test("No tax number is in any file, table or message, whatever is wrong with the inputs")
  func nothingLeaks() throws {
    let project = try Project(people: 12)
    // Refused, ragged, quoted without end, repeated, and in fields that are not for it.
    project.numbers += [
      "123456780", "412345678", "423456789", "434567890", "445678901", "456789012",
    ]
    project.profiles += [
      "q1,W-99,Bad Form,individual,SSN,412-34-5678,1 St,City,NY,10001,US",
      "q2,W-9,\"Never Closed,individual,SSN,423-45-6789,1 St,City,NY,10001,US",
      "q3,W-9,Ragged,individual,SSN,434567890,1 St",
      "p1,W-9,Other 445-67-8901,individual,SSN,445-67-8901,44-5678901 St,445678901,NY,456789012,US",
      "q4,W-9,456 78 9012,SSN,456-78-9012,SSN,1 St,City,NY,10001,US",
    ]
    try project.write()
    let pipeline = "\(project.scratch.path)/Pipelines/tax.yaml"
    let text = try String(contentsOfFile: pipeline, encoding: .utf8)
    try text.replacingOccurrences(of: "max_quarantined: 1 %", with: "max_quarantined: 100 %")
      .write(toFile: pipeline, atomically: true, encoding: .utf8)
    let run = try project.tax(["--filing", "filing/nec.csv"])
    #expect(run.exit == 0, "\(run.err)")
    #expect(run.err.contains("tax_profiles: 17 rows"))
    let export = try project.run(["export", "--to", "csv", "--pipeline", "tax"])
    #expect(export.exit == 0, "\(export.err)")
    var outputs = [run.out, run.err, export.err]
    for table in ["form_1099_nec", "form_1099_exceptions", "quarantined_rows"] {
      for format in ["csv", "json", "table"] {
        let query = try project.run(
          ["query", "SELECT * FROM \(table)", "--format", format, "--pipeline", "tax"])
        #expect(query.exit == 0)
        outputs.append(query.out)
      }
    }
    let refused = try #require(project.scratch.text("csv/quarantined_rows.csv"))
    #expect(refused.split(separator: "\n").count == 5, "\(refused)")
    #expect(outputs.joined().contains(",W-**,Bad Form"), "the rest of a refused row is there")

    // A file without its header, and columns that nothing uses: named in messages, numbers hidden.
    try project.profiles.dropFirst().joined(separator: "\n").write(
      toFile: "\(project.scratch.path)/in/tax_profiles.csv", atomically: true, encoding: .utf8)
    let headless = try project.tax()
    #expect(headless.exit == 78)
    #expect(headless.err.contains("***-**-"))
    outputs.append(headless.err)
    let odd = [project.profiles[0] + ",412-34-5678"] + project.profiles[1...8].map { $0 + "," }
    try odd.joined(separator: "\n").write(
      toFile: "\(project.scratch.path)/in/tax_profiles.csv", atomically: true, encoding: .utf8)
    let unused = try project.tax()
    #expect(unused.err.contains("columns not used: ***-**-5678"))
    outputs.append(unused.err)

    // The share of refused rows that stops a run is told with the rows.
    try text.write(toFile: pipeline, atomically: true, encoding: .utf8)
    try project.write()
    let stopped = try project.tax()
    #expect(stopped.exit == 3)
    outputs.append(stopped.err)
    #expect(try project.leaks(in: outputs) == [])
  }

  @Test(
    "What is wrong with a filing is said before anything is read",
    arguments: [
      (
        ["--filing", "filing/f.csv"], 2026, String?("12-3456780"), Int32(64), "say --template FILE"
      ),
      (["--filing", "filing/f.csv"], 2024, nil, 78, "the payer's EIN is not given"),
      (["--filing", "filing/f.csv"], 2024, "12-345678", 78, "the payer's EIN cannot be right"),
      (
        ["--filing", "filing/f.csv", "--template", "in/bad.csv"], 2024, "12-3456780", 78,
        "no column"
      ),
      (["--filing", "none/f.csv"], 2024, "12-3456780", 1, "none: cannot look at the folder"),
      (["--filing", "open/f.csv"], 2024, "12-3456780", 1, "others than its owner may write"),
      (["--filing", "filing/there.csv"], 2024, "12-3456780", 1, "others may read it"),
      (["--template", "in/bad.csv"], 2024, "12-3456780", 64, "add --filing FILE"),
    ])
  func mistakes(
    arguments: [String], year: Int, ein: String?, exit: Int32, message: String
  ) throws {
    let project = try Project(people: 1)
    try project.write()
    let files = FileManager.default
    try "Form Type,Tax Year\n".write(
      toFile: "\(project.scratch.path)/in/bad.csv", atomically: true, encoding: .utf8)
    try files.createDirectory(
      atPath: "\(project.scratch.path)/open", withIntermediateDirectories: false)
    try files.setAttributes(
      [.posixPermissions: 0o777], ofItemAtPath: "\(project.scratch.path)/open")
    _ = files.createFile(
      atPath: "\(project.scratch.path)/filing/there.csv", contents: nil,
      attributes: [.posixPermissions: 0o644])
    let run = try project.tax(arguments, year: year, ein: ein)
    #expect(run.exit == exit, "\(run.err)")
    #expect(run.err.contains(message), "\(run.err)")
    #expect(run.err.contains("help: "))
    #expect(project.scratch.names("filing") == ["there.csv"])
    #expect(!project.scratch.names().contains("warehouse.db"), "nothing was published")
  }

  @Test("Years: one that has not begun, one without a threshold, two side by side")
  func years() throws {
    let project = try Project(people: 2)
    project.payouts.append("n,p0,2500.00,USD,completed,2027-06-01T12:00:00Z,payer,")
    try project.write()
    let early = try project.run([
      "tax", "1099", "--year", "2027", "--to", "2026-12-31", "--inputs", "in",
    ])
    #expect(early.exit == 64)
    #expect(early.err.contains("2027 has not begun"))
    let unknown = try project.tax(year: 2027)
    #expect(unknown.exit == 78)
    #expect(unknown.err.contains("--set tax_threshold=AMOUNT"))
    #expect(try project.tax(year: 2024).exit == 0)
    #expect(
      try project.tax(["--set", "tax_threshold=2100.00", "--no-copies"], year: 2027).exit == 0)
    #expect(!project.scratch.names("out/2027").contains("1099-copies"))
    let rows = try project.run([
      "query", "SELECT tax_year, decision, count(*) AS n FROM form_1099_nec GROUP BY 1, 2",
      "--format", "csv", "--pipeline", "tax",
    ])
    #expect(rows.out == "tax_year,decision,n\n2024,form,2\n2027,form,1\n")
    let unsaid = try project.run(["run", "tax", "--inputs", "in", "--to", "2024-12-31", "--quiet"])
    #expect(unsaid.exit == 0)
    #expect(unsaid.err.contains("no tax year is set"))
    let rules = try #require(project.scratch.text("out/2027/1099-rules.csv"))
    #expect(rules.contains("rule,Threshold,2100.00,the setting tax_threshold,"))
  }
}
