import Engine

// Parsers of values straight from the wording of the data contract: slow, and obviously right.

/// Without spaces and tabs at either end.
func slowTrim(_ bytes: [UInt8]) -> [UInt8] {
  var rest = bytes[...]
  while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
  while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
  return Array(rest)
}

/// A decimal number, `places` decimals of it kept, at least `minimum`: grouping, decimal sign and
/// parentheses as the format says; currency signs are not for here.
func slowDecimal(
  _ bytes: [UInt8], places: Int, minimum: Int64, _ format: MoneyFormat = .plain
) -> Parsed {
  var text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  var isNegative = false
  if format.parenthesesNegative, text.count >= 2, text.first == 0x28, text.last == 0x29 {
    isNegative = true
    text = Array(text.dropFirst().dropLast())
    while text.first == 0x20 { text.removeFirst() }
    while text.last == 0x20 { text.removeLast() }
  } else if let sign = text.first, sign == 0x2D || sign == 0x2B {
    isNegative = sign == 0x2D
    text.removeFirst()
  }
  let parts = text.split(separator: format.decimal, omittingEmptySubsequences: false).map(
    Array.init)
  guard parts.count <= 2, parts.count == 1 || isDigits(parts[1]) else { return .refused(.type) }
  var whole = parts[0]
  if let grouping = format.grouping, whole.contains(grouping) {
    let groups = whole.split(separator: grouping, omittingEmptySubsequences: false).map(Array.init)
    guard groups.allSatisfy(isDigits), groups[0].count <= 3,
      groups[1...].allSatisfy({ $0.count == 2 || $0.count == 3 }), groups.last?.count == 3
    else { return .refused(.type) }
    whole = Array(groups.joined())
  }
  guard isDigits(whole) else { return .refused(.type) }
  let decimals = parts.count == 2 ? parts[1] : []
  if decimals.dropFirst(places).contains(where: { $0 != 0x30 }) { return .refused(.precision) }
  let kept =
    decimals.prefix(places) + [UInt8](repeating: 0x30, count: max(0, places - decimals.count))
  guard let magnitude = number(whole + kept), magnitude <= Int128(Int64.max) else {
    return .refused(.range)
  }
  let value = Int64(isNegative ? -magnitude : magnitude)
  return value < minimum ? .refused(.range) : .value(value)
}

/// An exchange rate: its digits without zeros that say nothing, and how many are decimals.
func slowExchangeRate(_ bytes: [UInt8]) -> Parsed {
  var text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  let isNegative = text[0] == 0x2D
  if isNegative || text[0] == 0x2B { text.removeFirst() }
  let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
  guard parts.count <= 2, parts.allSatisfy(isDigits) else { return .refused(.type) }
  var decimals = parts.count == 2 ? parts[1] : []
  while decimals.last == 0x30 { decimals.removeLast() }
  let largest: Int128 = 144_115_188_075_855_871
  let isSmall = number(parts[0]).map { $0 <= largest } ?? false
  let digits = number(parts[0] + decimals).flatMap { $0 <= largest ? $0 : nil }
  if decimals.count > 32 || isSmall && digits == nil { return .refused(.precision) }
  guard let digits, digits > 0, !isNegative else { return .refused(.range) }
  return .value(Int64(digits) * 64 + Int64(decimals.count))
}

/// A whole number within bounds.
func slowInteger(_ bytes: [UInt8], in bounds: ClosedRange<Int64>) -> Parsed {
  let text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  let isNegative = text[0] == 0x2D
  let digits = isNegative || text[0] == 0x2B ? Array(text.dropFirst()) : text
  guard isDigits(digits) else { return .refused(.type) }
  guard let magnitude = number(digits) else { return .refused(.range) }
  let value = isNegative ? -magnitude : magnitude
  guard value >= Int128(bounds.lowerBound), value <= Int128(bounds.upperBound),
    value != Int128(Int64.min)
  else { return .refused(.range) }
  return .value(Int64(value))
}

/// `YYYY-MM-DD` as days since 1970-01-01.
func slowDay(_ bytes: [UInt8]) -> Parsed {
  let text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  guard text.count == 10, let day = dayNumber(text) else { return .refused(.type) }
  return .value(Int64(day))
}

