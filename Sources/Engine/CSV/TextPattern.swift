/// What a text is compared with in `match`, `extract` and `where`.
package struct TextPattern: Sendable {
  /// The kinds of comparison.
  package enum Kind: Sendable {
    /// The same text.
    case equals([UInt8])
    /// A text that begins so.
    case prefix([UInt8])
    /// A regular expression that occurs in the text.
    case regex(CompiledRegex)
  }

  let kind: Kind

  /// A comparison.
  package init(_ kind: Kind) { self.kind = kind }

  func matches(_ text: [UInt8]) -> Bool {
    switch kind {
    case .equals(let bytes): text == bytes
    case .prefix(let bytes): text.starts(with: bytes)
    case .regex(let regex): regex.firstMatch(in: text) != nil
    }
  }

  /// What group `group` caught (0 is the whole match), empty if there is no match.
  func group(_ group: Int, in text: [UInt8]) -> [UInt8] {
    guard case .regex(let regex) = kind, let groups = regex.firstMatch(in: text),
      group < groups.count
    else { return [] }
    return groups[group]
  }
}

/// A regular expression of a mapping, compiled when the mapping is read.
///
/// Swift's `Regex` is not `Sendable` by declaration; a compiled one is never changed, and matching
/// only reads it.
package struct CompiledRegex: @unchecked Sendable {
  /// As written.
  package let source: String
  /// How many groups it has, the whole match not counted.
  package let groupCount: Int
  private let regex: Regex<AnyRegexOutput>

  /// Compiles a regular expression; nil with the reason in `problem` if it is not one.
  package init?(_ source: String, problem: inout String) {
    do {
      regex = try Regex(source)
    } catch {
      problem = "\(error)"
      return nil
    }
    self.source = source
    // Matching the empty text against an alternative with the empty pattern always succeeds, and
    // its output has every group.
    let lenient = try? Regex("(?:\(source))|")
    groupCount = (lenient.flatMap { "".firstMatch(of: $0) }?.output.count ?? 1) - 1
  }

  /// The texts of the first match: the whole of it, then each group (empty where it took no part).
  func firstMatch(in text: [UInt8]) -> [[UInt8]]? {
    guard let match = String(decoding: text, as: UTF8.self).firstMatch(of: regex) else {
      return nil
    }
    return match.output.map { Array(($0.substring ?? "").utf8) }
  }
}
