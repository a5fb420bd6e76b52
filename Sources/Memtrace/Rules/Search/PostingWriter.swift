// Writes posting lists, block by block, with the bound of each block.

struct PostingWriter {
  private(set) var bytes: [UInt8] = []
  private let layout: SessionLayout
  private let meanLength: Double
  private var blockOf: [UInt32] = []
  private var directory: [UInt8] = []
  private var postings: [UInt8] = []
  private var skips: [UInt8] = []
  private let spread: VirtualWeights

  init(_ layout: SessionLayout, meanLength: Double) {
    self.layout = layout
    self.meanLength = max(1, meanLength)
    spread = VirtualWeights(count: layout.largestBlock)
    blockOf.reserveCapacity(layout.virtualLength.count)
    for (i, start) in layout.blockStarts.dropLast().enumerated() {
      let count = Int(layout.blockStarts[i + 1] - start)
      blockOf.append(contentsOf: repeatElement(UInt32(i), count: count))
    }
  }

  /// Appends one term's list. The documents ascend.
  mutating func append(_ documents: ArraySlice<UInt32>, _ weights: ArraySlice<UInt16>) {
    directory.removeAll(keepingCapacity: true)
    postings.removeAll(keepingCapacity: true)
    skips.removeAll(keepingCapacity: true)
    var (withText, blocks, lastBlock) = (UInt32(0), 0, UInt32(0))
    var i = documents.startIndex
    while i < documents.endIndex {
      let block = blockOf[Int(documents[i])]
      if blocks > 0, blocks % PostingFormat.skipEvery == 0 {
        PostingFormat.appendFixed(lastBlock, to: &skips)
        PostingFormat.appendFixed(UInt32(directory.count), to: &skips)
        PostingFormat.appendFixed(UInt32(postings.count), to: &skips)
      }
      let blockStart = layout.blockStarts[Int(block)]
      let before = postings.count
      var next = blockStart
      while i < documents.endIndex, blockOf[Int(documents[i])] == block {
        let weight = Int32(weights[i])
        if weight >= Neighbourhood.occurrence { withText += 1 }
        append(distance: documents[i] - next, weight)
        let local = Int(documents[i] - blockStart)
        let (edges, share) = (layout.edges[Int(documents[i])], layout.shares[Int(documents[i])])
        spread.add(weight, at: local, edges: edges, share: share)
        next = documents[i] + 1
        i += 1
      }
      PostingFormat.append(block - lastBlock, to: &directory)
      PostingFormat.append(UInt32(postings.count - before), to: &directory)
      directory.append(bound(from: Int(blockStart)))
      lastBlock = block
      blocks += 1
    }
    PostingFormat.append(withText, to: &bytes)
    PostingFormat.append(UInt32(blocks), to: &bytes)
    bytes.append(contentsOf: skips)
    PostingFormat.append(UInt32(directory.count), to: &bytes)
    bytes.append(contentsOf: directory)
    bytes.append(contentsOf: postings)
  }

  private mutating func append(distance: UInt32, _ weight: Int32) {
    let kind = PostingFormat.weights.firstIndex(of: weight).map(UInt32.init)
    PostingFormat.append(
      distance << 2 | (kind ?? PostingFormat.explicitWeight), to: &postings)
    if kind == nil { PostingFormat.append(UInt32(weight), to: &postings) }
  }

  /// The best that one document of the block gets from the term; clears what was spread.
  private mutating func bound(from blockStart: Int) -> UInt8 {
    var best = 0.0
    for local in spread.touched {
      let local = Int(local)
      let frequency = Double(spread.weights[local]) / Neighbourhood.unit
      let length = Double(layout.virtualLength[blockStart + local]) / meanLength
      best = max(best, frequency / (1 - BM25.b + BM25.b * length))
    }
    spread.clear()
    return BlockBound.byte(best)
  }
}
