import Foundation
import Testing

@testable import Runner

/// Generated data is what demos, benchmarks and other people's bug reports stand on: it has to be
/// the same everywhere, coherent, and honest about what is wrong in it.
@Suite struct GenerateTests {
  /// A folder that is removed with the value.
  private final class Folder {
    let path = NSTemporaryDirectory() + "nightmill-generate-" + UUID().uuidString
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
  }

  private func checksums(_ options: GenerateOptions) throws -> [String: UInt64] {
    let folder = Folder()
    var sums: [String: UInt64] = [:]
    for file in try generate(options, into: folder.path) {
      var sum: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in try folder.bytes(file.name) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
      sums[file.name] = sum
    }
    return sums
  }

  /// A benchmark repeated elsewhere must read the same bytes.
  @Test func sameSeedSameBytes() throws {
    let first = try checksums(GenerateOptions(users: 300, seed: 7))
    #expect(try checksums(GenerateOptions(users: 300, seed: 7)) == first)
    let other = try checksums(GenerateOptions(users: 300, seed: 8))
    for (name, sum) in first where name != "planted.csv" {
      #expect(other[name] != sum, "\(name) does not depend on the seed")
    }
  }

  /// The promised sizes, and one file's size leaving the other files alone.
  @Test func countsAreAsAsked() throws {
    let folder = Folder()
    let options = GenerateOptions(users: 400, seed: 3, badRows: false)
    let rows = Dictionary(
      uniqueKeysWithValues: try generate(options, into: folder.path).map { ($0.name, $0.rows) })
    #expect(rows["users.csv"] == 400)
    #expect(rows["calls.csv"] == 2_200)
    #expect(rows["transactions.csv"] == 1_600)
    #expect(rows["clicks.csv"] == 11_000)
    #expect(rows["vendors.csv"] == 40 && rows["products.csv"] == 60 && rows["partners.csv"] == 40)
    #expect(rows["planted.csv"] == 0)
    let calls = try folder.bytes("calls.csv")
    var more = options
    more.clicks = 500
    more.overwrite = true
    let again = try generate(more, into: folder.path)
    #expect(again.first { $0.name == "clicks.csv" }?.rows == 500)
    #expect(try folder.bytes("calls.csv") == calls)
  }

