import Engine

extension Sources {
  /// Products as they are today. Without `listed_at` a product is listed always.
  package static let products = Contract(
    source: "products", key: ["product_id"],
    fields: [
      .required("product_id", .text),
      .required("name", .text),
      .optional("supplier_id", .text),
      .optional("category", .text),
      .optional("listed_at", .instant),
      .optional("delisted_at", .instant),
    ])
}
