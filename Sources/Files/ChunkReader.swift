import Engine

/// One worker's way through the chunks it is handed: load, scan, check the start, decode, fold.
struct ChunkReader: ~Copyable {
  private let pass: CSVPass
  private let chain: ChunkChain
  private var buffer = ChunkBuffer()
  private var index = RecordIndex(fieldCount: 0)
  private var decoder: RecordDecoder?
  private var decoderFile = -1
  private let batch: Batch
  /// Bytes and records of the last chunk.
  private(set) var bytesDone = 0
  private(set) var rowsDone = 0

  init(pass: CSVPass, chain: ChunkChain) {
    self.pass = pass
    self.chain = chain
    batch = Batch(columnCount: pass.contract.fields.count)
  }

  mutating func read<Worker, Failure: Error>(
    _ chunk: ChunkChain.Chunk, of file: ByteFile, into folding: inout Folding<Worker>,
    fold: (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) {
    bytesDone = 0
    rowsDone = 0
    let bound = pass.files[chunk.file]
    if decoderFile != chunk.file { open(bound, chunk.file) }
    let limit = (chunk.index + 1) * pass.options.chunkSize
    let known = chain.knownStart(of: chunk)
    // One byte more shows whether the chunk begins a line.
    let first = max(known?.offset ?? 0, chunk.index * pass.options.chunkSize - 1, 0)
    try PassError<Failure>.file { () throws(FileError) in
      try buffer.load(file, at: first, count: max(0, limit - first) + pass.options.readAhead)
    }
    var start = known?.offset ?? first + afterFirstBreak(buffer.bytes)
    index.removeAll()
    var next = try scan(
      bound, file, from: start, limit: limit, mayLoad: known != nil, Failure.self)
    guard let truth = chain.start(of: chunk) else { throw .cancelled }
    if truth.offset != start {
      start = truth.offset
      next = start
      index.removeAll()
    }
    next = try scan(bound, file, from: next, limit: limit, mayLoad: true, Failure.self)
    if buffer.isAtEnd, next >= buffer.offset + buffer.count {
      chain.reachedEnd(of: chunk)
    }
    chain.setEnd(of: chunk, ChunkChain.Place(offset: next, line: truth.line + index.lines))
    bytesDone = next - start
    try decode(truth, chunk.file, bound, into: &folding, fold: fold)
    buffer.shrink(to: pass.options.chunkSize + pass.options.readAhead)
  }

  private mutating func open(_ bound: BoundFile, _ file: Int) {
    index = RecordIndex(fieldCount: bound.layout.fieldCount)
    var decoder = RecordDecoder(
      contract: pass.contract, layout: bound.layout, settings: pass.settings, wanted: pass.wanted)
    decoder.quote = bound.dialect.quote ?? 0x22
    self.decoder = decoder
    decoderFile = file
  }

  /// Where the first line after the first byte begins, which is where a chunk's first record is
  /// guessed to be.
  private func afterFirstBreak(_ bytes: ByteView) -> Int {
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x0A { return place + 1 }
      if bytes[place] == 0x0D {
        return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? place + 2 : place + 1
      }
      place += 1
    }
    return bytes.count
  }

  /// Adds the records that begin in `start..<limit` (offsets in the file) to the index, loading
  /// more where the last one needs it; returns where the next begins.
  ///
  /// From a start that is only guessed nothing more is loaded: within a field of many megabytes
  /// every guess is wrong, and would have each chunk of it load the rest. What is returned then may
  /// lie before the limit: go on from there.
  private mutating func scan<Failure: Error>(
    _ bound: BoundFile, _ file: ByteFile, from start: Int, limit: Int, mayLoad: Bool,
    _: Failure.Type
  ) throws(PassError<Failure>) -> Int {
    let scanner = RecordScanner(bound.dialect, maximumRecord: pass.options.maximumRecord)
    var from = start
    while true {
      if from >= limit { return from }
      // A chunk may lie wholly beyond what was loaded: a record before it runs on past it, or the
      // file ends before it.
      if from < buffer.offset || from > buffer.offset + buffer.count {
        try PassError<Failure>.file { () throws(FileError) in
          try buffer.load(file, at: start, count: max(0, limit - start) + pass.options.readAhead)
        }
      }
      let outcome = scanner.scan(
        buffer.bytes, from: from - buffer.offset, limit: limit - buffer.offset,
        isLast: buffer.isAtEnd, into: &index)
      switch outcome {
      case .complete(let next): return buffer.offset + next
      case .tooLong(let line):
        from = buffer.offset + line
        if !mayLoad { return from }
        throw .file(tooLong(bound, at: from))
      case .needsMore(let record):
        from = buffer.offset + record
        if !mayLoad { return from }
        try PassError<Failure>.file { () throws(FileError) in
          try buffer.extend(file, by: max(pass.options.readAhead, buffer.count))
        }
      }
    }
  }

  private func tooLong(_ bound: BoundFile, at offset: Int) -> FileError {
    FileError(
      place: "\(bound.path), byte \(offset)",
      message: "a line of more than \(pass.options.maximumRecord >> 20) MiB",
      help: "check that the file is CSV with line breaks, and its delimiter and quote")
  }

  private mutating func decode<Worker, Failure: Error>(
    _ start: ChunkChain.Place, _ file: Int, _ bound: BoundFile,
    into folding: inout Folding<Worker>,
    fold: (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) {
    guard var decoder else { return }
    let chunk = buffer.bytes
    var lines = LineCursor(
      chunk: chunk, offset: max(0, start.offset - buffer.offset), line: start.line)
    var refused = index.refused.map { RefusedPlace(record: $0, column: nil) }
    rowsDone = index.count + refused.count
    folding.counts.read += rowsDone
    var row = 0
    while row < index.count {
      let rows = row..<min(row + pass.options.batchSize, index.count)
      row = rows.upperBound
      var mapped = lines
      let filtered = decoder.decode(
        index, rows: rows, of: chunk, position: buffer.offset,
        line: { mapped.line(at: $0) }, into: batch)
      folding.counts.filtered += filtered
      for offence in decoder.refusals {
        refused.append(
          RefusedPlace(index.place(of: rows.lowerBound + offence.row), offence))
      }
      if batch.count > 0 {
        do throws(Failure) { try fold(&folding.worker, batch, file) } catch { throw .fold(error) }
      }
    }
    refused.sort { $0.start < $1.start }
    for place in refused {
      let line = lines.line(at: place.start)
      folding.counts.quarantined.append(
        QuarantinedRow(
          place, line: line, of: bound, contract: pass.contract, in: chunk,
          expected: index.fieldCount))
    }
  }
}

/// Counts physical lines through a chunk; asking for rising places costs one pass over it in all.
struct LineCursor {
  private let chunk: ByteView
  private let first: (offset: Int, line: Int)
  private var last: (offset: Int, line: Int)

  init(chunk: ByteView, offset: Int, line: Int) {
    self.chunk = chunk
    first = (offset, line)
    last = first
  }

  /// The physical line at `place`, which begins one.
  mutating func line(at place: Int) -> Int {
    if place < last.offset { last = first }
    if place > last.offset {
      last = (place, last.line + countLineBreaks(chunk.slice(last.offset..<place)))
    }
    return last.line
  }
}
