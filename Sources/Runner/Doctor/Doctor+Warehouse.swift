import Engine
import Files
import Postgres
import SQLite

/// The warehouse: whether a run could open it, lock it, bring it up to date and write it.
extension Doctor {
  func examine(warehouse url: String, _ project: Project) -> [Finding] {
    let subject = "warehouse"
    if ConnectionURL.isOne(url) { return examine(postgres: url, project) }
    guard url.hasPrefix("sqlite:") else {
      do throws(RunError) {
        // Amounts are not read here, so any currency will do.
        guard let any = Currency(code: "USD") else { return [] }
        _ = try Registry.openWarehouse(url, currency: any, readOnly: true)
        return [Finding(subject, .ok, url)]
      } catch { return [Finding(subject, .problem, "\(error.message): \(url)", help: error.help)] }
    }
    let path = String(url.dropFirst("sqlite:".count))
    var findings = [disk(of: path)]
    guard let status = FileSystem.status(path) else {
      if let why = FileSystem.whyNotWritable(FileSystem.folder(of: path)) {
        findings.append(
          Finding(
            subject, .problem, "\(path) is not there and cannot be made: \(why)",
            help: "make the folder, give this user its permissions, or name another warehouse"))
      } else {
        findings.append(
          Finding(subject, .ok, "\(path) is not there yet: the first run makes it"))
      }
      return findings
    }
    let lock = lock(of: path)
    findings += [lock.finding] + leftOver(path, isLocked: lock.isHeld)
    return findings + contents(of: path, size: status.size, project)
  }

  /// The file system it lies on, and the room there.
  private func disk(of path: String) -> Finding {
    let subject = "warehouse disk"
    switch FileSystem.kind(path) {
    case .network(let name):
      return Finding(
        subject, .problem, "\(path) lies on a network file system (\(name))",
        help: "keep an SQLite file on a disk of the machine: locks on others fail silently")
    case .foreign(let name):
      return Finding(
        subject, .warning, "\(path) lies on \(name), whose locks may not be real",
        help: "keep an SQLite file on a disk of the machine")
    case .local: break
    }
    guard let free = FileSystem.free(path) else {
      return Finding(subject, .warning, "its free space is not known", help: "see df -h")
    }
    let size = FileSystem.status(path)?.size ?? 0
    let said = "\(fileSize(free)) free, the warehouse has \(fileSize(size))"
    // A run may write every row again, first to the log beside the file.
    if free < max(size, Self.leastFree) {
      return Finding(
        subject, free < Self.leastFree ? .problem : .warning, said,
        help: "free space: a run may need as much again as the warehouse has")
    }
    return Finding(subject, .ok, said)
  }

  /// Less room than this is none.
  static let leastFree = 64 << 20

  private func lock(of path: String) -> (finding: Finding, isHeld: Bool) {
    switch SQLiteWarehouse.lockHolder(of: path) {
    case nil: return (Finding("lock", .ok, "free"), false)
    case .unknown?:
      return (
        Finding(
          "lock", .warning, "held by a process that cannot be seen from here",
          help: "wait for that run to end; it may be another container's"), true
      )
    case .process(let number)?:
      return (
        Finding(
          "lock", .warning, "held by process \(number): a run is under way",
          help: "wait for it to end, or see what it does: ps -fp \(number)"), true
      )
    }
  }

  /// A log that a killed process left; nothing is lost, since whoever opens the file next reads it.
  private func leftOver(_ path: String, isLocked: Bool) -> [Finding] {
    if isLocked { return [] }
    return ["-wal", "-journal"].compactMap { suffix in
      guard let log = FileSystem.status(path + suffix), log.size > 0 else { return nil }
      return Finding(
        "log", .warning,
        "\(path)\(suffix) (\(fileSize(log.size))) is left over, or a program has the warehouse open",
        help: "never delete it: it belongs to the warehouse, and the next run takes it in")
    }
  }

  private func contents(of path: String, size: Int, _ project: Project) -> [Finding] {
    let subject = "warehouse"
    let shown = "\(path) (\(fileSize(size)))"
    if let why = FileSystem.whyNotReadable(path) {
      return [Finding(subject, .problem, "\(path) cannot be read: \(why)", help: "see ls -l")]
    }
    let opened: SQLiteWarehouse
    do throws(WarehouseError) {
      opened = try SQLiteWarehouse(path: path, moneyDigits: 2, readOnly: true)
    } catch { return [Finding(subject, .problem, error.message, help: error.help)] }
    do throws(WarehouseError) {
      let damage = try opened.damage()
      if !damage.isEmpty {
        return [
          Finding(
            subject, .problem, "\(path) is damaged: \(damage[0])",
            help: "restore it from a backup, or move it away and run with --from all")
        ]
      }
    } catch { return [Finding(subject, .problem, error.message, help: error.help)] }
    var findings = [Finding(subject, .ok, "\(shown) opens and is sound")]
    if let why = FileSystem.whyNotWritable(FileSystem.folder(of: path)) {
      findings.append(
        Finding(
          subject, .problem, "the folder of \(path) cannot be written: \(why)",
          help: "give this user its permissions: SQLite makes its log and lock there"))
    }
    guard let migrations = try? project.migrations() else { return findings }
    do throws(WarehouseError) {
      let pending = try opened.pending(migrations)
      findings.append(
        pending.isEmpty
          ? Finding("migrations", .ok, "none pending")
          : Finding(
            "migrations", .warning,
            "pending: \(pending.map(\.name).joined(separator: ", "))",
            help: "nothing to do: the next run applies them"))
    } catch { findings.append(Finding("migrations", .problem, error.message, help: error.help)) }
    return findings
  }
}
