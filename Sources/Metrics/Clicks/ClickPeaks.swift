import Engine

/// Where a partner's clicks of a week come from: the busiest clock hour, and the address that most
/// of them have.
///
/// Counting every address exactly would take memory for each. The frequent ones are found first
/// (Misra and Gries, Science of Computer Programming 2, 1982): with 8 counters no address that has
/// a ninth of the clicks is missed, whatever the order. Those few are then counted exactly, and one
/// is told of where it has a fifth.
struct ClickPeaks {
  /// An address with how many clicks it may have, then how many it has.
  private struct Candidate {
    var address: UInt64
    var clicks: Int64
  }

  private static let slots = 8

  /// Groups of (partner, Monday).
  private var weeks = GroupTable()
  private var candidates: [[Candidate]] = []
  /// How many clicks of each week have an address.
  private var addressed: [Int64] = []
  /// The clock hour that each week begins in, counted from 1970.
  private var firstHours: [Int64] = []
  /// The clicks of each week's clock hours.
  private var hourClicks: [[Int32]] = []
  private let zone: TimeZone

  /// No clicks of weeks in a zone.
  init(_ zone: TimeZone) { self.zone = zone }

  private mutating func week(_ partner: Int, _ monday: Int32) -> Int {
    let week = weeks.group(UInt64(partner), UInt64(bitPattern: Int64(monday)))
    if week == candidates.count {
      candidates.append([])
      addressed.append(0)
      firstHours.append(Self.hour(zone.firstInstant(of: Day(number: monday))))
      hourClicks.append([])
    }
    return week
  }

  /// The UTC clock hour of an instant, counted from 1970.
  private static func hour(_ instant: Int64) -> Int64 {
    ClickLimits.hourStart(instant) / ClickLimits.hour
  }

  /// Takes note of a click's address, before anything is counted.
  mutating func nominate(_ partner: Int, monday: Int32, _ address: UInt64) {
    let week = week(partner, monday)
    if let place = candidates[week].firstIndex(where: { $0.address == address }) {
      candidates[week][place].clicks += 1
    } else if candidates[week].count < Self.slots {
      candidates[week].append(Candidate(address: address, clicks: 1))
    } else {
      for place in candidates[week].indices { candidates[week][place].clicks -= 1 }
      candidates[week].removeAll { $0.clicks == 0 }
    }
  }

  /// Ends the nominations.
  mutating func settle() {
    for week in candidates.indices {
      for place in candidates[week].indices { candidates[week][place].clicks = 0 }
    }
  }

  /// Counts a click; `address` is nil where it has none.
  mutating func count(_ partner: Int, monday: Int32, _ instant: Int64, _ address: UInt64?) {
    let week = week(partner, monday)
    // No day begins before its week does, so none of its hours is earlier.
    let hour = Int(Self.hour(instant) - firstHours[week])
    while hourClicks[week].count <= hour { hourClicks[week].append(0) }
    hourClicks[week][hour] += 1
    guard let address else { return }
    addressed[week] += 1
    if let place = candidates[week].firstIndex(where: { $0.address == address }) {
      candidates[week][place].clicks += 1
    }
  }

  /// Rows of `click_peaks` by partner and week.
  func table(_ partners: Partners) -> Table {
    let order = weeks.keys.indices.sorted {
      let (left, right) = (weeks.keys[$0], weeks.keys[$1])
      return (left.x, Int64(bitPattern: left.y)) < (right.x, Int64(bitPattern: right.y))
    }
    return Table(
      schema: Timelines.peaks,
      columns: [
        .texts(partners.column(order.map { Int(weeks.keys[$0].x) })),
        .integers(order.map { Int64(bitPattern: weeks.keys[$0].y) }),
        .integers(order.map { Int64(hourClicks[$0].max() ?? 0) }),
        .integers(order.map { addressed[$0] }),
        .integers(
          order.map { week in
            let most = candidates[week].map(\.clicks).max() ?? 0
            return 5 * most >= addressed[week] ? most : 0
          }),
      ])
  }
}
