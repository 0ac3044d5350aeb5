import Engine

extension TaxExceptions {
  /// Totals near a threshold, or between a state's and the federal one.
  mutating func addThresholds(_ recipient: TaxSummary.Recipient, _ place: Int32) {
    let isBelow = recipient.bucket == .belowThreshold
    guard isBelow || recipient.bucket == .form else { return }
    let distance = Int128(recipient.amount) - Int128(year.threshold)
    if distance.magnitude * 10 <= Int128(year.threshold).magnitude {
      let side = distance < 0 ? "below" : distance == 0 ? "at" : "above"
      add(
        .nearThreshold, recipient, place,
        "\(summary.decimal(Money.narrow(Int128(distance.magnitude)) ?? 0)) \(side) the threshold of "
          + summary.decimal(year.threshold))
    }
    guard isBelow, let state = summary.text(.state, recipient.profile)?.uppercased() else { return }
    for rule in year.stateThresholds where rule.state == state && recipient.amount >= rule.amount {
      add(
        .stateThreshold, recipient, place,
        "below the federal threshold, but \(state) asks for a form from "
          + "\(summary.decimal(rule.amount)) on")
    }
  }

  /// Backup withholding that is due and was not taken, or taken without a reason.
  mutating func addWithholding(_ recipient: TaxSummary.Recipient, _ place: Int32) {
    let rate = "\(year.withholdingRate.scaled / (Rate.scale / 100)) %"
    if recipient.bucket == .foreign {
      if recipient.withheld > 0 {
        add(
          .withholdingUnexpected, recipient, place, amount: recipient.withheld,
          "withheld from a recipient with a form W-8: reported on forms 1042 and 1042-S, not 945")
      }
      return
    }
    guard let reason = summary.withholdingReason(recipient) else {
      if recipient.withheld > 0 {
        add(
          .withholdingUnexpected, recipient, place, amount: recipient.withheld,
          "withheld though number and profile give no reason; the IRS may have asked for it")
      }
      return
    }
    let missing = recipient.withholding - recipient.withheld
    if missing > 0 {
      let doubt =
        switch recipient.bucket {
        case .belowThreshold: "; below the threshold it may not be (IRC 3406(b)(6))"
        case .corporation, .taxExempt, .government: "; an exempt payee's code on a W-9 spares it"
        default: ""
        }
      add(
        .withholdingAbsent, recipient, place, amount: missing,
        "\(rate) backup withholding is due, since \(reason): "
          + "\(summary.decimal(recipient.withholding)), withheld "
          + "\(summary.decimal(recipient.withheld))\(doubt)")
    } else if missing < 0 {
      add(
        .withholdingUnexpected, recipient, place, amount: -missing,
        "more withheld than the \(rate) that are due: \(summary.decimal(recipient.withheld)) "
          + "instead of \(summary.decimal(recipient.withholding))")
    }
  }

  /// What payouts say by themselves.
  mutating func addPayouts() {
    let payouts = summary.data.payouts
    let (first, end) = summary.span
    let zone = context.timeZone
    let firstDay = zone.day(of: first)
    // The local days on both sides of both ends of the year.
    let edges = [firstDay - 1, firstDay, firstDay.lastOfYear, firstDay.lastOfYear + 1].map { day in
      (day: day, first: zone.firstInstant(of: day), end: zone.firstInstant(of: day + 1))
    }
    let taken = [PayoutStatus.failed, .cancelled].map { UInt8($0.rawValue) }
    for row in payouts.id.indices {
      let paid = payouts.processedAt[row]
      guard paid != .absent else { continue }
      let amount = payouts.amount[row]
      let isOwn = payouts.currency[row] == context.currency.rawValue
      let shown = isOwn ? amount : Int64.absent
      if taken.contains(payouts.status[row]), paid < first {
        let status = PayoutStatus.vocabulary.words[Int(payouts.status[row])]
        add(
          .clawback, payout: row, amount: shown,
          "processed on \(zone.day(of: paid).text), now \(status): if it was paid and taken back, "
            + "\(zone.day(of: paid).year)'s form may need a correction; not decided here")
      }
      guard summary.buckets[row] != .notCompleted else { continue }
      for edge in edges where paid >= edge.first && paid < edge.end {
        add(
          .yearEdge, payout: row, amount: shown,
          "paid on \(edge.day.text) (\(zone.name)), so counted in \(edge.day.year): the year in "
            + "which the recipient could first use the money decides")
      }
      let isThisYear = paid >= first && paid < end
      if isThisYear, summary.personOf[Int(payouts.partner[row])] < 0,
        summary.profile(payouts.partner[row]) == nil
      {
        add(
          .partnerUnknown, payout: row, amount: shown, "no partner and no tax profile has this ID")
      }
    }
    for (index, recipient) in summary.recipients.enumerated() where recipient.unsaid.count > 0 {
      let count = recipient.unsaid.count
      add(
        .reporterMissing, recipient, Int32(index), amount: recipient.unsaid.amount,
        "\(count) \(count == 1 ? "payout does" : "payouts do") not say who reports it; counted as "
          + "the payer's")
    }
  }

  /// Payments of the year in other currencies, by partner and currency.
  mutating func addOtherCurrencies() {
    let payouts = summary.data.payouts
    var groups = GroupTable()
    var sums: [(row: Int, count: Int, amount: Int128)] = []
    for row in payouts.id.indices where summary.buckets[row] == .otherCurrency {
      let key = UInt64(bitPattern: payouts.currency[row])
      let group = groups.group(UInt64(payouts.partner[row]), key)
      if group == sums.count { sums.append((row, 0, 0)) }
      sums[group].count += 1
      sums[group].amount += Int128(payouts.amount[row])
      // The least ID names the group, whatever came first.
      if isLess(payouts.id[row], payouts.id[sums[group].row]) { sums[group].row = row }
    }
    for sum in sums {
      guard let currency = Currency(rawValue: payouts.currency[sum.row]) else { continue }
      let amount = Money.narrow(sum.amount).map { summary.decimal($0, currency) } ?? "a large sum"
      add(
        .otherCurrency, payout: sum.row, amount: .absent,
        "\(amount) \(currency.text) in \(sum.count) \(sum.count == 1 ? "payout" : "payouts"): forms "
          + "are in \(context.currency.text), and the rate of the day of payment is yours to choose"
      )
    }
  }

  private func isLess(_ left: Int32, _ right: Int32) -> Bool {
    let ids = summary.data.payouts.ids
    return ids.withBytes(of: Int(left)) { bytes in
      ids.withBytes(of: Int(right)) { bytes < $0 }
    }
  }
}
