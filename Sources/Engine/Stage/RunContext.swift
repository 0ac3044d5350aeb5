/// What a run is about: its window, the place and currency it reports in, and the values of its
/// settings.
package struct RunContext: Sendable {
  /// The days the run covers.
  package let window: Window
  /// Where days and weeks begin.
  package let timeZone: TimeZone
  /// The currency every amount is reported in.
  package let currency: Currency
  /// The values of the stages' declared settings.
  package let parameters: Parameters
  /// Settings of a domain's own types, such as a commission program.
  package let values: ContextValues
  /// What may be held of rows, and where the rest goes; nil where memory has no limit.
  package let memory: BoundedMemory?
  /// Threads for what a stage does while it finishes.
  package let workers: Workers

  /// A run's context.
  package init(
    window: Window, timeZone: TimeZone, currency: Currency, parameters: Parameters,
    values: ContextValues = ContextValues(),
    memory: BoundedMemory? = nil, workers: Workers = .one
  ) {
    self.window = window
    self.timeZone = timeZone
    self.currency = currency
    self.parameters = parameters
    self.values = values
    self.memory = memory
    self.workers = workers
  }

  /// The last instant the run sees.
  package var lastInstant: Int64 { timeZone.firstInstant(of: window.to + 1) - 1 }

  /// The first instant of the day that lies `days` before the window; the least value of a column
  /// where the run covers everything.
  package func firstInstant(daysBefore days: Int = 0) -> Int64 {
    guard let from = window.from else { return Instant.first }
    return timeZone.firstInstant(of: from - days)
  }

  /// The first instant of the Monday of the window's first week; the least value of a column where
  /// the run covers everything.
  package var firstInstantOfWeek: Int64 {
    guard let from = window.from else { return Instant.first }
    return timeZone.firstInstant(of: from.weekStart)
  }

  /// The window as a span of an instant column.
  package var instantSpan: Span { .range(from: firstInstant(), to: lastInstant) }
}

/// Settings that are more than a number, each under its type: stages ask for what they know, and the
/// engine need not know any of it.
package struct ContextValues: Sendable {
  private var values: [ObjectIdentifier: any Sendable] = [:]

  /// No settings.
  package init() {}

  /// The value of a type, nil where none was given.
  package subscript<Value: Sendable>(_ type: Value.Type) -> Value? {
    get { values[ObjectIdentifier(type)] as? Value }
    set { values[ObjectIdentifier(type)] = newValue }
  }
}

/// The days a run covers: from `from` (nil: everything there is) to `to`, both included.
package struct Window: Sendable, Equatable {
  /// The first day; nil for everything up to `to`.
  package let from: Day?
  /// The last day; nothing after it is seen.
  package let to: Day

  /// The days from `from` to `to`.
  package init(from: Day?, to: Day) {
    self.from = from
    self.to = to
  }

  /// The number of the day that lies `days` before the window; below every day where the window
  /// covers everything.
  @inlinable package func firstDay(daysBefore days: Int = 0) -> Int32 {
    guard let from else { return .min }
    return (from - days).number
  }

  /// The number of the last day.
  @inlinable package var lastDay: Int32 { to.number }

  /// Whether a day, by its number, lies in the window.
  @inlinable package func contains(_ day: Int32) -> Bool { day >= firstDay() && day <= lastDay }

  /// The Monday, by its number, of the week of the day that lies `days` before the window; below
  /// every day where the window covers everything.
  package func firstMonday(daysBefore days: Int = 0) -> Int32 {
    guard let from else { return .min }
    return (from - days).weekStart.number
  }

  /// The days, by their numbers, from the Monday of the window's first week on.
  package var daysFromMonday: ClosedRange<Int32> { min(firstMonday(), lastDay)...lastDay }

  /// The window as a span of a day column.
  package var daySpan: Span { .range(from: Self.column(firstDay()), to: Int64(lastDay)) }

  /// The Mondays of the weeks that the window touches, as a span of a day column.
  package var weekSpan: Span {
    .range(from: Self.column(firstMonday()), to: Int64(to.weekStart.number))
  }

  private static func column(_ day: Int32) -> Int64 {
    day == .min ? Int64(Day.first.number) : Int64(day)
  }
}
