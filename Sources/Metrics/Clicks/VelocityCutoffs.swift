import Engine

/// For each group of a code, an address and a clock hour with more clicks than the limit: the last
/// click that still counts, in order of time, then ID.
struct VelocityCutoffs {
  /// A click's place in the order.
  private struct Place {
    let instant: Int64
    let id: [UInt8]

    func isBefore(_ instant: Int64, _ other: ByteView) -> Bool {
      self.instant != instant ? self.instant < instant : id.withView { $0 < other }
    }

    static func < (left: Place, right: Place) -> Bool {
      right.id.withView { left.isBefore(right.instant, $0) }
    }
  }

  private let limit: Int
  private var groups = GroupTable()
  /// The first clicks of each group, a few more than the limit until `settle`.
  private var firsts: [[Place]] = []

  /// No groups.
  init(limit: Int64) { self.limit = Int(limit) }

  /// Takes note of a click of a group that may have too many.
  mutating func add(_ group: UInt64, _ instant: Int64, _ id: ByteView) {
    let index = groups.group(group, 0)
    if index == firsts.count { firsts.append([]) }
    firsts[index].append(Place(instant: instant, id: id.bytes))
    // No more than twice the limit and a few are held of a group, however many come.
    if firsts[index].count / 2 >= limit + 8 { truncate(index) }
  }

  private mutating func truncate(_ index: Int) {
    var places: [Place] = []
    swap(&places, &firsts[index])
    places.sort(by: <)
    // One more than the limit says that there are too many.
    places.removeLast(max(0, places.count - limit - 1))
    firsts[index] = places
  }

  /// Puts every group in order, once all clicks were added.
  mutating func settle() {
    for index in firsts.indices { truncate(index) }
  }

  /// Whether a click comes after as many of its group as count.
  func isOver(_ group: UInt64, _ instant: Int64, _ id: ByteView) -> Bool {
    guard let index = groups.find(group, 0), firsts[index].count > limit else { return false }
    guard limit > 0 else { return true }
    return firsts[index][limit - 1].isBefore(instant, id)
  }
}
