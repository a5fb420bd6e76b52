// Pseudo-relevance feedback: terms that the best records have in common say what the query left out.

/// After Rocchio's idea of 1971, with the best records taken for relevant.
struct FeedbackTerm {
  let hash: UInt64
  /// Share of the best term's weight, times idf.
  let weight: Double

  static func chosen(
    _ candidates: [ScoredRecord], _ index: SearchIndex, _ source: any SearchSource,
    _ query: SearchQuery, _ recipe: SearchRecipe
  ) -> [FeedbackTerm] {
    guard recipe.feedback != 0 else { return [] }
    // Some of the best may only stand beside a record that has the query's words.
    var best = BestRecords(capacity: recipe.feedbackRecords * 4)
    for candidate in candidates where candidate.score > 0 {
      best.offer(candidate.score) { candidate }
    }
    let records = ScoredRecord.inOrder(best.records, source)
    guard let highest = records.first?.score else { return [] }
    var sums: [UInt64: Double] = [:]
    var tokenizer = Tokenizer()
    var text: [UInt8] = []
    let known = Set(query.terms.map(\.hash))
    var taken = 0
    for record in records where taken < recipe.feedbackRecords {
      text.removeAll(keepingCapacity: true)
      source.appendText(of: record.record, to: &text)
      var others: [UInt64] = []
      var isMatch = false
      text.withUnsafeBufferPointer { text in
        tokenizer.forEachTerm(of: text) { term in
          if known.contains(term.hash) {
            isMatch = true
          } else if !term.isExtra {
            others.append(term.hash)
          }
        }
      }
      guard isMatch else { continue }
      taken += 1
      // A long record speaks of much else.
      let share = min(1, recipe.feedbackLength / Double(max(1, others.count)))
      for term in others { sums[term, default: 0] += record.score / highest * share }
    }
    // Equal weights go by hash: a dictionary's own order differs from run to run.
    let weighted = sums.map { hash, sum in
      let idf = BM25.idf(documents: index.count, with: index.documentFrequency(hash))
      return (hash: hash, weight: sum * idf, idf: idf)
    }
    .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.hash < $1.hash }
    .prefix(recipe.feedbackTerms)
    guard let top = weighted.first?.weight, top > 0 else { return [] }
    return weighted.map { FeedbackTerm(hash: $0.hash, weight: $0.weight / top * $0.idf) }
  }
}
