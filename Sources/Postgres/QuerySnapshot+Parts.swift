import CPostgreSQL
import Engine

// A large result is read in ranges of a column that the pipeline names, so that several connections
// read at once. Its least and greatest values are asked for, and what lies between is cut into
// equal widths: more of them than there are connections, so that it matters little how the rows
// lie. That works for views, joins and partitions as for tables, needs no statistics, and asks of an
// index on the column for two of its entries.
//
// Where the cuts are must never show. Nobody is told which part a row is of; the rows of a key that
// is there more than once are settled by a pass in the query's own order.

extension QuerySnapshot {
  /// A statement that gives some or all rows of a bound query.
  package struct Part: Sendable {
    let statement: String
  }

  /// The statement that gives all rows, in the query's order.
  package func whole(_ binding: Binding) -> [Part] { [binding.part()] }

  /// Statements that together give all rows, each once: at most `count` and one more, and not more
  /// than one for each `rowsPerPart` that the server expects.
  package func parts(
    of binding: Binding, atMost count: Int, rowsPerPart: Int
  ) throws(WarehouseError) -> [Part] {
    guard let split = binding.split, count > 1 else { return whole(binding) }
    do throws(PostgresError) {
      let count = min(count, try plan(of: binding).rows / max(1, rowsPerPart))
      guard count > 1,
        let low = try extreme(of: split, in: binding, "ASC"),
        let high = try extreme(of: split, in: binding, "DESC"), low < high
      else { return whole(binding) }
      let cuts = split.cuts(from: low, to: high, count)
      let column = "q.\(quoted(split.name))"
      var parts = [binding.part("\(column) < \(cuts[0])")]
      for (from, to) in zip(cuts, cuts.dropFirst()) {
        parts.append(binding.part("\(column) >= \(from) AND \(column) < \(to)"))
      }
      parts.append(binding.part("\(column) >= \(cuts[cuts.count - 1])"))
      parts.append(binding.part("\(column) IS NULL"))
      return parts
    } catch {
      throw error.warehouseError
    }
  }

  /// How many bytes of rows the server's planner expects: a guess, to begin the longest query first.
  package func expectedBytes(of binding: Binding) throws(WarehouseError) -> Double {
    do throws(PostgresError) {
      let plan = try plan(of: binding)
      return Double(plan.rows) * Double(plan.width)
    } catch {
      throw error.warehouseError
    }
  }

  /// How many rows the server's planner expects, and how many bytes in each.
  private func plan(of binding: Binding) throws(PostgresError) -> (rows: Int, width: Int) {
    let plan = try connection.rows("EXPLAIN SELECT \(binding.selected) FROM \(binding.query)")
    // Such as "Seq Scan on calls  (cost=0.00..18.50 rows=850 width=90)".
    let first = plan.first?.first ?? ""
    func number(after mark: String) -> Int {
      guard let mark = first.firstRange(of: mark) else { return 0 }
      return Int(first[mark.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    return (number(after: " rows="), number(after: " width="))
  }

  /// The least or the greatest value of the column, as a number; nil where there is none.
  private func extreme(
    of split: SplitColumn, in binding: Binding, _ direction: String
  ) throws(PostgresError) -> Int64? {
    let column = "q.\(quoted(split.name))"
    return try connection.rows(
      "SELECT \(split.number("x")) FROM (SELECT \(column) AS x FROM \(binding.query) "
        + "WHERE \(split.isFinite(column)) ORDER BY \(column) \(direction) LIMIT 1) AS e"
    ).first.flatMap { Int64($0[0]) }
  }
}

extension QuerySnapshot.Binding {
  fileprivate func part(_ condition: String? = nil) -> QuerySnapshot.Part {
    QuerySnapshot.Part(
      statement: "COPY (SELECT \(selected) FROM \(query)"
        + (condition.map { " WHERE \($0)" } ?? "") + ") TO STDOUT (FORMAT binary)")
  }
}

/// A column of a query by whose ranges its rows are read in parts.
struct SplitColumn: Sendable {
  let name: String
  private let kind: Kind

  private enum Kind: Sendable {
    case integer
    case day
    case instant(type: String)
    case uuid
  }

  static let acceptedTypes = "an integer, uuid, date, timestamp or timestamptz column"

  /// nil where values of the type are not numbers in their order.
  init?(name: String, type: Oid) {
    self.name = name
    switch type {
    case TypeID.int2, TypeID.int4, TypeID.int8: kind = .integer
    case TypeID.date: kind = .day
    case TypeID.timestamp: kind = .instant(type: "timestamp")
    case TypeID.timestamptz: kind = .instant(type: "timestamptz")
    case TypeID.uuid: kind = .uuid
    default: return nil
    }
  }

  /// That a value is there and no infinity.
  func isFinite(_ column: String) -> String {
    switch kind {
    case .integer, .uuid: "\(column) IS NOT NULL"
    case .day, .instant: "isfinite(\(column))"
    }
  }

  /// SQL for a value as a number in its order: days or microseconds since 1970-01-01, the first 60
  /// bits of a UUID.
  func number(_ column: String) -> String {
    switch kind {
    case .integer: "\(column)::bigint"
    case .day: "(\(column) - date '1970-01-01')::bigint"
    case .instant: "(extract(epoch FROM \(column)) * 1000000)::bigint"
    case .uuid: "('x' || left(replace(\(column)::text, '-', ''), 15))::bit(60)::bigint"
    }
  }

  /// Where values between two numbers are cut into `count` equal widths, as SQL: ascending, at
  /// least one cut.
  func cuts(from low: Int64, to high: Int64, _ count: Int) -> [String] {
    let width = Int128(high) - Int128(low)
    var numbers: [Int64] = []
    for index in 1..<max(2, count) {
      // Between two numbers of 64 bits, so one itself; above the lower one.
      let number = Int64(Int128(low) + max(1, width * Int128(index) / Int128(count)))
      if number != numbers.last { numbers.append(number) }
    }
    return numbers.map(literal)
  }

  private func literal(_ number: Int64) -> String {
    switch kind {
    case .integer: return String(number)
    case .day:
      let number = min(max(number, Int64(Day.first.number)), Int64(Day.last.number))
      return "date '\(Day(number: Int32(number)).text)'"
    case .instant(let type):
      return "\(type) '\(Instant.text(min(max(number, Instant.first), Instant.last)))'"
    case .uuid:
      let digits = String(UInt64(bitPattern: number), radix: 16)
      let bits = String(repeating: "0", count: 15 - digits.count) + digits
      return "uuid '\(bits)\(String(repeating: "0", count: 17))'"
    }
  }
}
