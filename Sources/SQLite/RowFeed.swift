import CSQLite
import Engine

// Rows are written by `INSERT INTO … SELECT * FROM row_feed`, where `row_feed` is a virtual table
// (https://www.sqlite.org/vtab.html) that hands out the rows a stage made. One statement for all rows
// takes a third of the time of one statement for each, which goes into starting, ending and binding
// it, and into looking up the next serial number.

/// A table's rows in the order of its key, in which both the key's index and whatever is numbered
/// serially grow at their end.
///
/// It cannot be copied: SQLite asks through a pointer to it, value by value.
struct RowFeed: ~Copyable {
  /// The name under which SQL reads them, while they are fed.
  static let name = "row_feed"

  private let declaration: String
  private let order: [Int32]
  private let blocks: RowBlocks
  private var block: RowBlock
  /// Where the current row stands in `order`, and the block that holds it.
  private var position = 0
  private var blockStart = 0

  /// All rows of a table in an order; `blocks` are the same ones.
  init(_ rows: Table, in order: [Int32], blocks: RowBlocks, pools: [UnsafeRawPointer?]) {
    let names = rows.schema.columns.map { quoted($0.name) }.joined(separator: ", ")
    declaration = "CREATE TABLE \(Self.name) (\(names))"
    self.order = order
    self.blocks = blocks
    block = RowBlock(of: rows, pools: pools)
  }

  /// The row SQLite has read last, as the stage numbered it: where it stopped, if it did.
  var row: Int { order.isEmpty ? 0 : Int(order[min(position, order.count - 1)]) }

  private var isAtEnd: Bool { position >= order.count }

  /// Goes to the first row; false once any was read, since a block is made once.
  private mutating func begin() -> Bool {
    if position > 0 { return false }
    load()
    return true
  }

  private mutating func advance() {
    position += 1
    if position - blockStart == RowBlock.size { load() }
  }

  private mutating func load() {
    blockStart = position
    if !isAtEnd { blocks.read(position / RowBlock.size, into: &block) }
  }

  private func give(_ column: Int, to call: OpaquePointer?) {
    block.give(column, ofRow: position - blockStart, to: call)
  }
}

extension Database {
  /// Runs a statement that reads `feed` as a table.
  func execute(_ sql: String, reading feed: inout RowFeed) throws(SQLiteError) {
    try withUnsafeMutablePointer(to: &feed) { pointer throws(SQLiteError) in
      try define(RowFeed.module, pointer)
      // It cannot fail to go, and nobody may read it when the rows are gone.
      defer { try? define(nil, nil) }
      try execute(sql)
    }
  }

  private func define(
    _ module: UnsafePointer<sqlite3_module>?, _ feed: UnsafeMutablePointer<RowFeed>?
  ) throws(SQLiteError) {
    let code = sqlite3_create_module_v2(handle, RowFeed.name, module, feed, nil)
    if code != SQLITE_OK { throw SQLiteError(connection: handle, sql: RowFeed.name) }
  }
}

extension RowFeed {
  private typealias VirtualTable = UnsafeMutablePointer<row_feed_table>
  private typealias Cursor = UnsafeMutablePointer<row_feed_cursor>

  /// What SQLite calls. Made once and never changed; without `xCreate` there is just the one table
  /// named like the module, and it is in no schema.
  fileprivate nonisolated(unsafe) static let module: UnsafePointer<sqlite3_module> = {
    var calls = sqlite3_module()
    calls.xConnect = { database, feed, _, _, table, _ in
      guard let feed else { return SQLITE_MISUSE }
      let declaration = feed.assumingMemoryBound(to: RowFeed.self).pointee.declaration
      let code = sqlite3_declare_vtab(database, declaration)
      if code != SQLITE_OK { return code }
      let made = VirtualTable.allocate(capacity: 1)
      made.initialize(to: row_feed_table(base: sqlite3_vtab(), feed: feed))
      return made.withMemoryRebound(to: sqlite3_vtab.self, capacity: 1) {
        table?.pointee = $0
        return SQLITE_OK
      }
    }
    calls.xDisconnect = { table in
      UnsafeMutableRawPointer(table)?.deallocate()
      return SQLITE_OK
    }
    calls.xBestIndex = { _, _ in SQLITE_OK }
    calls.xOpen = { table, cursor in
      guard let table = UnsafeMutableRawPointer(table) else { return SQLITE_MISUSE }
      let feed = table.assumingMemoryBound(to: row_feed_table.self).pointee.feed
      let made = Cursor.allocate(capacity: 1)
      made.initialize(to: row_feed_cursor(base: sqlite3_vtab_cursor(), feed: feed))
      return made.withMemoryRebound(to: sqlite3_vtab_cursor.self, capacity: 1) {
        cursor?.pointee = $0
        return SQLITE_OK
      }
    }
    calls.xClose = { cursor in
      UnsafeMutableRawPointer(cursor)?.deallocate()
      return SQLITE_OK
    }
    calls.xFilter = { cursor, _, _, _, _ in
      // A statement that copies rows reads them once.
      feed(of: cursor).pointee.begin() ? SQLITE_OK : SQLITE_MISUSE
    }
    calls.xNext = { cursor in
      feed(of: cursor).pointee.advance()
      return SQLITE_OK
    }
    calls.xEof = { feed(of: $0).pointee.isAtEnd ? 1 : 0 }
    calls.xColumn = { cursor, call, column in
      feed(of: cursor).pointee.give(Int(column), to: call)
      return SQLITE_OK
    }
    calls.xRowid = { cursor, number in
      number?.pointee = sqlite3_int64(feed(of: cursor).pointee.position)
      return SQLITE_OK
    }
    let memory = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
    memory.initialize(to: calls)
    return UnsafePointer(memory)
  }()

  /// SQLite hands out only cursors that `xOpen` made, so neither pointer is nil.
  @inline(__always)
  private static func feed(
    of cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<RowFeed> {
    UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: row_feed_cursor.self).pointee.feed
      .assumingMemoryBound(to: RowFeed.self)
  }
}
