/// The flags that several commands share.
extension Flag {
  static let project = Flag(
    "project", "DIR", example: "~/mill",
    "the project, the folder that holds Pipelines/ (default: this folder or one above it)")

  static let from = Flag(
    "from", "DAY", example: "2026-06-01",
    "first day, or `all` for everything there is (default: as the pipeline says, mostly yesterday)")
  static let to = Flag("to", "DAY", example: "2026-06-07", "last day, included")
  static let select = Flag(
    "select", "SEL", example: "+vendor_connections",
    "only these stages: names, +name with all it needs, name+ with all that needs it, tag:x; "
      + "spaces for any of them, commas for all of them", completes: .names(.stages))
  static let exclude = Flag(
    "exclude", "SEL", example: "product_analytics", "not these stages, said the same way",
    completes: .names(.stages))
  static let warehouse = Flag(
    "warehouse", "URL", example: "sqlite:warehouse.db",
    "where tables are kept (also NIGHTMILL_WAREHOUSE; default: as the pipeline says)")
  static let inputs = Flag(
    "inputs", "DIR", example: "Samples", "where the sources' relative paths start")
  static let settings = Flag(
    "settings", "FILE", example: "settings.json",
    "a YAML or JSON file of settings over the pipeline's")
  static let set = Flag(
    "set", "KEY=VALUE", example: "currency=EUR",
    "one setting over all files'; may be given more than once", isRepeatable: true)
  static let threads = Flag(
    "threads", "N", example: "4",
    "how many threads read (default: one per processor); the result is the same for any number")
  static let memory = Flag(
    "memory", "SIZE", example: "512M",
    "keep within about this much memory (64M or more; K, M, G): what does not fit goes to a file in "
      + "TMPDIR; the result is the same")
  static let fullRefresh = Flag(
    switch: "full-refresh",
    "make every table anew from everything there is, forgetting what earlier runs decided")
  static let quiet = Flag(switch: "quiet", "no progress and no summary, only warnings and errors")

  static let pipeline = Flag(
    "pipeline", "NAME", example: "weekly",
    "the pipeline whose warehouse and settings are meant (default: nightly)",
    completes: .names(.pipelines))

  /// Where a folder for output is named.
  static func folder(_ summary: String) -> Flag { Flag("to", "DIR", example: "out", summary) }
}
