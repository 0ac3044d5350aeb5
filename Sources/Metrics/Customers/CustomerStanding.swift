import Engine

/// What a customer's silence and spend say of it: metrics.md section 10.
enum CustomerSegment: Int32, CaseIterable {
  /// Not seen for 90 days.
  case churned
  /// Not seen for 45 days.
  case atRisk
  /// Spent 1,000 or more.
  case whale
  /// Spent 200 or more.
  case regular
  /// Anyone else.
  case casual

  /// The word in tables.
  var word: String {
    switch self {
    case .churned: "churned"
    case .atRisk: "at_risk"
    case .whale: "whale"
    case .regular: "regular"
    case .casual: "casual"
    }
  }

  /// The segment of a customer seen last `idle` days ago; `unit` is one whole unit of the currency.
  init(idle: Int32, spend: Int64, unit: Int64) {
    if idle >= 90 {
      self = .churned
    } else if idle >= 45 {
      self = .atRisk
    } else if spend >= 1_000 * unit {
      self = .whale
    } else {
      self = spend >= 200 * unit ? .regular : .casual
    }
  }
}

/// A customer's tier by spend: metrics.md section 10.
enum CustomerTier: Int32, CaseIterable {
  /// 5,000 or more.
  case platinum
  /// 1,000 or more.
  case gold
  /// 200 or more.
  case silver
  /// Less.
  case bronze

  /// The word in tables.
  var word: String {
    switch self {
    case .platinum: "platinum"
    case .gold: "gold"
    case .silver: "silver"
    case .bronze: "bronze"
    }
  }

  /// The tier of a spend; `unit` is one whole unit of the currency.
  init(spend: Int64, unit: Int64) {
    if spend >= 5_000 * unit {
      self = .platinum
    } else if spend >= 1_000 * unit {
      self = .gold
    } else {
      self = spend >= 200 * unit ? .silver : .bronze
    }
  }
}