  /// With the planted rows taken out, every file is plain RFC 4180, its keys resolve, and time
  /// runs forward: signup before purchase, sale before refund, follow-up before subscription.
  @Test(arguments: [UInt64(1), 20_260_921]) func dataIsCoherent(seed: UInt64) throws {
    let folder = Folder()
    let files = try generate(GenerateOptions(users: 900, seed: seed), into: folder.path)
    var tables: [String: [[String: String]]] = [:]
    for file in files {
      let table = try SimpleCSV.table(folder.bytes(file.name), without: file.planted)
      let dropped = file.planted.count { $0.effect != .harmless }
      #expect(table.count == file.rows - dropped, "\(file.name), seed \(seed)")
      tables[file.name] = table
    }
    func index(_ file: String, _ key: String) -> [String: [String: String]] {
      let rows = tables[file] ?? []
      let index = Dictionary(rows.map { ($0[key] ?? "", $0) }, uniquingKeysWith: { a, _ in a })
      #expect(index.count == rows.count, "\(key) repeats in \(file), seed \(seed)")
      return index
    }
    let vendors = index("vendors.csv", "vendor_id")
    let products = index("products.csv", "product_id")
    let users = index("users.csv", "user_id")
    let partners = index("partners.csv", "partner_id")
    let sales = index("transactions.csv", "transaction_id")
    _ = index("calls.csv", "call_id")
    _ = index("clicks.csv", "click_id")
    _ = index("partners.csv", "referral_code")

    func check(_ file: String, _ column: String, in target: [String: [String: String]]) {
      let lost = tables[file]?.first { !($0[column] ?? "").isEmpty && target[$0[column]!] == nil }
      #expect(lost == nil, "\(file), \(column), seed \(seed)")
    }
    check("calls.csv", "vendor_id", in: vendors)
    check("products.csv", "supplier_id", in: vendors)
    check("vendors.csv", "user_id", in: users)
    check("partners.csv", "user_id", in: users)
    check("partners.csv", "parent_partner_id", in: partners)
    check("payouts.csv", "partner_id", in: partners)
    check("tax_profiles.csv", "partner_id", in: partners)
    check("reseller_accounts.csv", "partner_id", in: partners)
    check("reseller_accounts.csv", "vendor_id", in: vendors)
    check("reseller_accounts.csv", "user_id", in: users)
    for column in ["user_id", "product_id", "vendor_id"] {
      let target = ["user_id": users, "product_id": products, "vendor_id": vendors][column] ?? [:]
      check("transactions.csv", column, in: target)
    }
    check("clicks.csv", "user_id", in: users)
    check("clicks.csv", "product_id", in: products)

    var refunded: [String: Int] = [:]
    for sale in sales.values {
      let time = sale["occurred_at"] ?? ""
      if let user = users[sale["user_id"] ?? ""] { #expect((user["created_at"] ?? "") <= time) }
      if sale["kind"] == "vendor_subscription" {
        #expect((vendors[sale["vendor_id"] ?? ""]?["followup_sent_at"] ?? "~") < time)
      }
      guard let original = sales[sale["reference_id"] ?? ""] else { continue }
      #expect((original["occurred_at"] ?? "~") < time && original["currency"] == sale["currency"])
      let amount = try minor(sale) * (sale["kind"] == "dispute_won" ? -1 : 1)
      refunded[sale["reference_id"] ?? "", default: 0] += amount
    }
    #expect(!refunded.isEmpty)
    for (id, amount) in refunded { #expect(amount <= (try minor(sales[id] ?? [:])), "\(id)") }
  }

  /// Payouts of the last month list lines that the commissions have, so that the samples show money
  /// that is paid, and nothing is warned of but what is planted.
  @Test(arguments: [(UInt64(5), 56, true), (6, 56, false), (7, 150, false)])
  func payoutsListLinesThereAre(seed: UInt64, days: Int, hasOddities: Bool) throws {
    let scratch = try Scratch()
    try generate(
      GenerateOptions(users: 600, seed: seed, days: days, clicks: 2_000, badRows: hasOddities),
      into: scratch.path)
    var job = Job(inputs: scratch.path, warehouse: "\(scratch.path)/w.db", to: "2026-11-15")
    job.pipeline = "nightly"
    job.zone = "America/New_York"
    job.hasOwnProgram = false
    job.options.select = "+payout_register"
    try job.run()
    let rows = SimpleCSV.table(Array(try job.export("payout_register").utf8), without: [])
    let odd = rows.compactMap(\.["note"]).filter { $0 != "" && $0 != "before_records" }.sorted()
    #expect(
      odd
        == (hasOddities
          ? ["amount_differs", "line_paid_twice", "line_paid_twice", "unknown_line"] : []))
    let paid = rows.filter { $0["note"] == "" && $0["status"] == "completed" && $0["lines"] != "0" }
    #expect(paid.count > 3 && paid.contains { $0["currency"] == "USD" })
  }

  /// An amount in minor units; has the digits its currency has.
  private func minor(_ sale: [String: String]) throws -> Int {
    let parts = (sale["amount"] ?? "").split(separator: ".")
    #expect(sale["currency"] == "JPY" ? parts.count == 1 : parts.last?.count == 2)
    return try #require(Int(parts.joined()))
  }

  /// The record of planted rows is what other tests and the README count on.
  @Test func plantedRowsAreWhereTheRecordSays() throws {
    let folder = Folder()
    let files = try generate(GenerateOptions(users: 2_000, seed: 5), into: folder.path)
    var reasons: Set<String> = []
    for file in files where !file.planted.isEmpty {
      let lines = try folder.bytes(file.name).split(
        separator: 0x0A, omittingEmptySubsequences: false)
      let header = String(decoding: lines[0], as: UTF8.self).split(separator: ",").count
      for planted in file.planted {
        let line = lines[planted.line - 1]
        let text = String(decoding: line, as: UTF8.self)
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        let place = Comment(rawValue: "\(file.name):\(planted.line) \(planted.what): \(text)")
        reasons.insert(planted.reason)
        switch (planted.effect, planted.reason) {
        case (.quarantined, "utf8"): #expect(String(validating: line, as: UTF8.self) == nil, place)
        case (.quarantined, "ragged"): #expect(fields.count != header, place)
        case (.quarantined, "malformed_quote"): #expect(text.contains("\""), place)
        case (.quarantined, "missing"): #expect(fields[0] == "" || fields[1] == "", place)
        case (.quarantined, "range"):
          #expect(fields.contains { $0.hasPrefix("-") || $0 == "0" || $0 == "14" }, place)
        case (.quarantined, "precision"):
          #expect(fields.contains { $0 == "49.999" || $0 == "120.505" }, place)
        case (.quarantined, "type"):
          #expect(
            fields.contains {
              $0.contains("-02-30") || $0.contains("-09-31") || $0.contains("-11-31")
                || $0 == "n/a" || $0 == "yesterday"
            }, place)
        case (.quarantined, "value"):
          #expect(fields.contains { ["voicemail", "tip", "USX", "hover"].contains($0) }, place)
        case (.duplicate, ""), (.superseded, ""):
          let later = lines[planted.line...].filter { $0.starts(with: line.prefix(12)) }
          let same = later.contains { $0 == line }
          let respelled = planted.what.contains("zero")
          #expect(later.count >= 1 && same == (planted.effect == .duplicate && !respelled), place)
        default: #expect(planted.effect == .harmless, place)
        }
      }
      let refused = file.planted.count { $0.effect == .quarantined }
      let hasNone = ["vendors.csv", "payouts.csv"].contains(file.name)
      #expect(hasNone ? refused == 0 : (2...(file.rows / 200)).contains(refused))
    }
    #expect(
      reasons == [
        "", "type", "value", "range", "ragged", "malformed_quote", "precision", "utf8", "missing",
      ])
  }

  /// Somebody's own files in the folder are never replaced unasked, and no half result stays.
  @Test func refusesAFolderInUse() throws {
    let folder = Folder()
    let options = GenerateOptions(users: 20, seed: 1)
    try generate(options, into: folder.path)
    let before = try folder.names()
    #expect(before.count == 12 && !before.contains { $0.hasSuffix(".partial") })
    let error = #expect(throws: GenerateError.self) { try generate(options, into: folder.path) }
    #expect(error?.description.contains("ask to overwrite") == true)
    #expect(try folder.names() == before)
  }

  /// Bad options are named with what would be right.
  @Test(arguments: [
    (GenerateOptions(users: 0, seed: 1), "users"),
    (GenerateOptions(users: 10, seed: 1, days: 3), "days"),
    (GenerateOptions(users: 10, seed: 1, clicks: -1), "clicks"),
  ]) func refusesOptions(options: GenerateOptions, place: String) throws {
    let folder = Folder()
    let error = #expect(throws: GenerateError.self) { try generate(options, into: folder.path) }
    #expect(error?.place == place && error?.expected.contains("from") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
