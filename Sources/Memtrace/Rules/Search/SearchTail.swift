// The part in memory that grows: new records, and the sessions that they joined.

/// Whole sessions, as in a part, but in no blocks: an append touches its own session alone.
struct SearchTail: Sendable {
  private struct Posting {
    let document: UInt32
    let weight: UInt16
  }

  private(set) var records: [Int] = []
  private(set) var ownLength: [UInt16] = []
  private(set) var virtualLength: [Int32] = []
  private var edges: [UInt8] = []
  private var shares: [UInt8] = []
  private var slot: [UInt32] = []
  private var position: [UInt32] = []
  /// Documents of a session in order, by slot.
  private var sessions: [[UInt32]] = []
  private var slotOf: [Int: Int] = [:]
  private var documentOf: [Int: Int] = [:]
  private var postings: [UInt64: [Posting]] = [:]
  private(set) var languages: LanguageSet = []
  private(set) var ownLengthSum = 0
  private(set) var virtualLengthSum = 0

  var count: Int { records.count }
  var sessionCount: Int { sessions.count }

  func document(ofRecord record: Int) -> Int? { documentOf[record] }

  /// Documents of the session that holds this one.
  func session(of document: Int) -> [UInt32] { sessions[Int(slot[document])] }

  func documentFrequency(_ term: UInt64) -> Int {
    postings[term, default: []].count { $0.weight >= Neighbourhood.occurrence }
  }

  /// Adds a record whose terms were counted alone, after those of its session that `isBefore` it.
  mutating func add(
    _ record: Int, session: Int?, _ terms: TermCounter, isBefore: (_ other: Int) -> Bool
  ) {
    let document = count
    for (term, weight) in zip(terms.entryTerm, terms.entryWeight) {
      postings[terms.terms[Int(term)], default: []].append(
        Posting(document: UInt32(document), weight: weight))
    }
    records.append(record)
    languages.formUnion(terms.languages)
    ownLength.append(terms.lengths[0])
    ownLengthSum += Int(terms.lengths[0])
    virtualLength.append(0)
    edges.append(0)
    shares.append(Neighbourhood.share(terms: Int(terms.lengths[0])))
    position.append(0)
    documentOf[record] = document
    let slot = session.flatMap { slotOf[$0] } ?? sessions.count
    if slot == sessions.count {
      sessions.append([])
      if let session { slotOf[session] = slot }
    }
    self.slot.append(UInt32(slot))
    var place = sessions[slot].count
    while place > 0, !isBefore(records[Int(sessions[slot][place - 1])]) { place -= 1 }
    sessions[slot].insert(UInt32(document), at: place)
    layOut(slot)
  }

  /// Puts a session's positions, edges and virtual lengths right.
  private mutating func layOut(_ slot: Int) {
    let order = sessions[slot]
    let layout = SessionLayout(
      sessionStarts: [0, UInt32(order.count)], ownLength: order.map { ownLength[Int($0)] })
    for (i, document) in order.enumerated() {
      let document = Int(document)
      position[document] = UInt32(i)
      edges[document] = layout.edges[i]
      virtualLengthSum += Int(layout.virtualLength[i]) - Int(virtualLength[document])
      virtualLength[document] = layout.virtualLength[i]
    }
  }

  /// Calls with each (document, virtual weight) of the term, then forgets them.
  func forEachVirtual(
    _ term: UInt64, _ spread: VirtualWeights, _ body: (_ document: Int, _ weight: Int32) -> Void
  ) {
    for posting in postings[term, default: []] {
      let order = sessions[Int(slot[Int(posting.document)])]
      let place = Int(position[Int(posting.document)])
      let document = Int(posting.document)
      spread.add(Int32(posting.weight), edges: edges[document], share: shares[document]) {
        Int(order[place + $0])
      }
    }
    for document in spread.touched { body(Int(document), spread.weights[Int(document)]) }
    spread.clear()
  }

  /// Calls with each (document, own weight) of the term.
  func forEachOwn(_ term: UInt64, _ body: (_ document: Int, _ weight: Int32) -> Void) {
    for posting in postings[term, default: []] {
      body(Int(posting.document), Int32(posting.weight))
    }
  }

  /// The session's number among the tail's.
  func sessionNumber(of document: Int) -> Int { Int(slot[document]) }
}
