// One immutable piece of the index: its records in (session, position) order and the postings of their own terms.

/// Documents 0..<count are records of whole sessions. Blocks of about 128 are cut between sessions, so a
/// block holds everything that a virtual document in it is made of.
final class IndexPart: Sendable {
  static let blockSize = 128

  /// Document to record, counted from `firstRecord`; nil where they are the same.
  let records: Column<UInt32>?
  let firstRecord: Int
  let count: Int
  /// Terms of a document's text, at most 65,535.
  let ownLength: Column<UInt16>
  /// In 320ths.
  let virtualLength: Column<Int32>
  /// How many documents of the session stand before (two bits, at most 3) and after (two bits, at most 3).
  let edges: Column<UInt8>
  /// How much of its words each document gives to its neighbours: see `Neighbourhood.share`.
  let shares: Column<UInt8>
  let sessionCount: Int
  /// First documents, and the count at the end.
  let blockStarts: Column<UInt32>
  let vocabulary: Vocabulary
  /// What the records are written in.
  let languages: LanguageSet
  /// The mean length, in 320ths, that the blocks' bounds were made with.
  let boundLength: Double
  let largestBlock: Int
  let ownLengthSum: Int
  let virtualLengthSum: Int

  init(
    records: [UInt32]?, firstRecord: Int, layout: SessionLayout, ownLength: [UInt16],
    vocabulary: Vocabulary, languages: LanguageSet, boundLength: Double
  ) {
    self.records = records.map { Column($0) }
    self.firstRecord = firstRecord
    self.count = ownLength.count
    self.ownLength = Column(ownLength)
    self.virtualLength = Column(layout.virtualLength)
    self.edges = Column(layout.edges)
    self.shares = Column(layout.shares)
    self.sessionCount = layout.sessionStarts.count - 1
    self.blockStarts = Column(layout.blockStarts)
    self.vocabulary = vocabulary
    self.languages = languages
    self.boundLength = boundLength
    self.largestBlock = layout.largestBlock
    self.ownLengthSum = ownLength.reduce(0) { $0 + Int($1) }
    self.virtualLengthSum = layout.virtualLengthSum
  }

  /// As it lies in a segment.
  init(_ part: SegmentPart, firstRecord: Int) {
    records = part.records
    self.firstRecord = firstRecord
    count = part.ownLength.count
    ownLength = part.ownLength
    virtualLength = part.virtualLength
    edges = part.edges
    shares = part.shares
    sessionCount = Int(part.facts.sessions)
    blockStarts = part.blockStarts
    vocabulary = part.vocabulary
    languages = LanguageSet(rawValue: UInt8(truncatingIfNeeded: part.facts.languages))
    boundLength = part.facts.boundLength
    largestBlock = Int(part.facts.largestBlock)
    ownLengthSum = Int(part.facts.ownLengthSum)
    virtualLengthSum = Int(part.facts.virtualLengthSum)
  }

  var blockCount: Int { blockStarts.count - 1 }

  @inline(__always)
  func record(_ document: Int) -> Int {
    firstRecord + (records.map { Int($0[document]) } ?? document)
  }

  /// The block that holds the document; it is not before block `from`.
  func block(of document: Int, from: Int = 0) -> Int {
    blockStarts.firstIndex(notBelow: UInt32(document) + 1, in: from..<blockCount) - 1
  }

  /// Documents of the session that holds this one.
  func session(of document: Int) -> Range<Int> {
    var start = document
    while edges[start] & 3 == 3 { start -= 3 }
    start -= Int(edges[start] & 3)
    var end = document
    while edges[end] >> 2 == 3 { end += 3 }
    return start..<end + Int(edges[end] >> 2) + 1
  }

}

/// What follows from the sessions' sizes and the documents' lengths alone.
struct SessionLayout {
  private(set) var virtualLength: [Int32] = []
  private(set) var edges: [UInt8] = []
  let shares: [UInt8]
  private(set) var blockStarts: [UInt32] = [0]
  private(set) var largestBlock = 0
  private(set) var virtualLengthSum = 0
  let sessionStarts: [UInt32]

  /// - Parameter sessionStarts: ascending from 0, with the number of documents at the end.
  init(sessionStarts: [UInt32], ownLength: [UInt16]) {
    self.sessionStarts = sessionStarts
    shares = ownLength.map { Neighbourhood.share(terms: Int($0)) }
    let given = zip(shares, ownLength).map { Int32($0) * Int32($1) }
    virtualLength.reserveCapacity(ownLength.count)
    edges.reserveCapacity(ownLength.count)
    for (start, end) in zip(sessionStarts, sessionStarts.dropFirst()) {
      let size = Int(end) - Int(blockStarts.last!)
      if size > IndexPart.blockSize, start > blockStarts.last! { blockStarts.append(start) }
      for i in Int(start)..<Int(end) {
        let before = min(3, i - Int(start))
        let after = min(3, Int(end) - 1 - i)
        edges.append(UInt8(before | after << 2))
        var length = Neighbourhood.own * Int32(ownLength[i])
        if before > 0 { length += Neighbourhood.before.0 * given[i - 1] }
        if before > 1 { length += Neighbourhood.before.1 * given[i - 2] }
        if before > 2 { length += Neighbourhood.before.2 * given[i - 3] }
        if after > 0 { length += Neighbourhood.after.0 * given[i + 1] }
        if after > 1 { length += Neighbourhood.after.1 * given[i + 2] }
        virtualLength.append(length)
        virtualLengthSum += Int(length)
      }
    }
    if blockStarts.last! < sessionStarts.last! { blockStarts.append(sessionStarts.last!) }
    for (start, end) in zip(blockStarts, blockStarts.dropFirst()) {
      largestBlock = max(largestBlock, Int(end - start))
    }
  }
}
