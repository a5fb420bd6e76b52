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
    // Row of a document of the block plus 1.
    let rowOf = Scratch<Int32>(count: part.largestBlock)
    let spread = VirtualWeights(count: part.largestBlock)
    let sessions = SessionSums(count: part.largestBlock)
    var from = 0
    var block = 0
    while from < rows.count {
      block = IndexPart.piece(of: rows[from].document, in: part.blockStarts, from: block)
      let start = Int(part.blockStarts[block])
      let end = Int(part.blockStarts[block + 1])
      var to = from
      while to < rows.count, rows[to].document < end {
        rowOf[rows[to].document - start] = Int32(rows[to].row + 1)
        to += 1
      }
      if withSessions { sessions.enter(part, start..<end) }
      for i in cursors.indices where cursors[i].cursor.seek(block) {
        let column = cursors[i].column
        var withText = 0
        part.forEachPosting(cursors[i].cursor.entry, blockStart: start) { document, weight in
          let local = document - start
          spread.add(weight, at: local, edges: part.edges[document])
          if rowOf[local] > 0, weight >= Neighbourhood.occurrence { withText += 1 }
          if withSessions { sessions.add(weight, at: local) }
        }
        frequency[column] += withText
        for local in spread.touched where rowOf[Int(local)] > 0 {
          weights[(Int(rowOf[Int(local)]) - 1) * width + column] = spread.weights[Int(local)]
        }
        spread.clear()
        if withSessions {
          for i in from..<to {
            sessionWeights[rows[i].row * width + column] = sessions.sum(at: rows[i].document - start)
          }
          sessions.clear()
        }
      }
      for i in from..<to { rowOf[rows[i].document - start] = 0 }
      from = to
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

/// Sums of own weights by session of a block.
private final class SessionSums {
  private let sessionOf: Scratch<Int32>
  private let sums: Scratch<Int32>
  private var used = 0

  init(count: Int) {
    sessionOf = Scratch(count: count)
    sums = Scratch(count: count)
  }

  func enter(_ part: IndexPart, _ documents: Range<Int>) {
    var session: Int32 = -1
    for document in documents {
      // The first of a session has none before it.
      if part.edges[document] & 3 == 0 { session += 1 }
      sessionOf[document - documents.lowerBound] = session
    }
    used = Int(session) + 1
  }

  @inline(__always)
  func add(_ weight: Int32, at local: Int) { sums[Int(sessionOf[local])] += weight }

  @inline(__always)
  func sum(at local: Int) -> Int32 { sums[Int(sessionOf[local])] }

  func clear() {
    for i in 0..<used { sums[i] = 0 }
  }
}
