import Engine

/// The year that tax forms are made for, with the rules that hold for it: settled before a run
/// begins, from a dated table and the pipeline's settings.
package struct TaxYear: Sendable {
  /// The calendar year in which payments count.
  package let year: Int
  /// Payments of at least this much, in minor units of the reporting currency, need a form.
  package let threshold: Int64
  /// The share of a payment that backup withholding takes.
  package let withholdingRate: Rate
  /// Amounts from which a state asks for a form of its own, in minor units, by the state's two
  /// letters.
  package let stateThresholds: [(state: String, amount: Int64)]
  /// What the forms' readers should know: payer and rules, in order.
  package let facts: [Fact]
  /// The key that names tax numbers in the warehouse; nil where none was given. A secret.
  package let tinKey: [UInt8]?

  /// A line about payer or rules, as it is published beside the figures.
  package struct Fact: Sendable, Equatable {
    /// `payer`, `rule` or `state`.
    package let section: String
    /// What it is.
    package let name: String
    /// Its value, in words or as a plain decimal.
    package let value: String
    /// Where it comes from; nil where the pipeline says it.
    package let source: String?
    /// The day its source was looked at or came into force.
    package let asOf: Day?

    /// A line about payer or rules.
    package init(
      section: String, name: String, value: String, source: String? = nil, asOf: Day? = nil
    ) {
      self.section = section
      self.name = name
      self.value = value
      self.source = source
      self.asOf = asOf
    }
  }

  /// A tax year and its rules; amounts in minor units of the reporting currency.
  package init(
    year: Int, threshold: Int64, withholdingRate: Rate,
    stateThresholds: [(state: String, amount: Int64)] = [], facts: [Fact] = [],
    tinKey: [UInt8]? = nil
  ) {
    self.year = year
    self.threshold = threshold
    self.withholdingRate = withholdingRate
    self.stateThresholds = stateThresholds
    self.facts = facts
    self.tinKey = tinKey
  }
}

extension RunContext {
  /// The year of tax forms with its rules; nil where the settings name none.
  package var taxYear: TaxYear? { values[TaxYear.self] }
}
