/// Numbers for people.
enum Figures {
  /// `1234567` as `1,234,567`.
  static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 file`, `2 files`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Seconds with two decimals below ten, with one below a hundred.
  static func seconds(_ seconds: Double) -> String {
    let decimals = seconds < 10 ? 2 : seconds < 100 ? 1 : 0
    return decimal(seconds, decimals)
  }

  /// Minutes and seconds, `1:05`; hours too where there are any.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 359_999).rounded(.up))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = whole / 60
    return minutes < 60
      ? "\(minutes):\(two(whole % 60))"
      : "\(minutes / 60):\(two(minutes % 60)):\(two(whole % 60))"
  }

  private static func decimal(_ value: Double, _ decimals: Int) -> String {
    let scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
    let scaled = Int((max(value, 0) * Double(scale)).rounded())
    guard decimals > 0 else { return count(scaled) }
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(count(scaled / scale)).\(zeros)\(fraction)"
  }
}
