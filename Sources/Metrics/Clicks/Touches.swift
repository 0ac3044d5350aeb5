import Engine

/// Accepted clicks by person, in order of time, then ID.
struct Touches {
  /// One of them.
  struct Touch {
    let person: Int32
    let partner: Int32
    let instant: Int64
    let id: Int
  }

  /// A partner's turn on the way to a sale: consecutive touches of one partner count as one, the
  /// latest.
  struct Step: Equatable {
    let partner: Int
    let instant: Int64
  }

  private var touches: [Touch] = []
  private var ids: [UInt8] = []
  private var idEnds: [Int] = []
  /// Where each person's touches begin, once sorted.
  private var starts: [Int] = []

  /// Adds a touch of a person.
  mutating func add(_ person: Int, _ partner: Int, _ instant: Int64, _ id: ByteView) {
    touches.append(
      Touch(
        person: Int32(person), partner: Int32(partner), instant: instant, id: idEnds.count))
    ids.append(contentsOf: UnsafeRawBufferPointer(start: id.start, count: id.count))
    idEnds.append(ids.count)
  }

  /// Puts the touches in order, once all were added; persons are below `persons`.
  mutating func sort(persons: Int) {
    var sorted: [Touch] = []
    swap(&sorted, &touches)
    sorted.sort { left, right in
      left.person != right.person ? left.person < right.person : isBefore(left, right)
    }
    touches = sorted
    starts = [Int](repeating: 0, count: persons + 1)
    for touch in touches { starts[Int(touch.person) + 1] += 1 }
    for person in 0..<persons { starts[person + 1] += starts[person] }
  }

  private func isBefore(_ left: Touch, _ right: Touch) -> Bool {
    if left.instant != right.instant { return left.instant < right.instant }
    return ids.withView { $0.slice(idRange(left.id)) < $0.slice(idRange(right.id)) }
  }

  private func idRange(_ id: Int) -> Range<Int> { (id == 0 ? 0 : idEnds[id - 1])..<idEnds[id] }

  /// Whether a person has a touch at all, once sorted.
  func hasAny(of person: Int32) -> Bool { starts[Int(person)] < starts[Int(person) + 1] }

  /// Appends the way of some persons, who are one, from one instant to another, both included.
  func appendPath(
    of persons: [Int32], from: Int64, through: Int64, to steps: inout [Step]
  ) {
    let first = steps.count
    if persons.count == 1 {
      for touch in touches[range(of: persons[0], from, through)] {
        Self.append(touch, to: &steps, from: first)
      }
      return
    }
    var found: [Touch] = []
    for person in persons { found.append(contentsOf: touches[range(of: person, from, through)]) }
    found.sort(by: isBefore)
    for touch in found { Self.append(touch, to: &steps, from: first) }
  }

  private static func append(_ touch: Touch, to steps: inout [Step], from first: Int) {
    if steps.count > first, steps[steps.count - 1].partner == Int(touch.partner) {
      steps.removeLast()
    }
    steps.append(Step(partner: Int(touch.partner), instant: touch.instant))
  }

  /// The places of a person's touches from one instant to another, both included.
  private func range(of person: Int32, _ from: Int64, _ through: Int64) -> Range<Int> {
    let low = place(Int(person), from: from)
    return low..<max(low, place(Int(person), from: through + 1))
  }

  /// The place of a person's first touch at `instant` or later.
  private func place(_ person: Int, from instant: Int64) -> Int {
    var (low, high) = (starts[person], starts[person + 1])
    while low < high {
      let middle = (low + high) / 2
      if touches[middle].instant < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
