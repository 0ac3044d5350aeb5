import Engine

/// The contracts of everything that comes in, one declaration per source and file.
///
/// Adding a source is adding a file with its contract, and its name here.
package enum Sources {
  /// Every source, by name.
  package static let all: [Contract] = [
    calls, clicks, disputes, exchangeRates, partners, payouts, products, resellerAccounts,
    taxProfiles,
    transactions, users, vendors,
  ]

  /// The contract of a source, nil if there is none of that name.
  package static func named(_ name: String) -> Contract? { all.first { $0.source == name } }
}
