import YAML

/// Which stages `--select` and `--exclude` mean, in dbt's words: names, `+name` with all it needs,
/// `name+` with all that needs it, `tag:x`, spaces for union, commas for intersection.
package struct Selection: Sendable {
  /// A stage as far as selecting goes.
  package struct Candidate: Sendable {
    /// Its name.
    package let name: String
    /// The stages it needs directly.
    package let needs: [String]
    /// Its tags.
    package let tags: [String]

    /// A stage that can be selected.
    package init(name: String, needs: [String], tags: [String]) {
      self.name = name
      self.needs = needs
      self.tags = tags
    }
  }

  private let candidates: [Candidate]

  /// A selection among stages.
  package init(among candidates: [Candidate]) { self.candidates = candidates }

  /// The names of the stages meant, in the order of the candidates; nil texts select all and
  /// exclude none.
  package func stages(select: String?, exclude: String?) throws(RunError) -> [String] {
    var chosen = Set(candidates.map(\.name))
    if let select { chosen = try union(select, flag: "--select") }
    if let exclude { chosen.subtract(try union(exclude, flag: "--exclude")) }
    return candidates.map(\.name).filter(chosen.contains)
  }

  private func union(_ text: String, flag: String) throws(RunError) -> Set<String> {
    var all: Set<String> = []
    for part in text.split(separator: " ") {
      var common: Set<String>?
      for atom in part.split(separator: ",") {
        let names = try names(of: String(atom), flag: flag)
        common = common?.intersection(names) ?? names
      }
      all.formUnion(common ?? [])
    }
    if all.isEmpty {
      throw RunError(
        .usage, "\(flag) \"\(text)\" selects no stage",
        help: "`nightmill list stages --select …` shows what a selection means")
    }
    return all
  }

  private func names(of atom: String, flag: String) throws(RunError) -> Set<String> {
    let upstream = atom.hasPrefix("+")
    let downstream = atom.hasSuffix("+")
    let name = String(atom.drop { $0 == "+" }.reversed().drop { $0 == "+" }.reversed())
    var found: Set<String>
    if name.hasPrefix("tag:") {
      let tag = name.dropFirst(4)
      found = Set(candidates.filter { $0.tags.contains(String(tag)) }.map(\.name))
      if found.isEmpty { throw unknown("tag", String(tag), Set(candidates.flatMap(\.tags)), flag) }
    } else {
      guard candidates.contains(where: { $0.name == name }) else {
        throw unknown("stage", name, Set(candidates.map(\.name)), flag)
      }
      found = [name]
    }
    if upstream { found = closure(found) { needed in needed.needs } }
    if downstream {
      found = closure(found) { user in
        candidates.filter { $0.needs.contains(user.name) }.map(\.name)
      }
    }
    return found
  }

  private func closure(_ start: Set<String>, _ next: (Candidate) -> [String]) -> Set<String> {
    var reached = start
    var waiting = Array(start)
    while let name = waiting.popLast() {
      guard let candidate = candidates.first(where: { $0.name == name }) else { continue }
      for other in next(candidate) where reached.insert(other).inserted { waiting.append(other) }
    }
    return reached
  }

  private func unknown(
    _ kind: String, _ name: String, _ known: Set<String>, _ flag: String
  ) -> RunError {
    let sorted = known.sorted()
    let hint =
      nearest(to: name, in: sorted).map { "did you mean \"\($0)\"?" }
      ?? "there are: \(sorted.joined(separator: ", "))"
    return RunError(.usage, "\(flag): no \(kind) of the pipeline is called \"\(name)\"", help: hint)
  }
}
