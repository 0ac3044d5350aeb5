import YAML

/// Lays what a pipeline says of a source over the mapping file it names.
///
/// The pipeline's keys win. `columns` are merged one by one, a column's keys one by one, and so are
/// its `values`, so that a pipeline can change a single word of a ready-made mapping. All nodes
/// keep their marks: a problem is shown where it was written.
enum MappingOverlay {
  /// What a mapping file may say.
  static let keys = [
    "summary", "timezone", "delimiter", "quote", "encoding", "header", "fields", "columns", "where",
  ]

  /// What only the pipeline may say, since a mapping serves many.
  static let pipelineKeys = [
    "files", "optional", "max_quarantined", "mapping", "query", "connection", "split_by",
  ]

  /// The source's node with the mapping's keys put in where it does not have them.
  static func source(_ source: Node, over mapping: Node) -> Node {
    merged(source, over: mapping) { key, above, below in
      key == "columns" ? columns(above, over: below) : above
    }
  }

  private static func columns(_ above: Node, over below: Node) -> Node {
    merged(above, over: below) { _, above, below in column(above, over: below) }
  }

  private static func column(_ above: Node, over below: Node) -> Node {
    let above = spelledOut(above)
    var below = spelledOut(below)
    guard above.mapping != nil, let entries = below.mapping else { return above }
    // Where a column comes from is one decision.
    if above["from"] != nil || above["value"] != nil {
      let kept = entries.filter { $0.key.text != "from" && $0.key.text != "value" }
      below = Node(.mapping(kept), mark: below.mark)
    }
    return merged(above, over: below) { key, above, below in
      key == "values" ? merged(above, over: below) { _, above, _ in above } : above
    }
  }

  /// `NAME` and `[NAME, OTHER]` are short for `{from: …}`.
  static func spelledOut(_ column: Node) -> Node {
    guard column.mapping == nil, !column.isNull else { return column }
    let key = Node(.scalar(Node.Scalar("from")), mark: column.mark)
    return Node(.mapping([Node.Entry(key: key, value: column)]), mark: column.mark)
  }

  private static func merged(
    _ above: Node, over below: Node, _ combine: (String, Node, Node) -> Node
  ) -> Node {
    guard let upper = above.mapping, let lower = below.mapping else { return above }
    var entries = upper.map { entry in
      guard let key = entry.key.text, let other = below[key] else { return entry }
      return Node.Entry(key: entry.key, value: combine(key, entry.value, other))
    }
    entries += lower.filter { above[$0.key.text ?? ""] == nil }
    return Node(.mapping(entries), mark: above.mark)
  }
}
