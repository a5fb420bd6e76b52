// What some documents of the index have of some terms.

/// A table: a row for a document, a column for a term, one column after another.
struct Evidence {
  private let height: Int
  private let weights: Scratch<Int32>
  private let sessionWeights: Scratch<Int32>
  /// Rows with the term in their own text.
  private(set) var frequency: [Int]

  private struct Row {
    let row: Int32
    let document: Int32
  }

  /// - Parameter withSessions: whether sessions are summed up too.
  init(_ index: SearchIndex, _ places: [SearchIndex.Place], _ terms: [UInt64], withSessions: Bool) {
    height = places.count
    weights = Scratch(count: height * terms.count)
    sessionWeights = Scratch(count: withSessions ? height * terms.count : 0)
    frequency = Array(repeating: 0, count: terms.count)
    var rows = [[Row]](repeating: [], count: index.parts.count + 1)
    for (row, place) in places.enumerated() {
      rows[place.segment].append(Row(row: Int32(row), document: Int32(place.document)))
    }
    for (segment, var rows) in rows.enumerated() where !rows.isEmpty {
      if !zip(rows, rows.dropFirst()).allSatisfy({ $0.document < $1.document }) {
        rows.sort { $0.document < $1.document }
      }
      if segment < index.parts.count {
        rows.withUnsafeBufferPointer { read(index.parts[segment], $0, terms, withSessions) }
      } else {
        read(index.tail, rows, terms, withSessions)
      }
    }
  }

  /// Of the virtual document, in 6,400ths of an occurrence.
  @inline(__always)
  func weight(_ row: Int, _ column: Int) -> Int32 { weights[column &* height &+ row] }

  /// `weight` of all rows.
  @inline(__always)
  func weights(_ column: Int) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: weights.start + column * height, count: height)
  }

  /// Of the whole session, in twentieths.
  @inline(__always)
  func sessionWeight(_ row: Int, _ column: Int) -> Int32 { sessionWeights[column &* height &+ row] }

  /// Rows of one block.
  private struct Group {
    let block: Int
    let rows: Slice<UnsafeBufferPointer<Row>>
    /// The whole sessions of these rows: more is not asked for.
    let documents: Range<Int>
  }

  private static func groups(_ part: IndexPart, _ rows: UnsafeBufferPointer<Row>) -> [Group] {
    var groups: [Group] = []
    var (from, block) = (0, 0)
    while from < rows.count {
      block = part.block(of: Int(rows[from].document), from: block)
      let end = part.blockStarts[block + 1]
      var to = from
      while to < rows.count, rows[to].document < end { to += 1 }
      let first = part.session(of: Int(rows[from].document)).lowerBound
      let last = part.session(of: Int(rows[to - 1].document)).upperBound
      groups.append(Group(block: block, rows: rows[from..<to], documents: first..<last))
      from = to
    }
    return groups
  }

  private mutating func read(
    _ part: IndexPart, _ rows: UnsafeBufferPointer<Row>, _ terms: [UInt64], _ withSessions: Bool
  ) {
    let groups = Self.groups(part, rows)
    let own = OwnWeights(count: part.largestBlock)
    let (edges, shares) = (part.edges.start, UnsafePointer(part.shares.start))
    for (column, term) in terms.enumerated() {
      guard let address = part.vocabulary.address(of: term) else { continue }
      var cursor = PostingCursor(part, address)
      let weights = weights.start + column * height
      var withText = 0
      for group in groups where cursor.seek(group.block) {
        let start = Int(part.blockStarts[group.block])
        part.forEachPosting(cursor.entry, blockStart: start, among: group.documents) {
          own.set($1, at: $0 - start)
        }
        if own.isEmpty { continue }
        for row in group.rows {
          let local = Int(row.document) &- start
          withText &+= own[local] >= Neighbourhood.occurrence ? 1 : 0
          weights[Int(row.row)] = own.virtual(
            local, edges: edges[Int(row.document)], shares + Int(row.document))
        }
        if withSessions { sumSessions(part, group.rows, column, own, blockStart: start) }
        own.clear()
      }
      frequency[column] += withText
    }
  }

  /// Each session once: its rows stand together.
  private func sumSessions(
    _ part: IndexPart, _ rows: Slice<UnsafeBufferPointer<Row>>, _ column: Int, _ own: OwnWeights,
    blockStart: Int
  ) {
    let sessionWeights = sessionWeights.start + column * height
    var session = 0..<0
    var sum: Int32 = 0
    for row in rows {
      if !session.contains(Int(row.document)) {
        session = part.session(of: Int(row.document))
        sum = 0
        for other in session { sum &+= own[other &- blockStart] }
      }
      sessionWeights[Int(row.row)] = sum
    }
  }

  private mutating func read(
    _ tail: SearchTail, _ rows: [Row], _ terms: [UInt64], _ withSessions: Bool
  ) {
    let rowOf = Scratch<Int32>(count: tail.count)
    for row in rows { rowOf[Int(row.document)] = row.row + 1 }
    let spread = VirtualWeights(count: tail.count)
    let sums = Scratch<Int32>(count: tail.sessionCount)
    for (column, term) in terms.enumerated() {
      tail.forEachOwn(term) { document, weight in
        if rowOf[document] > 0, weight >= Neighbourhood.occurrence { frequency[column] += 1 }
        sums[tail.sessionNumber(of: document)] += weight
      }
      if withSessions {
        for row in rows {
          let sum = sums[tail.sessionNumber(of: Int(row.document))]
          sessionWeights[column * height + Int(row.row)] = sum
        }
      }
      tail.forEachOwn(term) { document, _ in sums[tail.sessionNumber(of: document)] = 0 }
      tail.forEachVirtual(term, spread) { document, weight in
        if rowOf[document] > 0 { weights[column * height + Int(rowOf[document]) - 1] = weight }
      }
    }
  }
}
