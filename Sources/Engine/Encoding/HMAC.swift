/// HMAC-SHA-256 of RFC 2104: a name for a secret that only who has the key can recompute.
///
/// A plain hash would not do for tax numbers: there are only a thousand million of them, and all
/// can be tried in seconds.
package struct HMAC: Sendable {
  /// The hash, having read the inner and the outer padded key: made once, copied for each message.
  private let inner: SHA256
  private let outer: SHA256

  /// A code under a key; a key of more than 64 bytes is hashed first.
  package init(key: [UInt8]) {
    var block = key.count > 64 ? Self.hash(key) : key
    block.append(contentsOf: [UInt8](repeating: 0, count: 64 - block.count))
    var inner = SHA256()
    inner.add(block.map { $0 ^ 0x36 })
    var outer = SHA256()
    outer.add(block.map { $0 ^ 0x5c })
    self.inner = inner
    self.outer = outer
  }

  /// The 32 bytes of a message's code.
  package func code(of message: [UInt8]) -> [UInt8] {
    var first = inner
    first.add(message)
    var second = outer
    second.add(first.digest())
    return second.digest()
  }

  /// A message's code as 64 hexadecimal digits.
  package func hexadecimal(of message: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = code(of: message).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.add(bytes)
    return hash.digest()
  }
}
