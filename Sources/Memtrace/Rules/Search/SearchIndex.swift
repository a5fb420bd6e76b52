// The index of all records: immutable parts built in bulk, and a tail for what came after.

/// Ranked search over records that a `SearchSource` holds. Deterministic: how many parts there are, and whether a record
/// is in a part or in the tail, changes neither a result nor a bit of its score.
///
/// A value: a copy is a snapshot that goes on answering while the original grows.
public struct SearchIndex: Sendable {
  private(set) var parts: [IndexPart]
  private(set) var tail = SearchTail()
  /// Bits of documents that moved to the tail with their session, by part; empty where there are none.
  private(set) var dead: [[UInt64]]
  /// Blocks in which such documents stand, by part, ascending.
  private var deadBlocks: [[Int]]
  private let bases: [Base]
  /// The number that the next record gets.
  private(set) var recordEnd: Int
  private var deadCount = 0
  private var deadSessions = 0
  private var deadOwnLength = 0
  private var deadVirtualLength = 0

  /// Builds the index of records 0..<count.
  ///
  /// - Parameters:
  ///   - parts: pieces to build, each on its own: as many as there are processors.
  ///   - perform: runs a closure for 0..<parts, in any order or at once, and returns after all.
  public init(
    _ source: any SearchSource, count: Int, parts wanted: Int = 1,
    perform: (Int, @Sendable (Int) -> Void) -> Void = { count, body in
      for i in 0..<count { body(i) }
    }
  ) {
    let order = SessionOrder(source, count: count)
    let plans = order.plans(parts: wanted)
    let built = BuiltParts(count: plans.count)
    perform(plans.count) { built.set($0, PartBuilder.build(plans[$0], from: source)) }
    let parts = built.parts
    self.init(
      parts,
      [
        Base(
          records: 0..<count, documents: order.documents().map { Column($0) },
          parts: 0..<parts.count)
      ])
  }

  /// An index of segments: the records of each are numbered on from those of the one before.
  init(_ segments: [Segment]) {
    var parts: [IndexPart] = []
    var bases: [Base] = []
    for segment in segments {
      let first = bases.last?.records.upperBound ?? 0
      bases.append(
        Base(
          records: first..<first + segment.recordCount, documents: segment.documentOf,
          parts: parts.count..<parts.count + segment.parts.count))
      parts += segment.parts.map { IndexPart($0, firstRecord: first) }
    }
    self.init(parts, bases)
  }

  private init(_ parts: [IndexPart], _ bases: [Base]) {
    self.parts = parts
    self.bases = bases
    dead = Array(repeating: [], count: parts.count)
    deadBlocks = Array(repeating: [], count: parts.count)
    recordEnd = bases.last?.records.upperBound ?? 0
  }

  /// Parts that were built of one run of records.
  private struct Base: Sendable {
    let records: Range<Int>
    /// Record to document, both counted from the first one's; nil where they are the same.
    let documents: Column<UInt32>?
    let parts: Range<Int>
  }

  // MARK: - Totals

  /// Records in the index.
  public var count: Int { baseCount - deadCount + tail.count }

  private var baseCount: Int { bases.last?.records.upperBound ?? 0 }

  var sessionCount: Int {
    parts.reduce(tail.sessionCount - deadSessions) { $0 + $1.sessionCount }
  }

  /// Of all records together, in terms.
  var ownLengthSum: Int {
    parts.reduce(tail.ownLengthSum - deadOwnLength) { $0 + $1.ownLengthSum }
  }

  /// In 320ths.
  var virtualLengthSum: Int {
    parts.reduce(tail.virtualLengthSum - deadVirtualLength) { $0 + $1.virtualLengthSum }
  }

  /// What the records are written in.
  var languages: LanguageSet { parts.reduce(tail.languages) { $0.union($1.languages) } }

  /// Records with the term in their text.
  func documentFrequency(_ term: UInt64) -> Int {
    var sum = tail.documentFrequency(term)
    for (i, part) in parts.enumerated() {
      guard let address = part.vocabulary.address(of: term) else { continue }
      var cursor = PostingCursor(part, address)
      sum += cursor.documentFrequency
      for block in deadBlocks[i] where cursor.seek(block) {
        part.forEachPosting(cursor.entry, blockStart: Int(part.blockStarts[block])) {
          if $1 >= Neighbourhood.occurrence, isDead($0, inPart: i) { sum -= 1 }
        }
      }
    }
    return sum
  }

  // MARK: - Places

  /// A part and a document of it, or the tail (`parts.count`) and a document of that.
  typealias Place = (segment: Int, document: Int)

  func place(ofRecord record: Int) -> Place {
    if tail.count > 0, let document = tail.document(ofRecord: record) {
      return (parts.count, document)
    }
    let base = bases[bases.firstPlace { $0.records.upperBound > record }]
    let local = record - base.records.lowerBound
    return place(ofDocument: base.documents.map { Int($0[local]) } ?? local, in: base)
  }

  /// Of all records of a session, in their order.
  func places(ofSession session: Int) -> [Place] {
    let (segment, document) = place(ofRecord: session)
    return segment < parts.count
      ? parts[segment].session(of: document).map { (segment, $0) }
      : tail.session(of: document).map { (segment, Int($0)) }
  }

