import Engine

/// Stages that are being finished, and by whom nothing is done twice.
struct Finishing {
  /// How far the run has come.
  var work: RunWork
  private var underWay: Set<String> = []
  private var failure: RunError?

  /// Takes a run's work, which is empty until it is given back: nothing is kept alive by a copy.
  init(taking work: inout RunWork) {
    self.work = RunWork()
    swap(&self.work, &work)
  }

  /// The next stage to finish; a nil within says that there is none and will be none, nil that another
  /// may become ready by what is under way.
  mutating func next(among sources: [String]) -> (any StageExecution)?? {
    if failure != nil { return .some(nil) }
    if let ready = work.nextReady(among: sources, underWay: underWay) {
      underWay.insert(ready.stage.name)
      return ready
    }
    return underWay.isEmpty ? .some(nil) : nil
  }

  /// A stage came to an end.
  mutating func end(_ stage: String, _ result: Result<[TableChange], RunError>) {
    underWay.remove(stage)
    switch result {
    case .success(let made): work.finish(stage, made)
    case .failure(let error): failure = failure ?? error
    }
  }

  /// Puts the work back where it was taken from; fails with the first error.
  mutating func giveBack(_ other: inout RunWork) -> Result<Void, RunError> {
    swap(&work, &other)
    return failure.map { .failure($0) } ?? .success(())
  }
}
