import Threads

/// Hands out the chunks of a source's files to workers, and tells each where its first record
/// begins.
///
/// A chunk's first record begins where the records of the chunk before end, which is known only
/// when that one has been scanned. Workers scan ahead from a guess (the first line break), then
/// wait here for the truth, which seldom differs. Chunks are handed out in order, so the one waited
/// for is always in some worker's hands: nobody waits in vain.
final class ChunkChain: Sendable {
  /// A chunk to read.
  struct Chunk {
    /// Which of the source's files.
    let file: Int
    /// The chunk's number within it.
    let index: Int
  }

  /// Where a record begins.
  struct Place: Equatable {
    /// The byte in the file.
    var offset: Int
    /// The physical line.
    var line: Int
  }

  private struct State {
    var file = 0
    var nextChunk = 0
    /// The places known but not yet asked for, by file and chunk that ends there.
    var ends: [Int: [Int: Place]] = [:]
    var isStopped = false
  }

  private let starts: [Place]
  private let state = Monitor(State())

  /// A chain over files whose first records begin at the given places.
  init(starts: [Place]) { self.starts = starts }

  /// The next chunk, or nil if there are none left or the pass was stopped.
  func next() -> Chunk? {
    state.with { state in
      guard !state.isStopped, state.file < starts.count else { return nil }
      defer { state.nextChunk += 1 }
      return Chunk(file: state.file, index: state.nextChunk)
    }
  }

  /// Says that a file has no bytes from a chunk on.
  func reachedEnd(of chunk: Chunk) {
    state.with { state in
      guard state.file == chunk.file else { return }
      state.file += 1
      state.nextChunk = 0
    }
  }

  /// Where a chunk's first record begins, if that is known already.
  func knownStart(of chunk: Chunk) -> Place? {
    chunk.index == 0
      ? starts[chunk.file] : state.with { $0.ends[chunk.file]?[chunk.index - 1] }
  }

  /// Where a chunk's first record begins, once it is known; nil if the pass was stopped.
  func start(of chunk: Chunk) -> Place? {
    if chunk.index == 0 { return starts[chunk.file] }
    return state.wait { state -> Place?? in
      if state.isStopped { return .some(nil) }
      guard let place = state.ends[chunk.file]?.removeValue(forKey: chunk.index - 1) else {
        return nil
      }
      return .some(place)
    }
  }

  /// Says where the first record after a chunk begins.
  func setEnd(of chunk: Chunk, _ place: Place) {
    state.with { $0.ends[chunk.file, default: [:]][chunk.index] = place }
  }

  /// Makes all workers stop after what they have in hand.
  func stop() { state.with { $0.isStopped = true } }
}
