import Engine
import Workbook
import YAML

/// A report file, read and checked: what is asked of the warehouse and how it is laid out. See
/// docs/reports.md.
package struct Report: Sendable {
  /// Its name: the file's without `.yaml`.
  package let name: String
  /// The workbook's file name without `.xlsx`, `{period}` standing for the period's.
  let workbook: String
  /// The title of workbook and summary.
  package let title: String
  /// What the report is for, in a sentence.
  package let summary: String
  /// The file it was read from.
  package let file: String
  /// What its periods are whole units of.
  package let unit: ReportPeriod.Unit
  /// What it is made for one by one; nil for a report that is made once.
  let each: Each?
  /// Values of its own for its SQL.
  package let parameters: [Parameter]
  /// What its words mean, for About.
  package let definitions: [Definition]
  /// The figures on top of the summary.
  let tiles: Tiles?
  /// What stands below them, line by line, side by side.
  let lines: [[Block]]
  /// The tables.
  let sheets: [Sheet]
  /// The CSV files, each of a sheet's rows.
  let files: [CSVOutput]
  /// The figures that must agree.
  let controls: Controls?

  /// A value for the SQL, said in the report file.
  package struct Parameter: Sendable {
    /// Its name in SQL, without the colon.
    package let name: String
    let type: ReportType
    /// NULL where the file leaves it open.
    let value: ReportValue
    /// The value as it stands in the file, or that it is not set.
    let written: String
    /// What it decides, for About.
    package let summary: String
  }

  /// A term and what it means.
  package struct Definition: Sendable {
    /// The term.
    package let term: String
    /// What it means, in plain words.
    package let text: String
  }

  /// A query with a row for every time that the report is made.
  struct Each: Sendable {
    let query: Query
    /// Its column with what the report is of, a text and different in every row: a parameter of that
    /// name for the report's own queries.
    let key: String
    let mark: Mark

    /// The key as a column, for reading and checking the query.
    var column: Column {
      Column(
        key: key, mark: mark, title: key, type: .text, decimals: 2, width: nil,
        origin: .query(key), total: .none, rules: [])
    }
  }

  /// A query of SQL/reports.
  struct Query: Sendable {
    /// The file's path.
    let file: String
    /// Its statement.
    let sql: String
  }

  /// Figures with their change since the period before: the query's one row, asked of both periods.
  struct Tiles: Sendable {
    let query: Query
    let mark: Mark
    /// Whether the period before is asked for, too.
    let isCompared: Bool
    let figures: [Figure]
  }

  /// One figure.
  struct Figure: Sendable {
    let column: Column
    let higherIsBetter: Bool?
    /// In the unit of the column's type.
    let target: Int64?
    /// The target as written.
    let targetText: String
  }

  /// A sheet of rows.
  struct Sheet: Sendable {
    let name: String
    let title: String
    let about: String
    let mark: Mark
    let query: Query
    /// How many periods the query is asked for, the report's being the last.
    let periods: Int
    let columns: [Column]
    /// How many columns stay in view.
    let frozen: Int

    func column(_ key: String) -> Column? { columns.first { $0.key == key } }
  }

  /// A column of a sheet, or a figure.
  struct Column: Sendable {
    let key: String
    let mark: Mark
    let title: String
    let type: ReportType
    let decimals: Int
    let width: Int?
    let origin: Origin
    let total: Total
    let rules: [ConditionalRule]
    /// Whether a sheet prints it.
    var isPrinted = true
  }

  /// Where a column's values come from.
  enum Origin: Sendable, Equatable {
    /// A column of the query.
    case query(String)
    /// A parameter, the same for all rows of a period.
    case parameter(String)
    /// A quotient of sums of the query's columns, exact and rounded once; NULL over zero.
    case quotient(of: [String], over: [String])
  }

  /// What stands below a column.
  enum Total: String, Sendable, CaseIterable {
    case none, sum, count, ratio
  }

  /// Something on the summary below the tiles.
  enum Block: Sendable {
    case heading(String)
    case note(String)
    case chart(ChartOutline)
    case table(TableOutline)

    /// Columns of the summary's grid of 12.
    var width: Int {
      switch self {
      case .heading, .note: 12
      case .chart(let chart): chart.width
      case .table(let table): table.columns.reduce(0) { $0 + $1.span }
      }
    }
  }

  /// A chart of a sheet's columns.
  struct ChartOutline: Sendable {
    let kind: Chart.Kind
    let title: String
    let sheet: Int
    let categories: String
    let series: [String]
    let top: Int?
    let width: Int
    let height: Int
  }

  /// The first rows of a sheet.
  struct TableOutline: Sendable {
    let title: String
    let sheet: Int
    let top: Int
    let columns: [(key: String, span: Int)]
  }

  /// A CSV file of a sheet's rows.
  struct CSVOutput: Sendable {
    let file: String
    let mark: Mark
    let sheet: Int
    /// The boolean column that says which rows are written; nil for all.
    let only: String?
    /// Whether people open it in a spreadsheet program, so that text must not act as a formula
    /// there.
    let isForPeople: Bool
    let columns: [CSVColumn]
  }

  /// A column of a CSV file.
  struct CSVColumn: Sendable {
    enum Value: Sendable, Equatable {
      case column(String)
      case parameter(String)
      case constant(String)
    }
    enum Format: String, Sendable, CaseIterable {
      case standard
      case usDate = "us_date"
    }
    let header: String
    let value: Value
    let format: Format
  }

  /// Figures of a query of its own that sheets must agree with.
  struct Controls: Sendable {
    let query: Query
    let mark: Mark
    let figures: [ControlFigure]
  }

  /// A control figure.
  struct ControlFigure: Sendable {
    let column: Column
    /// Sums that must be the same, or no file is written.
    let equals: [Reference]
    /// Sums whose difference is told on About.
    let compares: [Reference]
  }

  /// The sum of a sheet's column, or its number of rows.
  struct Reference: Sendable {
    let sheet: Int
    /// Nil for the number of rows.
    let column: String?
    /// As written.
    let text: String
  }
}
