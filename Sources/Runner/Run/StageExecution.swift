import Engine
import Threads

/// A stage in a run, whatever its partial is: what the runner folds with, a call per batch.
protocol StageExecution: AnyObject {
  /// The stage.
  var stage: any Stage { get }
  /// Makes what each worker of a pass folds into.
  var makeWorker: @Sendable () -> any StageWorker { get }
  /// Adds what a worker of a finished pass folded; passes over several sources may do so at once.
  func absorb(_ worker: any StageWorker) throws(StageError)
  /// Makes the tables; the execution is spent.
  func finish(_ tables: Upstream) throws(StageError) -> [TableChange]
}

/// A stage's partial in the hands of one worker.
protocol StageWorker: AnyObject {
  /// Folds a batch.
  func add(_ batch: Batch, of source: String) throws(StageError)
}

/// The execution of a stage of a known kind.
final class TypedExecution<S: Stage>: StageExecution {
  let typed: S
  /// The sum of what workers folded; nil until the first is absorbed, which then is the sum.
  private var total: S.Partial?
  private var isFinished = false
  /// Whoever absorbs has it.
  private let turn = Monitor(())

  init(_ stage: S) { typed = stage }

  var stage: any Stage { typed }

  var makeWorker: @Sendable () -> any StageWorker {
    let typed = typed
    return { Worker(typed) }
  }

  func absorb(_ worker: any StageWorker) throws(StageError) {
    // Workers come from this execution's `makeWorker`, so they are of its kind.
    guard let worker = worker as? Worker, let part = worker.partial.take() else {
      preconditionFailure("a worker of another stage, or one that was absorbed before")
    }
    let result = turn.with { _ in
      Result { () throws(StageError) in
        guard var sum = total.take() else {
          total = part
          return
        }
        try typed.merge(part, into: &sum)
        total = sum
      }
    }
    try result.get()
  }

  func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    try typed.finish(takePartial(), tables)
  }

  /// What was folded, for who finishes the stage otherwise; the execution is spent.
  func takePartial() -> S.Partial {
    precondition(!isFinished, "finished twice")
    isFinished = true
    return total.take() ?? typed.makePartial()
  }

  final class Worker: StageWorker {
    private let stage: S
    fileprivate var partial: S.Partial?

    init(_ stage: S) {
      self.stage = stage
      partial = stage.makePartial()
    }

    func add(_ batch: Batch, of source: String) throws(StageError) {
      // Moved out and back, so that the fold owns it alone and nothing is copied.
      guard var own = partial.take() else { preconditionFailure("used after it was absorbed") }
      try stage.add(batch, of: source, to: &own)
      partial = own
    }
  }
}

/// The execution of a stage.
func makeExecution(_ stage: any Stage) -> any StageExecution {
  func open<S: Stage>(_ stage: S) -> any StageExecution { TypedExecution(stage) }
  return open(stage)
}
