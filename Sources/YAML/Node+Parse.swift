extension Node {
  /// Parses a file of exactly one YAML or JSON document.
  ///
  /// - Parameters:
  ///   - text: the file's bytes: UTF-8, with or without a byte-order mark, at most 16 MiB.
  ///   - file: the name used in messages.
  /// - Throws: everything wrong with the file's form: syntax, repeated keys, unsupported tags,
  ///   unknown aliases, nesting beyond 64 levels, aliases that expand without measure.
  package static func parse(_ text: [UInt8], file: String) throws(YAMLError) -> Node {
    let problems = Problems()
    let node = parse(text, file: file, problems: problems)
    try problems.throwIfAny()
    guard let node else {
      throw .invalid([Problem(Mark(file: file), "the file cannot be read")])
    }
    return node
  }

  /// Parses text in memory, such as the value of `--set key=value`; as the one for bytes.
  package static func parse(_ text: String, file: String) throws(YAMLError) -> Node {
    try parse(Array(text.utf8), file: file)
  }

  /// Parses a file, adding what is wrong to the problems of other files.
  ///
  /// Returns nil when nothing can be read; a node together with problems when the rest of the
  /// file can still be checked.
  package static func parse(_ text: [UInt8], file: String, problems: Problems) -> Node? {
    do throws(Stop) {
      let body = try TextPlace.checked(text, file: file)
      var composer = Composer(
        try EventParser(body, file: file), file: file, problems: problems)
      return try composer.document()
    } catch {
      problems.add(error.problem)
      return nil
    }
  }
}
