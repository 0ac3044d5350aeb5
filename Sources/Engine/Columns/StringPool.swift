/// Interned texts: each distinct run of bytes gets a code, dense from 0 in order of first sight.
///
/// Codes make grouping and joining integer work. They depend on the order rows arrive in, so no
/// result may show them: sort by `bytes(of:)` before anything leaves a stage. Looking up costs one
/// hash, one probe on average and one comparison; memory is the texts plus 20 bytes each.
@usableFromInline package struct StringPool: Sendable {
  /// Code + 1 for each slot of the open-addressing table, 0 for an empty slot.
  @usableFromInline var slots: [UInt32]
  /// 32 bits of each text's hash beside its slot: where it belongs, and whether comparing is worth
  /// while.
  @usableFromInline var tags: [UInt32]
  @usableFromInline var storage: [UInt8] = []
  /// Where each code's text ends in `storage`; it begins where the one before ends.
  @usableFromInline var ends: [Int] = []

  /// An empty pool.
  package init() {
    slots = [UInt32](repeating: 0, count: 64)
    tags = [UInt32](repeating: 0, count: 64)
  }

  /// How many distinct texts there are.
  @inlinable package var count: Int { ends.count }

  /// The code of `bytes`, added if it is new.
  @inlinable package mutating func intern(_ bytes: ByteView) -> Int {
    let tag = UInt32(truncatingIfNeeded: hash(bytes))
    let mask = slots.count - 1
    var slot = Int(tag) & mask
    while slots[slot] != 0 {
      if tags[slot] == tag {
        let code = Int(slots[slot]) - 1
        if holds(bytes, at: code) { return code }
      }
      slot = (slot + 1) & mask
    }
    return add(bytes, tag: tag, slot: slot)
  }

  /// The code of `bytes`, or nil if it was never interned.
  @inlinable package func code(of bytes: ByteView) -> Int? {
    let tag = UInt32(truncatingIfNeeded: hash(bytes))
    let mask = slots.count - 1
    var slot = Int(tag) & mask
    while slots[slot] != 0 {
      if tags[slot] == tag {
        let code = Int(slots[slot]) - 1
        if holds(bytes, at: code) { return code }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Calls `body` with the text of `code`; the view is valid inside `body` only.
  @inlinable package func withBytes<Result>(of code: Int, _ body: (ByteView) -> Result) -> Result {
    let range = range(of: code)
    return storage.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return body(ByteView.none) }
      return body(ByteView(start: base + range.lowerBound, count: range.count))
    }
  }

  /// Appends the text of `code`.
  @inlinable package func append(_ code: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: storage[range(of: code)])
  }

  /// The text of `code`.
  package func text(of code: Int) -> String { withBytes(of: code) { $0.text } }

  /// Interns every text of `other`; the result maps its codes to this pool's.
  package mutating func merge(_ other: StringPool) -> [Int] {
    var codes: [Int] = []
    codes.reserveCapacity(other.count)
    for code in 0..<other.count {
      codes.append(other.withBytes(of: code) { intern($0) })
    }
    return codes
  }

  @inlinable func range(of code: Int) -> Range<Int> {
    (code == 0 ? 0 : ends[code - 1])..<ends[code]
  }

  @usableFromInline func holds(_ bytes: ByteView, at code: Int) -> Bool {
    let range = range(of: code)
    guard range.count == bytes.count else { return false }
    if range.isEmpty { return true }
    return storage.withUnsafeBytes { buffer in
      // A non-empty range implies storage, so there is a base address.
      ByteView(start: buffer.baseAddress! + range.lowerBound, count: range.count) == bytes
    }
  }

  @usableFromInline mutating func add(_ bytes: ByteView, tag: UInt32, slot: Int) -> Int {
    let code = ends.count
    storage.append(contentsOf: UnsafeRawBufferPointer(start: bytes.start, count: bytes.count))
    ends.append(storage.count)
    slots[slot] = UInt32(code + 1)
    tags[slot] = tag
    if ends.count * 4 > slots.count * 3 { grow() }
    return code
  }

  private mutating func grow() {
    let (oldSlots, oldTags) = (slots, tags)
    let size = oldSlots.count * 2
    slots = [UInt32](repeating: 0, count: size)
    tags = [UInt32](repeating: 0, count: size)
    for old in oldSlots.indices where oldSlots[old] != 0 {
      var slot = Int(oldTags[old]) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = oldSlots[old]
      tags[slot] = oldTags[old]
    }
  }
}

extension ByteView {
  /// A view of no bytes.
  @inlinable package static var none: ByteView {
    // Any non-null address serves: nothing is ever read through it.
    ByteView(start: UnsafeRawPointer(bitPattern: 1)!, count: 0)
  }
}
