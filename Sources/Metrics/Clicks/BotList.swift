import Engine

/// Tells programs from people by their user agent.
package enum BotList {
  /// What the user agent of a program contains, in lower case.
  package static let entries = [
    "bot", "crawl", "spider", "slurp", "preview", "headless", "curl/", "wget/", "python-requests",
    "httpclient", "facebookexternalhit",
  ]

  private static let patterns = entries.map { Array($0.utf8) }

  /// Whether a user agent is empty or contains an entry of the list, in any case.
  ///
  /// Compares every entry at every place: a stage asks once per distinct user agent, not per row.
  package static func matches(_ userAgent: ByteView) -> Bool {
    if userAgent.isEmpty { return true }
    return patterns.contains { contains($0, in: userAgent) }
  }

  private static func contains(_ pattern: [UInt8], in text: ByteView) -> Bool {
    var start = 0
    while start + pattern.count <= text.count {
      var length = 0
      while length < pattern.count, lowercased(text[start + length]) == pattern[length] {
        length += 1
      }
      if length == pattern.count { return true }
      start += 1
    }
    return false
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
