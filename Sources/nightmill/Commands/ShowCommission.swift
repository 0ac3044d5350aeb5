import Runner

/// `show commissions --id ID`: how one line came about, from what is published.
struct ShowCommission {
  static let id = Flag(
    "id", "ID", example: "7d87b9bd-fe45-5cc3-a601-ffd88233fbad",
    "with commissions: how this line came about, from click to payout, as published")

  /// Shows the line of an ID.
  static func run(_ id: String, _ arguments: Arguments, _ console: Console) throws(RunError) {
    guard arguments.positionals == ["commissions"] else {
      throw RunError(
        .usage, "--id is of a commission line, not of \(arguments.positionals[0])",
        help: "write show commissions --id \(id)")
    }
    let format = try arguments.format()
    let published = try Published(arguments)
    let chain = try CommissionChain(
      id: id, warehouse: published.open(), currency: published.currency,
      timeZone: published.timeZone)
    guard format == .table else {
      let rows = chain.steps.map { [ShownValue.text($0.name), .text($0.text)] }
      return try console.result(format.bytes(["step", "what"], rows))
    }
    var columns = TextColumns(leading: 2)
    for step in chain.steps { columns.add([step.name, step.text]) }
    try console.result(columns.text)
  }
}
