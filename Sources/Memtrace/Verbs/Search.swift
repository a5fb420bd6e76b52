// search: memories by filters and by text.

struct Search: Verb {
  static let description = VerbDescription(
    name: "search", group: "Memory", summary: "find memories by what they say, and by filters",
    fields: [
      Field(
        "query", .text, positional: true,
        "words to rank by, \"in quotation marks\" a phrase; without them the newest memories come first"
      )
    ] + Field.filters + Field.kindFilters + [
      .limit(50), .offset, .order, .include,
      Field("explain", .flag, "show how each score came about"),
    ],
    examples: [
      "memtrace search 'router firmware' --where customer_id=cust_12345",
      "memtrace search --contains 'HBO charge' --since 30d",
    ])

  private let query: String?
  private let explains: Bool
  private let filter: MemoryFilter
  private let page: PageRequest

  init(_ input: inout Input) {
    query = input.text("query", bytes: 1...Limits.content.upperBound)
    explains = input.flag("explain")
    var filter = input.filterWithKinds()
    filter.standsOnly = !input.includesAll()
    self.filter = filter
    page = input.page(limit: 50)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let start = call.world.now()
    let records = try call.records()
    let found = try find(in: records, call)
    let hint = query.flatMap { SearchHint.text(for: $0, best: found.first?.memory.content) }
    return SearchResults(
      found: found,
      standing: filter.standsOnly ? Standing() : try records.standing(of: found.map(\.memory)),
      customers: try call.customers(of: found.map(\.memory)), namesCustomers: call.isForModels,
      isRanked: query != nil, hint: hint,
      organisation: store.configuration.organisation,
      milliseconds: Int(call.world.now().milliseconds - start.milliseconds))
  }

  private func find(in records: Catalog, _ call: Call) throws -> [RankedMemory] {
    var filter = filter
    filter.isWanted = call.isWanted
    guard let query else {
      return try records.page(filter, page).items
        .map { RankedMemory(memory: $0, score: 0, explanation: nil) }
    }
    var ranked = RankedQuery(query)
    ranked.filter = filter
    ranked.limit = page.limit
    ranked.offset = page.offset
    ranked.explains = explains
    ranked.identityKeys = try call.store().configuration.identityKeys
    return try records.ranked(ranked)
  }
}
