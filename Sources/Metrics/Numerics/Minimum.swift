/// Where a function of a few variables is least, found without derivatives (J. A. Nelder and R.
/// Mead, "A simplex method for function minimization", 1965, with the usual coefficients).
///
/// The same function and start give the same minimum: nothing is random. A simplex may collapse
/// before it is there, so the search starts again from what it found until that changes nothing.
struct Minimum {
  /// The variables.
  private(set) var point: [Double]
  /// The function's value there.
  private(set) var value: Double

  /// The corners of a simplex, best first.
  private struct Corner {
    var point: [Double]
    var value: Double
  }

  /// How many times the search may start again, and how often one may move.
  private static let (searches, moves) = (8, 600)

  /// Variables are of moderate size: one beyond this has run away.
  private static let limit = 1e6

  /// The minimum near a start; nil if the searches do not settle. Values that are no numbers count
  /// as infinitely large.
  init?(near start: [Double], step: Double = 0.5, of function: ([Double]) -> Double) {
    func corner(_ point: [Double]) -> Corner {
      let value = function(point)
      return Corner(point: point, value: value.isNaN ? .infinity : value)
    }
    var best = corner(start)
    for search in 0..<Self.searches {
      let found = Self.search(from: best, step: search == 0 ? step : step / 4, corner)
      let gain = best.value - found.value
      let move = zip(best.point, found.point).map { abs($0 - $1) }.max() ?? 0
      best = found
      guard best.value.isFinite, best.point.allSatisfy({ abs($0) < Self.limit }) else { return nil }
      if search > 0, gain <= 1e-9 * (1 + abs(best.value)), move < 1e-3 {
        (point, value) = (best.point, best.value)
        return
      }
    }
    return nil
  }

  private static func search(
    from start: Corner, step: Double, _ corner: ([Double]) -> Corner
  ) -> Corner {
    var simplex = [start]
    for index in start.point.indices {
      var point = start.point
      point[index] += step
      simplex.append(corner(point))
    }
    let last = simplex.count - 1
    for _ in 0..<moves {
      simplex.sort { $0.value < $1.value }
      let size =
        simplex.dropFirst().map { other in
          zip(other.point, simplex[0].point).map { abs($0 - $1) }.max() ?? 0
        }.max() ?? 0
      if size < 1e-7 { break }
      var center = [Double](repeating: 0, count: start.point.count)
      for item in simplex.dropLast() {
        for index in center.indices { center[index] += item.point[index] / Double(last) }
      }
      func away(_ factor: Double) -> Corner {
        corner(zip(center, simplex[last].point).map { $0 + factor * ($0 - $1) })
      }
      let reflected = away(1)
      if reflected.value < simplex[0].value {
        let expanded = away(2)
        simplex[last] = expanded.value < reflected.value ? expanded : reflected
      } else if reflected.value < simplex[last - 1].value {
        simplex[last] = reflected
      } else {
        let contracted = away(reflected.value < simplex[last].value ? 0.5 : -0.5)
        if contracted.value < min(reflected.value, simplex[last].value) {
          simplex[last] = contracted
        } else {
          for index in 1...last {
            simplex[index] = corner(
              zip(simplex[index].point, simplex[0].point).map { ($0 + $1) / 2 })
          }
        }
      }
    }
    return simplex.min { $0.value < $1.value } ?? start
  }
}
