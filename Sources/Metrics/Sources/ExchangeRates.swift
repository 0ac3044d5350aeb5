import Engine

extension Sources {
  /// Units of the reporting currency for one unit of `currency` on a day.
  package static let exchangeRates = Contract(
    source: "exchange_rates", key: ["currency", "day"],
    fields: [
      .required("currency", .currency),
      .required("day", .day),
      .required("rate", .exchangeRate),
    ])
}
