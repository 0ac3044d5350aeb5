import Engine

/// Whose each transaction of the ledger is: its user's; of a vendor's subscription without one, the
/// vendor's user's (metrics.md section 5).
package struct Buyers: MetricStage {
  package static let name = "buyers"
  package static let summary = "whose each transaction is, by user or by vendor"
  package static let isEphemeral = true
  package static let upstream = [LedgerStage.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead("vendors", columns: ["vendor_id", "user_id"], lookback: .timeless)
  ]

  /// One row per row of the ledger, in its order.
  package static let schema = TableSchema(
    name: "buyers", summary: "whose a transaction is", key: [],
    columns: [ColumnSchema("user_id", .text, nullable: true)])

  /// Vendors with a user.
  package struct VendorUsers: Sendable {
    var texts = StringPool()
    var pairs: [(vendor: Int32, user: Int32)] = []
  }

  /// The same for every window.
  package init(_ context: RunContext) {}

  /// No vendors.
  package func makePartial() -> VendorUsers { VendorUsers() }

  /// Keeps the vendors that have a user.
  package func add(
    _ batch: Batch, of source: String, to partial: inout VendorUsers
  ) throws(StageError) {
    let vendors = batch.text(Sources.vendors.column("vendor_id"))
    let users = batch.text(Sources.vendors.column("user_id"))
    for row in 0..<batch.count where !users[row].isEmpty {
      let vendor = Int32(partial.texts.intern(vendors[row]))
      partial.pairs.append((vendor, Int32(partial.texts.intern(users[row]))))
    }
  }

  /// Adds another worker's vendors.
  package func merge(
    _ other: consuming VendorUsers, into partial: inout VendorUsers
  ) throws(StageError) {
    let map = CodeMap(partial.texts.merge(other.texts))
    for pair in other.pairs { partial.pairs.append((map[pair.vendor], map[pair.user])) }
  }

  /// The table `buyers`.
  package func finish(
    _ partial: consuming VendorUsers, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let ledger = Ledger(tables.table(LedgerStage.name))
    var users = ledger.users
    var userOfVendor = [Int32](repeating: -1, count: ledger.vendors.pool.count)
    for pair in partial.pairs {
      let vendor = partial.texts.withBytes(of: Int(pair.vendor)) {
        ledger.vendors.pool.code(of: $0)
      }
      guard let vendor else { continue }
      userOfVendor[vendor] = partial.texts.withBytes(of: Int(pair.user)) {
        Int32(users.pool.intern($0))
      }
    }
    let kind = TransactionKind.vendorSubscription.rawValue
    for row in 0..<ledger.count
    where ledger.kinds[row] == kind && users.codes[row] < 0 && ledger.vendors.codes[row] >= 0 {
      users.codes[row] = userOfVendor[Int(ledger.vendors.codes[row])]
    }
    return [
      TableChange(
        rows: Table(schema: Self.schema, columns: [.texts(users)]), replaces: .nothing)
    ]
  }
}

extension Upstream {
  /// The ledger with each transaction's buyer for its user, for stages that declare `ledger` and
  /// `buyers`.
  var ownedLedger: Ledger { Ledger(table(LedgerStage.name), buyers: table(Buyers.name)) }
}
