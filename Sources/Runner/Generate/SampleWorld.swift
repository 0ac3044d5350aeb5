/// Everything the files have in common, so that their keys agree: who exists, since when, and
/// how popular they are. Facts about a user are derived from a hash of the index, not stored.
struct SampleWorld {
  let options: GenerateOptions
  let span: SampleSpan
  let vendors: [SampleVendor]
  let products: [SampleProduct]
  let partners: [SamplePartner]
  /// When each user signed up, ascending.
  let created: [Int]
  /// The first user who signed up within the span.
  let firstNewUser: Int
  /// Per week, who buys and looks at what.
  let productPickers: [Picker]
  let partnerPicker: Picker
  let currencies = SampleCurrency.all

  private let userKeys: KeySpace
  private let visitorKeys: KeySpace
  private let strangerKeys: KeySpace
  private let salt: UInt64
  private let subscribersPerMillion: Int

  init(_ options: GenerateOptions) {
    self.options = options
    let span = SampleSpan(days: options.days, endDay: options.endDay)
    self.span = span
    let seed = options.seed
    userKeys = KeySpace(seed: seed, stream: 101)
    visitorKeys = KeySpace(seed: seed, stream: 102)
    strangerKeys = KeySpace(seed: seed, stream: 103)
    salt = SampleRandom.mix(seed &+ 104)
    // Renewals are at most 12 % of all transactions, however many are asked for.
    subscribersPerMillion = min(
      250_000, options.transactionCount * 120_000 / (2 * options.users))

    var random = SampleRandom(seed: seed, stream: 1)
    created = Self.signups(options.users, span, &random)
    firstNewUser = created.firstIndex { $0 >= span.start } ?? created.count
    vendors = SampleVendor.make(
      count: max(40, Self.root(options.users * 576 / 1_000)), span, oldUsers: firstNewUser,
      &random)
    products = SampleProduct.make(
      count: max(60, Self.root(options.users * 1_296 / 1_000)), vendors, span, &random)
    partners = SamplePartner.make(
      count: max(40, Self.root(options.users * 441 / 1_000)), span, firstNewUser: firstNewUser,
      users: options.users, &random)
    let products = products
    productPickers = (0..<span.weeks).map { week in
      Picker(weights: products.map { $0.weight(week: week, of: span.weeks) }, bits: 16)
    }
    partnerPicker = Picker(weights: partners.indices.map { 100_000 / ($0 + 4) }, bits: 14)
  }

  func random(_ stream: UInt64) -> SampleRandom { SampleRandom(seed: options.seed, stream: stream) }
  func keys(_ stream: UInt64) -> KeySpace { KeySpace(seed: options.seed, stream: stream) }

  func userKey(_ user: Int) -> UInt64 { userKeys[user] }
  /// The browser a user comes with, before signing up and after.
  func visitorKey(_ user: Int) -> UInt64 { visitorKeys[user] & ~1 }
  /// The browser of somebody who never signs up; its last bit sets it apart from users' browsers.
  func strangerKey(_ number: Int) -> UInt64 { strangerKeys[number] | 1 }
  func hash(_ user: Int) -> UInt64 { SampleRandom.mix(salt &+ UInt64(user) &* 0x9E37_79B9) }

  /// 0 to 2 for starter, professional, enterprise; nil for users who never subscribe.
  func plan(_ user: Int) -> Int? {
    let hash = SampleRandom.mix(hash(user) ^ 0x50)
    guard Int(hash % 1_000_000) < subscribersPerMillion else { return nil }
    let share = hash >> 32 & 63
    return share < 44 ? 0 : share < 59 ? 1 : 2
  }

  /// How many users have signed up before an instant.
  func users(before second: Int) -> Int {
    var low = 0
    var high = created.count
    while low < high {
      let middle = (low + high) / 2
      if created[middle] < second { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// One of the first `count` users: some come often, and some stopped coming long ago.
  func activeUser(of count: Int, at second: Int, _ random: inout SampleRandom) -> Int {
    var user = random.below(count)
    if hash(user) % 5 == 0, created[user] < second - 40 * 86_400 { user = random.below(count) }
    let habit = random.below(10)
    return habit < 3 ? user & ~7 : habit == 3 ? user & ~63 : user
  }

  private static func signups(
    _ count: Int, _ span: SampleSpan, _ random: inout SampleRandom
  ) -> [Int] {
    var created: [Int] = []
    created.reserveCapacity(count)
    let old = count * 55 / 100
    for _ in 0..<old { created.append(span.start - 1 - random.below(300 * 86_400)) }
    let targets = span.targets(
      total: count - old, day: DayPattern.web, week: DayPattern.allWeek, growth: 3)
    for (hour, target) in zip(span.hours, targets) {
      while created.count - old < target { created.append(hour.start + random.below(3_600)) }
    }
    created.sort()
    return created
  }

  /// The integer square root.
  private static func root(_ value: Int) -> Int {
    var root = 0
    while (root + 1) * (root + 1) <= value { root += 1 }
    return root
  }
}

/// When things happen: weights of the local hours, and of the weekdays from Monday.
enum DayPattern {
  static let web = [
    9, 5, 3, 2, 2, 4, 10, 22, 34, 40, 42, 44, 48, 45, 42, 42, 44, 50, 58, 66, 70, 62, 42, 22,
  ]
  static let calls = [
    2, 1, 1, 1, 1, 4, 14, 38, 72, 84, 78, 66, 54, 56, 60, 64, 72, 76, 60, 40, 24, 14, 7, 4,
  ]
  static let sales = [
    5, 3, 2, 1, 1, 3, 12, 30, 48, 56, 58, 60, 66, 58, 52, 52, 56, 62, 66, 64, 56, 40, 24, 11,
  ]
  static let allWeek = [100, 98, 97, 99, 104, 88, 82]
  static let workWeek = [118, 106, 102, 104, 112, 74, 42]
}

struct SampleCurrency {
  var code: String
  var digits: Int
  /// US dollars for a million units, about.
  var rate: Int

  static let all = [
    SampleCurrency(code: "USD", digits: 2, rate: 1_000_000),
    SampleCurrency(code: "EUR", digits: 2, rate: 1_084_000),
    SampleCurrency(code: "GBP", digits: 2, rate: 1_291_000),
    SampleCurrency(code: "CAD", digits: 2, rate: 719_000),
    SampleCurrency(code: "JPY", digits: 0, rate: 6_680),
  ]

  /// A price in cents in this currency's minor units, at least one.
  func price(cents: Int) -> Int {
    let scaled = cents * 1_000_000 / rate
    return max(1, digits == 2 ? scaled : scaled / 100)
  }
}
