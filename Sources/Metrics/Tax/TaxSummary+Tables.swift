import Engine

extension TaxSummary {
  /// Rows of `form_1099_nec` by recipient.
  func recipientTable() -> Table {
    var texts: [String: TextColumn] = [:]
    func add(_ column: String, _ value: String?) {
      texts[column, default: TextColumn()].append(value)
    }
    let code = year.tinKey.map { HMAC(key: $0) }
    for recipient in recipients {
      let profile = recipient.profile
      let isForm = recipient.bucket == .form
      let ids = recipient.partners.map { data.partners.text(of: Int($0)) }
      add("partner_ids", ids.joined(separator: " "))
      add("recipient_id", ids[0])
      add("legal_name", text(.legalName, profile))
      add("business_name", text(.businessName, profile))
      add("partner_name", personName(recipient.partners[0]))
      add("tin_type", recipient.tin.type?.word)
      add("tin", recipient.tin.masked)
      add("tin_code", code.flatMap { recipient.tin.code($0) })
      add("decision", isForm ? "form" : "no_form")
      add("reason", isForm ? nil : recipient.bucket.rawValue)
      add("exception", exception(recipient))
      add("form", profile.map { form($0) })
      add("classification", profile.flatMap { classification($0) })
      for kind in [
        ProfileText.addressLine1, .addressLine2, .city, .state, .postalCode, .country, .email,
      ] {
        add(kind.rawValue, text(kind, profile))
      }
    }
    var integers: [String: [Int64]] = [
      "tax_year": recipients.map { _ in Int64(year.year) },
      "nonemployee_compensation": recipients.map(\.amount),
      "federal_tax_withheld": recipients.map(\.withheld),
      "payments": recipients.map(\.payments),
      "first_paid_at": recipients.map(\.firstPaidAt),
      "last_paid_at": recipients.map(\.lastPaidAt),
      "withholding_due": recipients.map { withholdingReason($0) == nil ? 0 : $0.withholding },
    ]
    integers["form_received_at"] = recipients.map { recipient in
      recipient.profile.map { data.profiles.receivedAt[$0] } ?? .absent
    }
    integers["second_tin_notice"] = recipients.map { recipient in
      recipient.profile.map { data.profiles.secondNotice[$0] } ?? .absent
    }
    return Table(
      schema: TaxForms.recipients,
      columns: TaxForms.recipients.columns.map { column in
        column.type == .text
          ? .texts(texts[column.name] ?? TextColumn()) : .integers(integers[column.name] ?? [])
      })
  }

  /// Rows of `form_1099_payments` by payout.
  func paymentTable() throws(StageError) -> Table {
    let payouts = data.payouts
    // IDs are a key, so each has one row, and its rank is the row's place.
    var order = [Int](repeating: 0, count: payouts.id.count)
    let idRanks = payouts.ids.ranks()
    for row in payouts.id.indices { order[idRanks[Int(payouts.id[row])]] = row }
    var currencies = TextColumn()
    var ownAmounts = TextColumn()
    var reasons = TextColumn()
    var amounts: [Int64] = []
    let zone = context.timeZone
    for row in order {
      let own = Currency(rawValue: payouts.currency[row])
      currencies.append(own?.text)
      let isOwn = payouts.currency[row] == context.currency.rawValue
      amounts.append(isOwn ? payouts.amount[row] : try nominal(payouts.amount[row], own))
      ownAmounts.append(isOwn ? nil : decimal(payouts.amount[row], own))
      reasons.append(reason(row, own, zone))
    }
    let statuses = StringPool(words: PayoutStatus.vocabulary.words)
    let reporters = StringPool(words: Sources.payoutReporters.words)
    func texts(_ codes: [Int32], _ pool: StringPool) -> TableColumn {
      .texts(TextColumn(codes: codes, pool: pool))
    }
    return Table(
      schema: TaxForms.payments,
      columns: [
        texts(order.map { payouts.id[$0] }, payouts.ids),
        texts(order.map { payouts.partner[$0] }, data.partners),
        .integers(amounts),
        .integers(order.map { payouts.processedAt[$0] }),
        texts(order.map { buckets[$0].code }, Bucket.words),
        .integers(order.map { _ in Int64(year.year) }),
        texts(
          order.map { recipientOf[$0] < 0 ? -1 : recipients[Int(recipientOf[$0])].partners[0] },
          data.partners),
        texts(order.map { Int32(payouts.status[$0]) }, statuses),
        .texts(currencies), .texts(ownAmounts),
        .integers(
          order.map {
            payouts.currency[$0] == context.currency.rawValue ? payouts.withheld[$0] : .absent
          }),
        texts(order.map { payouts.method[$0] }, payouts.methods),
        texts(order.map { Int32(payouts.reporter[$0]) }, reporters),
        .texts(reasons),
      ])
  }

  /// Why a payout is where it is, in words.
  private func reason(_ row: Int, _ currency: Currency?, _ zone: TimeZone) -> String {
    let paid = data.payouts.processedAt[row]
    switch buckets[row] {
    case .notCompleted:
      let status = PayoutStatus.vocabulary.words[Int(data.payouts.status[row])]
      if status != "completed" { return "the payout is \(status)" }
      return paid == .absent
        ? "nobody says when it was paid" : "paid after \(context.window.to.text)"
    case .otherYear: return "paid in \(zone.day(of: paid).year)"
    case .otherCurrency: return "paid in \(currency?.text ?? "another currency")"
    case .network: return "the payment network reports it on a 1099-K"
    case .foreign: return "the recipient gave a form W-8"
    case .corporation: return "the recipient is a corporation"
    case .taxExempt: return "the recipient is tax-exempt"
    case .government: return "the recipient is a government"
    case .belowThreshold: return "the recipient was paid less than the threshold"
    case .form: return "on the recipient's form"
    }
  }

  /// An amount of another currency in the reporting one's decimals: its number, not its worth.
  private func nominal(_ amount: Int64, _ currency: Currency?) throws(StageError) -> Int64 {
    let shift = context.currency.digits - (currency?.digits ?? context.currency.digits)
    let wide =
      shift >= 0
      ? Int128(amount) * Int128(powerOfTen(shift))
      : Money.divideRounded(Int128(amount), Int128(powerOfTen(-shift)))
    guard let narrow = Money.narrow(wide) else {
      throw TaxForms.overflowError("a payout in \(currency?.text ?? "another currency")")
    }
    return narrow
  }

  /// An amount as a plain decimal.
  func decimal(_ amount: Int64, _ currency: Currency? = nil) -> String {
    var bytes: [UInt8] = []
    Money.append(amount, digits: (currency ?? context.currency).digits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func personName(_ partner: Int32) -> String? {
    let row = personOf[Int(partner)]
    guard row >= 0 else { return nil }
    let code = data.people.name[Int(row)]
    return code < 0 ? nil : data.people.words.text(of: Int(code))
  }
}

extension TIN {
  /// The number's code under a key, in hexadecimal digits; nil where it is not valid.
  func code(_ code: HMAC) -> String? {
    guard let digits else { return nil }
    return code.hexadecimal(of: Array("\(type?.word ?? ""):\(digits)".utf8))
  }
}
