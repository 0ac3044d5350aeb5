// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "nightmill",
  targets: [
    .systemLibrary(name: "CPostgreSQL", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CXLSXWriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    .target(name: "Engine", swiftSettings: [.enableExperimentalFeature("BuiltinModule")]),
    .target(name: "Threads"),
    .target(name: "Metrics", dependencies: ["Engine"]),
    .target(name: "Files", dependencies: ["Engine", "Threads", "CMalloc", "CZlib"]),
    .target(name: "Postgres", dependencies: ["Engine", "CPostgreSQL"]),
    .target(name: "SQLite", dependencies: ["Engine", "Threads", "CSQLite"]),
    .target(name: "Workbook", dependencies: ["Engine", "CXLSXWriter"]),
    .target(name: "YAML", dependencies: ["CYAML"]),
    .target(
      name: "Runner",
      dependencies: [
        "Engine", "Threads", "Metrics", "Files", "Postgres", "SQLite", "Workbook", "YAML",
      ]),
    .executableTarget(
      name: "nightmill", dependencies: ["Runner", "Engine", "Files", "Metrics", "YAML"]),

    // Parts timed alone, for Benchmarks/; `make build` leaves it out.
    .executableTarget(
      name: "bench", dependencies: ["Runner", "Metrics", "Files", "Workbook", "Engine"]),

    // Random inputs against slow, obvious readers: `make fuzz`.
    .executableTarget(
      name: "fuzz", dependencies: ["Engine", "Files", "Support", "CZlib"], path: "Tests/Fuzz"),

    .testTarget(name: "EngineTests", dependencies: ["Engine", "Threads", "Support"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Support"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "Threads", "Support"]),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "Support"]),
    .testTarget(name: "WarehouseTests", dependencies: ["Postgres", "SQLite", "Support"]),
    .testTarget(name: "WorkbookTests", dependencies: ["Workbook", "Support"]),
    .testTarget(name: "YAMLTests", dependencies: ["YAML", "Support"]),
    .testTarget(name: "RunnerTests", dependencies: ["Runner", "Support"]),
    .testTarget(name: "nightmillTests", dependencies: ["nightmill", "Runner", "Support"]),
    .target(
      name: "Support", dependencies: ["Engine", "Files"], path: "Tests/Support",
      exclude: ["Python"]),
  ],
  swiftLanguageModes: [.v6]
)

// One set of settings for every target: warnings are errors everywhere.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
