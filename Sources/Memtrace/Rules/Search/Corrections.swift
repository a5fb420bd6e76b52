// Puts what corrects before what it corrects.

enum Corrections {
  /// Gives each correction at least the score of what it corrects, and adds those that are missing.
  static func lifted(
    _ hits: [SearchHit], _ supersededBy: (Int) -> Int?, isAllowed: (Int) -> Bool
  ) -> [SearchHit] {
    var hits = hits
    var places: [Int: Int] = [:]
    var superseded: [(record: Int, by: Int)] = []
    for (i, hit) in hits.enumerated() {
      places[hit.record] = i
      if let by = supersededBy(hit.record), by != hit.record { superseded.append((hit.record, by)) }
    }
    // The highest first, so that a chain of corrections is lifted link by link; each record once.
    superseded.sort { hits[places[$0.record]!].score > hits[places[$1.record]!].score }
    for (record, first) in superseded {
      var seen: Set<Int> = [record]
      var score = hits[places[record]!].score
      var next: Int? = first
      while let correction = next, seen.insert(correction).inserted {
        score = score.nextUp
        if let place = places[correction] {
          score = max(score, hits[place].score)
          hits[place] = SearchHit(
            record: correction, score: score, explanation: hits[place].explanation)
        } else if isAllowed(correction) {
          places[correction] = hits.count
          hits.append(SearchHit(record: correction, score: score, explanation: nil))
        }
        next = supersededBy(correction)
      }
    }
    return hits
  }
}
