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
    if found.isEmpty { try call.noteUnknown(in: filter) }
    let hint = try query.flatMap { query in
      try customerHint(query, in: records, call)
        ?? SearchHint.text(for: query, best: found.first?.memory.content)
    }
    // Beside the rows, which a program may read.
    let isTold = call.isForPeople && !call.wantsJSON
    if isTold, let hint { call.note(hint) }
    return SearchResults(
      found: found,
      standing: filter.standsOnly ? Standing() : try records.standing(of: found.map(\.memory)),
      customers: try call.customers(of: found.map(\.memory)), namesCustomers: call.isForModels,
      names: try call.names(of: found.lazy.map(\.memory.agent)),
      isRanked: query != nil, hint: isTold ? nil : hint,
      organisation: store.configuration.organisation,
      milliseconds: Int(call.world.now().milliseconds - start.milliseconds))
  }

  /// Where the query is what a customer is known by: no memory need say that.
  private func customerHint(
    _ query: String, in records: Catalog, _ call: Call
  ) throws -> String? {
    guard filter.sessionMetadata.isEmpty, filter.session == nil,
      query.utf8.count <= Self.longestIdentity
    else { return nil }
    let words = query.split(whereSeparator: \.isWhitespace)
    let value = words.joined(separator: " ")
    for key in try call.store().configuration.identityKeys {
      let sessions = try records.ids(where: [.init(key, .string(value))]).count
      guard sessions > 0 else { continue }
      let whose =
        "\(amount(sessions, "session")) \(sessions == 1 ? "has" : "have") the \(key) \(value)"
      let filter =
        call.isForPeople
        ? "--where '\(key)=\(value)'"
        : "where \(String(decoding: JSON.object([.init(key, .string(value))]).bytes, as: UTF8.self))"
      return "\(whose): \(filter) bounds a search to what was said there"
    }
    return nil
  }

  private static let longestIdentity = 256

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
