// search: memories by filters and by text.

struct Search: Verb {
  static let description = VerbDescription(
    name: "search", group: "Memory", summary: "find memories by text and filters",
    fields: [
      .contains, .sessionMetadata, .agent, .session,
      Field("memory_types", .list, flag: "type", "only memories of this kind; repeat it for more"),
      Field("event_types", .list, flag: "event", "only this kind of event; repeat it for more"),
      .tags, .since, .until,
      Field("min_importance", .number(0...1), "only memories at least this important"),
      .limit(50), .offset, .order,
    ],
    examples: ["memtrace search --contains 'HBO charge' --where customer_id=cust_12345"])

  private let filter: MemoryFilter
  private let page: PageRequest

  init(_ input: inout Input) {
    var filter = MemoryFilter()
    filter.contains = input.text("content_contains", bytes: Limits.content)
    filter.sessionMetadata = input.object("where") ?? []
    filter.agent = input.agent()?.id
    filter.session = input.session()
    filter.kinds = input.kinds("memory_types")
    filter.eventTypes = input.list("event_types")
    filter.tags = input.tags()
    filter.since = input.moment("since")
    filter.until = input.moment("until")
    filter.minImportance = input.number("min_importance", in: 0...1)
    self.filter = filter
    page = input.page(limit: 50)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let start = call.world.now()
    let found = try store.records().memories(filter)
    let page = Page(of: found, order: page.order, limit: page.limit, offset: page.offset)
    return SearchResults(
      memories: page.items, organisation: store.configuration.organisation,
      milliseconds: Int(call.world.now().milliseconds - start.milliseconds))
  }
}