/// ISO 8601 as microseconds since 1970-01-01T00:00:00Z; a time without an offset is of `zone`, of
/// two such instants the earlier one.
func slowInstant(_ bytes: [UInt8], _ zone: TimeZone) -> Parsed {
  let text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  guard text.count >= 10, let day = dayNumber(Array(text[..<10])) else { return .refused(.type) }
  var local = Int64(day) * Instant.day
  var rest = Array(text[10...])
  if rest.isEmpty { return slowLocal(local, zone) }
  guard [0x54, 0x74, 0x20].contains(rest.removeFirst()) else { return .refused(.type) }
  guard let hour = take(2, &rest), hour < 24, takes(0x3A, &rest), let minute = take(2, &rest),
    minute < 60
  else { return .refused(.type) }
  local += Int64(hour * 60 + minute) * 60_000_000
  if takes(0x3A, &rest) {
    guard let second = take(2, &rest), second < 60 else { return .refused(.type) }
    local += Int64(second) * 1_000_000
    if takes(0x2E, &rest) || takes(0x2C, &rest) {
      let digits = Array(rest.prefix { isDigits([$0]) })
      guard !digits.isEmpty else { return .refused(.type) }
      rest.removeFirst(digits.count)
      let six = digits.prefix(6) + [UInt8](repeating: 0x30, count: max(0, 6 - digits.count))
      local += Int64(number(Array(six)) ?? 0)
    }
  }
  if rest.isEmpty { return slowLocal(local, zone) }
  if rest == [0x5A] || rest == [0x7A] { return slowBounded(local) }
  let isWest = rest[0] == 0x2D
  guard isWest || rest[0] == 0x2B else { return .refused(.type) }
  rest.removeFirst()
  guard let hours = take(2, &rest), hours < 24 else { return .refused(.type) }
  var minutes = 0
  if takes(0x3A, &rest) || !rest.isEmpty {
    guard let read = take(2, &rest), read < 60 else { return .refused(.type) }
    minutes = read
  }
  guard rest.isEmpty else { return .refused(.type) }
  let offset = Int64(hours * 60 + minutes) * 60_000_000
  return slowBounded(isWest ? local + offset : local - offset)
}

/// Seconds (`scale` 1,000,000) or milliseconds (1,000) since 1970-01-01T00:00:00Z, rounded down.
func slowEpoch(_ bytes: [UInt8], scale: Int128) -> Parsed {
  let text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  let isNegative = text[0] == 0x2D
  let plain = isNegative || text[0] == 0x2B ? Array(text.dropFirst()) : text
  let parts = plain.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
  guard parts.count <= 2, parts.allSatisfy(isDigits) else { return .refused(.type) }
  let places = scale == 1_000 ? 3 : 6
  let decimals = parts.count == 2 ? parts[1] : []
  let kept =
    decimals.prefix(places) + [UInt8](repeating: 0x30, count: max(0, places - decimals.count))
  guard let magnitude = number(parts[0] + kept) else { return .refused(.range) }
  let isExact = !decimals.dropFirst(places).contains { $0 != 0x30 }
  let value = isNegative ? -magnitude - (isExact ? 0 : 1) : magnitude
  guard value >= Int128(Instant.first), value <= Int128(Instant.last) else {
    return .refused(.range)
  }
  return .value(Int64(value))
}

/// A word of a list, in any case; its code.
func slowWord(_ bytes: [UInt8], _ words: [[String]], otherwise offence: Offence) -> Parsed {
  let text = slowTrim(bytes)
  if text.isEmpty { return .refused(.missing) }
  let lower = text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
  for (code, spellings) in words.enumerated()
  where spellings.contains(where: { Array($0.utf8) == lower }) {
    return .value(Int64(code))
  }
  return .refused(offence)
}

/// The earliest instant at which the zone's clock reads `local`, looked for at every offset that
/// the zone has around it.
private func slowLocal(_ local: Int64, _ zone: TimeZone) -> Parsed {
  var found: Int64?
  for hours in stride(from: Int64(-48), through: 48, by: 1) {
    let instant = local - Int64(zone.offset(at: local + hours * 3_600_000_000)) * 1_000_000
    if instant + Int64(zone.offset(at: instant)) * 1_000_000 == local {
      found = min(found ?? instant, instant)
    }
  }
  guard let found else { return .refused(.skippedLocalTime) }
  return slowBounded(found)
}

private func slowBounded(_ instant: Int64) -> Parsed {
  instant >= Instant.first && instant <= Instant.last ? .value(instant) : .refused(.range)
}

private func isDigits(_ bytes: [UInt8]) -> Bool {
  !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
}

/// The number of digits; nil beyond 30 of them.
private func number(_ digits: [UInt8]) -> Int128? {
  let significant = digits.drop { $0 == 0x30 }
  guard significant.count <= 30 else { return nil }
  return significant.reduce(Int128(0)) { $0 * 10 + Int128($1 - 0x30) }
}

private func take(_ count: Int, _ bytes: inout [UInt8]) -> Int? {
  let digits = Array(bytes.prefix(count))
  guard digits.count == count, isDigits(digits) else { return nil }
  bytes.removeFirst(count)
  return number(digits).map { Int($0) }
}

private func takes(_ byte: UInt8, _ bytes: inout [UInt8]) -> Bool {
  guard bytes.first == byte else { return false }
  bytes.removeFirst()
  return true
}

/// Days counted one by one: from 1970-01-01 year by year and month by month.
private func dayNumber(_ text: [UInt8]) -> Int? {
  guard text[4] == 0x2D, text[7] == 0x2D, isDigits(Array(text[..<4])), isDigits(Array(text[5..<7])),
    isDigits(Array(text[8..<10]))
  else { return nil }
  let parts = [text[..<4], text[5..<7], text[8...]].map {
    $0.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
  let (year, month, day) = (parts[0], parts[1], parts[2])
  func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }
  func days(_ month: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
  guard year >= 1, (1...12).contains(month), day >= 1, day <= days(month) else { return nil }
  var number = -719_162
  for before in 1..<max(1, year) { number += isLeap(before) ? 366 : 365 }
  for before in 1..<month { number += days(before) }
  return number + day - 1
}
