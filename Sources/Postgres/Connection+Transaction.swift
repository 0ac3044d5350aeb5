import CPostgreSQL
import Engine
import Glibc

extension Connection {
  /// Runs `body` in a transaction, which is kept if `body` says so; PostgreSQL's own errors become
  /// the caller's.
  ///
  /// If the connection is lost while committing, the server is asked on a new one what became of
  /// the transaction.
  func transaction<Failure: Error>(
    _ begin: String, orError convert: (PostgresError) -> Failure, _ body: () throws(Failure) -> Bool
  ) throws(Failure) {
    func run(_ sql: String) throws(Failure) {
      do throws(PostgresError) { try execute(sql) } catch { throw convert(error) }
    }
    try run(begin)
    do throws(Failure) {
      if try body() {
        do throws(PostgresError) { try commit() } catch { throw convert(error) }
      } else {
        try run("ROLLBACK")
      }
    } catch {
      // If rolling back fails, the server does it when the connection ends: the first error is the
      // one to tell.
      if isInTransaction { _ = try? execute("ROLLBACK") }
      throw error
    }
  }

  private func commit() throws(PostgresError) {
    let number = try rows("SELECT pg_current_xact_id_if_assigned()")[0][0]
    do throws(PostgresError) { try execute("COMMIT") } catch {
      guard isLost, !number.isEmpty else { throw error }
      switch outcome(ofTransaction: number) {
      case "committed": return
      case "aborted": throw error
      default:
        throw PostgresError(
          .unavailable,
          "\(error.message)\n  the connection was lost while the transaction was committed; whether "
            + "it was is not known",
          help:
            "see `nightmill history` or `nightmill query \"SELECT * FROM runs\"` when the server "
            + "is back; running again is safe in either case")
      }
    }
  }

  /// What became of a transaction whose connection was lost, asked on a new one: `committed`,
  /// `aborted`, `in progress` where its session goes on for longer than some seconds, or nil where
  /// nobody answers.
  private func outcome(ofTransaction number: String) -> String? {
    guard let other = try? Connection(url) else { return nil }
    var pause: UInt32 = 50_000
    while true {
      let outcome = try? other.rows("SELECT pg_xact_status('\(number)')").first?.first
      guard outcome == "in progress", pause < 3_000_000, !Cancellation.isRequested
      else { return outcome }
      usleep(pause)
      pause *= 2
    }
  }

  /// Runs `body` so that all it does is undone at its end, and nothing it does can write: inside a
  /// transaction as a part of it, else in one of its own. A failure leaves the outer transaction as
  /// it was.
  func reading<Result, Failure: Error>(
    orError convert: (PostgresError) -> Failure, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    func run(_ sql: String) throws(Failure) {
      do throws(PostgresError) { try execute(sql) } catch { throw convert(error) }
    }
    let isInside = isInTransaction
    try run(
      isInside ? "SAVEPOINT reading; SET TRANSACTION READ ONLY" : "BEGIN TRANSACTION READ ONLY")
    let end = isInside ? "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading" : "ROLLBACK"
    do throws(Failure) {
      let result = try body()
      try run(end)
      return result
    } catch {
      if isInTransaction { _ = try? execute(end) }
      throw error
    }
  }
}
