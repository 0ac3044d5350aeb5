import Engine
import YAML

/// Settings given on the command line, over those of the pipeline file.
package struct SettingsOverrides: Sendable {
  /// Mappings of settings from elsewhere, such as a test's, the strongest last; weaker than all
  /// below.
  var layers: [Node] = []
  /// The file of `--settings`, YAML or JSON.
  package var file: String?
  /// The texts of `--set`, `key=value` each; of one key the last counts.
  package var assignments: [String] = []
  /// The text of `--from`: a day or `all`.
  package var from: String?
  /// The text of `--to`: a day.
  package var to: String?

  /// Nothing overridden.
  package init() {}
}

/// Lays settings over each other, layer by layer, the strongest last.
struct SettingsReader {
  private let known: KnownNames
  private let world: ConfigurationWorld
  private let problems: Problems
  private var settings: Settings
  private var fromMark: Mark?
  private var toMark: Mark?
  private var parameters: [String: ValueReader] = [:]
  private var program: ValueReader?
  /// The folder of the programs that are named.
  private let programs: String

  init(known: KnownNames, world: ConfigurationWorld, problems: Problems, programs: String) {
    self.known = known
    self.world = world
    self.problems = problems
    self.programs = programs
    settings = Settings(currency: .defaultCurrency)
  }

  /// One layer: a mapping of settings, the parameters of stages in it or under `parameters`.
  mutating func add(_ reader: MappingReader) {
    if let value = reader.optionalValue("timezone"), let zone = world.zone(value) {
      settings.timezone = zone
    }
    if let value = reader.optionalValue("currency"), let currency = value.currency() {
      settings.currency = currency
    }
    addWindow(reader)
    if let year = reader.optionalInteger("tax_year", in: 1900...9999) {
      settings.taxYear = Int(year)
    }
    if let number = reader.optionalInteger("keep_runs", in: 1...1_000_000) {
      settings.keptRuns = Int(number)
    }
    if let program = reader.optionalValue("program") { self.program = program }
    if let nested = reader.optionalMapping("parameters", what: "parameters") {
      addParameters(nested)
      nested.finish()
    }
    addParameters(reader)
    reader.finish()
  }

  /// The layers of the command line.
  mutating func add(_ overrides: SettingsOverrides) {
    for node in overrides.layers {
      add(MappingReader(node, what: "settings", problems: problems))
    }
    if let file = overrides.file { addFile(file) }
    for assignment in overrides.assignments { addAssignment(assignment) }
    for (flag, text) in [("from", overrides.from), ("to", overrides.to)] {
      guard let text else { continue }
      let mark = Mark(file: "--\(flag)")
      addEntry(flag, Node(.scalar(Node.Scalar(text, style: .doubleQuoted)), mark: mark), at: mark)
    }
  }

  /// The settings, once all layers were added; what can only be judged now is reported.
  mutating func finish() -> Settings {
    for declaration in known.parameters {
      guard let value = parameters[declaration.name] else { continue }
      guard let text = value.text(expected: declaration.expected) else { continue }
      if declaration.accepts(text, settings.currency) {
        settings.parameters[declaration.name] = text
      } else {
        value.fail(expected: declaration.expected)
      }
    }
    readProgram()
    if case .day(let from)? = settings.from, let to = settings.to, to < from,
      let mark = toMark ?? fromMark
    {
      problems.add(mark, "the last day, \(to.text), is before the first, \(from.text)")
    }
    return settings
  }

  /// Reads the program once all layers are known, as its amounts are in the reporting currency.
  private mutating func readProgram() {
    guard let value = program else { return }
    var node = value.node
    var name = "of the settings"
    if node.mapping == nil {
      guard let text = value.text(expected: "the name of a program or a mapping with tiers") else {
        return
      }
      guard let file = programFile(text, value) else { return }
      (name, node) = (text, file)
    }
    settings.programText = node.canonicalText
    settings.program = ProgramReader(name: name, currency: settings.currency, problems: problems)
      .program(node)
  }

