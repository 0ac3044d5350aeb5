import Engine

/// Who owns a customer, one row per referred user for good: metrics.md section 3.
///
/// The window adds rows; the status of all earlier ones follows their first sale.
package struct Referrals: DerivedStage {
  package static let name = "referrals"
  package static let tags = ["partners"]
  package static let summary = "who referred each customer, and whether it qualified"
  package static let upstream = [Owners.name]
  package static let writes = [schema]
  package static let restates = Int.max

  /// One row per referred user.
  package static let schema = TableSchema(
    name: "referrals", summary: "a customer and the partner who referred them",
    key: ["referred_user_id"], timeColumn: "created_at", columns: Referral.columns)

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The table `referrals`: the window's rows, and all earlier ones restated.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    let owners = tables.table(Owners.name)
    let table = Table(schema: Self.schema, columns: owners.columns)
    let created = table.integers("created_at")
    let first = context.firstInstant()
    return [
      TableChange(
        rows: table.selecting(rows: created.indices.filter { created[$0] >= first }),
        replaces: context.instantSpan,
        restated: table.selecting(rows: created.indices.filter { created[$0] < first }))
    ]
  }
}
