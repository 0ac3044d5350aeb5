import Engine

/// The dated table of rules that 1099s are made by: `Pipelines/tax/1099.yaml`.
package struct TaxRules: Sendable {
  /// Something that holds for some tax years, and where that is said.
  package struct Entry<Value: Sendable>: Sendable {
    /// The tax years it holds for.
    package let years: ClosedRange<Int>
    /// What holds.
    package let value: Value
    /// Where it is said; nil for what follows from the calendar.
    package let source: String?
    /// When the source came into force or was looked at.
    package let asOf: Day?
  }

  /// What the form calls its boxes.
  package struct Boxes: Sendable {
    /// The box of the payments.
    package let compensation: String
    /// The box of the tax withheld.
    package let withheld: String
  }

  /// Until when the forms of a year are due.
  package struct DueDates: Sendable {
    /// To recipients.
    package let recipients: Day
    /// To the IRS.
    package let irs: Day
    /// Form 945, the year's withholding.
    package let form945: Day
  }

  /// The file, for messages.
  package let file: String
  /// Amounts that need a form, in minor units.
  package let thresholds: [Entry<Int64>]
  /// What backup withholding takes.
  package let withholding: [Entry<Rate>]
  /// The names of boxes.
  package let boxes: [Entry<Boxes>]
  /// Due dates.
  package let due: [Entry<DueDates>]
  /// Amounts from which a state asks for a form, in minor units, by its two letters.
  package let states: [Entry<(state: String, amount: Int64)>]
  /// Paths of the portal's header rows.
  package let templates: [Entry<String>]
  /// How many characters the portal's fields take.
  let lengths: PortalRows.Lengths
}

extension Array {
  /// The entry that holds for a year; lists with one entry a year only.
  package func of<Value>(_ year: Int) -> TaxRules.Entry<Value>?
  where Element == TaxRules.Entry<Value> {
    first { $0.years.contains(year) }
  }
}
