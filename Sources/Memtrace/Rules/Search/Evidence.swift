// What some documents of the index have of some terms.

/// A table: a row for a document, a column for a term.
struct Evidence {
  private let width: Int
  private let weights: Scratch<Int32>
  private let sessionWeights: Scratch<Int32>
  /// Rows with the term in their own text.
  private(set) var frequency: [Int]

  private typealias Row = (row: Int, document: Int)

  /// - Parameter withSessions: whether sessions are summed up too.
  init(_ index: SearchIndex, _ places: [SearchIndex.Place], _ terms: [UInt64], withSessions: Bool) {
    width = terms.count
    weights = Scratch(count: places.count * width)
    sessionWeights = Scratch(count: withSessions ? places.count * width : 0)
    frequency = Array(repeating: 0, count: width)
    var rows = [[Row]](repeating: [], count: index.parts.count + 1)
    for (row, place) in places.enumerated() { rows[place.segment].append((row, place.document)) }
    for (segment, var rows) in rows.enumerated() where !rows.isEmpty {
      if !zip(rows, rows.dropFirst()).allSatisfy({ $0.document < $1.document }) {
        rows.sort { $0.document < $1.document }
      }
      if segment < index.parts.count {
        read(index.parts[segment], rows, terms, withSessions)
      } else {
        read(index.tail, rows, terms, withSessions)
      }
    }
  }

  /// Of the virtual document, in four hundredths of an occurrence.
  @inline(__always)
  func weight(_ row: Int, _ column: Int) -> Int32 { weights[row &* width &+ column] }

  /// Of the whole session, in twentieths.
  @inline(__always)
  func sessionWeight(_ row: Int, _ column: Int) -> Int32 { sessionWeights[row &* width &+ column] }

  private mutating func read(
    _ part: IndexPart, _ rows: [Row], _ terms: [UInt64], _ withSessions: Bool
  ) {
    var cursors: [(column: Int, cursor: PostingCursor)] = []
    for (column, term) in terms.enumerated() {
      if let address = part.vocabulary.address(of: term) {
        cursors.append((column, PostingCursor(part, address)))
      }
    }
    let own = OwnWeights(count: part.largestBlock)
    var (from, block) = (0, 0)
    while from < rows.count {
      block = part.block(of: rows[from].document, from: block)
      let start = Int(part.blockStarts[block])
      let end = Int(part.blockStarts[block + 1])
      var to = from
      while to < rows.count, rows[to].document < end { to += 1 }
      for i in cursors.indices where cursors[i].cursor.seek(block) {
        let column = cursors[i].column
        part.forEachPosting(cursors[i].cursor.entry, blockStart: start) { document, weight in
          own.set(weight, at: document - start)
        }
        var withText = 0
        for j in from..<to {
          let (row, document) = rows[j]
          let local = document - start
          if own[local] >= Neighbourhood.occurrence { withText += 1 }
          weights[row * width + column] = own.virtual(local, edges: part.edges[document])
        }
        frequency[column] += withText
        if withSessions { sumSessions(part, rows[from..<to], column, own, blockStart: start) }
        own.clear()
      }
      from = to
    }
  }

  /// Each session once: its rows stand together.
  private func sumSessions(
    _ part: IndexPart, _ rows: ArraySlice<Row>, _ column: Int, _ own: OwnWeights, blockStart: Int
  ) {
    var session = 0..<0
    var sum: Int32 = 0
    for (row, document) in rows {
      if !session.contains(document) {
        session = part.session(of: document)
        sum = 0
        for other in session { sum += own[other - blockStart] }
      }
      sessionWeights[row * width + column] = sum
    }
  }

  private mutating func read(
    _ tail: SearchTail, _ rows: [Row], _ terms: [UInt64], _ withSessions: Bool
  ) {
    let rowOf = Scratch<Int32>(count: tail.count)
    for (row, document) in rows { rowOf[document] = Int32(row + 1) }
    let spread = VirtualWeights(count: tail.count)
    let sums = Scratch<Int32>(count: tail.sessionCount)
    for (column, term) in terms.enumerated() {
      tail.forEachOwn(term) { document, weight in
        if rowOf[document] > 0, weight >= Neighbourhood.occurrence { frequency[column] += 1 }
        sums[tail.sessionNumber(of: document)] += weight
      }
      if withSessions {
        for (row, document) in rows {
          sessionWeights[row * width + column] = sums[tail.sessionNumber(of: document)]
        }
      }
      tail.forEachOwn(term) { document, _ in sums[tail.sessionNumber(of: document)] = 0 }
      tail.forEachVirtual(term, spread) { document, weight in
        if rowOf[document] > 0 { weights[(Int(rowOf[document]) - 1) * width + column] = weight }
      }
    }
  }
}
