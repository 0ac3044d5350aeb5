/// Text as the IRS portal takes it: plain ASCII without what its upload refuses.
///
/// Accents are taken off, typographic marks become plain ones; `$`, commas, full stops, quotes and
/// control characters go; nothing begins as a formula would (`=`, `+`, `-`, `@`).
struct PortalText: Equatable {
  /// The text.
  private(set) var text = ""
  /// Whether there were letters of another script, which are left out.
  private(set) var lostLetters = false
  /// Whether it was cut.
  private(set) var isCut = false

  /// A text of at most `length` characters; `keepsStops` is for e-mail addresses.
  init(_ source: String, length: Int = .max, keepsStops: Bool = false) {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    for scalar in source.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x24: continue
      case 0x2E where !keepsStops: continue
      case 0x2C, 0...0x20, 0x7F...0xA0: end()
      case 0x21...0x7E: word.unicodeScalars.append(scalar)
      case 0x300...0x36F: continue
      default:
        if let plain = Self.plain[scalar] {
          if plain == " " { end() } else { word += plain }
        } else {
          lostLetters = true
        }
      }
    }
    end()
    text = words.joined(separator: " ")
    while let first = text.first, "=+-@ ".contains(first) { text.removeFirst() }
    if text.utf8.count > length {
      text = String(text.prefix(length))
      while text.last == " " { text.removeLast() }
      isCut = true
    }
  }

  /// Latin letters with accents, and marks, as they are written without.
  private static let plain: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [:]
    for (plain, letters) in [
      ("A", "ÀÁÂÃÄÅĀĂĄǍ"), ("a", "àáâãäåāăąǎ"), ("AE", "Æ"), ("ae", "æ"), ("C", "ÇĆĈĊČ"),
      ("c", "çćĉċč"), ("D", "ÐĎĐ"), ("d", "ðďđ"), ("E", "ÈÉÊËĒĔĖĘĚẼ"), ("e", "èéêëēĕėęěẽ"),
      ("G", "ĜĞĠĢ"), ("g", "ĝğġģ"), ("H", "ĤĦ"), ("h", "ĥħ"), ("I", "ÌÍÎÏĨĪĬĮİ"),
      ("i", "ìíîïĩīĭįı"), ("IJ", "Ĳ"), ("ij", "ĳ"), ("J", "Ĵ"), ("j", "ĵ"), ("K", "Ķ"),
      ("k", "ķĸ"), ("L", "ĹĻĽĿŁ"), ("l", "ĺļľŀł"), ("N", "ÑŃŅŇŊ"), ("n", "ñńņňŉŋ"),
      ("O", "ÒÓÔÕÖØŌŎŐƠ"), ("o", "òóôõöøōŏőơ"), ("OE", "Œ"), ("oe", "œ"), ("R", "ŔŖŘ"),
      ("r", "ŕŗř"), ("S", "ŚŜŞŠȘ"), ("s", "śŝşšșſ"), ("ss", "ß"), ("SS", "ẞ"), ("T", "ŢŤŦȚ"),
      ("t", "ţťŧț"), ("Th", "Þ"), ("th", "þ"), ("U", "ÙÚÛÜŨŪŬŮŰŲƯ"), ("u", "ùúûüũūŭůűųư"),
      ("W", "Ŵ"), ("w", "ŵ"), ("Y", "ÝŶŸ"), ("y", "ýÿŷ"), ("Z", "ŹŻŽ"), ("z", "źżž"),
      ("'", "‘’‚‛′´`ʼ"), ("-", "‐‑‒–—―−"), (" ", "\u{2002}\u{2003}\u{2009}\u{202F}\u{3000}"),
      ("", "“”„‟″«»®™©\u{AD}\u{200B}\u{200D}\u{FEFF}"), ("", "…"), ("a", "ª"), ("o", "º°"),
    ] {
      for letter in letters.unicodeScalars { table[letter] = plain }
    }
    return table
  }()
}

/// A person's name in the parts that the portal asks for.
struct PersonName: Equatable {
  var first = ""
  var middle = ""
  var last = ""
  var suffix = ""

  private static let suffixes = ["jr", "sr", "ii", "iii", "iv", "v"]
  /// Words that belong to the family name after them.
  private static let particles = [
    "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la",
    "le", "los", "mac", "san", "st", "st.", "ten", "ter", "van", "vom", "von", "zu", "zur",
  ]

  /// Takes a name apart: `Ann B. Limit Jr.`, `Limit, Ann`, `María de la Cruz`. One word alone is a
  /// last name.
  init(_ name: String) {
    let parts = name.split(separator: ",", maxSplits: 1)
    let tail = parts.count == 2 ? Self.words(parts[1]) : []
    var words = Self.words(parts.first ?? "")
    if parts.count == 2, !tail.allSatisfy({ Self.isSuffix($0) }) {
      // Last, First Middle.
      last = words.joined(separator: " ")
      var given = tail
      takeSuffix(&given)
      first = given.first ?? ""
      middle = given.dropFirst().joined(separator: " ")
      return
    }
    words += tail
    takeSuffix(&words)
    guard words.count > 1 else {
      last = words.first ?? ""
      return
    }
    first = words.removeFirst()
    var start = words.count - 1
    while start > 0, Self.particles.contains(words[start - 1].lowercased()) { start -= 1 }
    middle = words[..<start].joined(separator: " ")
    last = words[start...].joined(separator: " ")
  }

  private mutating func takeSuffix(_ words: inout [String]) {
    guard words.count > 1, let end = words.last, Self.isSuffix(end) else { return }
    suffix = String(end.filter { $0 != "." })
    words.removeLast()
  }

  private static func isSuffix(_ word: String) -> Bool {
    suffixes.contains(word.lowercased().filter { $0 != "." })
  }

  private static func words(_ text: Substring) -> [String] {
    text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\u{A0}" }).map(String.init)
  }
}
