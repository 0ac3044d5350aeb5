import CZlib
import Engine
import Files
import Support

/// A gzip file: members of parts of a CSV file, then damaged.
struct GzipInput: CustomStringConvertible {
  /// The CSV.
  var plain: CSVInput
  /// Where one member ends and the next begins.
  var seams: [Int]
  var level: Int32
  /// Bytes that are flipped, by place from the start (beyond the end: none) and mask.
  var flips: [(place: Int, mask: UInt8)]
  /// How many bytes are left of it; nil all.
  var kept: Int?
  /// What follows.
  var rest: [UInt8]

  /// The file.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var start = 0
    for seam in (seams + [plain.bytes.count]).sorted()
    where seam >= start && seam <= plain.bytes.count {
      bytes += deflated(Array(plain.bytes[start..<seam]), level: level)
      start = seam
    }
    for flip in flips where flip.place < bytes.count { bytes[flip.place] ^= flip.mask }
    if let kept { bytes = Array(bytes.prefix(kept)) }
    return bytes + rest
  }

  var description: String { "gzip \(bytes)\n  seams \(seams), level \(level), of \(plain)" }
}

/// Compressed files, whole and damaged, against zlib inflating them at once.
struct GzipTarget: Target {
  let name = "gzip"
  private let file = ScratchFile("csv.gz")

  func make(using generator: inout SeededGenerator) -> GzipInput {
    var plain = CSVInput(using: &generator)
    plain.maximumRecord = CSVInput.unlimited
    plain.dialect.hasHeader = false
    let length = plain.bytes.count
    var input = GzipInput(
      plain: plain, seams: [], level: Int32.random(in: 0...9, using: &generator), flips: [],
      kept: nil, rest: [])
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      input.seams.append(Int.random(in: 0...length, using: &generator))
    }
    let size = input.bytes.count
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: input.kept = Int.random(in: 0...size, using: &generator)
    case 1, 2:
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 2..<max(3, size), using: &generator)
        input.flips.append((place, 1 << UInt8.random(in: 0..<8, using: &generator)))
      }
    case 3:
      input.rest =
        [[0], [0x1F], [0x1F, 0x8B], [0x41, 0x42]].randomElement(using: &generator) ?? []
    default: break
    }
    return input
  }

  func smaller(_ input: GzipInput) -> [GzipInput] {
    cuts(of: input.plain.bytes).map { bytes in
      var changed = input
      changed.plain.bytes = bytes
      return changed
    }
  }

  func check(_ input: GzipInput) -> (difference: String?, shape: String) {
    let bytes = input.bytes
    // Without the two first bytes of gzip it is a plain file.
    let isGzip = bytes.starts(with: [0x1F, 0x8B])
    let reference = isGzip ? inflated(bytes) : bytes
    let shape =
      "\(input.seams.count) \(input.level) \(reference == nil) \(isGzip) "
      + "\(bytes.count.leadingZeroBitCount)"
    let plain = reference ?? input.plain.bytes
    let slow = SlowCSV(plain, input.plain.dialect, fieldCount: input.plain.fieldCount)
    let expected = withoutRaw(expectedOfPass(slow, input.plain.dialect.encoding))
    file.write(bytes)
    for cut in input.plain.cuts.prefix(4) {
      do {
        let all = try readAll(
          [bind(file.path, name: "a", slow, input.plain.dialect)], input.plain.options(cut))
        let reading = withoutRaw(all.files["a"] ?? CSVReading())
        if reference == nil { return ("read although it is damaged: \(reading)", shape) }
        if reading != expected { return ("expected \(expected)\nfound \(reading)", shape) }
      } catch {
        if reference != nil { return ("\(error), although it is whole", shape) }
      }
    }
    return (nil, shape)
  }
}

/// One gzip member.
private func deflated(_ bytes: [UInt8], level: Int32) -> [UInt8] {
  var stream = z_stream()
  precondition(
    deflateInit2_(
      &stream, level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK)
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  let room = UInt32(output.count)
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = room
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
    }
  }
  return Array(output.prefix(Int(room - stream.avail_out)))
}

/// All members of a gzip file at once; nil if one is damaged or cut short.
private func inflated(_ bytes: [UInt8]) -> [UInt8]? {
  var input = bytes
  var output: [UInt8] = []
  var place = 0
  while place < input.count {
    var stream = z_stream()
    precondition(
      inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { inflateEnd(&stream) }
    var status = Z_OK
    let left = input.count - place
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress.map { $0 + place }
      stream.avail_in = UInt32(left)
      repeat {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        part.withUnsafeMutableBufferPointer { target in
          stream.next_out = target.baseAddress
          stream.avail_out = 1 << 16
          status = inflate(&stream, Z_NO_FLUSH)
        }
        output += part.prefix((1 << 16) - Int(stream.avail_out))
      } while status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)
    }
    guard status == Z_STREAM_END else { return nil }
    place = input.count - Int(stream.avail_in)
  }
  return output
}
