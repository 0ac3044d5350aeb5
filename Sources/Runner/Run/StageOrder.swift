/// Puts stages in the order in which they can run: each after those whose tables it needs.
package enum StageOrder {
  /// The names of the candidates in that order; where nothing decides, in the order given. What a
  /// stage needs and is not among them is read from the warehouse, and decides nothing.
  ///
  /// Throws where stages need each other in a circle, naming all of it.
  package static func sorted(_ candidates: [Selection.Candidate]) throws(RunError) -> [String] {
    var order: [String] = []
    var path: [String] = []
    for candidate in candidates { try visit(candidate.name, candidates, &path, &order) }
    return order
  }

  private static func visit(
    _ name: String, _ candidates: [Selection.Candidate], _ path: inout [String],
    _ order: inout [String]
  ) throws(RunError) {
    guard !order.contains(name), let candidate = candidates.first(where: { $0.name == name })
    else { return }
    if let start = path.firstIndex(of: name) {
      let circle = path[start...] + [name]
      throw RunError(
        .configuration,
        "stages need each other in a circle: \(circle.joined(separator: " needs "))",
        help: "take one of them out of `upstream` of the stage before it, in Sources/Metrics")
    }
    path.append(name)
    for needed in candidate.needs { try visit(needed, candidates, &path, &order) }
    path.removeLast()
    order.append(name)
  }
}
