import CPostgreSQL
import Engine

// COPY in binary form: a header, then for each row the number of its columns and for each column
// its length (−1 for NULL) and its bytes, as the types' send and receive functions have them; then
// −1 instead of a number of columns.

/// The header of the binary form: its mark, no flags, no extension.
private let copyHeader: [UInt8] =
  Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

extension Connection {
  /// Runs a COPY … FROM STDIN (FORMAT binary); `fill` is called until it adds no more rows to the
  /// buffer.
  func copyIn<Failure: Error>(
    _ sql: String, orError convert: (PostgresError) -> Failure,
    _ fill: (inout [UInt8]) throws(Failure) -> Bool
  ) throws(Failure) {
    func put(_ bytes: [UInt8]) throws(Failure) {
      let sent = bytes.withUnsafeBytes { buffer in
        PQputCopyData(handle, buffer.bindMemory(to: CChar.self).baseAddress, Int32(buffer.count))
      }
      if sent != 1 { throw convert(lost(sql)) }
    }
    do throws(PostgresError) {
      guard PQsendQuery(handle, sql) == 1 else { throw lost(sql) }
      guard try finish(sql)?.status == PGRES_COPY_IN else { throw lost(sql) }
    } catch {
      throw convert(error)
    }
    var buffer = copyHeader
    do throws(Failure) {
      while try fill(&buffer) {
        try put(buffer)
        buffer.removeAll(keepingCapacity: true)
        if Cancellation.isRequested { break }
      }
      buffer += [0xFF, 0xFF]
      try put(buffer)
    } catch {
      PQputCopyEnd(handle, "the rows could not be made")
      _ = try? finish(sql)
      throw error
    }
    do throws(PostgresError) {
      let isStopped = Cancellation.isRequested
      guard PQputCopyEnd(handle, isStopped ? "interrupted" : nil) == 1 else { throw lost(sql) }
      if isStopped {
        _ = try? finish(sql)
        throw PostgresError(
          .interrupted, "\(url.masked): interrupted", help: "nothing was changed: run it again")
      }
      _ = try finish(sql)
    } catch {
      throw convert(error)
    }
  }

  /// Runs a COPY … TO STDOUT (FORMAT binary) and calls `row` with the bytes of each row, from the
  /// number of its columns on, valid inside `row` only; throwing ends the query. While none comes,
  /// `isStopped` is asked several times a second whether anybody still wants them.
  ///
  /// What `row` changes is in `state`: variables that a closure captures cost a lookup each time.
  func copyOut<State, Failure: Error>(
    _ sql: String, orError convert: (PostgresError) -> Failure, isStopped: () -> Bool = { false },
    into state: inout State, _ row: (inout State, ByteView) throws(Failure) -> Void
  ) throws(Failure) {
    do throws(PostgresError) {
      guard PQsendQuery(handle, sql) == 1 else { throw lost(sql) }
      // The server may keep its answer until there are some rows to send with it.
      guard try finish(sql, isStopped: isStopped)?.status == PGRES_COPY_OUT else {
        throw lost(sql)
      }
    } catch {
      throw convert(error)
    }
    do throws(Failure) {
      var isFirst = true
      var isCancelled = false
      while true {
        var message: UnsafeMutablePointer<CChar>?
        let count = PQgetCopyData(handle, &message, 1)
        if count == 0 {
          let isQuiet = !wait()
          if !isCancelled, Cancellation.isRequested || isQuiet && isStopped() {
            cancel()
            isCancelled = true
          }
          if PQconsumeInput(handle) == 1 { continue }
          throw convert(lost(sql))
        }
        guard count > 0, let message else { break }
        defer { PQfreemem(message) }
        var bytes = ByteView(start: UnsafeRawPointer(message), count: Int(count))
        if isFirst {
          // The header comes in front of the first row, or of the end.
          bytes = bytes.slice(min(copyHeader.count, bytes.count)..<bytes.count)
          isFirst = false
        }
        if Int16(bitPattern: bytes.bigEndian16(0)) >= 0, bytes.count >= 2 { try row(&state, bytes) }
      }
    } catch {
      // What is still on its way is thrown away, or the connection could not be used again.
      if !isLost {
        cancel()
        var message: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(handle, &message, 0) > 0 { PQfreemem(message) }
        _ = try? finish(sql)
      }
      throw error
    }
    do throws(PostgresError) { _ = try finish(sql) } catch { throw convert(error) }
  }
}

/// Goes through the columns of a row in binary form.
struct TupleReader {
  private let bytes: ByteView
  private var place = 2

  /// A reader of a row, which begins with the number of its columns.
  init(_ bytes: ByteView) { self.bytes = bytes }

  /// The bytes of the next column, nil for NULL.
  @inline(__always)
  mutating func next() -> ByteView? {
    let length = Int(bytes.bigEndian32(place))
    place += 4
    guard length >= 0, place + length <= bytes.count else { return nil }
    defer { place += length }
    return bytes.slice(place..<(place + length))
  }
}
