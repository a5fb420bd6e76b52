// A part of the search index, as it lies in a segment.

/// The columns of one part, and what is added up over it.
struct SegmentPart: Sendable {
  /// Document to record of the segment.
  let records: Column<UInt32>
  let ownLength: Column<UInt16>
  let virtualLength: Column<Int32>
  let edges: Column<UInt8>
  let shares: Column<UInt8>
  let blockStarts: Column<UInt32>
  let vocabulary: Vocabulary
  let facts: Facts

  struct Facts: BitwiseCopyable {
    let documents: Int64
    let blockStarts: Int64
    let terms: Int64
    let postings: Int64
    let sessions: Int64
    let languages: Int64
    let largestBlock: Int64
    let ownLengthSum: Int64
    let virtualLengthSum: Int64
    let boundLength: Double
  }

  static let directorySize = (1 << 16) + 1

  static func read(_ bytes: SegmentBytes) -> [SegmentPart] {
    let facts = bytes.column(.partCounts, of: Facts.self)
    var (documents, blocks, terms, postings) = (0, 0, 0, 0)
    return (0..<facts.count).map { i in
      let fact = facts[i]
      func slice<Element>(_ column: SegmentColumn, _ from: Int, _ count: Int64) -> Column<Element> {
        bytes.column(column, of: Element.self).slice(from..<from + Int(count))
      }
      defer {
        documents += Int(fact.documents)
        blocks += Int(fact.blockStarts)
        terms += Int(fact.terms)
        postings += Int(fact.postings)
      }
      return SegmentPart(
        records: slice(.partRecords, documents, fact.documents),
        ownLength: slice(.partOwnLength, documents, fact.documents),
        virtualLength: slice(.partVirtualLength, documents, fact.documents),
        edges: slice(.partEdges, documents, fact.documents),
        shares: slice(.partShares, documents, fact.documents),
        blockStarts: slice(.partBlockStarts, blocks, fact.blockStarts),
        vocabulary: Vocabulary(
          directory: slice(.partDirectory, i * directorySize, Int64(directorySize)),
          lower: slice(.partLower, terms, fact.terms),
          address: slice(.partAddress, terms, fact.terms),
          postings: slice(.partPostings, postings, fact.postings)),
        facts: fact)
    }
  }

  static func write(_ parts: [IndexPart], to file: inout SegmentFile.Writer) {
    func joined<Element>(_ of: (IndexPart) -> Column<Element>) -> [Column<Element>] {
      parts.map(of)
    }
    file.add(
      .partCounts,
      parts.map { part in
        Facts(
          documents: Int64(part.count), blockStarts: Int64(part.blockStarts.count),
          terms: Int64(part.vocabulary.lower.count),
          postings: Int64(part.vocabulary.postings.count), sessions: Int64(part.sessionCount),
          languages: Int64(part.languages.rawValue), largestBlock: Int64(part.largestBlock),
          ownLengthSum: Int64(part.ownLengthSum), virtualLengthSum: Int64(part.virtualLengthSum),
          boundLength: part.boundLength)
      })
    file.add(
      .partRecords,
      parts.flatMap { part in (0..<part.count).map { UInt32(part.record($0)) } })
    file.add(.partOwnLength, joined(\.ownLength))
    file.add(.partVirtualLength, joined(\.virtualLength))
    file.add(.partEdges, joined(\.edges))
    file.add(.partShares, joined(\.shares))
    file.add(.partBlockStarts, joined(\.blockStarts))
    file.add(.partDirectory, joined(\.vocabulary.directory))
    file.add(.partLower, joined(\.vocabulary.lower))
    file.add(.partAddress, joined(\.vocabulary.address))
    file.add(.partPostings, joined(\.vocabulary.postings))
  }
}
