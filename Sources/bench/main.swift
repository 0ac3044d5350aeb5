import Glibc

// Parts of nightmill timed alone, for Benchmarks/bench.py: one line of `name value` pairs each.

let usage = """
  usage: bench decode FILE all|wanted THREADS   the click log into batches, no stage behind it
         bench workbook ROWS FILE               a sheet of ROWS × 10 cells
  """

let arguments = Array(CommandLine.arguments.dropFirst())

/// Says what is wrong and ends.
func fail(_ message: String) -> Never {
  let line = Array("bench: \(message)\n".utf8)
  _ = write(2, line, line.count)
  exit(64)
}

switch arguments.first {
case "decode" where arguments.count == 4:
  guard ["all", "wanted"].contains(arguments[2]), let threads = Int(arguments[3]), threads > 0
  else { fail(usage) }
  decode(arguments[1], onlyWanted: arguments[2] == "wanted", threads: threads)
case "workbook" where arguments.count == 3:
  guard let rows = Int(arguments[1]), rows > 0 else { fail(usage) }
  writeWorkbook(rows: rows, to: arguments[2])
default: fail(usage)
}
