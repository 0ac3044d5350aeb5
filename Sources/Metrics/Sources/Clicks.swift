import Engine

extension Sources {
  /// What visitors did: partner links followed, product pages viewed, and so on.
  package static let clicks = Contract(
    source: "clicks", key: ["click_id"],
    fields: [
      .required("click_id", .text),
      .required("clicked_at", .instant),
      .required("event", .enumerated(ClickEvent.vocabulary)),
      .optional("visitor_id", .text),
      .optional("user_id", .text),
      .optional("referral_code", .text),
      .optional("product_id", .text),
      .optional("session_id", .text),
      .optional("ip", .text),
      .optional("user_agent", .text),
      .optional("url", .text),
      .optional("campaign", .text),
    ])
}

/// What a visitor did; the raw value is the code in a batch.
package enum ClickEvent: Int64, CaseIterable, Sendable {
  /// Followed a partner's link.
  case click
  /// Looked at a product's page.
  case view
  /// Put a product into the cart.
  case addToCart
  /// Searched.
  case search
  /// Anything else.
  case other

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary(["click", "view", "add_to_cart", "search", "other"])
}
