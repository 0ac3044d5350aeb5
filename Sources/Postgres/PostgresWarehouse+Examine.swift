import CPostgreSQL
import Engine

/// What `doctor` asks of a warehouse, changing nothing.
extension PostgresWarehouse {
  /// The server's version, such as `15.18`.
  package var serverVersion: String { connection.serverVersion }

  /// What the connection and the role are like.
  package struct Standing: Sendable {
    /// The role's name.
    package let role: String
    /// How the connection is encrypted, such as `TLSv1.3`; nil where it is not.
    package let encryption: String?
    /// Whether the server is this machine, by its socket or loopback.
    package let isLocal: Bool
    /// Whether the server is a replica that only reads.
    package let isReplica: Bool
    /// Whether the schema is there.
    package let hasSchema: Bool
    /// Whether the role may do what a run does: make the schema or, where it is there, make tables
    /// in it and write the tables that are there.
    package let mayWrite: Bool
    /// The server's clock, in microseconds since 1970-01-01T00:00:00Z.
    package let clock: Int64
    /// Who holds the lock of a run, for people; nil where nobody does.
    package let lockHolder: String?
  }

  /// Asks for the standing.
  package func standing() throws(WarehouseError) -> Standing {
    do throws(PostgresError) {
      let schema = Connection.Parameter(url.schema, type: TypeID.text)
      let facts = try connection.rows(
        """
        SELECT current_user, pg_is_in_recovery(), inet_server_addr() IS NULL
            OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1',
          coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), ''),
          (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        """)[0]
      let hasSchema = try hasSchema()
      let may =
        hasSchema
        ? try connection.rows(
          """
          SELECT has_schema_privilege($1, 'CREATE') AND coalesce(bool_and(
            pg_has_role(c.relowner, 'USAGE')
            AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
            AND has_table_privilege(c.oid, 'DELETE')), true)
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          WHERE n.nspname = $1 AND c.relkind = 'r'
          """, [schema])
        : try connection.rows("SELECT has_database_privilege(current_database(), 'CREATE')")
      return Standing(
        role: facts[0], encryption: facts[3].isEmpty ? nil : facts[3], isLocal: facts[2] == "t",
        isReplica: facts[1] == "t", hasSchema: hasSchema, mayWrite: may[0][0] == "t",
        clock: Int64(facts[4]) ?? 0, lockHolder: try lockHolder())
    } catch {
      throw error.warehouseError
    }
  }

  /// The migrations that the next run would apply; throws where the schema has one that is not
  /// among them, or that was changed.
  package func pending(_ migrations: [Migration]) throws(WarehouseError) -> [Migration] {
    try unapplied(migrations)
  }

  /// The session that holds the lock of a run, for people; nil where none does.
  func lockHolder() throws(PostgresError) -> String? {
    try connection.rows(
      """
      SELECT 'session ' || a.pid || ' of ' || a.usename || ', '
        || coalesce(host(a.client_addr), 'local')
      FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND (l.classid::bigint << 32) | l.objid::bigint = \(lockKey("run"))
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """
    ).first?.first
  }
}
