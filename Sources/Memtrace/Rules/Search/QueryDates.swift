// Months and years that a query names.

struct QueryDates: Equatable {
  /// 1…12
  private(set) var months: Set<Int> = []
  private(set) var years: Set<Int> = []

  private static let names: [String: Int] = [
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2,
    "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
  ]

  /// Words that make "may" and "march" a month.
  private static let prepositions: Set<String> = [
    "in", "of", "on", "this", "last", "next", "since", "until", "till", "by", "during", "before",
    "after", "early", "late", "mid", "from", "to", "for",
  ]

  /// - Parameters:
  ///   - words: of the query, folded, in order.
  ///   - original: the query as it was written.
  init(_ words: [String], original: String) {
    for (i, word) in words.enumerated() {
      let previous = i > 0 ? words[i - 1] : ""
      let next = i + 1 < words.count ? words[i + 1] : ""
      if let month = Self.names[word] {
        let isAmbiguous = word == "may" || word == "march"
        if !isAmbiguous || Self.prepositions.contains(previous) || Self.isNumber(next)
          || Self.isNumber(previous)
        {
          months.insert(month)
        }
      } else if word.utf8.count == 4, let year = Int(word), (1970...2199).contains(year) {
        years.insert(year)
        // 2023-05-07
        if next.utf8.count == 2, let month = Int(next), (1...12).contains(month),
          original.contains("\(year)-\(next)")
        {
          months.insert(month)
        }
      }
    }
  }

  private static func isNumber(_ word: String) -> Bool {
    word.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  var isEmpty: Bool { months.isEmpty && years.isEmpty }

  func names(_ time: Timestamp) -> Bool {
    guard !isEmpty else { return false }
    let (year, month, _, _, _, _, _) = time.civil
    return (months.isEmpty || months.contains(month)) && (years.isEmpty || years.contains(year))
  }
}
