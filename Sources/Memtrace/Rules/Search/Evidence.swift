// What some documents of the index have of some terms.

/// A table of virtual weights: a row for a document, a column for a term.
struct Evidence {
  let terms: [UInt64]
  /// In four hundredths of an occurrence.
  private(set) var weights: [UInt32]
  /// Own weights of the whole session, in twentieths; empty if not asked for.
  private(set) var sessionWeights: [UInt32]
  /// Rows with the term in their own text.
  private(set) var frequency: [Int]

  /// - Parameters:
  ///   - places: segment and document of each row.
  ///   - withSessions: whether sessions are summed up too.
  init(
    _ index: SearchIndex, _ places: [(segment: Int, document: Int)], _ terms: [UInt64],
    withSessions: Bool
  ) {
    self.terms = terms
    weights = Array(repeating: 0, count: places.count * terms.count)
    sessionWeights = withSessions ? weights : []
    frequency = Array(repeating: 0, count: terms.count)
    let order = places.indices.sorted {
      (places[$0].segment, places[$0].document) < (places[$1].segment, places[$1].document)
    }
    var from = 0
    while from < order.count {
      let segment = places[order[from]].segment
      var to = from
      while to < order.count, places[order[to]].segment == segment { to += 1 }
      let rows = order[from..<to].map { (row: $0, document: places[$0].document) }
      if segment < index.parts.count {
        read(index.parts[segment], rows, withSessions)
      } else {
        read(index.tail, rows, withSessions)
      }
      from = to
    }
  }

  private typealias Row = (row: Int, document: Int)

  private mutating func read(_ part: IndexPart, _ rows: [Row], _ withSessions: Bool) {
    var cursors: [(column: Int, cursor: PostingCursor)] = []
    for (column, term) in terms.enumerated() {
      if let address = part.vocabulary.address(of: term) {
        cursors.append((column, PostingCursor(part, address)))
      }
    }
    let width = terms.count
    var rowOf = [Int32](repeating: -1, count: part.largestBlock)
    var spread = VirtualWeights(count: part.largestBlock)
    var sessions = SessionSums(count: part.largestBlock)
    var from = 0
    while from < rows.count {
      let block = IndexPart.piece(of: rows[from].document, in: part.blockStarts)
      let start = Int(part.blockStarts[block])
      let end = Int(part.blockStarts[block + 1])
      var to = from
      while to < rows.count, rows[to].document < end {
        rowOf[rows[to].document - start] = Int32(rows[to].row)
        to += 1
      }
      if withSessions { sessions.enter(part, start..<end) }
      for i in cursors.indices where cursors[i].cursor.seek(block) {
        let column = cursors[i].column
        part.forEachPosting(cursors[i].cursor.entry, blockStart: start) { document, weight in
          let local = document - start
          spread.add(weight, at: local, edges: part.edges[document])
          if rowOf[local] >= 0, weight >= Neighbourhood.occurrence { frequency[column] += 1 }
          if withSessions { sessions.add(weight, at: local) }
        }
        for local in spread.touched where rowOf[local] >= 0 {
          weights[Int(rowOf[local]) * width + column] = spread.weights[local]
        }
        spread.clear()
        if withSessions {
          for (row, document) in rows[from..<to] {
            sessionWeights[row * width + column] = sessions.sum(at: document - start)
          }
          sessions.clear()
        }
      }
      for (_, document) in rows[from..<to] { rowOf[document - start] = -1 }
      from = to
    }
  }

  private mutating func read(_ tail: SearchTail, _ rows: [Row], _ withSessions: Bool) {
    let width = terms.count
    var rowOf = [Int](repeating: -1, count: tail.count)
    for (row, document) in rows { rowOf[document] = row }
    var spread = VirtualWeights(count: tail.count)
    var sums = [UInt32](repeating: 0, count: tail.sessionCount)
    for (column, term) in terms.enumerated() {
      tail.forEachOwn(term) { document, weight in
        if rowOf[document] >= 0, weight >= Neighbourhood.occurrence { frequency[column] += 1 }
        sums[tail.sessionNumber(of: document)] += weight
      }
      if withSessions {
        for (row, document) in rows {
          sessionWeights[row * width + column] = sums[tail.sessionNumber(of: document)]
        }
      }
      tail.forEachOwn(term) { document, _ in sums[tail.sessionNumber(of: document)] = 0 }
      tail.forEachVirtual(term, &spread) { document, weight in
        if rowOf[document] >= 0 { weights[rowOf[document] * width + column] = weight }
      }
    }
  }
}

/// Sums of own weights by session of a block.
private struct SessionSums {
  private var sessionOf: [Int]
  private var sums: [UInt32]
  private var used = 0

  init(count: Int) {
    sessionOf = Array(repeating: 0, count: count)
    sums = Array(repeating: 0, count: count)
  }

  mutating func enter(_ part: IndexPart, _ documents: Range<Int>) {
    used = 0
    for document in documents {
      // The first of a session has none before it.
      if part.edges[document] & 3 == 0, document > documents.lowerBound { used += 1 }
      sessionOf[document - documents.lowerBound] = used
    }
    used += 1
  }

  @inline(__always)
  mutating func add(_ weight: UInt32, at local: Int) { sums[sessionOf[local]] += weight }

  @inline(__always)
  func sum(at local: Int) -> UInt32 { sums[sessionOf[local]] }

  mutating func clear() {
    for i in 0..<used { sums[i] = 0 }
  }
}
