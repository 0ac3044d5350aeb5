import Engine

/// Units of each product for the four weeks after the window, with an interval and how wrong the
/// method was before: metrics.md section 8.
///
/// Like `customer_ltv` the table has no past: a run for earlier days leaves a newer forecast alone.
package struct ProductForecast: MetricStage {
  package static let name = "product_forecast"
  package static let tags = ["products"]
  package static let summary = "units per product for 28 days ahead, with interval and error"
  package static let upstream = [LedgerStage.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead("products", columns: ["product_id", "delisted_at"], lookback: .timeless)
  ]

  /// One row per product and day ahead.
  package static let schema = TableSchema(
    name: "product_forecast", summary: "a product's units of a day to come",
    key: ["product_id", "forecast_date"], timeColumn: "as_of", isNeverEmpty: true,
    columns: [
      ColumnSchema("product_id", .text),
      ColumnSchema("forecast_date", .day),
      ColumnSchema("units", .ratio, decimals: 2),
      ColumnSchema("units_low", .ratio, nullable: true, decimals: 2),
      ColumnSchema("units_high", .ratio, nullable: true, decimals: 2),
      ColumnSchema("method", .text),
      ColumnSchema("mae", .ratio, nullable: true, decimals: 4),
      ColumnSchema("naive_mae", .ratio, nullable: true, decimals: 4),
      ColumnSchema("mase", .ratio, nullable: true, decimals: 4),
      ColumnSchema("naive_mase", .ratio, nullable: true, decimals: 4),
      ColumnSchema("as_of", .day),
    ])

  private let context: RunContext

  /// The stage for a run's last day.
  package init(_ context: RunContext) { self.context = context }

  /// Whether there are rows of a later day than the window's last.
  package var readsBack: [ReadBack] {
    let newer = Span.range(
      from: Int64(context.window.lastDay) + 1, to: Int64(Day.last.number))
    return [ReadBack(Self.schema, columns: ["as_of"], span: newer)]
  }

  /// No products.
  package func makePartial() -> StringPool { StringPool() }

  /// Notes the products that are delisted by the window's end: nothing is expected of them.
  package func add(
    _ batch: Batch, of source: String, to partial: inout StringPool
  ) throws(StageError) {
    let ids = batch.text(Sources.products.column("product_id"))
    let delistings = batch.integers[Sources.products.column("delisted_at")]
    for row in 0..<batch.count
    where delistings[row] != .absent && delistings[row] <= context.lastInstant {
      _ = partial.intern(ids[row])
    }
  }

  /// Adds another worker's delisted products.
  package func merge(
    _ other: consuming StringPool, into partial: inout StringPool
  ) throws(StageError) {
    _ = partial.merge(other)
  }

  /// The whole table, or nothing where a newer one is published; throws where units are beyond what
  /// a column holds.
  package func finish(
    _ partial: consuming StringPool, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let lastDay = Int64(context.window.lastDay)
    if tables.published(Self.schema.name).integers("as_of").contains(where: { $0 > lastDay }) {
      return [TableChange(rows: Table(empty: Self.schema), replaces: .nothing)]
    }
    let series = DailyUnits(
      Ledger(tables.table(LedgerStage.name)), through: context.window.lastDay)
    return [
      TableChange(rows: try Self.table(series, without: partial), replaces: .everything)
    ]
  }

  private static func table(
    _ series: DailyUnits, without delisted: StringPool
  ) throws(StageError) -> Table {
    let pool = series.products
    let ranks = pool.ranks()
    let products = ranks.indices.filter { product in
      series.isSelling(product)
        && pool.withBytes(of: product) { delisted.code(of: $0) } == nil
    }.sorted { ranks[$0] < ranks[$1] }
    let size = products.count * Forecast.horizon
    var codes: [Int32] = []
    var methods: [Int32] = []
    var columns = [[Int64]](repeating: [], count: 9)
    codes.reserveCapacity(size)
    methods.reserveCapacity(size)
    for index in columns.indices { columns[index].reserveCapacity(size) }
    let asOf = Int64(series.last)
    for product in products {
      let forecast = Forecast(series.units(of: product))
      let errors = [
        forecast.error, forecast.naiveError, forecast.scaled(forecast.error),
        forecast.scaled(forecast.naiveError),
      ].map { millionths($0, decimals: 4) }
      for day in 0..<Forecast.horizon {
        codes.append(Int32(product))
        methods.append(forecast.method.rawValue)
        columns[0].append(asOf + 1 + Int64(day))
        let units = millionths(forecast.units[day], decimals: 2)
        if units == .absent { throw overflowError("product \(pool.text(of: product))") }
        columns[1].append(units)
        columns[2].append(millionths(forecast.lower[day], decimals: 2))
        columns[3].append(millionths(forecast.upper[day], decimals: 2))
        for (place, error) in errors.enumerated() { columns[4 + place].append(error) }
        columns[8].append(asOf)
      }
    }
    let words = StringPool(words: ForecastMethod.allCases.map(\.word))
    return Table(
      schema: schema,
      columns: [.texts(TextColumn(codes: codes, pool: pool))]
        + columns[..<4].map { .integers($0) }
        + [.texts(TextColumn(codes: methods, pool: words))]
        + columns[4...].map { .integers($0) })
  }

  /// A number in millionths, rounded half away from zero to some decimals; absent where there is
  /// none, or none that fits.
  private static func millionths(_ value: Double?, decimals: Int) -> Int64 {
    guard let value else { return .absent }
    let unit = powerOfTen(6 - decimals)
    let scaled = (value * Double(powerOfTen(decimals))).rounded(.toNearestOrAwayFromZero)
    guard let whole = Int64(exactly: scaled) else { return .absent }
    let (result, overflow) = whole.multipliedReportingOverflow(by: unit)
    return overflow ? .absent : result
  }
}

