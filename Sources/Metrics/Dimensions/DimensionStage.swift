import Engine

/// Publishes a source as it is today, for reports to join: every published row is replaced.
package protocol DimensionStage: MetricStage where Partial == Table {
  /// The source.
  static var contract: Contract { get }
  /// The table: the contract's columns, in its order.
  static var schema: TableSchema { get }
}

extension DimensionStage {
  package static var name: String { schema.name }
  package static var summary: String { schema.summary }
  package static var writes: [TableSchema] { [schema] }
  package static var reads: [SourceRead] {
    [SourceRead(contract.source, columns: contract.fields.map(\.name), lookback: .timeless)]
  }

  /// An empty table of the contract's columns.
  package func makePartial() -> Table { Table(empty: Self.schema) }

  /// Copies a batch's rows: words in place of their codes, rates in the unit of a table.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Table
  ) throws(StageError) {
    for index in partial.columns.indices {
      let field = Self.contract.fields[index]
      switch partial.columns[index] {
      case .integers(var values):
        partial.columns[index] = .integers([])
        let own = batch.integers[index][..<batch.count]
        if case .rate = field.type {
          values.append(
            contentsOf: own.map { $0 == .absent ? .absent : ratio($0, Rate.scale) })
        } else {
          values.append(contentsOf: own)
        }
        partial.columns[index] = .integers(values)
      case .texts(var values):
        partial.columns[index] = .integers([])
        if case .enumerated(let vocabulary) = field.type {
          for code in batch.integers[index][..<batch.count] {
            values.append(code == .absent ? nil : vocabulary.words[Int(code)])
          }
        } else {
          let texts = batch.text(index)
          for row in 0..<batch.count { values.append(texts[row]) }
        }
        partial.columns[index] = .texts(values)
      }
    }
  }

  /// Adds the rows of another worker; their order is settled by the key when they are published.
  package func merge(
    _ other: consuming Table, into partial: inout Table
  ) throws(StageError) {
    for (index, column) in other.columns.enumerated() {
      switch (partial.columns[index], column) {
      case (.integers(let left), .integers(let right)):
        partial.columns[index] = .integers(left + right)
      case (.texts(var left), .texts(let right)):
        left.append(contentsOf: right)
        partial.columns[index] = .texts(left)
      default: preconditionFailure("both tables have the schema \(Self.schema.name)")
      }
    }
  }

  /// The whole table, in place of what was published.
  package func finish(
    _ partial: consuming Table, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let table = partial
    let keys = table.texts(Self.schema.key[0])
    let ranks = keys.pool.ranks()
    let order = (0..<table.count).sorted {
      ranks[Int(keys.codes[$0])] < ranks[Int(keys.codes[$1])]
    }
    return [TableChange(rows: table.selecting(rows: order), replaces: .everything)]
  }
}

/// The vendors as they are today.
package struct VendorDimension: DimensionStage {
  package static let contract = Sources.vendors
  package static let schema = TableSchema(
    name: "vendor_dimension", summary: "a vendor as it is today", key: ["vendor_id"],
    columns: [
      ColumnSchema("vendor_id", .text),
      ColumnSchema("name", .text),
      ColumnSchema("category", .text, nullable: true),
      ColumnSchema("phone", .text, nullable: true),
      ColumnSchema("email", .text, nullable: true),
      ColumnSchema("address", .text, nullable: true),
      ColumnSchema("followup_sent_at", .instant, nullable: true),
      ColumnSchema("user_id", .text, nullable: true),
    ])

  /// A dimension is the same for every window.
  package init(_ context: RunContext) {}
}

/// The products as they are today.
package struct ProductDimension: DimensionStage {
  package static let contract = Sources.products
  package static let schema = TableSchema(
    name: "product_dimension", summary: "a product as it is today", key: ["product_id"],
    columns: [
      ColumnSchema("product_id", .text),
      ColumnSchema("name", .text),
      ColumnSchema("supplier_id", .text, nullable: true),
      ColumnSchema("category", .text, nullable: true),
      ColumnSchema("listed_at", .instant, nullable: true),
      ColumnSchema("delisted_at", .instant, nullable: true),
    ])

  /// A dimension is the same for every window.
  package init(_ context: RunContext) {}
}

/// The partners as they are today.
package struct PartnerDimension: DimensionStage {
  package static let contract = Sources.partners
  package static let schema = TableSchema(
    name: "partner_dimension", summary: "a partner as it is today", key: ["partner_id"],
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("referral_code", .text),
      ColumnSchema("partner_type", .text),
      ColumnSchema("tier", .text),
      ColumnSchema("status", .text),
      ColumnSchema("created_at", .instant),
      ColumnSchema("user_id", .text, nullable: true),
      ColumnSchema("email", .text, nullable: true),
      ColumnSchema("company_name", .text, nullable: true),
      ColumnSchema("commission_rate", .ratio, nullable: true),
      ColumnSchema("parent_partner_id", .text, nullable: true),
      ColumnSchema("payment_method", .text, nullable: true),
      ColumnSchema("country", .text, nullable: true),
      ColumnSchema("status_since", .instant, nullable: true),
    ])

  /// A dimension is the same for every window.
  package init(_ context: RunContext) {}
}
