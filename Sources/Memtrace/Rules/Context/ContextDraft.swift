// The records of a request with their order of need, and the lines they become.

/// What all attempts to fit the budget share.
final class ContextDraft {
  /// By id, oldest first.
  let records: [ContextRecord]
  /// Positions in `records`, the most needed first; in text, corrected records are not among them.
  let order: [Int]
  /// Of the section of each record.
  let places: [Int]
  private var lines: [ContextPage.Line?]
  private var limit = Int.max

  init(_ request: ContextRequest, isJSON: Bool) {
    let records = ContextRecord.all(request)
    self.records = records
    var order = ContextPriority.order(records, relevance: request.relevance)
    if !isJSON { order.removeAll { records[$0].section == .superseded } }
    self.order = order
    places = records.map(\.section.place)
    lines = Array(repeating: nil, count: records.count)
  }

  /// How many characters of a text are kept from here on.
  func cut(at limit: Int) {
    guard limit != self.limit else { return }
    self.limit = limit
    lines = Array(repeating: nil, count: records.count)
  }

  func line(_ position: Int, isJSON: Bool) -> ContextPage.Line {
    if let line = lines[position] { return line }
    let line = ContextPage.Line(records[position], limit: limit, isBlock: isJSON)
    lines[position] = line
    return line
  }

  /// The longest text among the most needed records, in bytes.
  func longest(of count: Int) -> Int {
    order.prefix(count).reduce(0) { max($0, lengths($1).text, lengths($1).reason) }
  }

  /// The limit at which the texts of the most needed records grow by about so many bytes, if those that are cut at
  /// `limit` grow alike.
  func limit(above limit: Int, adding bytes: Int, to count: Int) -> Int {
    var cut = order.prefix(count).flatMap { [lengths($0).text, lengths($0).reason] }
      .filter { $0 > limit }.sorted()
    var level = limit
    var left = bytes
    while let least = cut.first {
      let step = min(least - level, left / cut.count)
      level += step
      left -= step * cut.count
      guard level == least else { break }
      cut.removeAll { $0 == least }
    }
    return level
  }

  private func lengths(_ position: Int) -> (text: Int, reason: Int) {
    let memory = records[position].memory
    return (memory.content.utf8.count, memory.reasoning?.utf8.count ?? 0)
  }

  /// Writes what a page lacks that shows none of the records.
  func count(omittedFrom page: ContextPage) {
    var counts = [Int](repeating: 0, count: ContextSection.allCases.count)
    for place in places { counts[place] += 1 }
    page.omit(counts, isOlder: { _ in false })
  }

  /// Bytes of all texts, uncut.
  var size: Int {
    records.reduce(0) { $0 + $1.memory.content.utf8.count + ($1.memory.reasoning?.utf8.count ?? 0) }
  }

  func answer(_ text: String, shown: Set<RecordID>, _ request: ContextRequest) -> ContextAnswer {
    var omitted: [ContextSection: Int] = [:]
    for record in records where !shown.contains(record.memory.id) {
      omitted[record.section, default: 0] += 1
    }
    return ContextAnswer(
      text: text, memoryCount: shown.count, omitted: omitted.values.reduce(0, +),
      omittedBy: ContextSection.allCases.compactMap { section in
        omitted[section].map { (section.rawValue, $0) }
      },
      tokens: Tokens.estimate(text), sessionIDs: request.sessions.map(\.session.id))
  }
}
