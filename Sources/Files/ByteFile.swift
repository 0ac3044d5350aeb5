import Synchronization

/// The plain bytes of an input file, gzipped or not, readable at any offset by several threads.
///
/// A gzipped file is inflated into a nameless temporary file as far as anybody has asked for:
/// chunks are then read in parallel and as far ahead as a record needs, exactly as from a plain
/// file, and memory stays flat.
package final class ByteFile: Sendable {
  /// The path, for messages.
  package let path: String
  private let file: FileHandle
  private let gzip: Gzip?

  /// The stream of a gzipped file, behind its lock.
  private final class Gzip: Sendable {
    let inflation: Mutex<Inflation>
    init(_ inflation: consuming sending Inflation) { self.inflation = Mutex(inflation) }
  }

  /// Opens a file; gzip is known by its first two bytes, whatever the name says.
  package init(path: String) throws(FileError) {
    self.path = path
    let opened = try FileHandle(reading: path)
    var magic: (UInt8, UInt8) = (0, 0)
    let got = try withUnsafeMutableBytes(of: &magic) { (buffer) throws(FileError) -> Int in
      // A tuple of two bytes has an address.
      try opened.read(at: 0, into: buffer.baseAddress!, count: 2)
    }
    guard got == 2, magic == (0x1F, 0x8B) else {
      file = opened
      gzip = nil
      return
    }
    file = try FileHandle(temporaryIn: temporaryFolder())
    gzip = Gzip(try Inflation(opened))
  }

  /// Reads up to `count` bytes from `offset` on; fewer only at the end.
  package func read(
    at offset: Int, into memory: UnsafeMutableRawPointer, count: Int
  ) throws(FileError) -> Int {
    if let gzip {
      try gzip.inflation.withLock { (state) throws(FileError) in
        try state.advance(to: offset + count, writing: file)
      }
    }
    return try file.read(at: offset, into: memory, count: count)
  }

  /// How many bytes of input there are on disk: what progress is measured against.
  package static func sizeOnDisk(_ path: String) throws(FileError) -> Int {
    try FileHandle(reading: path).size()
  }
}
