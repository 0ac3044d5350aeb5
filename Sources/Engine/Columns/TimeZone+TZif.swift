extension TimeZone {
  /// The zone of a compiled time-zone file (TZif, versions 1 to 4, RFC 9636); from version 2 on
  /// its 64-bit block and footer rule. `name` is the zone's, for messages.
  package convenience init(name: String, tzif bytes: [UInt8]) throws(ValueError) {
    var reader = TZifReader(name: name, bytes: bytes)
    let block = try reader.block()
    var table = TransitionTable(shift: block.offsets[0])
    for (time, type) in zip(block.times, block.types) {
      table.append(at: time, offset: block.offsets[type])
    }
    var rule: PosixRule?
    if !block.footer.isEmpty {
      guard let read = PosixRule(block.footer) else {
        throw reader.error(
          "a POSIX time-zone rule in the footer",
          "\"\(String(decoding: block.footer, as: UTF8.self))\"")
      }
      // A rule without daylight-saving time repeats what the last transition says.
      if read.daylight != nil { rule = read }
      if block.times.isEmpty, read.daylight == nil {
        table = TransitionTable(shift: read.standard)
      }
    }
    if let rule {
      let last = block.times.last
      let from = last.map { Civil.date($0 / 86_400).year } ?? Self.firstRuleYear
      for year in min(from, Self.lastExpandedYear)...Self.lastExpandedYear {
        for change in rule.changes(in: year) where change.at > last ?? .min {
          table.append(at: change.at, offset: change.offset)
        }
      }
    }
    self.init(name: name, starts: table.starts, shifts: table.shifts, rule: rule)
  }

  /// Years up to this one have their rule's transitions in the table.
  static let lastExpandedYear = 2100
  /// Where a file without transitions starts its rule.
  private static let firstRuleYear = 1900
}

/// Collects transitions in order of time; ranges that are empty or change nothing disappear.
private struct TransitionTable {
  private(set) var starts: [Int64] = [.min]
  private(set) var shifts: [Int64]

  init(shift: Int) {
    shifts = [Int64(shift) * Instant.second]
  }

  /// `at` in seconds since the epoch, `offset` in seconds east of UTC.
  mutating func append(at: Int, offset: Int) {
    // Files may start at the big bang, which microseconds do not reach.
    let limit = Int(Int64.max / Instant.second)
    let start = at <= -limit ? .min : Int64(at) * Instant.second
    if starts[starts.count - 1] >= start {
      shifts[shifts.count - 1] = Int64(offset) * Instant.second
    } else {
      starts.append(start)
      shifts.append(Int64(offset) * Instant.second)
    }
    if shifts.count > 1, shifts[shifts.count - 1] == shifts[shifts.count - 2] {
      starts.removeLast()
      shifts.removeLast()
    }
  }
}

/// Reads the blocks of a TZif file.
private struct TZifReader {
  let name: String
  let bytes: [UInt8]
  var position = 0

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  struct Block {
    /// Transitions in seconds since the epoch, ascending.
    var times: [Int] = []
    /// For each transition, the index of its offset.
    var types: [Int] = []
    /// Seconds east of UTC; the first holds before the first transition.
    var offsets: [Int] = []
    var footer: [UInt8] = []
  }

  private struct Header {
    var version: UInt8
    var isUT: Int
    var isStandard: Int
    var leaps: Int
    var times: Int
    var types: Int
    var characters: Int

    func size(wide: Bool) -> Int {
      let time = wide ? 8 : 4
      return times * time + times + types * 6 + characters + leaps * (time + 4) + isStandard
        + isUT
    }
  }

  func error(_ expected: String, _ found: String) -> ValueError {
    ValueError(
      place: "time zone \(name), byte \(position)", expected: expected, found: found,
      help: "check the name, or reinstall the tzdata package")
  }

  /// The block with the widest times, and the footer after it.
  mutating func block() throws(ValueError) -> Block {
    var header = try self.header()
    let wide = header.version >= UInt8(ascii: "2")
    if wide {
      try skip(header.size(wide: false))
      header = try self.header()
    }
    let end = position + header.size(wide: wide)
    guard end <= bytes.count else {
      throw error("\(end) bytes", "\(bytes.count) bytes")
    }
    guard header.types > 0 else { throw error("at least one offset", "none") }
    guard header.leaps == 0 else {
      throw error("POSIX time without leap seconds", "\(header.leaps) leap seconds")
    }
    var block = Block()
    for _ in 0..<header.times { block.times.append(try integer(wide ? 8 : 4)) }
    for _ in 0..<header.times { block.types.append(try integer(1) & 0xFF) }
    for _ in 0..<header.types {
      block.offsets.append(try integer(4))
      try skip(2)
    }
    try check(block)
    position = end
    if wide { block.footer = try footer() }
    return block
  }

  private func check(_ block: Block) throws(ValueError) {
    for (earlier, later) in zip(block.times, block.times.dropFirst()) where earlier >= later {
      throw error("transitions in order of time", "\(later) after \(earlier)")
    }
    if let last = block.times.last, last > Int(Instant.last / Instant.second) {
      throw error("transitions up to the year 9999", "\(last) seconds since 1970")
    }
    if let type = block.types.first(where: { $0 >= block.offsets.count }) {
      throw error("an offset below \(block.offsets.count)", "\(type)")
    }
    if let offset = block.offsets.first(where: { abs($0) > 26 * 3600 }) {
      throw error("an offset of at most 26 hours", "\(offset) seconds")
    }
  }

  private mutating func header() throws(ValueError) -> Header {
    guard bytes.count - position >= 44, Array(bytes[position..<position + 4]) == Array("TZif".utf8)
    else { throw error("a TZif header", "other bytes or the end of the file") }
    let version = bytes[position + 4]
    position += 20
    var counts: [Int] = []
    for _ in 0..<6 {
      let count = try integer(4)
      // More than any zone has, and small enough that sizes cannot overflow.
      guard count >= 0, count <= 1 << 20 else { throw error("a count", "\(count)") }
      counts.append(count)
    }
    return Header(
      version: version, isUT: counts[0], isStandard: counts[1], leaps: counts[2],
      times: counts[3], types: counts[4], characters: counts[5])
  }

  /// The text between the two line feeds after the second block.
  private mutating func footer() throws(ValueError) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    guard position < bytes.count, bytes[position] == newline,
      let end = bytes[(position + 1)...].firstIndex(of: newline)
    else { throw error("a footer between line feeds", "none") }
    return Array(bytes[(position + 1)..<end])
  }

  private mutating func skip(_ count: Int) throws(ValueError) {
    guard bytes.count - position >= count else {
      throw error("\(count) more bytes", "\(bytes.count - position)")
    }
    position += count
  }

  /// A big-endian signed integer of `width` bytes.
  private mutating func integer(_ width: Int) throws(ValueError) -> Int {
    let start = position
    try skip(width)
    var value = Int(Int8(bitPattern: bytes[start]))
    for byte in bytes[start + 1..<start + width] { value = value << 8 | Int(byte) }
    return value
  }
}
