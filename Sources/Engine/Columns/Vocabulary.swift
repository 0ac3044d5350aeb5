/// The accepted words of an enumerated column and the code each stands for; case is ignored.
///
/// Lists are short (at most a few dozen words of at most 32 bytes), so a scan over packed words
/// beats any table: one comparison of length and first eight letters rejects nearly every other
/// word.
package struct Vocabulary: Sendable {
  /// The canonical words; a word's index is its code.
  package let words: [String]
  private let entries: [Entry]

  private struct Entry {
    let length: Int
    let letters: Letters
    let code: Int64
  }

  /// Up to 32 bytes. Not a `SIMD4`, whose comparison is generic code.
  private struct Letters {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var fourth: UInt64 = 0

    mutating func set(_ lane: Int, _ word: UInt64) {
      switch lane {
      case 0: first = word
      case 1: second = word
      case 2: third = word
      default: fourth = word
      }
    }

    static func == (left: Letters, right: Letters) -> Bool {
      left.first == right.first && left.second == right.second && left.third == right.third
        && left.fourth == right.fourth
    }
  }

  /// Canonical words with other spellings that mean the same.
  package init(_ words: [String], synonyms: [String: [String]] = [:]) {
    self.words = words
    var entries: [Entry] = []
    for (code, word) in words.enumerated() {
      for spelling in [word] + (synonyms[word] ?? []) {
        precondition(spelling.utf8.count <= 32, "\(spelling) is too long for a vocabulary")
        let letters = Array(spelling.utf8).withView(Self.pack)
        entries.append(
          Entry(length: spelling.utf8.count, letters: letters, code: Int64(code)))
      }
    }
    self.entries = entries
  }

  /// The code of a word, nil for any other text; spaces around it are ignored.
  package func code(of text: ByteView) -> Int64? {
    let word = text.trimmed
    guard word.count <= 32 else { return nil }
    let letters = Self.pack(word)
    for entry in entries where entry.length == word.count && entry.letters == letters {
      return entry.code
    }
    return nil
  }

  /// The code of a canonical word; the word comes from code, so an unknown one is a programming
  /// error.
  package subscript(_ word: String) -> Int64 {
    guard let code = words.firstIndex(of: word) else {
      preconditionFailure("\(word) is not in the vocabulary")
    }
    return Int64(code)
  }

  /// Up to 32 bytes in lower case, zero-padded.
  private static func pack(_ word: ByteView) -> Letters {
    var packed = Letters()
    var lane = 0
    var index = 0
    while index + 8 <= word.count {
      packed.set(lane, lowercased(word.word(at: index)))
      lane += 1
      index += 8
    }
    if index < word.count { packed.set(lane, lowercased(word.tail(from: index))) }
    return packed
  }

  /// Adds 0x20 to each byte that is an ASCII capital letter, all eight at once.
  private static func lowercased(_ bytes: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = bytes & (ones &* 0x7F)
    let atLeastA = low &+ ones &* (0x80 - 0x41)
    let aboveZ = low &+ ones &* (0x80 - 0x5B)
    let capitals = (atLeastA & ~aboveZ & ~bytes) & (ones &* 0x80)
    return bytes | (capitals >> 2)
  }
}
