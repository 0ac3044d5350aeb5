import YAML

extension Problems {
  /// Adds that a name stands for nothing, with the nearest one there is, or else all of them.
  func addUnknown(_ kind: String, _ name: String, among names: [String], at mark: Mark) {
    let near = nearest(to: name, in: names)
    let listed = near == nil ? "; expected one of \(names.joined(separator: ", "))" : ""
    add(mark, "unknown \(kind) \(quote(name))\(listed)", suggestion: near)
  }

  /// Adds that something has no column of a name, with the nearest one it has, or else all of them.
  func addUnknownColumn(
    _ name: String, of owner: String, among names: [String], at mark: Mark
  ) {
    let near = nearest(to: name, in: names)
    let listed = near == nil ? "; it has \(names.joined(separator: ", "))" : ""
    add(mark, "\(owner) has no column \(quote(name))\(listed)", suggestion: near)
  }
}
