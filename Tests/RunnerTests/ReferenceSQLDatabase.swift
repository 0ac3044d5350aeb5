import CSQLite
import Engine
import Foundation
import Testing

/// The metrics written a second time, in SQL (Tests/ReferenceSQL) over plain tables: nothing here
/// knows how the stages work.
///
/// The files are read by the tests' own slow CSV reader, times and amounts by the tests' own few
/// lines.
final class ReferenceDatabase {
  private let handle: OpaquePointer

  /// What a run was told.
  struct Parameters {
    /// Days since 1970; nil for everything.
    var from: Int?
    var to: Int
    var zone = "UTC"
    var currency = "USD"
    /// In minor units.
    var defaultValue = 500
    /// In millionths.
    var perPoint = 50_000
    var taxYear = 2026
    /// The method that each product was found to be forecast by, which decides where two are equal.
    var methods: [String: String] = [:]
  }

  enum Failure: Error, CustomStringConvertible {
    case sql(String, String)
    var description: String {
      switch self {
      case .sql(let message, let sql): "\(message)\n\(sql)"
      }
    }
  }

  /// Minor units of one unit of the currencies that tests use.
  static let units = [
    "USD": 100, "EUR": 100, "GBP": 100, "CAD": 100, "JPY": 1, "KWD": 1000,
  ]

  private enum Kind { case text, instant, day, integer, money, rate, percent }

  private static let tables: [(String, [(String, Kind)])] = [
    (
      "calls",
      [
        ("call_id", .text), ("vendor_id", .text), ("started_at", .instant),
        ("duration_seconds", .integer), ("outcome", .text), ("session_id", .text),
        ("intent_score", .integer), ("estimated_value", .money),
      ]
    ),
    (
      "transactions",
      [
        ("transaction_id", .text), ("occurred_at", .instant), ("kind", .text), ("amount", .money),
        ("currency", .text), ("vendor_id", .text), ("product_id", .text), ("quantity", .integer),
        ("reference_id", .text), ("user_id", .text), ("visitor_id", .text),
        ("subscription_id", .text), ("interval", .text), ("interval_count", .integer),
      ]
    ),
    (
      "clicks",
      [
        ("click_id", .text), ("clicked_at", .instant), ("event", .text), ("visitor_id", .text),
        ("user_id", .text), ("product_id", .text), ("ip", .text), ("user_agent", .text),
        ("referral_code", .text),
      ]
    ),
    (
      "vendors",
      [
        ("vendor_id", .text), ("name", .text), ("category", .text), ("phone", .text),
        ("email", .text), ("address", .text), ("followup_sent_at", .instant), ("user_id", .text),
      ]
    ),
    (
      "users",
      [
        ("user_id", .text), ("created_at", .instant), ("email", .text), ("visitor_id", .text),
        ("referral_code", .text), ("activated_at", .instant),
      ]
    ),
    (
      "products",
      [
        ("product_id", .text), ("name", .text), ("supplier_id", .text), ("category", .text),
        ("listed_at", .instant), ("delisted_at", .instant),
      ]
    ),
    (
      "partners",
      [
        ("partner_id", .text), ("referral_code", .text), ("status", .text), ("user_id", .text),
        ("email", .text), ("status_since", .instant), ("tier", .text),
        ("commission_rate", .percent), ("parent_partner_id", .text), ("payment_method", .text),
        ("partner_type", .text), ("created_at", .instant), ("company_name", .text),
        ("country", .text),
      ]
    ),
    (
      "tax_profiles",
      [
        ("partner_id", .text), ("form", .text), ("form_received_at", .instant),
        ("legal_name", .text), ("business_name", .text), ("classification", .text),
        ("tin_type", .text), ("tin", .text), ("address_line1", .text), ("address_line2", .text),
        ("city", .text), ("state", .text), ("postal_code", .text), ("country", .text),
        ("email", .text), ("backup_withholding", .text), ("second_tin_notice", .text),
      ]
    ),
    (
      "payouts",
      [
        ("payout_id", .text), ("partner_id", .text), ("status", .text), ("processed_at", .instant),
        ("commission_ids", .text), ("amount", .money), ("currency", .text), ("method", .text),
        ("reported_by", .text), ("withheld", .money),
      ]
    ),
    (
      "disputes",
      [
        ("dispute_id", .text), ("commission_id", .text), ("transaction_id", .text),
        ("partner_id", .text), ("opened_at", .instant), ("resolved_at", .instant),
        ("outcome", .text),
      ]
    ),
    (
      "reseller_accounts",
      [
        ("account_id", .text), ("partner_id", .text), ("plan", .text), ("vendor_id", .text),
        ("user_id", .text),
      ]
    ),
    ("exchange_rates", [("currency", .text), ("day", .day), ("rate", .rate)]),
  ]

