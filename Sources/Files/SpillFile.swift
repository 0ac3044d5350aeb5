import Engine
import Glibc
import Synchronization

/// A spill store in a temporary file without a name: its space comes back however the process ends.
package final class SpillFile: SpillStore {
  private struct Block {
    let offset: Int
    let count: Int
  }

  private struct Index {
    var end = 0
    var blocks: [[Block]]
  }

  private let file: FileHandle
  private let index: Mutex<Index>

  /// An empty store in `folder`.
  init(partitions: Int, in folder: String) throws(FileError) {
    file = try FileHandle(temporaryIn: folder)
    index = Mutex(Index(blocks: Array(repeating: [], count: partitions)))
  }

  /// Adds a block to a partition; throws where the file cannot be written.
  package func append(_ block: ByteView, to partition: Int) throws(SpillError) {
    if block.isEmpty { return }
    // The place is settled under the lock, the bytes are written beside other threads'.
    let offset = index.withLock { index in
      defer { index.end += block.count }
      return index.end
    }
    try Self.spilling { () throws(FileError) in
      try file.write(at: offset, from: block.start, count: block.count)
    }
    index.withLock { $0.blocks[partition].append(Block(offset: offset, count: block.count)) }
  }

  /// How many blocks a partition has.
  package func blockCount(of partition: Int) -> Int {
    index.withLock { $0.blocks[partition].count }
  }

  /// Reads a block of a partition back; throws where the file cannot be read.
  package func read(
    _ block: Int, of partition: Int, into bytes: inout [UInt8]
  ) throws(SpillError) {
    let place = index.withLock { $0.blocks[partition][block] }
    if bytes.count > place.count {
      bytes.removeLast(bytes.count - place.count)
    } else {
      bytes.append(contentsOf: repeatElement(0, count: place.count - bytes.count))
    }
    let got = try Self.spilling { () throws(FileError) -> Int in
      try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return try file.read(at: place.offset, into: base, count: place.count)
      }
    }
    guard got == place.count else {
      throw SpillError(
        message: "\(file.path): \(got) of \(place.count) bytes came back at \(place.offset)",
        help: "check the disk (`dmesg`, `df -h`) and run again")
    }
  }

  fileprivate static func spilling<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(SpillError) -> Result {
    do throws(FileError) { return try body() } catch {
      throw SpillError(message: "\(error.place): \(error.message)", help: error.help)
    }
  }
}

/// Spill stores in the folder for temporary files, each a file of its own.
package struct SpillFiles: SpillSpace {
  private let folder: String

  /// Stores in `TMPDIR`, or else `/var/tmp`, which unlike `/tmp` is not kept in memory.
  package init() { folder = temporaryFolder() }

  /// A new, empty store in a file without a name.
  package func makeStore(partitions: Int) throws(SpillError) -> any SpillStore {
    try SpillFile.spilling { () throws(FileError) in
      try SpillFile(partitions: partitions, in: folder)
    }
  }
}

/// Where files go that need not outlive the process.
func temporaryFolder() -> String { getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp" }
