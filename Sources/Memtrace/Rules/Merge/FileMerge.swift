// Three versions of one file of records become one. Every clone that merges them gets the same bytes.

/// The outcome of merging one file of records, by record id.
///
/// What both sides have stays; what one side added stays; what one side removed goes unless the other edited it;
/// where both wrote different bytes under one id, the smaller bytes keep the id and the other line becomes a
/// record of its own (`ConflictRecord`). Which side is called `one` makes no difference.
struct FileMerge: Hashable {
  /// Nil where the file is gone.
  let bytes: [UInt8]?
  /// How many lines became records of their own.
  let conflicts: Int

  /// - Parameters:
  ///   - bases: the file in the common ancestors that have it; none where both sides added it.
  ///   - one: nil where this side has no such file; likewise `other`.
  init(bases: [[UInt8]], one: [UInt8]?, other: [UInt8]?) {
    if one == other {
      self.init(one)
    } else if bases.count == 1, one == bases[0] {
      self.init(other)
    } else if bases.count == 1, other == bases[0] {
      self.init(one)
    } else if let one, let other, bases.count <= 1,
      let appended = Self.appended(to: bases.first ?? [], one, other)
    {
      self = appended
    } else {
      let base = RecordLines(anyOf: bases.map { $0[...] })
      let merged = Self.merge(base, RecordLines((one ?? [])[...]), RecordLines((other ?? [])[...]))
      let bytes = merged.lines.bytes
      let isGone = bytes.isEmpty && (one == nil || other == nil)
      self.init(isGone ? nil : bytes, conflicts: merged.conflicts)
    }
  }

  private init(_ bytes: [UInt8]?, conflicts: Int = 0) {
    self.bytes = bytes
    self.conflicts = conflicts
  }

  /// Both sides only appended: the base stays as it is, unsorted where it was. Nil where one did more than that.
  private static func appended(to base: [UInt8], _ one: [UInt8], _ other: [UInt8]) -> FileMerge? {
    var base = base
    if let last = base.last, last != UInt8(ascii: "\n") { base.append(UInt8(ascii: "\n")) }
    guard one.starts(with: base), other.starts(with: base) else { return nil }
    let (left, right) = (one[base.count...], other[base.count...])
    let merged = merge(RecordLines(), RecordLines(left), RecordLines(right))
    return FileMerge(base + merged.lines.bytes, conflicts: merged.conflicts)
  }

  private static func merge(_ base: RecordLines, _ one: RecordLines, _ other: RecordLines) -> (
    lines: RecordLines, conflicts: Int
  ) {
    var result = RecordLines()
    var losers: [ConflictRecord] = []
    for key in Set(one.records.keys).union(other.records.keys) {
      let (left, right) = (one.records[key] ?? [], other.records[key] ?? [])
      let kept = merge(base.records[key] ?? [], left, right)
      guard !kept.isEmpty else { continue }
      if kept.count == 1 || kept.isSubset(of: left) || kept.isSubset(of: right) {
        result.records[key] = kept
      } else {
        let lines = RecordLines.sorted(kept)
        result.records[key] = [lines[0]]
        losers += lines.dropFirst().map { ConflictRecord(losing: $0, of: key) }
      }
    }
    var conflicts = 0
    for loser in losers where result.records[loser.key] == nil {
      result.records[loser.key] = [loser.line[...]]
      conflicts += 1
    }
    for line in Set(one.others.keys).union(other.others.keys) {
      let count = merge(
        base.others[line] ?? 0, one.others[line] ?? 0, other.others[line] ?? 0)
      if count > 0 { result.others[line] = count }
    }
    return (result, conflicts)
  }

  /// The lines of one id: those on both sides, and those that a side has and the base had not. Where nothing would
  /// be left of an id that both sides have (each took what the other dropped), all lines stay.
  private static func merge(
    _ base: Set<RecordLines.Bytes>, _ one: Set<RecordLines.Bytes>, _ other: Set<RecordLines.Bytes>
  ) -> Set<RecordLines.Bytes> {
    let both = one.intersection(other)
    let merged = both.union(one.union(other).subtracting(base))
    return merged.isEmpty && !one.isEmpty && !other.isEmpty ? one.union(other) : merged
  }

  /// How often a line stands that is no record: a change beats no change, and more beats fewer.
  private static func merge(_ base: Int, _ one: Int, _ other: Int) -> Int {
    if one == other || other == base { return one }
    if one == base { return other }
    return one < base && other < base ? min(one, other) : max(one, other)
  }
}
