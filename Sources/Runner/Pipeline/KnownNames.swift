import Engine

/// What a pipeline file may name: passed in, so that files are checked without a registry.
package struct KnownNames: Sendable {
  /// A stage, as far as pipeline files are concerned.
  package struct Stage: Sendable {
    /// Its name.
    package let name: String
    /// The sources it reads.
    package let reads: [String]
    /// The tables it writes.
    package let writes: [String]

    /// A stage, the sources it reads and the tables it writes.
    package init(_ name: String, reads: [String], writes: [String] = []) {
      self.name = name
      self.reads = reads
      self.writes = writes
    }
  }

  /// A setting that stages ask for.
  package struct Parameter: Sendable {
    /// Its name.
    package let name: String
    /// What belongs there, such as `an amount of money`.
    package let expected: String
    /// Whether a text can be its value; the currency is the reporting one.
    package let accepts: @Sendable (_ text: String, _ currency: Currency) -> Bool

    /// A setting and what it takes; by default any text.
    package init(
      _ name: String, expected: String = "text",
      accepts: @escaping @Sendable (String, Currency) -> Bool = { _, _ in true }
    ) {
      self.name = name
      self.expected = expected
      self.accepts = accepts
    }
  }

  /// The contracts of the sources there are.
  package let sources: [Contract]
  /// The stages there are.
  package let stages: [Stage]
  /// The reports there are.
  package let reports: [String]
  /// The settings stages ask for.
  package let parameters: [Parameter]
  /// The tables that checks may be about.
  package let tables: [TableSchema]

  /// The names a pipeline may use.
  package init(
    sources: [Contract], stages: [Stage], reports: [String], parameters: [Parameter],
    tables: [TableSchema] = []
  ) {
    self.sources = sources
    self.stages = stages
    self.reports = reports
    self.parameters = parameters
    self.tables = tables
  }
}

/// What reading configuration needs from outside; nothing here reads a disk by itself.
package struct ConfigurationWorld {
  /// What came of reading a file.
  package enum FileText {
    /// Its bytes.
    case text([UInt8])
    /// There is no such file.
    case absent
    /// It cannot be read, and why, such as `permission denied`.
    case unreadable(String)
  }

  /// The bytes of a file.
  package let readFile: (_ path: String) -> FileText
  /// The names of the files in a folder, in any order; empty where there is no folder.
  package let listFolder: (_ path: String) -> [String]
  /// The value of an environment variable, nil where it is unset.
  package let environment: (_ name: String) -> String?
  /// Loads a time zone by its IANA name.
  package let loadZone: (_ name: String) throws(ValueError) -> Engine.TimeZone
  /// Names of time zones for "did you mean"; asked only after an unknown one.
  package let zoneNames: () -> [String]

  /// Access to files, environment and time zones.
  package init(
    readFile: @escaping (String) -> FileText, listFolder: @escaping (String) -> [String],
    environment: @escaping (String) -> String?,
    loadZone: @escaping (String) throws(ValueError) -> Engine.TimeZone,
    zoneNames: @escaping () -> [String] = { [] }
  ) {
    self.readFile = readFile
    self.listFolder = listFolder
    self.environment = environment
    self.loadZone = loadZone
    self.zoneNames = zoneNames
  }
}
