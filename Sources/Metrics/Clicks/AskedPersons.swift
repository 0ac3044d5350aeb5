import Engine

/// Everybody whose touches are wanted, users and visitors, each with the time in which they are: nearly
/// all clicks of a customer lie too far from any signup or sale to be a touch of it.
struct AskedPersons {
  private var persons = GroupTable()
  /// The first and last instant that each person's touches are asked of.
  private var firsts: [Int64] = []
  private var lasts: [Int64] = []
  private let reach: Int64

  /// Nobody; touches count for `reach` microseconds.
  init(reach: Int64) { self.reach = reach }

  /// How many there are.
  var count: Int { persons.count }

  /// The number of a person, given by hash, whose touches at the instants of a range are wanted.
  mutating func ask(_ hash: UInt64, _ instants: ClosedRange<Int64>) -> Int32 {
    let person = persons.group(hash, 0)
    if person == firsts.count {
      firsts.append(instants.lowerBound)
      lasts.append(instants.upperBound)
    } else {
      firsts[person] = min(firsts[person], instants.lowerBound)
      lasts[person] = max(lasts[person], instants.upperBound)
    }
    return Int32(person)
  }

  /// The number of a person, by hash, if a click of theirs at an instant may be a touch that is wanted;
  /// else −1.
  func person(_ hash: UInt64, clickingAt instant: Int64) -> Int32 {
    guard let person = persons.find(hash, 0), instant <= lasts[person],
      firsts[person] - instant <= reach
    else { return -1 }
    return Int32(person)
  }
}
