// The CSV target for libFuzzer, which is told by the compiler which branches an input takes:
// `make fuzz ENGINE=libfuzzer`. The first bytes of an input say how the file is written down and
// cut up, the others are the file.

#if LIBFUZZER
  import Engine
  import Glibc
  import Support

  private let target = CSVTarget()

  /// libFuzzer's loop. SwiftPM names our `main` itself, so libFuzzer's own is not used.
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ tryOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  @main
  enum FuzzMain {
    static func main() {
      var count = CommandLine.argc
      var arguments = CommandLine.unsafeArgv
      exit(runDriver(&count, &arguments) { fuzzOne($0, $1) })
    }
  }

  /// Tries one input; a difference ends the process, which is how libFuzzer knows of it.
  private func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard bytes.count >= 8 else { return 0 }
    var input = CSVInput(bytes: Array(bytes[8...]))
    input.dialect.delimiter = [0x2C, 0x3B, 0x09][Int(bytes[0] % 3)]
    input.dialect.quote = [0x22, 0x27, nil][Int(bytes[0] / 3 % 3)]
    input.dialect.encoding = bytes[1] & 1 == 0 ? .utf8 : .latin1
    input.dialect.hasHeader = bytes[1] & 2 == 0
    input.fieldCount = 1 + Int(bytes[2] % 5)
    input.maximumRecord = bytes[3] == 0 ? CSVInput.unlimited : Int(bytes[3])
    input.cuts = [
      CSVInput.Cut(
        chunkSize: 1 + Int(bytes[4]), readAhead: 1 + Int(bytes[5] % 70),
        batchSize: 1 + Int(bytes[6] % 9), threads: 1 + Int(bytes[7] % 2))
    ]
    if let difference = target.check(input).difference {
      stop("DIFFERENCE\n\(input)\n\(difference)", code: 1)
    }
    return 0
  }
#endif
