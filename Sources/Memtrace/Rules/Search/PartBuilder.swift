// Builds a part in bulk: count, turn round, write.

/// Which records become a part, in which order.
struct PartPlan: Sendable {
  /// Document to record, counted from `firstRecord`; nil where they are the same.
  let records: [UInt32]?
  let firstRecord: Int
  /// First documents of sessions, and the number of documents at the end.
  let sessionStarts: [UInt32]

  var count: Int { Int(sessionStarts.last!) }
}

enum PartBuilder {
  static func build(_ plan: PartPlan, from source: any SearchSource) -> IndexPart {
    var counter = TermCounter(documents: plan.count)
    var tokenizer = Tokenizer(cache: plan.count > 10_000 ? 1 << 15 : 1 << 10)
    var text: [UInt8] = []
    for document in 0..<plan.count {
      let record = plan.firstRecord + (plan.records.map { Int($0[document]) } ?? document)
      text.removeAll(keepingCapacity: true)
      source.appendText(of: record, to: &text)
      let agent = source.document(record).agent
      text.withUnsafeBufferPointer { counter.add(text: $0, agent: agent, &tokenizer) }
    }
    let layout = SessionLayout(sessionStarts: plan.sessionStarts, ownLength: counter.lengths)
    let mean = Double(layout.virtualLengthSum) / Double(max(1, plan.count))
    return IndexPart(
      records: plan.records, firstRecord: plan.firstRecord, layout: layout,
      ownLength: counter.lengths, vocabulary: vocabulary(counter, layout, meanLength: mean),
      languages: counter.languages, boundLength: mean)
  }

  /// Entries by term instead of by document.
  private struct Inverted {
    var starts: [Int]
    var documents: [UInt32]
    var weights: [UInt16]

    init(_ counter: TermCounter) {
      starts = [0]
      starts.reserveCapacity(counter.terms.count + 1)
      for count in counter.counts { starts.append(starts.last! + Int(count)) }
      var next = starts
      documents = Array(repeating: 0, count: counter.entryTerm.count)
      weights = Array(repeating: 0, count: counter.entryTerm.count)
      for document in 0..<counter.starts.count - 1 {
        for entry in Int(counter.starts[document])..<Int(counter.starts[document + 1]) {
          let term = Int(counter.entryTerm[entry])
          documents[next[term]] = UInt32(document)
          weights[next[term]] = counter.entryWeight[entry]
          next[term] += 1
        }
      }
    }
  }

  private static func vocabulary(
    _ counter: TermCounter, _ layout: SessionLayout, meanLength: Double
  ) -> Vocabulary {
    let inverted = Inverted(counter)
    let (order, directory) = sorted(counter.terms)
    var writer = PostingWriter(layout, meanLength: meanLength)
    var address: [UInt32] = []
    address.reserveCapacity(order.count)
    for term in order {
      let range = inverted.starts[Int(term)]..<inverted.starts[Int(term) + 1]
      if range.count == 1, Int32(inverted.weights[range.lowerBound]) == Neighbourhood.occurrence {
        address.append(Vocabulary.inlined | inverted.documents[range.lowerBound])
      } else {
        address.append(UInt32(writer.bytes.count))
        writer.append(inverted.documents[range], inverted.weights[range])
      }
    }
    return Vocabulary(
      directory: Column(directory),
      lower: Column(order.map { UInt32(truncatingIfNeeded: counter.terms[Int($0)]) }),
      address: Column(address), postings: Column(writer.bytes))
  }

  /// Numbers of terms in the order of their hashes, and where each value of the upper 16 bits begins.
  private static func sorted(_ terms: [UInt64]) -> (order: [UInt32], directory: [UInt32]) {
    var directory = [UInt32](repeating: 0, count: (1 << 16) + 1)
    for term in terms { directory[Int(term >> 32) + 1] += 1 }
    for i in 1..<directory.count { directory[i] += directory[i - 1] }
    var next = directory
    var order = [UInt32](repeating: 0, count: terms.count)
    for (number, term) in terms.enumerated() {
      let bucket = Int(term >> 32)
      var i = Int(next[bucket])
      next[bucket] += 1
      let low = Int(directory[bucket])
      while i > low, terms[Int(order[i - 1])] > term {
        order[i] = order[i - 1]
        i -= 1
      }
      order[i] = UInt32(number)
    }
    return (order, directory)
  }
}
