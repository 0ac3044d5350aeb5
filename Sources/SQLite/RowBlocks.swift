import Engine
import Threads

/// A table's rows in an order, as blocks that one thread reads while another makes the next ones.
///
/// Making them takes about as long as SQLite takes to store them, and needs nothing of SQLite. Who
/// reads makes a block that nobody has begun by itself, so all goes on where there is no other thread.
final class RowBlocks: Sendable {
  /// How many blocks are made ahead of the one that is read.
  private static let lead = 4

  /// A block on its way between the threads: one thread's alone from being taken out of the state to
  /// being put back.
  private final class Slot: @unchecked Sendable {
    var block: RowBlock
    init(_ block: consuming RowBlock) { self.block = block }
  }

  private struct State {
    var idle: [Slot]
    /// Blocks that are made and wait to be read, by their number.
    var ready: [(number: Int, slot: Slot)] = []
    /// The next block that nobody has begun.
    var next = 0
    var isClosed = false
  }

  private let order: [Int32]
  private let state: Monitor<State>

  /// The rows of a table; nothing is made yet. `pools` is where the bytes of its texts lie, as long as
  /// this exists.
  init(of rows: Table, in order: [Int32], pools: [UnsafeRawPointer?]) {
    self.order = order
    state = Monitor(
      State(idle: (0..<Self.lead).map { _ in Slot(RowBlock(of: rows, pools: pools)) }))
  }

  /// How many blocks there are.
  private var count: Int { (order.count + RowBlock.size - 1) / RowBlock.size }

  /// Whether there is enough to do for two threads.
  var isWorthAnotherThread: Bool { count > 2 * Self.lead }

  /// Puts a block by its number into `block`; each is read once, one after the other.
  func read(_ number: Int, into block: inout RowBlock) {
    let made = state.wait { state -> Slot?? in
      if let place = state.ready.firstIndex(where: { $0.number == number }) {
        return .some(state.ready.remove(at: place).slot)
      }
      guard state.next == number else { return nil }
      state.next += 1
      return .some(nil)
    }
    guard let made else { return load(number, into: &block) }
    swap(&made.block, &block)
    state.with { $0.idle.append(made) }
  }

  /// Makes blocks, a few ahead of the reader, until there are no more or nobody reads them.
  func makeAhead() {
    while true {
      let claimed = state.wait { state -> (number: Int, slot: Slot)?? in
        if state.isClosed || state.next == count { return .some(nil) }
        guard let slot = state.idle.popLast() else { return nil }
        state.next += 1
        return (state.next - 1, slot)
      }
      guard let claimed else { return }
      load(claimed.number, into: &claimed.slot.block)
      state.with { $0.ready.append(claimed) }
    }
  }

  /// Says that nothing more is read.
  func close() { state.with { $0.isClosed = true } }

  private func load(_ number: Int, into block: inout RowBlock) {
    let start = number * RowBlock.size
    block.load(order[start..<min(start + RowBlock.size, order.count)])
  }
}
