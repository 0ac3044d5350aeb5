import Engine
import Files
import Glibc
import Workbook

/// One workbook for each recipient of a form: what the form says and the payments behind it, the
/// tax number masked. Made from what is published.
///
/// All are written into a folder aside, which then takes the old one's place: a recipient who no
/// longer gets a form leaves no copy behind.
package struct RecipientCopies {
  private let warehouse: any Warehouse
  private let year: Int
  private let currency: Currency
  private let timeZone: Engine.TimeZone
  private let folder: String

  /// Copies of a year's forms; `output` is the folder that gets a folder for the year.
  package init(
    _ warehouse: any Warehouse, year: Int, currency: Currency, timeZone: Engine.TimeZone,
    output: String
  ) {
    self.warehouse = warehouse
    self.year = year
    self.currency = currency
    self.timeZone = timeZone
    folder = "\(output)/\(year)/1099-copies"
  }

  /// A form as a copy shows it.
  private struct Form {
    let partners: String
    let name: String
    let businessName: String
    let address: [String]
    let tin: String
    let compensation: Int64
    let withheld: Int64
  }

  private struct Payment {
    let id: String
    let paidAt: Int64
    let amount: Int64
    let withheld: Int64
  }

  /// Writes the copies; returns their folder and number.
  package func make() throws(RunError) -> (folder: String, count: Int) {
    let facts = try readFacts()
    let forms = try readForms()
    try file { () throws(FileError) in try makeFolder("\(folder)/..") }
    let aside = "\(folder).partial-\(getpid())"
    Self.remove(aside)
    guard mkdir(aside, 0o700) == 0 else { throw Self.failure("make the folder", aside) }
    defer { Self.remove(aside) }
    var count = 0
    try eachRecipient { (id, payments) throws(RunError) in
      guard let form = forms[id] else { return }
      let path = "\(aside)/\(Self.fileName(id)).xlsx"
      do throws(WorkbookError) {
        try write(form, payments, facts, to: path)
      } catch {
        throw RunError(.failed, "the copy for recipient \(id): \(error)", help: "")
      }
      guard chmod(path, 0o600) == 0 else { throw Self.failure("protect", path) }
      count += 1
    }
    let old = "\(folder).old-\(getpid())"
    if rename(folder, old) != 0, errno != ENOENT { throw Self.failure("replace", folder) }
    guard rename(aside, folder) == 0 else { throw Self.failure("rename", aside) }
    Self.remove(old)
    return (folder, count)
  }

  private func write(
    _ form: Form, _ payments: [Payment], _ facts: [String: String], to path: String
  ) throws(WorkbookError) {
    let digits = currency.digits
    // The year's last second, so that the same copy has the same bytes whenever it is written.
    let created = Day(year: year, month: 12, day: 31).map {
      timeZone.firstInstant(of: $0 + 1) / 1_000_000 - 1
    }
    var file = try XLSXFile(
      path: path,
      properties: DocumentProperties(
        title: "1099-NEC \(year), \(form.name)", subject: "recipient's copy for review",
        company: facts["Payer"] ?? "", created: max(1, created ?? 1)))
    let page = try file.addSummary(
      name: "Statement", title: "Nonemployee compensation \(year)",
      subtitle: "Recipient's copy for review · amounts in \(currency.text)", tabColor: .navy,
      page: PageSetup(paper: .letter, landscape: false, pagesHigh: 1))
    func lines(_ title: String, _ rows: [String]) -> SummaryBlock {
      .table(
        SmallTable(
          title: "", columns: [.init(title, .prose, span: 6)], rows: rows.map { [.text($0)] }))
    }
    let payer = [
      facts["Payer"], facts["Address"], facts["Phone"], facts["EIN"].map { "EIN \($0)" },
    ]
    let recipient =
      [form.name, form.businessName] + form.address
      + [form.tin.isEmpty ? "TIN not given" : "TIN \(form.tin)"]
    try file.place(
      [
        lines("Payer", payer.compactMap { $0 }),
        lines("Recipient", recipient.filter { !$0.isEmpty }),
      ],
      on: page)
    let boxes: [(box: String, what: String, amount: Int64)] = [
      (
        facts["Box of nonemployee compensation"] ?? "1", "Nonemployee compensation",
        form.compensation
      ),
      (facts["Box of federal tax withheld"] ?? "4", "Federal income tax withheld", form.withheld),
    ]
    try file.place(
      [
        .table(
          SmallTable(
            title: "As it would be reported",
            columns: [
              .init("Box", .text, span: 2), .init("What", .text, span: 7),
              .init("Amount", .money(digits: digits), span: 3),
            ],
            rows: boxes.map { [.text($0.box), .text($0.what), .money($0.amount, digits: digits)] }))
      ], on: page)
    try file.place([.note(Self.caution)], on: page)
    let table = try file.addTable(
      TableSheet(
        name: "Payments",
        titles: ["Payments \(year)", "partners: \(form.partners) · days of \(timeZone.name)"],
        columns: [
          TableColumn("Paid", .instant, width: 20, total: .label("Total")),
          TableColumn("Payout", .text, width: 28),
          TableColumn("Amount", .money(digits: digits), width: 16, total: .sum),
          TableColumn("Tax withheld", .money(digits: digits), width: 16, total: .sum),
        ], frozenColumns: 1, memory: .flat))
    for payment in payments {
      try file.append(
        [
          .instant(payment.paidAt, offset: Int32(timeZone.offset(at: payment.paidAt))),
          .text(payment.id), .money(payment.amount, digits: digits),
          .money(payment.withheld, digits: digits),
        ], to: table)
    }
    try file.finish(
      table,
      totals: [
        .empty, .empty, .money(form.compensation, digits: digits),
        .money(form.withheld, digits: digits),
      ])
    _ = try file.close()
  }

  private static let caution =
    "For review: this is not Form 1099-NEC and replaces no copy of it. The payer decides what is "
    + "reported and furnishes the official Copy B. Amounts are by the day of payment and include tax "
    + "withheld. If something is wrong, name or tax number among it, tell the payer before the form "
    + "is filed. This is no tax advice."
}