  private func programFile(_ name: String, _ value: ValueReader) -> Node? {
    let known = world.listFolder(programs).filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(5)) }.sorted()
    guard known.contains(name) else {
      let near = nearest(to: name, in: known)
      let listed =
        known.isEmpty
        ? "there are none in \(programs)" : "there are \(known.joined(separator: ", "))"
      value.fail(
        "unknown program \(quote(name))" + (near == nil ? "; \(listed)" : ""), suggestion: near)
      return nil
    }
    let path = "\(programs)/\(name).yaml"
    return world.node(path, problems: problems, absent: { "the program does not exist" })
  }

  private mutating func addWindow(_ reader: MappingReader) {
    if let window = reader.optionalOneOf("window", Settings.Window.self) {
      settings.window = window
      // Days said by a weaker layer would make the window mean nothing.
      (settings.from, settings.to) = (nil, nil)
    }
    if let value = reader.optionalValue("from") {
      if value.node.text == "all" {
        settings.from = .all
      } else if let day = value.day(or: "all") {
        settings.from = .day(day)
      }
      fromMark = value.mark
    }
    if let value = reader.optionalValue("to") {
      if let day = value.day() { settings.to = day }
      toMark = value.mark
    }
  }

  private mutating func addParameters(_ reader: MappingReader) {
    for parameter in known.parameters {
      if let value = reader.optionalValue(parameter.name) { parameters[parameter.name] = value }
    }
  }

  private mutating func addFile(_ file: String) {
    guard
      let node = world.node(
        file, problems: problems,
        absent: {
          "the settings file does not exist; give --settings the path of a YAML or JSON file"
        })
    else { return }
    add(MappingReader(node, what: "settings", problems: problems))
  }

  private mutating func addAssignment(_ assignment: String) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let key = parts.first, !key.isEmpty else {
      problems.add(
        Mark(file: "--set"),
        "expected key=value, found \(quote(assignment)); write --set currency=EUR")
      return
    }
    let mark = Mark(file: "--set \(key)")
    let text = parts[1].allSatisfy { $0 == " " } ? "~" : String(parts[1])
    guard let value = Node.parse(Array(text.utf8), file: mark.file, problems: problems) else {
      return
    }
    if value.isNull {
      problems.add(mark, "expected a value after \(quote("\(key)=")), found nothing")
      return
    }
    addEntry(String(key), value, at: mark)
  }

  private mutating func addEntry(_ key: String, _ value: Node, at mark: Mark) {
    let keyNode = Node(.scalar(Node.Scalar(key)), mark: mark)
    let node = Node(.mapping([Node.Entry(key: keyNode, value: value)]), mark: mark)
    add(MappingReader(node, what: "settings", problems: problems))
  }
}

extension ValueReader {
  /// A calendar day; `word` is another text that would have been accepted.
  func day(or word: String? = nil) -> Day? {
    let expected = "a day such as 2026-03-31" + (word.map { " or \($0)" } ?? "")
    guard let text = text(expected: expected) else { return nil }
    if let day = Day(text) { return day }
    fail(expected: expected)
    return nil
  }

  /// A currency by its ISO 4217 code.
  func currency() -> Currency? {
    let expected = "an ISO 4217 currency code such as USD"
    guard let text = text(expected: expected) else { return nil }
    if let currency = Currency(code: text) { return currency }
    fail(expected: expected)
    return nil
  }
}

extension ConfigurationWorld {
  /// A time zone by name, reporting one that cannot be loaded.
  func zone(_ value: ValueReader) -> Engine.TimeZone? {
    let expected = "an IANA time zone such as America/New_York"
    guard let name = value.text(expected: expected) else { return nil }
    do {
      return try loadZone(name)
    } catch {
      let near = nearest(to: name, in: zoneNames())
      value.fail(expected: expected, help: near == nil ? error.help : nil, suggestion: near)
      return nil
    }
  }

  /// The node of a file, environment values put in; what is wrong is reported.
  ///
  /// - Parameter absent: what to say where there is no such file.
  func node(_ path: String, problems: Problems, absent: () -> String) -> Node? {
    switch readFile(path) {
    case .text(let bytes):
      return Node.parse(bytes, file: path, problems: problems)?
        .interpolated(environment: environment, problems: problems)
    case .absent:
      problems.add(Mark(file: path), absent())
    case .unreadable(let reason):
      problems.add(Mark(file: path), "the file cannot be read: \(reason)")
    }
    return nil
  }
}

/// Text for a message: in quotes, on one line, cut if long. Headers come from data files, so what a
/// terminal would obey is escaped.
func quote(_ text: String) -> String {
  var output = "\""
  for scalar in text.unicodeScalars.prefix(80) {
    switch scalar {
    case "\"", "\\": output += "\\" + String(scalar)
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
      output += scalar.escaped(asASCII: true)
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
}
