/// A migration as a database remembers it.
package struct AppliedMigration: Sendable {
  /// Its file name.
  package let name: String
  /// The fingerprint of its text.
  package let fingerprint: String
  /// When it was applied, for messages.
  package let time: String

  /// A migration that was applied.
  package init(name: String, fingerprint: String, time: String) {
    self.name = name
    self.fingerprint = fingerprint
    self.time = time
  }
}

extension Migration {
  /// The statements with each `{{name}}` replaced by a database's type; an unknown name fails with
  /// its line.
  package func statements(types: [String: String]) throws(WarehouseError) -> String {
    var result = ""
    var rest = Substring(sql)
    while let open = rest.firstRange(of: "{{") {
      let body = rest[open.upperBound...]
      let close = body.firstRange(of: "}}")
      let word = close.map { String(body[..<$0.lowerBound]) } ?? String(body.prefix { $0 != "\n" })
      guard let close, let type = types[word] else {
        let known = types.keys.sorted().map { "{{\($0)}}" }.joined(separator: ", ")
        let line = 1 + sql[..<open.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") }
        throw WarehouseError(
          .configuration,
          "\(name):\(line): expected a type's name, found {{\(word)\(close == nil ? "" : "}}")",
          help: "those known are \(known)")
      }
      result += rest[..<open.lowerBound] + type
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  /// A fingerprint of the file's text, to notice an edit by.
  package var fingerprint: String { storedFingerprint(sql) }

  /// The migrations that a database lacks, in order; `place` is its name in messages.
  ///
  /// Refuses a database that a newer or changed project made: one with a migration that there is no
  /// file of, one whose file was edited since, and a file numbered before one that is applied.
  package static func pending(
    _ migrations: [Migration], applied: [Int: AppliedMigration], in place: String
  ) throws(WarehouseError) -> [Migration] {
    let ordered = migrations.sorted { $0.number < $1.number }
    for (earlier, later) in zip(ordered, ordered.dropFirst())
    where earlier.number == later.number {
      throw WarehouseError(
        .configuration, "\(earlier.name) and \(later.name) have the same number",
        help: "number the migrations of SQL/schema one after the other")
    }
    let newest = applied.keys.max() ?? .min
    for (number, known) in applied.sorted(by: { $0.key < $1.key })
    where !ordered.contains(where: { $0.number == number }) {
      let isNewer = number > (ordered.last?.number ?? .min)
      throw WarehouseError(
        .configuration,
        "\(place) has migration \(number) (\(known.name)), "
          + (isNewer
            ? "made by a newer nightmill" : "applied \(known.time), which is not in SQL/schema"),
        help: isNewer ? "upgrade nightmill" : "restore the file \(known.name)")
    }
    var pending: [Migration] = []
    for migration in ordered {
      guard let known = applied[migration.number] else {
        guard migration.number > newest else {
          throw WarehouseError(
            .configuration,
            "\(migration.name) is not applied, but migration \(newest) already is in \(place)",
            help: "give it a number after \(newest)")
        }
        pending.append(migration)
        continue
      }
      if known.fingerprint != migration.fingerprint {
        throw WarehouseError(
          .configuration,
          "\(migration.name) was changed after it was applied to \(place) (\(known.time) UTC)",
          help: "restore the file and put the change in a new migration")
      }
    }
    return pending
  }
}
