extension RecordScanner {
  /// Indexes what lies in whole blocks that are as RFC 4180 has them (`BlockBits.plain`), from
  /// `position` on. Stops where a block is not, or a record has another number of fields than
  /// expected: `position` and `state` are then where the state machine is to go on.
  ///
  /// Everything the loop touches is local, and nothing in it depends on single bytes: a block costs
  /// about the same whatever it holds.
  /// - Returns: Where the next record begins, if that is at the limit or beyond it; else -1.
  func scanPlain(
    _ chunk: ByteView, at position: inout Int, limit: Int, _ state: inout State,
    _ seen: inout BlockMask.Bytes, _ index: inout RecordIndex
  ) -> Int {
    // The byte after a block must be there to be looked at.
    let stop = chunk.count &- 64
    var place = position
    var union = seen
    var edge = BlockEdge(
      isInQuotes: state.isInQuotes, isFieldStart: state.fieldStart == position,
      isClosed: !state.isInQuotes && state.fieldStart < position
        && chunk[state.fieldStart] == quote)
    var recordStart = state.recordStart
    var firstField = state.firstField
    var count = index.fields.count
    var next = -1

    var run = place
    blocks: while place < stop {
      if place >= run {
        // Room for what a run of blocks can hold at most, so that no block asks.
        run = place &+ 64 &* 64
        index.fields.count = count
        index.fields.reserve(64 &* 64 &+ BlockBits.spareEntries)
        index.records.reserve(64 &* 32)
      }
      let bits = mask.bits(at: chunk.start + place, seen: &union)
      guard let block = bits.plain(after: edge, endsField: { endsField(chunk[place &+ 64]) })
      else { break }
      block.write(to: index.fields.entries + count, from: place)
      var breaks = block.breaks
      while breaks != 0 {
        let end = breaks & (0 &- breaks)
        let recordEnd = place &+ breaks.trailingZeroBitCount
        let after = count &+ (block.separators & (end | (end &- 1))).nonzeroBitCount
        guard after &- firstField == index.fieldCount, recordEnd > recordStart,
          recordEnd &- recordStart <= maximumRecord
        else {
          if recordStart > place {
            // The record begins within the block: from there on.
            place = recordStart
            count = firstField
            edge = BlockEdge(isInQuotes: false, isFieldStart: true, isClosed: false)
          }
          break blocks
        }
        index.records.appendUnchecked(recordStart, UInt32(truncatingIfNeeded: recordEnd))
        index.lines &+= 1
        recordStart = recordEnd &+ (bits.returns & end == 0 ? 1 : 2)
        firstField = after
        if recordStart >= limit {
          next = recordStart
          count = firstField
          break blocks
        }
        breaks ^= end
      }
      count &+= block.separators.nonzeroBitCount
      edge = block.edge
      place &+= 64
    }

    index.fields.count = count
    position = place
    seen = union
    state.isInQuotes = edge.isInQuotes
    state.recordStart = recordStart
    state.firstField = firstField
    state.fieldStart =
      count == firstField
      ? recordStart : Int(index.fields.entries[count &- 1] & RecordIndex.place) &+ 1
    return next
  }
}
