// recall: the latest memories, by agent, session, tag or time.

struct Recall: Verb {
  static let description = VerbDescription(
    name: "recall", group: "Memory", summary: "list memories, newest first",
    fields: [
      .kindFilter, Field("event_type", .text, flag: "event", "only this kind of event"),
    ] + Field.filters + [.limit(100), .offset, .order, .include],
    examples: ["memtrace recall --session sess_01K… --since 7d"])

  private let filter: MemoryFilter
  private let page: PageRequest

  init(_ input: inout Input) {
    var filter = input.filter()
    if let kind = input.choice("memory_type", Memory.Kind.self) { filter.kinds = [kind] }
    if let type = input.type("event_type") { filter.eventTypes = [type] }
    filter.standsOnly = !input.includesAll()
    self.filter = filter
    page = input.page(limit: 100)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let records = try call.records()
    var filter = filter
    filter.isWanted = call.isWanted
    let page = try records.page(filter, page)
    if page.items.isEmpty { try call.noteUnknown(in: filter) }
    return MemoryList(
      memories: page.items,
      standing: filter.standsOnly ? Standing() : try records.standing(of: page.items),
      customers: try call.customers(of: page.items), namesCustomers: call.isForModels,
      names: try call.names(of: page.items.lazy.map(\.agent)),
      hasMore: page.hasMore,
      organisation: store.configuration.organisation)
  }
}
