/// One way in which a row is odd on purpose, made from a good row next to it.
struct Defect {
  enum Change {
    case replace(column: Int, with: [UInt8])
    case surround(column: Int, before: String, after: String)
    case dropLastField
    case addField
    case respellAmount(column: Int)
    case repeatRow
  }

  var effect: PlantedRow.Effect
  var reason: String
  var what: String
  var change: Change
  /// Late defects lie in the last rows: a quote that is never closed makes a reader look to the
  /// end of the file, which is a test once, and a nuisance in the middle of a gigabyte.
  var late = false

  static func refused(_ reason: String, _ what: String, _ change: Change) -> Defect {
    Defect(effect: .quarantined, reason: reason, what: what, change: change)
  }

  static func refused(_ reason: String, _ what: String, _ column: Int, _ text: String) -> Defect {
    .refused(reason, what, .replace(column: column, with: [UInt8](text.utf8)))
  }

  /// The row with the change. Refused and harmless rows get an id of their own.
  func applied(to row: ArraySlice<UInt8>, random: inout SampleRandom) -> [UInt8] {
    var fields = Self.fields(of: row)
    if effect == .quarantined || effect == .harmless {
      let letters = [UInt8]("0123456789abcdefghjkmnpqrstvwxyz".utf8)
      let count = fields[0].count
      for place in max(0, count - 10)..<count { fields[0][place] = random.element(letters) }
    }
    switch change {
    case .replace(let column, let bytes): fields[column] = bytes
    case .surround(let column, let before, let after):
      fields[column] = [UInt8](before.utf8) + fields[column] + [UInt8](after.utf8)
    case .dropLastField: fields.removeLast()
    case .addField: fields.append([UInt8]("n/a".utf8))
    case .respellAmount(let column):
      fields[column] += fields[column].contains(0x2E) ? [0x30] : [0x2E, 0x30]
    case .repeatRow: break
    }
    return [UInt8](fields.joined(separator: [0x2C]))
  }

