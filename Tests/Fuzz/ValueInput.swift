import Support

/// Texts of values: mostly well-formed, often nearly.
enum ValueText {
  /// A text of any kind.
  static func random(using generator: inout SeededGenerator) -> [UInt8] {
    var text: String
    switch Int.random(in: 0..<8, using: &generator) {
    case 0, 1: text = decimal(using: &generator)
    case 2, 3, 4: text = instant(using: &generator)
    case 5: text = date(using: &generator)
    case 6:
      text =
        [
          "true", "F", "yes", "No", "0", "1", "view", "CLICK", "add_to_cart", "USD", "jpy", "kwd",
          "XXX", "CLF", "", " ", "clic",
        ].randomElement(using: &generator) ?? ""
    default: text = String(Int64.random(in: .min ... .max, using: &generator))
    }
    if Int.random(in: 0..<6, using: &generator) == 0 { text = " \(text)" }
    if Int.random(in: 0..<6, using: &generator) == 0 {
      text += ["\t", " ", "  "].randomElement(using: &generator) ?? " "
    }
    var bytes = Array(text.utf8)
    if Int.random(in: 0..<3, using: &generator) == 0 { change(&bytes, using: &generator) }
    return bytes
  }

  /// Puts in, takes out or replaces a byte.
  static func change(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let usual = Array("0123456789+-.,:TtZz ()/eE$\"'\u{0}\u{7F}".utf8)
    let byte =
      Int.random(in: 0..<5, using: &generator) == 0
      ? UInt8.random(in: 0...255, using: &generator)
      : usual.randomElement(using: &generator) ?? 0x30
    let place = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes.insert(byte, at: place)
    case 1 where place < bytes.count: bytes.remove(at: place)
    default: if place < bytes.count { bytes[place] = byte }
    }
  }

  private static func digits(_ range: ClosedRange<Int>, using generator: inout SeededGenerator)
    -> String
  {
    let isNine = Int.random(in: 0..<8, using: &generator) == 0
    return String(
      (0..<Int.random(in: range, using: &generator)).map { _ in
        isNine ? "9" : "0123456789".randomElement(using: &generator) ?? "0"
      })
  }

  private static func decimal(using generator: inout SeededGenerator) -> String {
    let sign = ["", "", "", "-", "+"].randomElement(using: &generator) ?? ""
    var text = digits(1...5, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: text = digits(1...40, using: &generator)
    case 1: text = String(Int64.max.magnitude &+ UInt64.random(in: 0...3, using: &generator))
    case 2:
      text = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        digits(2...3, using: &generator)
      }
      .joined(separator: [",", " ", "."].randomElement(using: &generator) ?? ",")
    default: break
    }
    if Bool.random(using: &generator) {
      let point = [".", ".", ","].randomElement(using: &generator) ?? "."
      text +=
        point + digits(0...7, using: &generator)
        + String(repeating: "0", count: Int.random(in: 0...9, using: &generator))
    }
    return Int.random(in: 0..<8, using: &generator) == 0 ? "(\(text))" : sign + text
  }

  private static func date(using generator: inout SeededGenerator) -> String {
    func two(_ range: ClosedRange<Int>) -> String {
      let number = Int.random(in: range, using: &generator)
      return number < 10 ? "0\(number)" : "\(number)"
    }
    let years = [
      "0001", "9999", "2024", "1900", "2000", "2026", "2026", "2026",
      digits(4...4, using: &generator),
    ]
    return "\(years.randomElement(using: &generator) ?? "2026")-\(two(1...12))-\(two(1...31))"
  }

  private static func instant(using generator: inout SeededGenerator) -> String {
    var text = date(using: &generator)
    // The hours around which New York changes its clocks, half of the time.
    if Bool.random(using: &generator) {
      text = ["2026-03-08", "2026-11-01"].randomElement(using: &generator) ?? text
    }
    text += ["T", "t", " "].randomElement(using: &generator) ?? "T"
    func two(_ most: Int) -> String {
      let number = Int.random(in: 0...most, using: &generator)
      return number < 10 ? "0\(number)" : "\(number)"
    }
    text += "\(two(24)):\(two(60))"
    if Int.random(in: 0..<5, using: &generator) > 0 { text += ":\(two(60))" }
    if Int.random(in: 0..<3, using: &generator) == 0 {
      text +=
        ([".", ","].randomElement(using: &generator) ?? ".") + digits(0...9, using: &generator)
    }
    text +=
      ["Z", "z", "", "", "+01:00", "-04:00", "+0530", "-11", "+24:00", "-00:60", "+1"]
      .randomElement(using: &generator) ?? "Z"
    return text
  }
}
