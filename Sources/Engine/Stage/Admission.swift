import Synchronization

/// Decides which rows of a source are used where several have the same primary key: the last one by
/// file and place.
///
/// One pass is enough unless two rows with one key say different things. Then `contestedKeys` is
/// not empty, what the pass folded is thrown away, and a second pass with `Admission(contract:,
/// contested:)` holds the rows of those keys aside; `settle` gives the winners.
package final class Admission: Sendable {
  /// How many rows lost against a row with the same key.
  package struct Losses: Sendable, Equatable {
    /// Rows that said the same as the one that is used.
    package var duplicate = 0
    /// Rows that said something else.
    package var superseded = 0
  }

  private let contract: Contract
  private let contested: Set<UInt64>
  /// nil where every repeated key is known to be contested: then no other can repeat.
  private let ledger: KeyLedger?
  private let memory: BoundedMemory?
  private let found = Mutex<Set<UInt64>>([])
  private let held = Mutex<[HeldRow]>([])
  private let duplicates = Mutex(0)
  /// Keys of rows that say the same, kept only where memory is limited.
  private let repeated = Mutex<Set<UInt64>>([])
  private let failed = Mutex<SpillError?>(nil)
  private let hasDisputes = Atomic(false)

  /// Admission to a first pass, or to a repeated one with the keys that the first found contested.
  /// With a limit of `memory` those are all that repeat, whatever they say.
  package init(
    contract: Contract, contested: Set<UInt64> = [], memory: BoundedMemory? = nil
  ) {
    self.contract = contract
    self.contested = contested
    self.memory = memory
    ledger = memory != nil && !contested.isEmpty ? nil : KeyLedger(memory: memory)
  }

  /// Ends a pass whose memory was limited: finds the keys that repeat among those on disk. Throws
  /// what kept rows from being put aside or read back.
  package func settleSpilled() throws(SpillError) {
    guard memory != nil else { return }
    if let failure = failed.withLock({ $0 }) { throw failure }
    let onDisk = try ledger?.repeatedOnDisk() ?? []
    let isContested = found.withLock { found in
      found.formUnion(onDisk)
      return !found.isEmpty
    }
    // The second pass has no ledger: it must know every key that repeats.
    if isContested { found.withLock { $0.formUnion(repeated.withLock { $0 }) } }
  }

  /// Whether the pass must be repeated: what is folded from now on would be thrown away.
  package var isContested: Bool { hasDisputes.load(ordering: .relaxed) }

  /// Keys of which rows differ, or may differ, by the identity of their hash: if there are any, the
  /// pass must be repeated with them.
  package var contestedKeys: Set<UInt64> { found.withLock { $0 } }

  /// Whether rows are held aside, for which every column of the contract must be decoded.
  package var needsAllColumns: Bool { !contested.isEmpty }

  /// Squeezes out of a batch the rows that are not to be folded (yet); `file` is the place of its
  /// file in byte order of names.
  package func admit(_ batch: Batch, file: Int) {
    let heldRows = holdAside(batch, file: file)
    let verdicts: [KeyLedger.Verdict]?
    do throws(SpillError) {
      verdicts = try ledger?.enter(keys: batch.keyHashes, records: batch.recordHashes)
    } catch {
      let failure = error
      failed.withLock { $0 = $0 ?? failure }
      hasDisputes.store(true, ordering: .relaxed)
      return
    }
    // Mostly every row is new.
    if verdicts == nil, heldRows.isEmpty { return }
    var dropped: [Int] = []
    var disputes: [UInt64] = []
    var copies: [UInt64] = []
    for row in 0..<batch.count {
      let isHeld = !heldRows.isEmpty && heldRows.contains(row)
      let verdict = verdicts?[row] ?? .new
      if verdict == .new, !isHeld { continue }
      dropped.append(row)
      if isHeld { continue }
      let key = KeyLedger.identity(of: batch.keyHashes[row])
      if verdict == .duplicate { copies.append(key) } else { disputes.append(key) }
    }
    if !copies.isEmpty {
      duplicates.withLock { $0 += copies.count }
      if memory != nil { repeated.withLock { $0.formUnion(copies) } }
    }
    if !disputes.isEmpty {
      found.withLock { $0.formUnion(disputes) }
      hasDisputes.store(true, ordering: .relaxed)
    }
    if !dropped.isEmpty { batch.drop(dropped) }
  }

  private func holdAside(_ batch: Batch, file: Int) -> Set<Int> {
    guard !contested.isEmpty else { return [] }
    var rows: Set<Int> = []
    var copies: [HeldRow] = []
    for row in 0..<batch.count
    where contested.contains(KeyLedger.identity(of: batch.keyHashes[row])) {
      rows.insert(row)
      copies.append(HeldRow(row, of: batch, contract: contract, file: file))
    }
    if !copies.isEmpty { held.withLock { $0 += copies } }
    return rows
  }

  /// After a pass: the winners among the rows held aside, in batches of at most `batchSize` rows,
  /// and what was lost in the whole pass.
  package func settle(batchSize: Int, fold: (Batch) throws(StageError) -> Void) throws(StageError)
    -> Losses
  {
    var losses = Losses(duplicate: duplicates.withLock { $0 })
    let rows = held.withLock { $0.sorted(by: HeldRow.precedes) }
    var winners: [HeldRow] = []
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, rows[end].key == rows[start].key { end += 1 }
      let winner = rows[end - 1]
      for row in rows[start..<(end - 1)] {
        if row.values == winner.values { losses.duplicate += 1 } else { losses.superseded += 1 }
      }
      winners.append(winner)
      start = end
    }
    let batch = Batch(columnCount: contract.fields.count)
    for first in stride(from: 0, to: winners.count, by: batchSize) {
      batch.load(winners[first..<min(first + batchSize, winners.count)], contract: contract)
      try fold(batch)
    }
    return losses
  }
}

