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

/// Writes `payouts.csv` and `tax_profiles.csv`: what partners were paid for earlier months.
enum SamplePayouts {
  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var random = world.random(43)
    let keys = world.keys(44)
    var file = try SampleFile(
      "payouts.csv", in: directory,
      header: "payout_id,partner_id,amount,currency,status,processed_at,method,reported_by,"
        + "withheld,commission_ids",
      style: .init(finalNewline: false), random: world.random(45))
    var payouts = 0
    // The fifth of each of the last 14 months, the year before the span's included.
    for month in (0..<14).reversed() {
      let fifth = SampleTime.adding(
        months: -month, to: SampleTime.midnight(world.span.lastDay - 10) + 15 * 3_600)
      for (index, partner) in world.partners.enumerated()
      where partner.created < fifth - 30 * 86_400 && partner.status != "pending" {
        guard random.chance(620) else { continue }
        var row = RowBytes("po_")
        row.key(keys[payouts])
        payouts += 1
        row.comma()
        row.text(SamplePartner.id(index))
        row.comma()
        let amount = random.between(5_000, 42_000 + 300_000 / (index + 3))
        row.money(amount)
        row.comma()
        row.text(partner.country == "DE" ? "EUR" : "USD")
        row.comma()
        let status = status(month, &random)
        row.text(status)
        row.comma()
        let processed = fifth + random.below(40_000)
        if status == "completed" || status == "failed" { row.instant(processed) }
        row.text(",\(partner.method.isEmpty ? "check" : partner.method),")
        row.text(partner.method == "paypal" ? "network" : index % 9 == 0 ? "" : "payer")
        row.comma()
        if index % 13 == 3, partner.country == "US" { row.money((amount * 24 + 50) / 100) }
        row.comma()
        for number in 0..<random.between(1, 4) {
          if number > 0 { row.text(" ") }
          uuid(random.next(), random.next(), &row)
        }
        try file.row(row)
      }
    }
    return try file.close()
  }

  private static func status(_ month: Int, _ random: inout SampleRandom) -> String {
    let draw = random.below(100)
    if month == 0 { return draw < 60 ? "completed" : draw < 80 ? "processing" : "pending" }
    return draw < 94 ? "completed" : draw < 97 ? "failed" : "cancelled"
  }

  /// A version 5 UUID in form.
  private static func uuid(_ high: UInt64, _ low: UInt64, _ row: inout RowBytes) {
    let digits = [UInt8]("0123456789abcdef".utf8)
    let words = [high & ~0xF000 | 0x5000, low & ~(3 << 62) | 1 << 63]
    for nibble in 0..<32 {
      if [8, 12, 16, 20].contains(nibble) { row.bytes.append(0x2D) }
      let shift = UInt64(60 - nibble % 16 * 4)
      row.bytes.append(digits[Int(words[nibble / 16] >> shift & 15)])
    }
  }
}
