import Engine

/// How much a caller wanted to be served, 1 to 10, where the source does not say.
enum IntentScore {
  /// How long an earlier call of the session counts: 24 hours, whatever the clocks do.
  static let reach = Instant.day

  /// 3, plus 1 for each earlier call (at most 3), plus 2 if one of those went to another vendor,
  /// plus 1 from 15 seconds on and 1 more from 45.
  static func score(earlier: Int, elsewhere: Bool, duration: Int64) -> Int64 {
    3 + Int64(min(earlier, 3)) + (elsewhere ? 2 : 0) + (duration >= 15 ? 1 : 0)
      + (duration >= 45 ? 1 : 0)
  }

  /// The score of every call, by row; `order` is the calls in order of time, then ID.
  static func scores(of rows: CallRows, in order: [Int]) -> [Int64] {
    var scores = [Int64](repeating: 0, count: order.count)
    var sessions = [[Int]](repeating: [], count: rows.sessions.count)
    for row in order {
      if rows.session[row] >= 0 {
        sessions[Int(rows.session[row])].append(row)
      } else {
        scores[row] = score(earlier: 0, elsewhere: false, duration: rows.duration[row])
      }
    }
    for session in sessions {
      var low = 0
      /// The place of the latest call before this one that went to another vendor, −1 for none.
      var latestElsewhere = -1
      for (place, row) in session.enumerated() {
        while rows.startedAt[row] - rows.startedAt[session[low]] > reach { low += 1 }
        // Calls between that place and the one before this one all went where the one before went.
        if place > 0, rows.vendor[session[place - 1]] != rows.vendor[row] {
          latestElsewhere = place - 1
        }
        scores[row] = score(
          earlier: place - low, elsewhere: latestElsewhere >= low, duration: rows.duration[row])
      }
    }
    for row in order where rows.intent[row] != .absent { scores[row] = rows.intent[row] }
    return scores
  }
}
