/// The words the samples are made of: trades, services, names, streets.
enum Catalogue {
  struct Trade {
    var category: String
    var nouns: [String]
    /// Services with their list price in cents.
    var services: [(name: String, cents: Int)]
  }

  static let trades: [Trade] = [
    Trade(
      category: "plumbing", nouns: ["Plumbing", "Drain & Pipe", "Plumbers"],
      services: [
        ("Emergency drain clearing", 18_900), ("Leaky tap repair", 9_500),
        ("Water heater check", 12_900), ("Toilet repair", 11_000),
      ]),
    Trade(
      category: "electrical", nouns: ["Electric", "Wiring Co.", "Electricians"],
      services: [
        ("Outlet replacement", 8_900), ("Breaker panel check", 14_900),
        ("Ceiling fan installation", 16_500), ("Light fitting", 7_900),
      ]),
    Trade(
      category: "cleaning", nouns: ["Cleaners", "Cleaning", "Maids"],
      services: [
        ("Home cleaning, 2 hours", 7_900), ("Deep cleaning, 4 hours", 17_900),
        ("Move-out cleaning", 24_900), ("Window cleaning", 9_900),
      ]),
    Trade(
      category: "dog walking", nouns: ["Dog Walkers", "Paws", "Pet Care"],
      services: [
        ("Dog walk, 30 minutes", 2_200), ("Dog walk, 60 minutes", 3_500),
        ("Puppy visit", 2_600), ("Pet sitting, overnight", 7_500),
      ]),
    Trade(
      category: "locksmith", nouns: ["Locksmiths", "Lock & Key", "Keys"],
      services: [
        ("Lockout service", 12_500), ("Lock change", 14_500), ("Key duplication", 1_250),
        ("Smart lock installation", 17_900),
      ]),
    Trade(
      category: "florist", nouns: ["Florist", "Flowers", "Blooms"],
      services: [
        ("Same-day bouquet", 5_999), ("Dozen roses, 12\" box", 7_999), ("Orchid in a pot", 4_450),
        ("Funeral wreath", 13_900),
      ]),
    Trade(
      category: "tyre service", nouns: ["Tyres", "Tyre Service", "Wheels"],
      services: [
        ("Mobile tyre change", 8_900), ("Puncture repair", 4_500), ("Winter tyre swap", 9_900),
        ("Wheel balancing", 6_000),
      ]),
    Trade(
      category: "appliance repair", nouns: ["Appliance Repair", "Fix-It", "Appliances"],
      services: [
        ("Washer repair visit", 9_900), ("Fridge repair visit", 11_900),
        ("Dishwasher installation", 14_900), ("Oven check", 8_500),
      ]),
    Trade(
      category: "hvac", nouns: ["Heating & Air", "HVAC", "Climate"],
      services: [
        ("Furnace tune-up", 12_900), ("Air filter change", 4_900), ("AC diagnosis", 9_900),
        ("Thermostat installation", 15_900),
      ]),
    Trade(
      category: "moving", nouns: ["Movers", "Moving & Storage", "Van Lines"],
      services: [
        ("Two movers and a van, 2 hours", 23_900), ("Single item pickup", 6_900),
        ("Packing help", 11_900), ("Piano moving", 39_900),
      ]),
    Trade(
      category: "handyman", nouns: ["Handyman", "Home Services", "Odd Jobs"],
      services: [
        ("Furniture assembly", 8_900), ("TV mounting", 9_900), ("Wall patching", 7_500),
        ("Gutter cleaning", 13_900),
      ]),
    Trade(
      category: "pest control", nouns: ["Pest Control", "Exterminators"],
      services: [
        ("Ant treatment", 13_900), ("Rodent inspection", 9_900), ("Wasp nest removal", 16_900),
        ("Bed bug treatment", 49_900),
      ]),
    Trade(
      category: "catering", nouns: ["Catering", "Kitchen", "Café"],
      services: [
        ("Sandwich platter for 10", 11_950), ("Coffee break for 20", 8_400),
        ("Birthday cake", 4_800), ("Office lunch, 12 people", 19_900),
      ]),
    Trade(
      category: "notary", nouns: ["Mobile Notary", "Notaries"],
      services: [
        ("Notary visit", 4_500), ("Loan signing", 15_000), ("Apostille courier", 12_500),
        ("Document witness", 3_500),
      ]),
  ]

