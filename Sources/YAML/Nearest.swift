/// The candidate most like a word that was not recognised, or nil when none is near enough to be
/// worth suggesting.
///
/// Case and the difference between `-`, `_` and space do not count. Otherwise one edit (a letter
/// more, less, changed, or two neighbours swapped) is forgiven per three letters, at most three.
/// Of equally near candidates the first wins. Linear in the candidates, each at most 64 × 64 steps.
package func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
  let wanted = comparable(word)
  guard wanted.count <= 64 else { return nil }
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let other = comparable(candidate)
    guard !other.isEmpty, other.count <= 64 else { continue }
    let length = max(wanted.count, other.count)
    let allowed = min(3, length / 3)
    guard abs(wanted.count - other.count) <= allowed else { continue }
    let distance = editDistance(wanted, other)
    if distance <= allowed, distance < best?.distance ?? Int.max {
      best = (candidate, distance)
    }
  }
  return best?.candidate
}

private func comparable(_ word: String) -> [Character] {
  word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }
}

/// Damerau-Levenshtein distance in its optimal string alignment form, three rows at a time.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  var current = beforePrevious
  for i in left.indices {
    current[0] = i + 1
    for j in right.indices {
      let change = previous[j] + (left[i] == right[j] ? 0 : 1)
      var cost = min(change, previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        cost = min(cost, beforePrevious[j - 1] + 1)
      }
      current[j + 1] = cost
    }
    (beforePrevious, previous, current) = (previous, current, beforePrevious)
  }
  return previous[right.count]
}
