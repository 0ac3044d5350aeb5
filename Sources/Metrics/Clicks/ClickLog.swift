import Engine

/// What the fold keeps of the clicks: records of the click events, an upper bound of the clicks
/// from each address, and which visitors were seen to be which users.
struct ClickLog: Sendable {
  /// The records of one worker, with the texts that their codes stand for.
  struct Segment: Sendable {
    var codes = StringPool()
    /// The hash of each referral code.
    var codeHashes: [UInt64] = []
    var blocks: RecordBlocks

    mutating func code(of text: ByteView) -> Int {
      let code = codes.intern(text)
      if code == codeHashes.count { codeHashes.append(KeyNamespace.hash(text, KeyNamespace.code)) }
      return code
    }
  }

  private(set) var segments: [Segment]
  private(set) var sketch = VelocitySketch()
  private(set) var links: VisitorLinks
  private var agents = AgentTable()

  /// No clicks.
  init(_ limits: ClickLimits, _ memory: BoundedMemory?) {
    segments = [Segment(blocks: RecordBlocks(memory))]
    links = VisitorLinks(reach: limits.attribution)
  }

  /// Keeps what matters of a batch: clicks from `records` on, links from `linksFrom` on.
  ///
  /// The hot loop: a row costs a look at its agent, hashes of the keys it has, and one write.
  mutating func add(
    _ batch: Batch, _ columns: ClickColumns, records: ClosedRange<Int64>, linksFrom: Int64
  ) throws(SpillError) {
    let events = batch.integers[columns.event]
    let instants = batch.integers[columns.clickedAt]
    let ids = batch.text(columns.id)
    let codes = batch.text(columns.code)
    let visitors = batch.text(columns.visitor)
    let users = batch.text(columns.user)
    let addresses = batch.text(columns.address)
    let agentTexts = batch.text(columns.agent)
    let click = ClickEvent.click.rawValue
    for row in 0..<batch.count {
      let instant = instants[row]
      guard records.contains(instant) else { continue }
      let (visitor, user) = (visitors[row], users[row])
      let isLink = !visitor.isEmpty && !user.isEmpty && instant >= linksFrom
      guard events[row] == click || isLink else { continue }
      let agent = agents.code(of: agentTexts[row])
      let isBot = agents.isBot(agent)
      let visitorHash = visitor.isEmpty ? 0 : KeyNamespace.hash(visitor, KeyNamespace.visitor)
      let userHash = user.isEmpty ? 0 : KeyNamespace.hash(user, KeyNamespace.user)
      if isLink, !isBot { links.add(visitorHash, userHash, instant) }
      guard events[row] == click else { continue }

      let code = segments[0].code(of: codes[row])
      var record = ClickRecord(
        flags: isBot ? .bot : [], code: UInt32(code), instant: instant)
      let address = addresses[row]
      if !address.isEmpty {
        record.flags.insert(.address)
        record.address = mix(
          segments[0].codeHashes[code], KeyNamespace.hash(address, KeyNamespace.address))
        sketch.count(record.addressHour)
      }
      if !visitor.isEmpty {
        record.flags.formUnion([.viewer, .viewerIsVisitor])
        record.viewer = visitorHash
        if !user.isEmpty {
          record.flags.insert(.user)
          record.user = userHash
        }
      } else if !user.isEmpty {
        record.flags.formUnion([.viewer, .viewerIsUser])
        record.viewer = userHash
      } else if let key = agents.visitorKey(
        visitor: visitor, user: user, address: address, agent: agent)
      {
        record.flags.insert(.viewer)
        record.viewer = key.first
      }
      try record.append(ids[row], to: &segments[0].blocks)
    }
  }

  /// Adds what another worker kept.
  mutating func merge(_ other: consuming ClickLog) {
    sketch.merge(other.sketch)
    links.merge(other.links)
    segments += other.segments
  }

  /// The records of a partition, each worker's together, and where each worker's end; `andForget` gives
  /// their memory back.
  mutating func partition(
    _ index: Int, andForget: Bool
  ) throws(SpillError) -> (bytes: [UInt8], ends: [Int]) {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for segment in segments.indices {
      if andForget {
        try segments[segment].blocks.take(index, appendingTo: &bytes)
      } else {
        try segments[segment].blocks.append(index, to: &bytes)
      }
      ends.append(bytes.count)
    }
    return (bytes, ends)
  }
}
