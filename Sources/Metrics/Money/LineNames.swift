import Engine

/// Gives commission lines their IDs, the same in every run: metrics.md section 5.
struct LineNames {
  private let prefixes = CommissionType.words.map { Array("nightmill:commission:\($0):".utf8) }
  private let levels = (0...Int(UInt8.max)).map { Array(":\($0)".utf8) }
  private var name = NameUUID.Name()

  /// The ID of a line, by what it is for, its transaction, its partner and its level.
  mutating func id(of line: CommissionLine, _ ledger: Ledger, _ partners: PartnerTerms) -> UInt128 {
    name.begin(prefixes[Int(line.type.rawValue)])
    ledger.ids.withBytes(Int(line.row)) { name.append($0) }
    name.append(UInt8(ascii: ":"))
    partners.ids.withBytes(of: Int(partners.id[Int(line.partner)])) { name.append($0) }
    levels[Int(line.level)].withView { name.append($0) }
    return name.id()
  }
}