  /// Places in an array of records, by their order in the index.
  func order(_ records: [Int]) -> [Int] {
    var keys = records.enumerated().map { i, record in
      let (segment, document) = place(ofRecord: record)
      return UInt64(segment) << 56 | UInt64(document) << 24 | UInt64(i)
    }
    keys.sort()
    return keys.map { Int($0 & 0xFF_FFFF) }
  }

  func record(at place: Place) -> Int {
    place.segment < parts.count
      ? parts[place.segment].record(place.document) : tail.records[place.document]
  }

  /// The part, and the document in it, of one counted over all parts of a base.
  private func place(ofDocument document: Int, in base: Base) -> Place {
    var document = document
    for i in base.parts {
      if document < parts[i].count { return (i, document) }
      document -= parts[i].count
    }
    preconditionFailure("no such document")
  }

  @inline(__always)
  func isDead(_ document: Int, inPart part: Int) -> Bool {
    !dead[part].isEmpty && dead[part][document >> 6] >> UInt64(document & 63) & 1 != 0
  }

  /// In 320ths.
  @inline(__always)
  func virtualLength(_ place: Place) -> Int32 {
    place.segment < parts.count
      ? parts[place.segment].virtualLength[place.document] : tail.virtualLength[place.document]
  }

  /// In terms.
  func ownLength(_ place: Place) -> Int {
    place.segment < parts.count
      ? Int(parts[place.segment].ownLength[place.document])
      : Int(tail.ownLength[place.document])
  }

  /// See `BM25.saturation`.
  var saturation: Double {
    BM25.saturation(meanLength: Double(ownLengthSum) / Double(max(1, count)))
  }

  /// For virtual weights, by virtual length.
  var virtualNorm: LengthNorm {
    LengthNorm(
      mean: Double(virtualLengthSum) / Double(max(1, count)), k1: saturation,
      scale: Neighbourhood.unit)
  }

  /// For own weights of sessions, by the session's terms.
  var sessionNorm: LengthNorm {
    LengthNorm(
      mean: Double(ownLengthSum) / Double(max(1, sessionCount)), k1: saturation,
      scale: Double(Neighbourhood.occurrence))
  }

  // MARK: - Growing

  /// Adds the record `recordEnd`, wherever in its session it belongs.
  public mutating func append(from source: any SearchSource) {
    let record = recordEnd
    recordEnd += 1
    let session = source.session(of: record)
    if let session, session < baseCount {
      let place = place(ofRecord: session)
      if place.segment < parts.count { move(place, session, source) }
    }
    addToTail(record, session, source)
  }

  private mutating func addToTail(_ record: Int, _ session: Int?, _ source: any SearchSource) {
    let document = source.document(record)
    let terms = Self.terms(of: record, document.agent, source)
    tail.add(record, session: session, terms) { other in
      source.document(other).id < document.id
    }
  }

  private static func terms(
    of record: Int, _ agent: String, _ source: any SearchSource
  ) -> TermCounter {
    var text: [UInt8] = []
    source.appendText(of: record, to: &text)
    var terms = TermCounter(documents: 1)
    var tokenizer = Tokenizer(cache: 64)
    text.withUnsafeBufferPointer { terms.add(text: $0, agent: agent, &tokenizer) }
    return terms
  }

  /// Moves the session of a document from its part to the tail.
  private mutating func move(_ place: Place, _ session: Int, _ source: any SearchSource) {
    let part = parts[place.segment]
    let documents = part.session(of: place.document)
    retire(place)
    for document in documents { addToTail(part.record(document), session, source) }
  }

  /// Takes the session of a record out; it may come back under other numbers.
  mutating func retire(_ record: Int) {
    retire(place(ofRecord: record))
  }

  private mutating func retire(_ place: Place) {
    let (i, part) = (place.segment, parts[place.segment])
    let documents = part.session(of: place.document)
    if dead[i].isEmpty { dead[i] = Array(repeating: 0, count: part.count / 64 + 1) }
    for document in documents {
      dead[i][document >> 6] |= 1 << UInt64(document & 63)
      deadOwnLength += Int(part.ownLength[document])
      deadVirtualLength += Int(part.virtualLength[document])
    }
    deadCount += documents.count
    deadSessions += 1
    let block = part.block(of: place.document)
    let slot = deadBlocks[i].firstPlace { $0 >= block }
    if slot == deadBlocks[i].count || deadBlocks[i][slot] != block {
      deadBlocks[i].insert(block, at: slot)
    }
  }
}

/// Parts as they are finished, each by one thread.
final class BuiltParts: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<IndexPart?>
  private let count: Int

  init(count: Int) {
    self.count = count
    slots = .allocate(capacity: max(1, count))
    slots.initialize(repeating: nil, count: max(1, count))
  }

  deinit {
    slots.deinitialize(count: max(1, count))
    slots.deallocate()
  }

  func set(_ i: Int, _ part: IndexPart) { slots[i] = part }

  var parts: [IndexPart] { (0..<count).compactMap { slots[$0] } }
}