  let parameters: Parameters

  /// The files of Tests/ReferenceSQL, in order.
  static let files = [
    "ledger", "vendors", "products", "clicks", "partners", "commissions", "partner-days", "signals",
    "money", "growth", "customers", "lifetimes", "forecast", "dimensions", "tax",
  ]

  /// Loads the files of a folder and computes the tables, or those of some files.
  init(folder: String, _ parameters: Parameters, files: [String] = files) throws {
    var opened: OpaquePointer?
    guard sqlite3_open(":memory:", &opened) == SQLITE_OK, let opened else {
      throw Failure.sql("cannot open a database in memory", "")
    }
    handle = opened
    self.parameters = parameters
    // SQL has no SHA-1; that IDs are what RFC 9562 says is tested by itself.
    sqlite3_create_function(handle, "uuid_of", 1, SQLITE_UTF8, nil, nameUUID, nil, nil)
    try execute("BEGIN")
    try setUp()
    for (table, columns) in Self.tables { try load(table, columns, from: folder) }
    for file in files {
      if file == "lifetimes" { try fitModels() }
      try execute(
        String(
          contentsOfFile: "\(PipelineWorld.root)/Tests/ReferenceSQL/\(file).sql", encoding: .utf8))
    }
  }

  deinit { sqlite3_close(handle) }

  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw Failure.sql(String(cString: sqlite3_errmsg(handle)), sql)
    }
  }

  private func setUp() throws {
    var calendar = Calendar(identifier: .gregorian)
    let zone = Foundation.TimeZone(identifier: parameters.zone)
    calendar.timeZone = try #require(zone)
    try execute("CREATE TABLE zone_day (day INTEGER PRIMARY KEY, start_us INTEGER)")
    try execute("CREATE INDEX zone_start ON zone_day (start_us)")
    // From noon, which every day has, back to where Foundation says that day begins.
    func start(_ day: Int) -> Int {
      let noon = Date(timeIntervalSince1970: Double(day * 86_400 + 43_200))
      let utc = Calendar.utc.dateComponents([.year, .month, .day], from: noon)
      var local = DateComponents(year: utc.year, month: utc.month, day: utc.day)
      local.hour = 12
      let begin = calendar.startOfDay(for: calendar.date(from: local)!)
      return Int(begin.timeIntervalSince1970) * 1_000_000
    }
    for day in 20_000...20_900 {
      try execute("INSERT INTO zone_day VALUES (\(day), \(start(day)))")
    }
    // Ranges with a steady clock, as Foundation knows the zone.
    try execute("CREATE TABLE zone_shift (start_us INTEGER, end_us INTEGER, shift_us INTEGER)")
    var begin = Date(timeIntervalSince1970: 20_000 * 86_400)
    var from = "-9000000000000000000"
    while begin.timeIntervalSince1970 < 24_000 * 86_400 {
      let next = calendar.timeZone.nextDaylightSavingTimeTransition(after: begin)
      let end = next.map { "\(Int($0.timeIntervalSince1970) * 1_000_000)" } ?? "9000000000000000000"
      let shift = calendar.timeZone.secondsFromGMT(for: begin) * 1_000_000
      try execute("INSERT INTO zone_shift VALUES (\(from), \(end), \(shift))")
      from = end
      begin = next ?? .distantFuture
    }
    try execute("CREATE TABLE currency_unit (currency, unit)")
    for (currency, unit) in Self.units {
      try execute("INSERT INTO currency_unit VALUES ('\(currency)', \(unit))")
    }
    let unit = try #require(Self.units[parameters.currency])
    try execute(
      """
      CREATE TABLE params AS SELECT \(parameters.from ?? 4) AS from_day, \(parameters.to) AS to_day,
        \(start(parameters.to + 1)) AS end_us, '\(parameters.currency)' AS currency, \(unit) AS unit,
        \(parameters.defaultValue) AS default_value, \(parameters.perPoint) AS per_point_ppm,
        \(parameters.taxYear) AS tax_year
      """)
    try execute("CREATE TABLE found_method (product_id PRIMARY KEY, method)")
    for (product, method) in parameters.methods {
      try execute("INSERT INTO found_method VALUES ('\(product)', '\(method)')")
    }
  }

  private func load(_ table: String, _ columns: [(String, Kind)], from folder: String) throws {
    let names = columns.map { "\"\($0.0)\"" }.joined(separator: ", ")
    try execute("CREATE TABLE \(table) (\(names))")
    let file = "\(folder)/\(table).csv"
    guard let data = FileManager.default.contents(atPath: file) else { return }
    for row in SimpleCSV.table([UInt8](data), without: []) {
      let values = try columns.map { name, kind -> String in
        guard let text = row[name], !text.isEmpty else { return "NULL" }
        switch kind {
        case .text: return "'" + text.replacingOccurrences(of: "'", with: "''") + "'"
        case .integer: return text
        case .instant: return String(RawTime.micros(text))
        case .day: return String(RawTime.dayNumber(text))
        case .rate: return String(try Self.scaled(text, by: 100_000_000))
        // Percent as ten-thousandths of a millionth: 12.50 is 1,250,000,000.
        case .percent: return String(try Self.scaled(text, by: 100_000_000))
        case .money:
          let currency = (row["currency"] ?? parameters.currency).uppercased()
          return String(try Self.scaled(text, by: #require(Self.units[currency])))
        }
      }
      try execute("INSERT INTO \(table) VALUES (\(values.joined(separator: ", ")))")
    }
  }

  /// A decimal in whole units of 1 / `unit`.
  static func scaled(_ text: String, by unit: Int) throws -> Int {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let whole = try #require(Int(parts[0]))
    guard parts.count > 1 else { return whole * unit }
    var fraction = 0
    var place = unit
    for digit in parts[1] {
      let value = try #require(digit.wholeNumberValue)
      try #require(place % 10 == 0 || value == 0, "\(text) has too many decimals")
      place /= 10
      fraction += value * place
    }
    return whole * unit + fraction
  }

  /// The rows of a query, each as `row` makes it of a statement.
  func query<Row>(
    _ sql: String, _ row: (_ statement: OpaquePointer?, _ columns: Range<Int32>) -> Row
  ) throws -> [Row] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw Failure.sql(String(cString: sqlite3_errmsg(handle)), sql)
    }
    defer { sqlite3_finalize(statement) }
    var rows: [Row] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: rows.append(row(statement, 0..<sqlite3_column_count(statement)))
      case SQLITE_DONE: return rows
      default: throw Failure.sql(String(cString: sqlite3_errmsg(handle)), sql)
      }
    }
  }
}

/// `uuid_of(name)`: the version 5 UUID of a name in the namespace of URLs.
private let nameUUID:
  @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
    context, _, arguments in
    let name = String(cString: sqlite3_value_text(arguments?[0]))
    let text = NameUUID.text(NameUUID.id(url: Array(name.utf8)))
    // SQLite copies the text before this returns.
    sqlite3_result_text(context, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
  }
