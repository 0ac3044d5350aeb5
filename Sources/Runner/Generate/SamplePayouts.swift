import Engine

/// Writes `payouts.csv`: what partners were paid on the fifth of each of 14 months, the year before
/// the span's included. The last payouts hold commission lines of the span, those before lines of
/// sales that are older than the files; between them, when lines of the files were due and those of
/// older sales were not any more, nothing was paid. A few do not fit the lines that they list.
struct SamplePayouts {
  /// What is wrong with a payout on purpose.
  private enum Oddity: String, CaseIterable {
    case unknownLine = "a payout that lists a line nobody knows"
    case paidTwice = "a payout of lines that were paid the day before"
    case otherAmount = "a payout of another sum than its lines come to"
  }

  private let world: SampleWorld
  private let lines: [[SampleLines.Line]]
  private let keys: KeySpace
  private var random: SampleRandom
  private var made = 0
  /// Those that are left to be planted.
  private var oddities: [Oddity]
  /// Completed payouts of the last month.
  private var completed = 0

  static func write(
    _ world: SampleWorld, in directory: String, _ lines: SampleLines
  ) throws(GenerateError) -> GeneratedFile {
    var payouts = SamplePayouts(world, lines.perPartner())
    var file = try SampleFile(
      "payouts.csv", in: directory,
      header: "payout_id,partner_id,amount,currency,status,processed_at,method,reported_by,"
        + "withheld,commission_ids",
      style: .init(finalNewline: false), random: world.random(45))
    for month in (0..<14).reversed() {
      let payday = SampleTime.adding(months: -month, to: lines.payday)
      for (index, partner) in world.partners.enumerated()
      where partner.created < payday - 30 * 86_400 && partner.status != "pending" {
        if month == 0 {
          try payouts.pay(index, payday, into: &file)
        } else if payday < world.span.start + 30 * 86_400 {
          try payouts.payOld(index, month, payday, into: &file)
        }
      }
    }
    return try file.close()
  }

  private init(_ world: SampleWorld, _ lines: [[SampleLines.Line]]) {
    self.world = world
    self.lines = lines
    keys = world.keys(44)
    random = world.random(43)
    oddities = world.options.badRows ? Oddity.allCases : []
  }

  /// A payout of a month before the files begin.
  private mutating func payOld(
    _ partner: Int, _ month: Int, _ payday: Int, into file: inout SampleFile
  ) throws(GenerateError) {
    guard random.chance(620) else { return }
    let draw = random.below(100)
    let status = draw < 94 ? "completed" : draw < 97 ? "failed" : "cancelled"
    let cents = random.between(5_000, 42_000 + 300_000 / (partner + 3))
    let lines = (0..<random.between(1, 4)).map { _ in stranger() }
    try file.row(row(partner, cents, status, payday + random.below(40_000), lines))
  }

  /// A payout of the last month: all lines of a partner whose hold is over.
  private mutating func pay(
    _ partner: Int, _ payday: Int, into file: inout SampleFile
  ) throws(GenerateError) {
    var paid = lines[partner].map(\.id)
    var cents = lines[partner].reduce(0) { $0 + $1.cents }
    if paid.isEmpty { return }
    let draw = random.below(100)
    let status = draw < 60 ? "completed" : draw < 80 ? "processing" : "pending"
    let processed = payday + random.below(40_000)
    var odd: Oddity?
    if status == "completed", world.partners[partner].country != "DE" {
      completed += 1
      if completed % 2 == 0, !oddities.isEmpty { odd = oddities.removeFirst() }
    }
    switch odd {
    case nil: break
    case .unknownLine: paid.append(stranger())
    case .otherAmount: cents += 1_000
    case .paidTwice: try file.row(row(partner, cents, status, processed - 86_400, paid))
    }
    let row = row(partner, cents, status, processed, paid)
    if let odd { try file.row(row, odd: odd.rawValue) } else { try file.row(row) }
  }

  private mutating func row(
    _ index: Int, _ cents: Int, _ status: String, _ processed: Int, _ lines: [UInt128]
  ) -> RowBytes {
    let partner = world.partners[index]
    let currency = world.currencies[partner.country == "DE" ? 1 : 0]
    var row = RowBytes("po_")
    row.key(keys[made])
    made += 1
    row.text(",\(SamplePartner.id(index)),")
    row.money(currency.price(cents: cents))
    row.text(",\(currency.code),\(status),")
    if status == "completed" || status == "failed" { row.instant(processed) }
    row.text(",\(partner.method.isEmpty ? "check" : partner.method),")
    row.text(partner.method == "paypal" ? "network" : index % 9 == 0 ? "" : "payer")
    row.comma()
    if index % 13 == 3, partner.country == "US" { row.money((cents * 24 + 50) / 100) }
    row.comma()
    for (place, line) in lines.enumerated() {
      if place > 0 { row.text(" ") }
      row.uuid(line)
    }
    return row
  }

  /// The ID of a line that no file tells of.
  private mutating func stranger() -> UInt128 {
    NameUUID.version5(UInt128(random.next()) << 64 | UInt128(random.next()))
  }
}
