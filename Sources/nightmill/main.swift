import Runner
import Engine
@preconcurrency import Glibc
struct Quiet: RunObserver {
  func sourceBegan(_ source: String, files: Int, bytes: Int) {}
  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool { true }
  func sourceEnded(_ counts: SourceCounts, seconds: Double) { fputs("\(counts) \(counts.used) \(seconds)\n", stderr) }
  func stageEnded(_ stage: String, rows: Int, seconds: Double) { fputs("\(stage) \(rows) \(seconds)\n", stderr) }
  func warning(_ message: String) { fputs("warning: \(message)\n", stderr) }
}
let args = CommandLine.arguments
do throws(RunError) {
  let project = try Project(folder: "/tmp/proj")
  var over = SettingsOverrides()
  if args[1] == "run" {
    over.file = args[3].isEmpty ? nil : args[3]
    if args.count > 6 { over.from = "all"; over.to = args[6] }
    let p = try project.pipeline("conformance", overrides: over)
    let d = p.settings.days(today: Clock.today(in: p.settings.timezone))!
    var o = RunOptions(); o.inputs = args[2]; o.warehouse = "sqlite:" + args[4]
    o.pass.threads = Int(args[5])!
    if let b = getenv("BATCH") { o.pass.batchSize = Int(String(cString: b))! }
    if let b = getenv("CHUNK") { o.pass.chunkSize = Int(String(cString: b))! }
    let plan = try RunPlan(p, window: Window(from: d.from, to: d.to), options: o, folder: "/tmp/proj")
    let out = try PipelineRun(plan, migrations: project.migrations(), observer: Quiet()).run()
    fputs("\(out.seconds)\n", stderr)
  } else {
    let w = try Registry.openWarehouse("sqlite:" + args[2], currency: Currency(code: "USD")!, readOnly: true)
    let b = try Export(table: args[3], columns: args.count > 4 ? args[4].split(separator: ",").map(String.init) : nil).bytes(from: w, currency: Currency(code: "USD")!)
    print(String(decoding: b, as: UTF8.self), terminator: "")
  }
} catch { fputs("\(error)\n", stderr); exit(error.exit.rawValue) }
