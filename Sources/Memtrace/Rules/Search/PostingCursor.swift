// Walks one term's posting list block by block.

struct PostingCursor {
  /// Records of the part that have the term in their text.
  let documentFrequency: Int
  /// Blocks in the list.
  let blocks: Int
  /// The block it stands in, after `next()` or `seek(_:)` said true.
  private(set) var block = 0
  /// Where the block's postings lie; compare `Entry`.
  private(set) var entry = Entry(start: 0, length: 0, bound: 0)

  /// A block's postings: a place in the vocabulary's postings. With length 0 one inlined document, at `start`.
  struct Entry {
    var start: UInt32
    var length: UInt32
    /// See `BlockBound`.
    var bound: UInt8
  }

  private let base: UnsafePointer<UInt8>
  private let skips: UnsafePointer<UInt8>
  private let directory: UnsafePointer<UInt8>
  private let postings: UnsafePointer<UInt8>
  private var at: UnsafePointer<UInt8>
  private var read = 0
  private var postingsRead = 0
  private let isInlined: Bool

  init(_ part: IndexPart, _ address: UInt32) {
    base = UnsafePointer(part.vocabulary.postings.start)
    if address & Vocabulary.inlined != 0 {
      let document = Int(address & ~Vocabulary.inlined)
      isInlined = true
      (documentFrequency, blocks) = (1, 1)
      (skips, directory, postings, at) = (base, base, base, base)
      block = part.block(of: document)
      let norm =
        1 - BM25.b + BM25.b * Double(part.virtualLength[document]) / max(1, part.boundLength)
      // A neighbour has half of it, and no length that would help.
      let best = max(1 / norm, 0.5 / (1 - BM25.b))
      entry = Entry(start: UInt32(document), length: 0, bound: BlockBound.byte(best))
    } else {
      isInlined = false
      var at = base + Int(address)
      documentFrequency = Int(PostingFormat.read(&at))
      blocks = Int(PostingFormat.read(&at))
      skips = at
      at += (blocks - 1) / PostingFormat.skipEvery * PostingFormat.skipBytes
      let length = Int(PostingFormat.read(&at))
      directory = at
      postings = at + length
      self.at = directory
    }
  }

  /// Goes on to the next block that has the term.
  @inline(__always)
  mutating func next() -> Bool {
    guard read < blocks else { return false }
    read += 1
    if isInlined { return true }
    postingsRead += Int(entry.length)
    block += Int(PostingFormat.read(&at))
    let length = PostingFormat.read(&at)
    entry = Entry(
      start: UInt32(postings - base) + UInt32(postingsRead), length: length, bound: at.pointee)
    at += 1
    return true
  }

  /// Goes on to the block, if the term is in it. Blocks are asked for in ascending order.
  mutating func seek(_ wanted: Int) -> Bool {
    if isInlined {
      read = 1
      return block == wanted
    }
    if read > 0, block >= wanted { return block == wanted }
    skip(to: wanted)
    while next() {
      if block >= wanted { return block == wanted }
    }
    return false
  }

  /// Jumps over 64 blocks at a time.
  private mutating func skip(to wanted: Int) {
    // The last skip that goes forward and whose block, the one before its first, lies before the wanted one.
    var low = max(1, (read + PostingFormat.skipEvery - 1) / PostingFormat.skipEvery)
    var high = (blocks - 1) / PostingFormat.skipEvery
    guard low <= high, PostingFormat.readFixed(skipEntry(low)) < UInt32(wanted) else { return }
    while low < high {
      let middle = (low + high + 1) / 2
      if PostingFormat.readFixed(skipEntry(middle)) < UInt32(wanted) {
        low = middle
      } else {
        high = middle - 1
      }
    }
    let skip = skipEntry(low)
    read = low * PostingFormat.skipEvery
    block = Int(PostingFormat.readFixed(skip))
    at = directory + Int(PostingFormat.readFixed(skip + 4))
    postingsRead = Int(PostingFormat.readFixed(skip + 8))
    entry.length = 0
  }

  private func skipEntry(_ number: Int) -> UnsafePointer<UInt8> {
    skips + (number - 1) * PostingFormat.skipBytes
  }
}

extension IndexPart {
  /// Calls with the documents in a range alone.
  @inline(__always)
  func forEachPosting(
    _ entry: PostingCursor.Entry, blockStart: Int, among documents: Range<Int>,
    _ body: (_ document: Int, _ weight: Int32) -> Void
  ) {
    forEachPosting(entry, blockStart: blockStart, until: documents.upperBound) {
      if $0 >= documents.lowerBound { body($0, $1) }
    }
  }

  /// Calls with each document of a block that has the term, ascending, and its own weight.
  /// - Parameter until: the first document that is not asked for.
  @inline(__always)
  func forEachPosting(
    _ entry: PostingCursor.Entry, blockStart: Int, until: Int = .max,
    _ body: (_ document: Int, _ weight: Int32) -> Void
  ) {
    if entry.length == 0 {
      if Int(entry.start) < until { body(Int(entry.start), Neighbourhood.occurrence) }
      return
    }
    var at = UnsafePointer(vocabulary.postings.start) + Int(entry.start)
    let end = at + Int(entry.length)
    var document = blockStart
    while at < end {
      let code = PostingFormat.read(&at)
      document &+= Int(code >> 2)
      if document >= until { return }
      let kind = code & 3
      let weight =
        kind == PostingFormat.explicitWeight
        ? PostingFormat.read(&at) : PostingFormat.packedWeights >> (kind << 3) & 0xFF
      body(document, Int32(bitPattern: weight))
      document &+= 1
    }
  }
}
