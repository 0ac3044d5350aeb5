import Engine

// What refunds, chargebacks and disputes won take back of lines, or give back.
extension CommissionBuilder {
  /// Adds the reversals of an adjustment; one whose sale is not known is noted.
  mutating func addAdjustment(_ row: Int) throws(StageError) {
    guard ledger.originals[row] != .absent else {
      unmatched.append(Int32(row))
      return
    }
    let original = Int(ledger.originals[row])
    guard lineCount[original] > 0, ledger.currencies[row] == ledger.currencies[original] else {
      return
    }
    var sale = adjusted[Int32(original)] ?? Adjusted()
    let isReturn = ledger.kinds[row] == TransactionKind.disputeWon.rawValue
    sale.refunded = try CommissionLedger.sum(
      sale.refunded, isReturn ? -ledger.ownAmounts[row] : ledger.ownAmounts[row],
      "adjustments of transaction \(ledger.ids.text(original) ?? "")")
    let whole = ledger.ownAmounts[original]
    let part = min(whole, max(0, sale.refunded))
    let start = Int(firstLine[original])
    for index in start..<(start + Int(lineCount[original])) {
      let line = lines[index]
      if line.type == .signup {
        reverseBonus(index, row, isFull: part == whole, &sale)
        continue
      }
      let target = Money.narrow(
        Money.divideRounded(Int128(line.amount) * Int128(part), Int128(whole)))
      // A part of the line is never beyond it.
      guard let target else { throw overflow(row) }
      reversed[index] -= addReversal(of: index, row, reversed[index] - target)
    }
    adjusted[Int32(original)] = sale
  }

  /// The signup line falls whole when its sale is fully refunded within its hold, and comes back when
  /// a dispute won undoes that.
  private mutating func reverseBonus(
    _ index: Int, _ row: Int, isFull: Bool, _ sale: inout Adjusted
  ) {
    if isFull, !sale.lostBonus, Int32(ledger.days[row]) <= lines[index].readyOn {
      sale.lostBonus = true
      _ = addReversal(of: index, row, -lines[index].amount)
    } else if !isFull, sale.lostBonus {
      sale.lostBonus = false
      _ = addReversal(of: index, row, lines[index].amount)
    }
  }

  /// Adds what is taken back of a line, or given back, unless it was published otherwise; gives the
  /// amount of it.
  private mutating func addReversal(of index: Int, _ row: Int, _ amount: Int64) -> Int64 {
    var line = lines[index]
    line.reverses = Int32(index)
    line.row = Int32(row)
    line.day = Int32(ledger.days[row])
    // It waits for whichever comes later: its own day, or the day its line is ready.
    line.readyOn = max(line.day, line.readyOn)
    line.amount = amount
    let isDecided = published.mayHold(line.day)
    guard amount != 0 || isDecided else { return 0 }
    line.id = 0
    if isDecided {
      line.id = names.id(of: line, ledger, partners.rows)
      if let known = published.amount(of: line.id) { line.amount = known }
    }
    guard line.amount != 0 else { return 0 }
    lines.append(line)
    reversed.append(0)
    return line.amount
  }
}
