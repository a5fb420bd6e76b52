// Puts what corrects before what it corrects.

enum Corrections {
  /// Gives each correction more than the score of what it corrects, and adds those that are missing.
  ///
  /// - Parameter scored: records, each once.
  static func lift(
    _ scored: inout [ScoredRecord], _ supersededBy: (Int) -> Int?,
    isAllowed: (Int) -> Bool
  ) {
    let superseded = scored.compactMap { hit in
      supersededBy(hit.record).map { (record: hit.record, score: hit.score, by: $0) }
    }
    guard !superseded.isEmpty else { return }
    var places: [Int: Int] = [:]
    for (i, hit) in scored.enumerated() { places[hit.record] = i }
    // A chain is followed to its end, or to where it bites its tail.
    for hit in superseded {
      var seen: Set<Int> = [hit.record]
      var score = hit.score
      var next: Int? = hit.by
      while let correction = next, seen.insert(correction).inserted {
        score = score.nextUp
        if let place = places[correction] {
          score = max(score, scored[place].score)
          scored[place].score = score
        } else if isAllowed(correction) {
          places[correction] = scored.count
          scored.append(ScoredRecord(score: score, record: correction))
        }
        next = supersededBy(correction)
      }
    }
  }
}