/// A row held aside: its place, its key and all its values, as bytes that are equal exactly if the
/// values are.
struct HeldRow: Sendable {
  let file: Int
  let position: Int
  let key: [UInt8]
  let values: [UInt8]

  init(_ row: Int, of batch: Batch, contract: Contract, file: Int) {
    self.file = file
    position = batch.positions[row]
    key = Self.encode(row, of: batch, columns: contract.key, contract: contract)
    values = Self.encode(
      row, of: batch, columns: Array(contract.fields.indices), contract: contract)
  }

  private static func encode(
    _ row: Int, of batch: Batch, columns: [Int], contract: Contract
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for column in columns {
      if contract.fields[column].type.isText {
        let text = batch.text(column)[row]
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: text.bytes)
      } else {
        let value = batch.integers[column][row]
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// By key, then by place.
  static func precedes(_ left: HeldRow, _ right: HeldRow) -> Bool {
    if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
    return (left.file, left.position) < (right.file, right.position)
  }
}

extension Batch {
  /// Fills the batch with rows that were held aside.
  func load(_ rows: ArraySlice<HeldRow>, contract: Contract) {
    begin(rowCount: rows.count, chunk: .none)
    for (column, field) in contract.fields.enumerated() {
      integers[column].removeAll(keepingCapacity: true)
      putEmptyTexts(column, count: field.type.isText ? rows.count : 0)
    }
    positions = rows.map(\.position)
    keyHashes = [UInt64](repeating: 0, count: rows.count)
    recordHashes = keyHashes
    for (index, row) in rows.enumerated() {
      row.values.withView { bytes in
        var place = 0
        for (column, field) in contract.fields.enumerated() {
          let word = bytes.word(at: place)
          place += 8
          if field.type.isText {
            put(bytes.slice(place..<(place + Int(word))).bytes, in: &texts[column], row: index)
            place += Int(word)
          } else {
            integers[column].append(Int64(bitPattern: word))
          }
        }
      }
    }
  }
}