extension Forecast {
  /// An error in units of the mean difference between weeks; nil without either.
  fileprivate func scaled(_ error: Double?) -> Double? {
    guard let error, let scale else { return nil }
    return error / scale
  }
}

/// Units of each product by day, as series that end with a day.
struct DailyUnits {
  /// The products, by code.
  let products: StringPool
  /// The last day of every series.
  let last: Int32
  /// The day of each product's first sale; `Int32.max` for none.
  private var firstDay: [Int32]
  /// By product: where its sales of the last year begin.
  private var starts: [Int]
  private var days: [Int32]
  private var amounts: [Double]

  /// The units of a ledger's sales up to a day.
  init(_ ledger: Ledger, through last: Int32) {
    products = ledger.products.pool
    self.last = last
    firstDay = [Int32](repeating: .max, count: products.count)
    var rows: [Int] = []
    for row in 0..<ledger.count where ledger.isSale(row) && ledger.products.codes[row] >= 0 {
      let (product, day) = (Int(ledger.products.codes[row]), Int32(ledger.days[row]))
      firstDay[product] = min(firstDay[product], day)
      if day > last - Int32(Forecast.history), day <= last { rows.append(row) }
    }
    let keys = rows.map { Int(ledger.products.codes[$0]) }
    let order = grouped(keys, count: products.count)
    days = order.map { Int32(ledger.days[rows[$0]]) }
    amounts = order.map { Double(ledger.quantities[rows[$0]]) }
    starts = [Int](repeating: 0, count: products.count + 1)
    for key in keys { starts[key + 1] += 1 }
    for key in 0..<products.count { starts[key + 1] += starts[key] }
  }

  /// Whether a product had a sale in the last year.
  func isSelling(_ product: Int) -> Bool { starts[product] < starts[product + 1] }

  /// A product's units from its first sale on, at most a year of them.
  func units(of product: Int) -> [Double] {
    let first = max(firstDay[product], last - Int32(Forecast.history) + 1)
    var units = [Double](repeating: 0, count: Int(last - first) + 1)
    for place in starts[product]..<starts[product + 1] {
      units[Int(days[place] - first)] += amounts[place]
    }
    return units
  }
}
