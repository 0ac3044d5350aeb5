import Engine

extension KeyNamespace {
  static let code: UInt64 = 5

  /// 64 bits that stand for a key of a kind: the first of its fingerprint.
  ///
  /// Of n distinct keys in a run two share their bits with odds below n² / 2⁶⁵: 3 in a million for
  /// ten million visitors and users. And a pair that does is only seen where both come into one
  /// question: one code within the hour, or one customer's 30 days.
  static func hash(_ bytes: ByteView, _ namespace: UInt64) -> UInt64 {
    Engine.hash(bytes, seed: mix(namespace, 0x9E37_79B9_7F4A_7C15))
  }
}
