// How much each part of the ranking weighs.
/// The weights of the ranking (docs/SEARCH.md has the formula, the sources and what each part brings).
/// 0 switches a sum's part off, 1 a factor.
public struct SearchRecipe: Sendable {
  /// Records that are ranked by more than words.
  public var candidates = 2_000
  /// Of the idf, how much is the repository's; the rest is that of the records allowed by the filter.
  public var repositoryIDF = 0.5
  /// BM25 over character trigrams.
  public var trigrams = 0.05
  /// A record without a word of the query, its neighbours' included, is found if it has this share of its trigrams.
  public var leastTrigramShare = 0.4
  /// Of a known word that stands in for one that no record has.
  public var misspelling = 0.5
  /// BM25 over terms that the best records have in common.
  public var feedback = 0.2
  public var feedbackRecords = 8
  public var feedbackTerms = 10
  /// BM25 of the session as one document.
  public var session = 0.2
  /// The query names one agent and the record is that agent's.
  public var speaker = 1.4
  /// The record ends in a question mark.
  public var question = 0.7
  /// Times the logarithm of the number of terms.
  public var length = 0.2
  /// The query asks when or how long, and the record has a word of time.
  public var timeWord = 1.4
  /// The query names the month or year in which the record was made.
  public var date = 1.8
  /// At importance 1; at 0 its inverse.
  public var importance = 1.02
  /// For the youngest record against the oldest.
  public var recency = 1.02

  public init() {}
}