extension RecipientCopies {
  private func query(
    _ sql: String, _ types: [String: ColumnType], _ row: ([ReportValue]) throws(RunError) -> Void
  ) throws(RunError) {
    var failure: RunError?
    do throws(WarehouseError) {
      try warehouse.query(sql, parameters: ["year": .integer(Int64(year))], types: types) {
        values throws(WarehouseError) in
        do throws(RunError) {
          try row(values.map { ReportValue($0) })
        } catch {
          failure = error
          throw WarehouseError(.failed, error.message, help: error.help)
        }
      }
    } catch {
      throw failure ?? RunError(error)
    }
  }

  private static func text(_ value: ReportValue) -> String {
    if case .text(let text) = value { text } else { "" }
  }

  /// Payer and rules by name.
  private func readFacts() throws(RunError) -> [String: String] {
    var facts: [String: String] = [:]
    try query(
      "SELECT name, value FROM form_1099_rules WHERE tax_year = :year AND section <> 'state'", [:]
    ) { (row) throws(RunError) in facts[Self.text(row[0])] = Self.text(row[1]) }
    return facts
  }

  private func readForms() throws(RunError) -> [String: Form] {
    var forms: [String: Form] = [:]
    try query(
      """
      SELECT recipient_id, partner_ids, COALESCE(legal_name, partner_name, recipient_id),
        business_name, address_line1, address_line2, city, state, postal_code, country, tin,
        nonemployee_compensation AS compensation, federal_tax_withheld AS withheld
      FROM form_1099_nec WHERE tax_year = :year AND decision = 'form'
      """, ["compensation": .money, "withheld": .money]
    ) { (row) throws(RunError) in
      let texts = row.map(Self.text)
      let place = [texts[6], [texts[7], texts[8]].filter { !$0.isEmpty }.joined(separator: " ")]
        .filter { !$0.isEmpty }.joined(separator: ", ")
      forms[texts[0]] = Form(
        partners: texts[1], name: texts[2], businessName: texts[3],
        address: [texts[4], texts[5], place, texts[9] == "US" ? "" : texts[9]],
        tin: texts[10], compensation: row[11].number ?? 0, withheld: row[12].number ?? 0)
    }
    return forms
  }

  /// Calls `body` with each recipient of a form and its payments, one recipient after the other.
  private func eachRecipient(
    _ body: (_ id: String, _ payments: [Payment]) throws(RunError) -> Void
  ) throws(RunError) {
    var current = ""
    var payments: [Payment] = []
    try query(
      """
      SELECT recipient_id, payout_id, processed_at AS paid_at, amount, withheld
      FROM form_1099_payments WHERE tax_year = :year AND bucket = 'form'
      ORDER BY recipient_id, processed_at, payout_id
      """, ["paid_at": .instant, "amount": .money, "withheld": .money]
    ) { (row) throws(RunError) in
      let id = Self.text(row[0])
      if id != current {
        if !payments.isEmpty { try body(current, payments) }
        (current, payments) = (id, [])
      }
      payments.append(
        Payment(
          id: Self.text(row[1]), paidAt: row[2].number ?? 0, amount: row[3].number ?? 0,
          withheld: row[4].number ?? 0))
    }
    if !payments.isEmpty { try body(current, payments) }
  }

  /// A recipient's ID as a file name, other IDs giving other names: what is not plain, or too long,
  /// is told apart by a hash.
  static func fileName(_ id: String) -> String {
    let plain = id.utf8.prefix(80).map { byte -> UInt8 in
      let isPlain =
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      return isPlain ? byte : UInt8(ascii: "_")
    }
    let name = String(decoding: plain, as: UTF8.self)
    if name == id { return name }
    return "\(name)-\(SHA256.hexadecimal(of: Array(id.utf8)).prefix(12))"
  }

  private static func failure(_ action: String, _ path: String) -> RunError {
    RunError(
      .failed, "\(path): cannot \(action) it: \(String(cString: strerror(errno)))",
      help: "check the disk's free space and the folder's permissions, then run it again")
  }

  /// Removes a folder of files, if it is there.
  private static func remove(_ folder: String) {
    for name in Project.list(folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
