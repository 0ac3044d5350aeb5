import Engine
import YAML

/// Reads the table of tax rules, reporting everything that is wrong with it at once.
package struct TaxRulesReader {
  private let world: ConfigurationWorld
  /// Decimals of the currency that amounts are in.
  private let moneyDigits: Int

  /// A reader; amounts may have `moneyDigits` decimals.
  package init(world: ConfigurationWorld, moneyDigits: Int) {
    self.world = world
    self.moneyDigits = moneyDigits
  }

  /// Reads the table.
  package func read(_ file: String) throws(YAMLError) -> TaxRules {
    let problems = Problems()
    let node = world.node(
      file, problems: problems,
      absent: { "there are no rules for tax forms; restore the file from the project as shipped" })
    var rules: TaxRules?
    if let node {
      let reader = MappingReader(node, what: "tax rules", problems: problems)
      rules = self.rules(reader, file)
      reader.finish()
    }
    try problems.throwIfAny()
    guard let rules else { throw .invalid([Problem(Mark(file: file), "it cannot be read")]) }
    return rules
  }

  private func rules(_ reader: MappingReader, _ file: String) -> TaxRules {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    return TaxRules(
      file: file,
      thresholds: entries(reader, "thresholds") { amount($0) },
      withholding: entries(reader, "backup_withholding") { item in
        item.percentage("rate").flatMap { share in
          Int64(exactly: Int128(share.numerator) * Int128(Rate.scale) / Int128(share.denominator))
            .map { Rate(scaled: $0) }
        }
      },
      boxes: entries(reader, "boxes") { item in
        let compensation = item.text("compensation", expected: "the name of a box")
        let withheld = item.text("withheld", expected: "the name of a box")
        guard let compensation, let withheld else { return nil }
        return TaxRules.Boxes(compensation: compensation, withheld: withheld)
      },
      due: entries(reader, "due", hasSource: false) { item in
        let days = ["recipients", "irs", "form_945"].map { key in
          item.value(key, expected: "a day")?.day()
        }
        guard let recipients = days[0], let irs = days[1], let form945 = days[2] else { return nil }
        return TaxRules.DueDates(recipients: recipients, irs: irs, form945: form945)
      },
      states: entries(reader, "states", unique: false) { item in
        let state = item.text("state", expected: "two letters")
        let amount = amount(item)
        if let state, state.utf8.count != 2 || !state.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A })
        {
          item.fail("state", "expected two capital letters such as NJ, found \(quote(state))")
        }
        guard let state, let amount else { return nil }
        return (state, amount)
      },
      templates: entries(reader, "templates") { item in
        item.text("file", expected: "a file beside the rules").map { folder + $0 }
      },
      lengths: lengths(reader.optionalMapping("lengths", what: "lengths")))
  }

  private func lengths(_ reader: MappingReader?) -> PortalRows.Lengths {
    func length(_ key: String, _ usual: Int64) -> Int {
      Int(reader?.optionalInteger(key, in: 1...1000) ?? usual)
    }
    let lengths = PortalRows.Lengths(
      name: length("name", 40), person: length("person", 40), address: length("address", 35),
      city: length("city", 40), account: length("account", 20), email: length("email", 75))
    reader?.finish()
    return lengths
  }

  private func amount(_ reader: MappingReader) -> Int64? {
    guard let written = reader.text("amount", expected: "an amount") else { return nil }
    let parsed = Array(written.utf8).withView {
      Money.parse($0, digits: moneyDigits, minimum: 0)
    }
    if let amount = parsed.value { return amount }
    reader.fail(
      "amount",
      "expected an amount of 0 or more with at most \(moneyDigits) decimals, found \(quote(written))"
    )
    return nil
  }

  /// The entries of a list; where `unique` holds, no two of them may hold for one year.
  private func entries<Value>(
    _ reader: MappingReader, _ key: String, hasSource: Bool = true, unique: Bool = true,
    _ value: (MappingReader) -> Value?
  ) -> [TaxRules.Entry<Value>] {
    var entries: [TaxRules.Entry<Value>] = []
    for item in reader.optionalList(key, of: "entries") ?? [] {
      guard let own = item.mapping("entry of \"\(key)\"") else { continue }
      let only = own.optionalInteger("year", in: 1900...9999)
      let from = own.optionalInteger("from", in: 1900...9999) ?? only ?? 1900
      let through = own.optionalInteger("through", in: 1900...9999) ?? only ?? 9999
      let source = hasSource ? own.text("source", expected: "where it is said") : nil
      let asOf = hasSource ? own.value("as_of", expected: "a day")?.day() : nil
      let value = value(own)
      own.finish()
      guard from <= through else {
        item.fail("the last year, \(through), is before the first, \(from)")
        continue
      }
      let years = Int(from)...Int(through)
      if unique, let other = entries.first(where: { $0.years.overlaps(years) }) {
        let year = max(other.years.lowerBound, years.lowerBound)
        item.fail("two entries hold for \(year); give the earlier one a \"through\"")
      }
      guard let value else { continue }
      entries.append(TaxRules.Entry(years: years, value: value, source: source, asOf: asOf))
    }
    return entries
  }
}
