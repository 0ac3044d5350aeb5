/// Writes `exchange_rates.csv`, from a week before the span on: a slow random walk a currency.
/// One of them has no rates at weekends, as central banks publish.
enum SampleRates {
  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var random = world.random(41)
    var file = try SampleFile(
      "exchange_rates.csv", in: directory, header: "currency,day,rate",
      random: world.random(42))
    var levels = world.currencies.map { $0.rate * 1_000 }
    for day in (world.span.firstDay - 7)...world.span.lastDay {
      for (index, currency) in world.currencies.enumerated() where index > 0 {
        levels[index] += levels[index] / 10_000 * random.between(-42, 42) / 10
        // Back towards the usual level, so that years of days stay plausible.
        levels[index] += (currency.rate * 1_000 - levels[index]) / 40
        if currency.code == "CAD", SampleTime.weekday(day) > 4 { continue }
        var row = RowBytes(currency.code)
        row.comma()
        row.date(day)
        row.comma()
        // A billionth of a dollar is the unit of `levels`; JPY needs two decimals more.
        if currency.digits == 2 {
          row.money(levels[index] / 100_000, digits: 4)
        } else {
          row.money(levels[index] / 1_000, digits: 6)
        }
        try file.row(row)
      }
    }
    return try file.close()
  }
}
