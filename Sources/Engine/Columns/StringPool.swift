/// Interned texts: each distinct run of bytes gets a code, dense from 0 in order of first sight.
///
/// Codes make grouping and joining integer work. They depend on the order rows arrive in, so no
/// result may show them: sort by `ranks` before anything leaves a stage. Looking up costs one hash,
/// one probe on average and one comparison; memory is the texts plus some 20 bytes each.
@usableFromInline package struct StringPool: Sendable {
  /// An open-addressing table: in each slot 32 bits of a text's hash (where it belongs, and whether
  /// comparing is worth while) above its code + 1; 0 for an empty slot. Empty where texts were added
  /// that nobody has looked for yet.
  @usableFromInline var slots: [UInt64]
  @usableFromInline var storage: [UInt8] = []
  /// Where each code's text ends in `storage`; it begins where the one before ends.
  @usableFromInline var ends: [Int] = []
  /// Only so that reads made ahead of time are not found to be idle.
  @usableFromInline var touched: UInt64 = 0

  /// An empty pool.
  package init() { slots = [UInt64](repeating: 0, count: 64) }

  /// How many distinct texts there are.
  @inlinable package var count: Int { ends.count }

  /// The code of `bytes`, added if it is new.
  @inlinable package mutating func intern(_ bytes: ByteView) -> Int {
    intern(bytes, tag: UInt32(truncatingIfNeeded: hash(bytes)))
  }

  @inlinable mutating func intern(_ bytes: ByteView, tag: UInt32) -> Int {
    if slots.isEmpty { makeIndex() }
    let (slot, code) = find(bytes, tag)
    return code ?? add(bytes, tag: tag, slot: slot)
  }

  /// The code of `bytes`, or nil if it was never interned. Looks through all texts if the last were
  /// added by `append`: intern something first.
  @inlinable package func code(of bytes: ByteView) -> Int? {
    if slots.isEmpty { return (0..<count).first { holds(bytes, at: $0) } }
    return find(bytes, UInt32(truncatingIfNeeded: hash(bytes))).code
  }

  /// The slot of `bytes` and its code, or the slot where it would belong.
  @inlinable func find(_ bytes: ByteView, _ tag: UInt32) -> (slot: Int, code: Int?) {
    let mask = slots.count - 1
    var slot = Int(tag) & mask
    while true {
      let found = slots[slot]
      if found == 0 { return (slot, nil) }
      if UInt32(truncatingIfNeeded: found >> 32) == tag {
        let code = Int(found & 0xFFFF_FFFF) - 1
        if holds(bytes, at: code) { return (slot, code) }
      }
      slot = (slot + 1) & mask
    }
  }

  /// Appends the codes of some rows' texts to `codes`, adding those that are new; an empty text
  /// has the code −1.
  ///
  package mutating func intern(
    _ texts: TextView, rows: [Int32], into codes: inout [Int32]
  ) {
    if slots.isEmpty { makeIndex() }
    var tags: [UInt32] = []
    tags.reserveCapacity(Self.together)
    for first in stride(from: 0, to: rows.count, by: Self.together) {
      let some = rows[first..<min(first + Self.together, rows.count)]
      tags.removeAll(keepingCapacity: true)
      for row in some { tags.append(UInt32(truncatingIfNeeded: hash(texts[Int(row)]))) }
      touch(tags)
      for (row, tag) in zip(some, tags) {
        let text = texts[Int(row)]
        codes.append(text.isEmpty ? -1 : Int32(intern(text, tag: tag)))
      }
    }
  }

  /// How many texts are looked up together: enough that their reads overlap, few enough to stay in
  /// the nearest cache.
  private static let together = 128

  /// Reads what looking up texts with these tags will read: slots, then where the texts they name
  /// lie, then the texts. The reads of one loop do not wait for each other's outcome, so many are
  /// under way together. In a pool larger than the caches that is most of the time a look-up takes.
  private mutating func touch(_ tags: [UInt32]) {
    let mask = slots.count - 1
    var idle: UInt64 = 0
    for tag in tags { idle ^= slots[Int(tag) & mask] }
    if storage.count >= Self.largeStorage {
      for tag in tags {
        if let code = likelyCode(tag, mask) { idle ^= UInt64(truncatingIfNeeded: ends[code]) }
      }
      for tag in tags {
        if let code = likelyCode(tag, mask) { idle ^= UInt64(storage[range(of: code).lowerBound]) }
      }
    }
    touched ^= idle
  }

  /// The code in the slot where a tag belongs, if it is of that tag and its text is not empty.
  @inline(__always)
  private func likelyCode(_ tag: UInt32, _ mask: Int) -> Int? {
    let found = slots[Int(tag) & mask]
    guard found != 0, UInt32(truncatingIfNeeded: found >> 32) == tag else { return nil }
    let code = Int(found & 0xFFFF_FFFF) - 1
    return range(of: code).isEmpty ? nil : code
  }

  /// From how many bytes of texts on it pays to read them ahead of time.
  private static let largeStorage = 1 << 18

  /// Calls `body` with the text of `code`; the view is valid inside `body` only.
  @inlinable package func withBytes<Result>(of code: Int, _ body: (ByteView) -> Result) -> Result {
    let range = range(of: code)
    return storage.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return body(ByteView.none) }
      return body(ByteView(start: base + range.lowerBound, count: range.count))
    }
  }

  /// Calls `body` with the memory that all texts lie in, at their ranges; it is valid inside `body`
  /// only.
  package func withStorage<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes(body)
  }

  /// The text of `code`.
  package func text(of code: Int) -> String { withBytes(of: code) { $0.text } }

  /// Interns every text of `other`; the result maps its codes to this pool's.
  package mutating func merge(_ other: StringPool) -> [Int] {
    var codes: [Int] = []
    codes.reserveCapacity(other.count)
    if slots.isEmpty { makeIndex() }
    var tags: [UInt32] = []
    tags.reserveCapacity(Self.together)
    for first in stride(from: 0, to: other.count, by: Self.together) {
      let some = first..<min(first + Self.together, other.count)
      tags.removeAll(keepingCapacity: true)
      for code in some {
        tags.append(UInt32(truncatingIfNeeded: other.withBytes(of: code) { hash($0) }))
      }
      touch(tags)
      for (code, tag) in zip(some, tags) {
        codes.append(other.withBytes(of: code) { intern($0, tag: tag) })
      }
    }
    return codes
  }

  /// Appends the texts of some rows, which are known to differ from each other and from all in the
  /// pool, as primary keys do: nothing is looked up, and no index is kept until somebody interns.
  package mutating func append(distinct texts: TextView, rows: [Int32], into codes: inout [Int32]) {
    slots = []
    for row in rows {
      let text = texts[Int(row)]
      storage.append(contentsOf: UnsafeRawBufferPointer(start: text.start, count: text.count))
      codes.append(Int32(ends.count))
      ends.append(storage.count)
    }
  }

  /// Appends a text that is known to be new; returns its code.
  package mutating func append(distinct text: ByteView) -> Int32 {
    if !slots.isEmpty { slots = [] }
    storage.append(contentsOf: UnsafeRawBufferPointer(start: text.start, count: text.count))
    ends.append(storage.count)
    return Int32(ends.count - 1)
  }

  /// Appends the texts of another pool, all of which are known to be new; returns what to add to
  /// its codes.
  package mutating func append(distinct other: StringPool) -> Int32 {
    slots = []
    let first = count
    let start = storage.count
    storage.append(contentsOf: other.storage)
    ends.append(contentsOf: other.ends.lazy.map { $0 + start })
    return Int32(first)
  }

  /// Where the text of `code` lies in the pool's memory.
  @inlinable package func range(of code: Int) -> Range<Int> {
    (code == 0 ? 0 : ends[code - 1])..<ends[code]
  }

  @inlinable func holds(_ bytes: ByteView, at code: Int) -> Bool {
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
    slots[slot] = UInt64(tag) << 32 | UInt64(code + 1)
    if ends.count * 4 > slots.count * 3 { grow() }
    return code
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 { place(entry) }
  }

  @usableFromInline mutating func makeIndex() {
    var size = 64
    while count * 4 > size * 3 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    for code in 0..<count {
      let tag = UInt32(truncatingIfNeeded: withBytes(of: code) { hash($0) })
      place(UInt64(tag) << 32 | UInt64(code + 1))
    }
  }

  /// Puts an entry that is not in the table into the first free slot.
  private mutating func place(_ entry: UInt64) {
    let mask = slots.count - 1
    var slot = Int(entry >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = entry
  }
}

extension ByteView {
  /// A view of no bytes.
  @inlinable package static var none: ByteView {
    // Any non-null address serves: nothing is ever read through it.
    ByteView(start: UnsafeRawPointer(bitPattern: 1)!, count: 0)
  }
}
