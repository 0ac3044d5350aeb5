extension Composer {
  private static let corePrefix = "tag:yaml.org,2002:"
  private static let scalarTags: Set<String> = ["str", "int", "float", "bool", "null"]

  /// The style a tag gives a scalar: `!!str 12` is text like `"12"`, `!!int "12"` a number.
  func taggedStyle(_ style: Node.Style, tag: String?, mark: Mark) -> Node.Style {
    guard let tag else { return style }
    let isText = tag == "!" || tag == Self.corePrefix + "str"
    if isText { return style == .plain ? .doubleQuoted : style }
    guard let name = coreName(tag), Self.scalarTags.contains(name) else {
      refuse(tag, mark)
      return style
    }
    return .plain
  }

  /// Reports a tag that is not the one allowed for a list or mapping.
  func checkTag(_ event: Event, allowed: String) {
    guard let tag = event.tag, tag != "!", coreName(tag) != allowed else { return }
    refuse(tag, event.mark)
  }

  private func coreName(_ tag: String) -> String? {
    tag.hasPrefix(Self.corePrefix) ? String(tag.dropFirst(Self.corePrefix.count)) : nil
  }

  private func refuse(_ tag: String, _ mark: Mark) {
    let shown = coreName(tag).map { "!!" + $0 } ?? tag
    problems.add(mark, "the tag \(shortened(shown)) is not supported here; remove it")
  }
}