  /// Names that break spreadsheets and careless readers; all of them are good data.
  static let specialVendors: [(name: String, trade: Int)] = [
    ("Bowery Drain & Pipe", 0), ("Harbor Electric", 1), ("-20% Cleaners", 2),
    ("@Home Plumbing", 0), ("=Best Locksmiths", 4), ("Müller Heating & Air", 8),
    ("+1 Movers", 9), ("Café Señorita Catering", 12), ("Smith, Sons & Daughters", 10),
    ("\"Quick\" Tyres", 6), ("Łódź Blooms", 5), ("O'Brien Keys", 4),
  ]

  static let places = [
    "Brooklyn", "Hudson", "Back Bay", "Liberty", "Chestnut Hill", "Harlem", "Fenway", "Riverside",
    "Capitol", "Peachtree", "Old Town", "Seaport", "Narragansett", "Elm City", "Keystone",
    "Blue Ridge", "Palmetto", "Biscayne", "Lakeside", "Greenpoint", "Astoria", "Jersey Shore",
    "Queen City", "Charm City", "Mohawk", "Adirondack", "Cape Cod", "Piedmont", "Tidewater",
    "Nutmeg",
  ]

  /// City, state, ZIP prefix and area code.
  static let cities: [(city: String, state: String, zip: String, area: String)] = [
    ("New York", "NY", "100", "212"), ("Brooklyn", "NY", "112", "718"),
    ("Boston", "MA", "021", "617"), ("Philadelphia", "PA", "191", "215"),
    ("Newark", "NJ", "071", "973"), ("Washington", "DC", "200", "202"),
    ("Baltimore", "MD", "212", "410"), ("Hartford", "CT", "061", "860"),
    ("Providence", "RI", "029", "401"), ("Charlotte", "NC", "282", "704"),
    ("Atlanta", "GA", "303", "404"), ("Miami", "FL", "331", "305"),
    ("Buffalo", "NY", "142", "716"), ("Richmond", "VA", "232", "804"),
    ("Portland", "ME", "041", "207"),
  ]

  static let streets = [
    "Main St", "Broadway", "Atlantic Ave", "Maple Ave", "Washington St", "2nd Ave", "Canal St",
    "Elm St", "Park Pl", "River Rd", "Orchard St", "Union Sq",
  ]

  static let firstNames = [
    "maria", "james", "aisha", "wei", "olga", "jose", "emma", "liam", "fatima", "noah", "priya",
    "kenji", "anna", "diego", "ruth", "omar", "chloe", "ivan", "grace", "samuel", "mei", "lucas",
    "nina", "tomas", "hannah", "paul", "zoe", "ahmed", "julia", "peter", "leah", "marco",
  ]

  static let lastNames = [
    "garcia", "smith", "khan", "chen", "ivanova", "lopez", "johnson", "obrien", "ali", "brown",
    "patel", "sato", "kowalski", "rossi", "cohen", "hassan", "martin", "petrov", "kim", "jones",
    "wang", "silva", "muller", "novak", "davis", "klein", "dubois", "aziz", "weber", "walker",
    "levy", "ricci",
  ]

  static let campaigns = [
    "fall-tune-up", "leaf-and-gutter", "winter-tyres", "back-to-school", "neighbors",
    "Fall 2026, \"Leaf & Gutter\"", "retarget_14d", "podcast",
  ]

  static func capitalized(_ word: String) -> String {
    guard let first = word.utf8.first, first >= 0x61, first <= 0x7A else { return word }
    return String(Character(Unicode.Scalar(first - 32))) + word.dropFirst()
  }
}
