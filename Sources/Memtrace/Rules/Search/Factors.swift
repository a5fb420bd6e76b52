// What multiplies a score: who spoke, what kind of sentence, when, how important.

import Glibc

struct Factors {
  private let recipe: SearchRecipe
  private let options: SearchOptions
  private let asksForTime: Bool
  private let isQuestion: Bool
  private let dates: QueryDates
  /// The one agent that the query names.
  private let agent: String?
  /// Times of the oldest and the youngest candidate.
  private let oldest: Double
  private let youngest: Double

  init(_ documents: [SearchDocument], _ query: SearchQuery, _ options: SearchOptions) {
    recipe = options.recipe
    self.options = options
    asksForTime = query.asksForTime
    isQuestion = query.isQuestion
    dates = query.dates
    var agents: Set<String> = []
    for (i, document) in documents.enumerated() {
      if i == 0 || documents[i - 1].agent != document.agent { agents.insert(document.agent) }
    }
    let named = agents.filter { Self.names(query.words, $0) }
    agent = named.count == 1 ? named.first : nil
    let times = documents.lazy.map(\.time.milliseconds)
    oldest = Double(times.min() ?? 0)
    youngest = Double(times.max() ?? 0)
  }

  /// Whether the words of an agent's name stand in the query, one after another.
  private static func names(_ words: [UInt64], _ agent: String) -> Bool {
    var folding = TextFolding()
    var name = agent
    name.withUTF8 { folding.fold($0) }
    let parts = SearchQuery.words(folding.bytes).map { TermHash.of($0.utf8) }
    guard !parts.isEmpty, parts.count <= words.count else { return false }
    return (0...words.count - parts.count).contains { words[$0...].starts(with: parts) }
  }

  /// Calls with each factor of a record, 1 where it does not apply.
  @inline(__always)
  func forEach(
    _ document: SearchDocument, _ traits: TextTraits, terms: Int,
    _ body: (_ name: String, _ value: Double) -> Void
  ) {
    let length = Double(terms)
    body("length", 1 + recipe.length * log(1 + min(recipe.lengthTerms, length)))
    if length > recipe.longTerms {
      body("long", 1 / (1 + recipe.long * log(length / recipe.longTerms)))
    }
    if let agent, document.agent == agent { body("speaker", recipe.speaker) }
    if traits.saysQuery { body("sentence", recipe.sentence) }
    if isQuestion, traits.endsInQuestion, length <= recipe.questionTerms {
      body("question", recipe.question)
    }
    if asksForTime, traits.hasTimeWord, length <= recipe.timeWordTerms {
      body("time word", recipe.timeWord)
    }
    if dates.names(document.time) { body("date", recipe.date) }
    if options.usesImportance, let importance = document.importance {
      body("importance", pow(recipe.importance, 2 * importance - 1))
    }
    if options.usesRecency, youngest > oldest {
      let age = (Double(document.time.milliseconds) - oldest) / (youngest - oldest)
      body("recency", pow(recipe.recency, age))
    }
  }
}
