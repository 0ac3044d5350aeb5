/// A service or article in the catalogue, and how its sales move over the weeks.
struct SampleProduct {
  enum Trend { case steady, hot, declining }

  var code: String
  var name: String
  /// Index of the vendor that supplies it.
  var supplier: Int
  var cents: Int
  var listed: Int?
  var delisted: Int?
  /// Weeks of the span in which it can be had.
  var weeks: Range<Int>
  var trend: Trend
  var rank: Int

  /// Zipf's law by rank, bent by the trend from 60 to 170 % or back.
  func weight(week: Int, of weeks: Int) -> Int {
    guard self.weeks.contains(week) else { return 0 }
    let base = 1_000_000 / (rank + 3)
    let rise = 110 * week / max(1, weeks - 1)
    switch trend {
    case .steady: return base
    case .hot: return base * (60 + rise) / 100
    case .declining: return base * (170 - rise) / 100
    }
  }

  static func make(
    count: Int, _ vendors: [SampleVendor], _ span: SampleSpan, _ random: inout SampleRandom
  ) -> [SampleProduct] {
    var names: Set<String> = []
    return (0..<count).map { index in
      let supplier = index < vendors.count ? index : random.below(vendors.count)
      let trade = Catalogue.trades[vendors[supplier].trade]
      let service = trade.services[(index / Catalogue.trades.count + index) % trade.services.count]
      var name = service.name
      if names.contains(name) { name = "\(service.name) (\(vendors[supplier].name))" }
      if names.contains(name) { name += " \(index)" }
      names.insert(name)
      // New and withdrawn ones are outside the best sellers, and change on a Monday.
      var weeks = 0..<span.weeks
      if index >= 12, span.weeks >= 4 {
        if index % 17 == 5 { weeks = random.between(1, span.weeks - 2)..<span.weeks }
        if index % 17 == 11 { weeks = 0..<random.between(2, span.weeks - 1) }
      }
      var listed: Int? = span.start - random.between(20, 700) * 86_400 + random.below(40_000)
      if index % 19 == 7 { listed = nil }
      if weeks.lowerBound > 0 {
        listed = SampleTime.midnight(span.firstDay + 7 * weeks.lowerBound)
      }
      var delisted: Int?
      if weeks.upperBound < span.weeks {
        delisted = SampleTime.midnight(span.firstDay + 7 * weeks.upperBound)
      }
      let cents = service.cents + (index < 20 ? 0 : random.between(-4, 8) * 100)
      return SampleProduct(
        code: SampleVendor.zeros((index * 7_919 + 417) % 99_991, 5), name: name,
        supplier: supplier, cents: max(500, cents), listed: listed, delisted: delisted,
        weeks: weeks,
        trend: [3, 7].contains(index % 16)
          ? .hot
          : [4, 9].contains(index % 16)
            ? .declining : .steady, rank: index)
    }
  }

  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var file = try SampleFile(
      "products.csv", in: directory,
      header: "product_id,name,supplier_id,category,listed_at,delisted_at",
      random: world.random(12))
    for product in world.products {
      let vendor = world.vendors[product.supplier]
      var row = RowBytes(product.code)
      row.comma()
      row.field(product.name)
      row.comma()
      row.number(vendor.id)
      row.comma()
      row.field(Catalogue.trades[vendor.trade].category)
      row.comma()
      if let listed = product.listed { row.instant(listed) }
      row.comma()
      if let delisted = product.delisted { row.instant(delisted) }
      try file.row(row)
    }
    return try file.close()
  }
}