  /// Splits one record at its commas, quotes kept.
  private static func fields(of row: ArraySlice<UInt8>) -> [[UInt8]] {
    var fields: [[UInt8]] = [[]]
    var quoted = false
    for byte in row {
      if byte == 0x22 { quoted.toggle() }
      if byte == 0x2C, !quoted {
        fields.append([])
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    return fields
  }
}

/// A defect and the good row (from 0) beside which it goes.
struct PlannedDefect {
  var at: Int
  var defect: Defect

  /// Spreads defects over `rows` good rows: each refusal once per 10,000 rows, together at most
  /// 0.5 %, so that no default limit of quarantined rows stops a run; 1 in 1,000 rows repeated.
  static func plan(
    _ defects: [Defect], rows: Int, random: inout SampleRandom
  ) -> [PlannedDefect] {
    let each = max(1, rows / 10_000)
    let odd = defects.filter { $0.effect == .quarantined || $0.effect == .harmless }
    var chosen: [Defect] = []
    for defect in odd.prefix(rows / 200 / each) {
      chosen += Array(repeating: defect, count: defect.late ? 1 : each)
    }
    let repeated = defects.filter { $0.effect == .duplicate || $0.effect == .superseded }
    for defect in repeated where rows >= 100 {
      chosen += Array(repeating: defect, count: max(1, rows / 2_000))
    }
    var taken: Set<Int> = []
    var planned: [PlannedDefect] = []
    for defect in chosen {
      let low = defect.late ? rows * 97 / 100 : rows / 50
      let high = defect.late ? rows * 99 / 100 : rows * 95 / 100
      var at = random.between(low, high)
      while !taken.insert(at).inserted { at += 1 }
      planned.append(PlannedDefect(at: at, defect: defect))
    }
    return planned.sorted { $0.at < $1.at }
  }
}

extension Defect {
  private static let notUTF8: [UInt8] = [0x63, 0x61, 0x66, 0xE9]
  private static let exact = Defect(
    effect: .duplicate, reason: "", what: "the same row again", change: .repeatRow)

  static let calls: [Defect] = [
    .refused("type", "impossible date in started_at", 2, "2026-09-31T10:15:00-04:00"),
    .refused("value", "unknown outcome", 4, "voicemail"),
    .refused("range", "negative duration_seconds", 3, "-12"),
    .refused("ragged", "one field short", .dropLastField),
    .refused("malformed_quote", "text after a closing quote", 1, "\"10\"42"),
    .refused("precision", "estimated_value with three decimals", 7, "120.505"),
    .refused("utf8", "a Latin-1 byte in session_id", .replace(column: 5, with: notUTF8)),
    .refused("missing", "no call_id", 0, ""),
    .refused("range", "intent_score above 10", 6, "14"),
    .refused("missing", "no vendor_id", 1, ""),
    Defect(
      effect: .quarantined, reason: "malformed_quote", what: "a quote that is never closed",
      change: .surround(column: 1, before: "\"", after: ""), late: true),
    exact,
    Defect(
      effect: .superseded, reason: "", what: "duration_seconds corrected later",
      change: .surround(column: 3, before: "", after: "1")),
  ]

  static let transactions: [Defect] = [
    .refused("type", "impossible date in occurred_at", 1, "2026-02-30T10:15:00Z"),
    .refused("value", "unknown kind", 2, "tip"),
    .refused("precision", "amount with three decimals", 3, "49.999"),
    .refused("range", "negative amount", 3, "-20.00"),
    .refused("value", "unknown currency", 4, "USX"),
    .refused("ragged", "one field more", .addField),
    .refused("malformed_quote", "text after a closing quote", 3, "\"49\".00"),
    .refused("utf8", "a Latin-1 byte in visitor_id", .replace(column: 10, with: notUTF8)),
    .refused("missing", "no transaction_id", 0, ""),
    .refused("range", "quantity of 0", 8, "0"),
    .refused("type", "amount in words", 3, "n/a"),
    Defect(
      effect: .quarantined, reason: "malformed_quote", what: "a quote that is never closed",
      change: .surround(column: 1, before: "\"", after: ""), late: true),
    exact,
    Defect(
      effect: .duplicate, reason: "", what: "the same row again, its amount with one more zero",
      change: .respellAmount(column: 3)),
    Defect(
      effect: .superseded, reason: "", what: "amount corrected later",
      change: .surround(column: 3, before: "1", after: "")),
  ]

  static let clicks: [Defect] = [
    .refused("type", "impossible date in clicked_at", 1, "2026-11-31T10:15:00Z"),
    .refused("value", "unknown event", 2, "hover"),
    .refused(
      "ragged", "a user agent with a comma and no quotes", 9,
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36"),
    .refused(
      "malformed_quote", "a stray opening quote",
      .surround(column: 6, before: "\"", after: "")),
    .refused("utf8", "a Latin-1 byte in url", .replace(column: 10, with: notUTF8)),
    .refused("missing", "no click_id", 0, ""),
    .refused("missing", "no clicked_at", 1, ""),
    .refused("type", "clicked_at in words", 1, "yesterday"),
    Defect(
      effect: .harmless, reason: "", what: "a line break in a quoted url",
      change: .replace(
        column: 10,
        with: [UInt8]("\"https://fixtoday.example/search?q=plumber\nnear me\"".utf8))),
    Defect(
      effect: .harmless, reason: "", what: "doubled quotes in a user agent",
      change: .replace(
        column: 9, with: [UInt8]("\"Mozilla/5.0 (Linux; Android 15; \"\"Tab\"\" S9)\"".utf8))),
    exact,
  ]

  static let vendors: [Defect] = [
    Defect(
      effect: .superseded, reason: "", what: "phone corrected later",
      change: .replace(column: 3, with: [UInt8]("+12125550100".utf8))),
    Defect(
      effect: .superseded, reason: "", what: "e-mail corrected later",
      change: .replace(column: 4, with: [UInt8]("old-address@example.com".utf8))),
    exact,
  ]
}
