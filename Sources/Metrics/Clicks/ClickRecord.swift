import Engine

/// A click event as the fold keeps it: some 30 bytes and its ID, only what it has.
///
/// | bytes | what |
/// | --- | --- |
/// | 1 | flags |
/// | 4 | the code of its referral code in its worker's pool |
/// | 8 | the instant |
/// | 8 | the visitor key's hash, if it has one |
/// | 8 | the user's hash, if it has one that is not the visitor key |
/// | 8 | the hash of code and address, if it has an address |
/// | 1 + n | its ID, which orders what happens at one instant; 5 + n where it is very long |
struct ClickRecord {
  /// What a record holds.
  struct Flags: OptionSet {
    let rawValue: UInt8
    static let bot = Flags(rawValue: 1)
    static let viewer = Flags(rawValue: 2)
    /// The visitor key is the visitor_id, not the user_id or the address.
    static let viewerIsVisitor = Flags(rawValue: 4)
    static let user = Flags(rawValue: 8)
    /// The visitor key is the user_id.
    static let viewerIsUser = Flags(rawValue: 16)
    static let address = Flags(rawValue: 32)
    static let longID = Flags(rawValue: 64)
  }

  var flags: Flags
  var code: UInt32
  var instant: Int64
  var viewer: UInt64 = 0
  var user: UInt64 = 0
  var address: UInt64 = 0

  /// The group of clicks that the velocity limit counts: a code, an address and a clock hour.
  var addressHour: UInt64 {
    mix(address, UInt64(bitPattern: ClickLimits.hourStart(instant)))
  }

  /// The hash of the user, nil for none.
  var userHash: UInt64? {
    if flags.contains(.user) { return user }
    return flags.contains(.viewerIsUser) ? viewer : nil
  }

  /// Whom the click can be a touch of: its user, else its visitor.
  var person: UInt64? { userHash ?? (flags.contains(.viewerIsVisitor) ? viewer : nil) }

  /// How many bytes it takes with an ID of `count` bytes.
  private func size(idCount count: Int) -> Int {
    13 + (flags.contains(.viewer) ? 8 : 0) + (flags.contains(.user) ? 8 : 0)
      + (flags.contains(.address) ? 8 : 0) + (flags.contains(.longID) ? 4 : 1) + count
  }

  /// Adds the record to its partition: all clicks of a visitor key share one.
  mutating func append(_ id: ByteView, to blocks: inout RecordBlocks) throws(SpillError) {
    if id.count > 255 { flags.insert(.longID) }
    let spread =
      flags.contains(.viewer) ? viewer : UInt64(bitPattern: instant) &* 0x9E37_79B9_7F4A_7C15
    let record = self
    try blocks.append(size(idCount: id.count), to: Int(spread >> 58)) { memory in
      var place = 0
      func store<Value: BitwiseCopyable>(_ value: Value) {
        memory.storeBytes(of: value, toByteOffset: place, as: Value.self)
        place += MemoryLayout<Value>.size
      }
      store(record.flags.rawValue)
      store(record.code)
      store(record.instant)
      if record.flags.contains(.viewer) { store(record.viewer) }
      if record.flags.contains(.user) { store(record.user) }
      if record.flags.contains(.address) { store(record.address) }
      if record.flags.contains(.longID) {
        store(UInt32(id.count))
      } else {
        store(UInt8(id.count))
      }
      UnsafeMutableRawBufferPointer(rebasing: memory[place...]).copyMemory(
        from: UnsafeRawBufferPointer(start: id.start, count: id.count))
    }
  }

  /// Reads the record at `place` and moves on to the next; `id` is where its ID lies.
  init(_ bytes: ByteView, at place: inout Int, id: inout Range<Int>) {
    var next = place
    func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
      assert(next + MemoryLayout<Value>.size <= bytes.count)
      defer { next += MemoryLayout<Value>.size }
      return bytes.start.loadUnaligned(fromByteOffset: next, as: type)
    }
    flags = Flags(rawValue: load(UInt8.self))
    code = load(UInt32.self)
    instant = load(Int64.self)
    if flags.contains(.viewer) { viewer = load(UInt64.self) }
    if flags.contains(.user) { user = load(UInt64.self) }
    if flags.contains(.address) { address = load(UInt64.self) }
    let count = flags.contains(.longID) ? Int(load(UInt32.self)) : Int(load(UInt8.self))
    id = next..<next + count
    place = next + count
  }

  /// A click that is about to be kept.
  init(flags: Flags, code: UInt32, instant: Int64) {
    self.flags = flags
    self.code = code
    self.instant = instant
  }
}
