/// When two e-mail addresses reach one person: metrics.md section 3.
enum EmailAddress {
  /// An address without what makes no difference: spaces around, capitals, a `+tag`, and the dots
  /// of the local part at gmail.com; nil for no address.
  static func normalized(_ text: String?) -> String? {
    guard let text else { return nil }
    var address = Substring(text.lowercased())
    while address.first?.isWhitespace == true { address.removeFirst() }
    while address.last?.isWhitespace == true { address.removeLast() }
    if address.isEmpty { return nil }
    let at = address.lastIndex(of: "@") ?? address.endIndex
    let domain = address[at...]
    var local = address[..<at]
    if let plus = local.firstIndex(of: "+") { local = local[..<plus] }
    return (domain == "@gmail.com" ? local.filter { $0 != "." } : String(local)) + domain
  }

  /// Whether both are addresses and come to the same.
  static func areAlike(_ left: String?, _ right: String?) -> Bool {
    guard let left = normalized(left), let right = normalized(right) else { return false }
    return Array(left.utf8) == Array(right.utf8)
  }
}
