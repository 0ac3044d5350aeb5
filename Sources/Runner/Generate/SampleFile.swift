import Glibc

/// A CSV file being written under a temporary name, a block at a time, with its planted rows.
///
/// Owns its descriptor: closed by ``close()``, or by deinit after a failure.
struct SampleFile: ~Copyable {
  /// Peculiarities that real exports have and every reader must take.
  struct Style {
    var byteOrderMark = false
    var carriageReturns = false
    var finalNewline = true
    /// Rows may hold line breaks within quotes, so lines have to be counted within rows.
    var embeddedNewlines = false
  }

  private static let block = 1 << 20

  let name: String
  private let path: String
  private let style: Style
  private let plan: [PlannedDefect]
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var random: SampleRandom
  private var index = 0
  private var nextPlanned = 0
  private var nextEvent = Int.max
  private var delayed: [(due: Int, row: [UInt8])] = []
  private var rows = 0
  private var written = 0
  private var line = 1
  private var planted: [PlantedRow] = []

  /// The name a file has until all are complete.
  static func temporary(_ name: String, in directory: String) -> String {
    "\(directory)/.\(name).partial"
  }

  init(
    _ name: String, in directory: String, header: String, plan: [PlannedDefect] = [],
    style: Style = Style(), random: SampleRandom
  ) throws(GenerateError) {
    self.name = name
    self.style = style
    self.plan = plan
    self.random = random
    path = Self.temporary(name, in: directory)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw GenerateError(
        place: path, expected: "a file that can be written",
        found: String(cString: strerror(errno)),
        advice: "check the folder's permissions and free space")
    }
    buffer.reserveCapacity(Self.block + 65_536)
    if style.byteOrderMark { buffer.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
    buffer.append(contentsOf: header.utf8)
    endLine()
    nextEvent = plan.first?.at ?? .max
  }

  deinit {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  /// Writes one good row, without its line end, and what is planted beside it.
  mutating func row(_ bytes: ArraySlice<UInt8>) throws(GenerateError) {
    if index >= nextEvent { writeEvent(bytes) } else { put(bytes) }
    index += 1
    if buffer.count >= Self.block { try flush() }
  }

  mutating func row(_ row: RowBytes) throws(GenerateError) { try self.row(row.bytes[...]) }

  /// Writes a row that is odd on purpose, and good for a reader all the same.
  mutating func row(_ row: RowBytes, odd what: String) throws(GenerateError) {
    planted.append(PlantedRow(line: line, effect: .harmless, reason: "", what: what))
    try self.row(row)
  }

  /// Writes what is left and closes the descriptor.
  mutating func close() throws(GenerateError) -> GeneratedFile {
    for row in delayed { put(row.row[...]) }
    delayed = []
    if !style.finalNewline { buffer.removeLast(style.carriageReturns ? 2 : 1) }
    try flush()
    let result = Glibc.close(descriptor)
    descriptor = -1
    guard result == 0 else { throw writeError() }
    return GeneratedFile(name: name, rows: rows, bytes: written, planted: planted)
  }

  private mutating func put(_ bytes: ArraySlice<UInt8>) {
    buffer.append(contentsOf: bytes)
    rows += 1
    if style.embeddedNewlines { for byte in bytes where byte == 0x0A { line += 1 } }
    endLine()
  }

  private mutating func endLine() {
    if style.carriageReturns { buffer.append(0x0D) }
    buffer.append(0x0A)
    line += 1
  }

  /// The slow path: rows held back come due, or the plan has something for this row.
  private mutating func writeEvent(_ bytes: ArraySlice<UInt8>) {
    while let first = delayed.first, first.due <= index {
      put(first.row[...])
      delayed.removeFirst()
    }
    if nextPlanned < plan.count, plan[nextPlanned].at == index {
      plant(plan[nextPlanned].defect, beside: bytes)
      nextPlanned += 1
    } else {
      put(bytes)
    }
    let planned = nextPlanned < plan.count ? plan[nextPlanned].at : .max
    nextEvent = min(planned, delayed.first?.due ?? .max)
  }

  private mutating func plant(_ defect: Defect, beside bytes: ArraySlice<UInt8>) {
    let record = PlantedRow(
      line: line, effect: defect.effect, reason: defect.reason, what: defect.what)
    switch defect.effect {
    case .duplicate:
      // The last of equal rows is the one used: the first is the one that counts as duplicate.
      planted.append(record)
      put(bytes)
      delay(defect.applied(to: bytes, random: &random))
    case .superseded:
      planted.append(record)
      put(defect.applied(to: bytes, random: &random)[...])
      delay([UInt8](bytes))
    case .quarantined, .harmless:
      put(bytes)
      let odd = defect.applied(to: bytes, random: &random)
      planted.append(
        PlantedRow(line: line, effect: record.effect, reason: record.reason, what: record.what))
      put(odd[...])
      if !style.embeddedNewlines { for byte in odd where byte == 0x0A { line += 1 } }
    }
  }

  private mutating func delay(_ row: [UInt8]) {
    let due = index + random.between(1, 400)
    let place = delayed.firstIndex { $0.due > due } ?? delayed.count
    delayed.insert((due, row), at: place)
  }

  private mutating func flush() throws(GenerateError) {
    var done = 0
    while done < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw writeError()
      }
      done += count
    }
    written += done
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeError() -> GenerateError {
    GenerateError(
      place: path, expected: "a write to succeed", found: String(cString: strerror(errno)),
      advice: "free some space or choose another folder")
  }
}
