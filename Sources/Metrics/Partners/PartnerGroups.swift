import Engine

/// Figures per partner and day, or per partner and week by its Monday.
struct PartnerGroups<Figures> {
  /// The partners' IDs.
  private(set) var partners = StringPool()
  private var groups = GroupTable()
  /// The figures of each group.
  var figures: [Figures] = []
  private let empty: Figures

  /// No groups; a new one begins with `empty`.
  init(_ empty: Figures) { self.empty = empty }

  /// Makes the partners of another pool known; the map gives their codes here.
  mutating func add(_ pool: StringPool) -> CodeMap { CodeMap(partners.merge(pool)) }

  /// The group of a partner and day, added if it is new.
  mutating func group(_ partner: Int32, day: Int32) -> Int {
    let group = groups.group(UInt64(partner), UInt64(bitPattern: Int64(day)))
    if group == figures.count { figures.append(empty) }
    return group
  }

  /// The group of a partner and a day's week, added if it is new.
  mutating func group(_ partner: Int32, weekOf day: Int32) -> Int {
    group(partner, day: Day(number: day).weekStart.number)
  }

  /// The partner's code of a group.
  func partner(_ group: Int) -> Int32 { Int32(groups.keys[group].x) }

  /// The day, or the Monday, of a group.
  func day(_ group: Int) -> Int64 { Int64(bitPattern: groups.keys[group].y) }

  /// The partner's ID of a group.
  func name(_ group: Int) -> String { partners.text(of: Int(partner(group))) }

  /// All groups by day, then partner.
  func sorted() -> [Int] {
    let ranks = partners.ranks()
    return figures.indices.sorted { left, right in
      if day(left) != day(right) { return day(left) < day(right) }
      return ranks[Int(partner(left))] < ranks[Int(partner(right))]
    }
  }

  /// The partners of some groups as a column.
  func column(_ selected: [Int]) -> TableColumn {
    .texts(TextColumn(codes: selected.map(partner), pool: partners))
  }
}
