// How much each part of the ranking weighs.
/// The weights of the ranking (docs/SEARCH.md has the formula, the sources and what each part brings).
/// 0 switches a sum's part off, 1 a factor. Lengths are in terms.
public struct SearchRecipe: Sendable {
  /// Records that are ranked by more than words.
  public var candidates = 2_000
  /// So many of all, where no more than `few` are asked for: the best by words among them all are rarely others.
  public var candidatesOfAll = 500
  public var few = 50
  /// Of the idf, how much is the repository's; the rest is that of the records allowed by the filter.
  public var repositoryIDF = 0.7
  /// BM25 over character trigrams.
  public var trigrams = 0.05
  /// Trigrams of a longer record weigh less, in proportion to its length.
  public var trigramTerms = 100.0
  /// A record without a word of the query, its neighbours' included, is found if it has this share of its trigrams.
  public var leastTrigramShare = 0.4
  /// Of a known word that stands in for one that no record has.
  public var misspelling = 0.5
  /// BM25 over terms that the best records have in common.
  public var feedback = 0.12
  public var feedbackRecords = 8
  public var feedbackTerms = 10
  /// Other terms of a record, beyond which each weighs less.
  public var feedbackLength = 20.0
  /// BM25 of the session as one document.
  public var session = 0.2
  /// A longer session weighs less, in proportion to its length.
  public var sessionTerms = 200.0
  /// The query names one agent and the record is that agent's.
  public var speaker = 1.4
  /// The record ends in a question mark and is at most so long.
  public var question = 0.8
  public var questionTerms = 14.0
  /// Times the logarithm of the number of terms, up to so many.
  public var length = 0.3
  public var lengthTerms = 14.0
  /// A longer record has most words by chance: 1 / (1 + this · ln(terms / `longTerms`)).
  public var long = 0.1
  public var longTerms = 30.0
  /// The record has the query, of three words or more, word for word.
  public var sentence = 20.0
  /// The query asks when or how long, and the record has a word of time and is at most so long.
  public var timeWord = 1.4
  public var timeWordTerms = 60.0
  /// The query names the month or year in which the record was made.
  public var date = 1.8
  /// At importance 1; at 0 its inverse.
  public var importance = 1.02
  /// For the youngest record against the oldest.
  public var recency = 1.02
  /// A newer record goes before an older one that has this share of the same, by idf, where a question asks what holds now;
  /// 0 switches that off.
  public var update = 0.15
  /// It has so much of what the older one has of the query.
  public var updateAsked = 0.3
  /// And has at most so many different terms.
  public var updateTerms = 80

  public init() {}
}
