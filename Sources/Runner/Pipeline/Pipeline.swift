import Engine
import YAML

/// A pipeline file, read and checked: what comes in, which stages run, which reports are made.
package struct Pipeline: Sendable {
  /// Its name, by default the file's without `.yaml`.
  package let name: String
  /// One line on what it is for, if the file says.
  package let summary: String?
  /// The file it was read from, as it was given.
  package let file: String
  /// The effective settings: the file's, then `--settings`, then `--set`, then `--from/--to`.
  package let settings: Settings
  /// The warehouse's URL, if the file names one.
  package let warehouse: String?
  /// The folder that relative paths of sources start from, if the file names one.
  package let inputs: String?
  /// The folder reports are written to, if the file names one.
  package let output: String?
  /// The sources in the file's order.
  package let sources: [SourceSpec]
  /// Names of stages in the file's order, each once.
  package let stages: [String]
  /// Names of reports in the file's order, each once.
  package let reports: [String]
  /// What must hold of the tables, in the file's order.
  package let checks: [Check]
  /// Who pays and files tax forms, if the file says.
  package let tax: TaxSpec?

  /// The source of a name, nil if the pipeline does not have it.
  package func source(_ name: String) -> SourceSpec? {
    sources.first { $0.contract.source == name }
  }
}

/// Where a source's rows come from, how its files are written and how its columns map.
package struct SourceSpec: Sendable {
  /// What the source must look like.
  package let contract: Contract
  /// Where it stands in the pipeline file.
  package let mark: Mark
  /// Paths and globs, in the file's order; relative ones start from the pipeline's inputs.
  package let files: [String]
  /// Whether the source is empty, rather than an error, where no file is found.
  package let isOptional: Bool
  /// The name of the mapping file it uses, if any.
  package let mapping: String?
  /// How its files are written.
  package let dialect: Dialect
  /// The zone of its instants without an offset.
  package let timezone: Engine.TimeZone
  /// The share of its rows that may be quarantined before the run stops.
  package let maxQuarantined: Percentage
  /// The columns' names where the file has no header; nil: their positions, from "1".
  package let fields: [String]?
  /// The columns that are not simply taken from the header of the same name.
  package let columns: [ColumnSpec]
  /// Rows that do not meet all of these are not wanted.
  package let conditions: [ConditionSpec]
  /// Dialect, zone and mapping as canonical text: the same text for the same meaning.
  package let canonicalText: String
  /// The query that gives its rows; nil where files do.
  package var query: QuerySpec? = nil
}

/// A query of an operational database that gives a source's rows, its columns named and meant as
/// the contract has them.
package struct QuerySpec: Sendable {
  /// The file in SQL/extract.
  package let file: String
  /// Its statement, with `:from` and `:to` for the first instant that matters and the first that
  /// does not any more.
  package let sql: String
  /// The URL of the database, which may hold a password.
  package let connection: String
  /// The column by whose ranges a large result is read in parts at once, if the source names one.
  package let splitBy: String?

  /// What the statement may name.
  package static let parameters = ["from", "to"]
}

/// How one column of a contract is made.
package struct ColumnSpec: Sendable {
  /// Where a column's text comes from.
  package enum Origin: Sendable {
    /// The column of the same name.
    case sameName
    /// Another column.
    case column(ColumnReference)
    /// A function of others.
    case computed(MappedExpression)
  }

  /// The contract's column.
  package let name: String
  /// Where it is said.
  package let mark: Mark
  /// Where the text comes from.
  package var origin: Origin
  /// Whether the file may lack the column it is taken from.
  package var isOptional = false
  /// Texts that stand for other texts.
  package var values: [(key: String, value: String)] = []
  /// What an empty value stands for.
  package var defaultText: String?
  /// How an instant is written.
  package var instantFormat = ColumnBinding.InstantFormat.standard
  /// How money is written; nil as the data contract says.
  package var moneyFormat: MoneyFormat?
  /// The unit of a rate; nil as the contract declares.
  package var rateUnit: Rate.Unit?

  /// A column that comes from somewhere, written as the data contract says.
  package init(name: String, mark: Mark, origin: Origin) {
    self.name = name
    self.mark = mark
    self.origin = origin
  }
}

/// A column of a file by name; of several names the first one the file has counts, since exports of
/// the same system spell them differently.
package struct ColumnReference: Sendable {
  /// The names, never empty.
  package let names: [String]
  /// Where it is said.
  package let mark: Mark
  /// Whether the file may lack it; its value is then empty.
  package let isOptional: Bool
}

/// A condition of `where:` before it is bound to a header.
package struct ConditionSpec: Sendable {
  /// What is compared.
  package let subject: MappedExpression
  /// With what: any of these.
  package let patterns: [TextPattern]
  /// Whether none must fit instead.
  package let isNegated: Bool
}

/// A function of a file's columns before it is bound to a header; see `Engine.Expression`, case by
/// case.
package indirect enum MappedExpression: Sendable {
  /// A column's text.
  case column(ColumnReference)
  /// A constant.
  case literal(String)
  /// All parts, one after the other.
  case concat([MappedExpression])
  /// The first part that is not empty.
  case firstOf([MappedExpression])
  /// The result of the first case that fits.
  case match(
    MappedExpression, cases: [(pattern: TextPattern, result: MappedExpression)],
    otherwise: MappedExpression?)
  /// What a group of a regular expression caught.
  case extract(MappedExpression, TextPattern, group: Int)
  /// Without white space around.
  case trim(MappedExpression)
  /// In lower case.
  case lower(MappedExpression)
  /// Without its sign.
  case abs(MappedExpression)
  /// With the opposite sign.
  case negate(MappedExpression)
  /// The exact product.
  case multiply([MappedExpression])
  /// The exact sum.
  case add([MappedExpression])
  /// The physical line the record begins on.
  case lineNumber
}
