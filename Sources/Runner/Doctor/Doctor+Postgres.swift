import Engine
import Postgres

/// A warehouse in PostgreSQL: whether a run could reach it, lock it, bring it up to date and write it.
extension Doctor {
  func examine(postgres url: String, _ project: Project) -> [Finding] {
    let subject = "warehouse"
    do throws(WarehouseError) {
      // Amounts are not read here, so any number of decimals will do.
      let opened = try PostgresWarehouse(url: url, moneyDigits: 2, readOnly: true)
      let standing = try opened.standing()
      let server = "\(opened.displayName): PostgreSQL \(opened.serverVersion)"
      var findings = [
        Finding(
          subject, .ok,
          "\(server), role \(standing.role), "
            + (standing.hasSchema
              ? "schema \(opened.schemaName)"
              : "no schema \(opened.schemaName) yet: the first run makes it"))
      ]
      if standing.isReplica {
        findings.append(
          Finding(
            subject, .problem, "the server is a replica, which only reads",
            help: "name the primary server"))
      } else if !standing.mayWrite {
        findings.append(
          Finding(
            "privileges", .problem,
            standing.hasSchema
              ? "role \(standing.role) does not own the tables of schema \(opened.schemaName)"
              : "role \(standing.role) may not make the schema \(opened.schemaName)",
            help: "see the roles of docs/postgres.md; for reports alone nothing is wrong"))
      } else {
        findings.append(Finding("privileges", .ok, "role \(standing.role) may write"))
      }
      findings.append(encryption(standing))
      let drift = abs(standing.clock - now) / 1_000_000
      if drift > Self.largestDrift {
        findings.append(
          Finding(
            "server clock", .warning, "\(drift) s from this machine's",
            help: "have both follow a time server"))
      }
      findings.append(
        standing.lockHolder.map {
          Finding("lock", .warning, "held by \($0): a run is under way", help: "wait for it to end")
        } ?? Finding("lock", .ok, "free"))
      guard standing.hasSchema, let migrations = try? project.migrations() else { return findings }
      let pending = try opened.pending(migrations)
      findings.append(
        pending.isEmpty
          ? Finding("migrations", .ok, "none pending")
          : Finding(
            "migrations", .warning, "pending: \(pending.map(\.name).joined(separator: ", "))",
            help: "nothing to do: the next run applies them"))
      return findings
    } catch {
      return [Finding(subject, .problem, error.message, help: error.help)]
    }
  }

  /// Seconds between the clocks that nobody needs to hear of.
  private static let largestDrift: Int64 = 60

  private func encryption(_ standing: PostgresWarehouse.Standing) -> Finding {
    if let version = standing.encryption { return Finding("encryption", .ok, version) }
    return standing.isLocal
      ? Finding("encryption", .ok, "none, and none needed: the server is this machine")
      : Finding(
        "encryption", .warning, "none: anybody on the way can read figures and password",
        help: "add sslmode=verify-full (and sslrootcert=…) to the URL")
  }
}
