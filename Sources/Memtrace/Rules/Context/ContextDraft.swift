// The records of a request with their order of need, and the lines they become.

/// What all attempts to fit the budget share.
final class ContextDraft {
  /// By id, oldest first.
  let records: [ContextRecord]
  /// Positions in `records`, the most needed first; in text, corrected records are not among them.
  let order: [(at: Int, weight: Double)]
  /// Of the section of each record.
  let places: [Int]
  /// The newer record with the same output of a tool.
  private let repeated: [Int: RecordID]
  private let isJSON: Bool
  private let maxTokens: Int
  private let tokenizer: TokenVocabulary
  /// The newest first.
  let wishes: [StandingWish]
  /// Parts that stand among the wishes and need not be said again.
  private var saidParts: [Int: Set<Int>] = [:]
  /// Records of which a sentence stands among the wishes.
  private(set) var isWish: [Bool]
  private var excerpts: [Int: [Excerpt]] = [:]
  /// The line made last of each record.
  private var made: [Int: (parts: [Int], line: ContextPage.Line)] = [:]

  init(_ request: ContextRequest, isJSON: Bool) {
    let records = ContextRecord.all(request)
    self.records = records
    self.isJSON = isJSON
    maxTokens = request.maxTokens
    tokenizer = request.tokenizer
    var order = ContextPriority.order(records, relevance: request.relevance)
    if !isJSON { order.removeAll { records[$0.at].section == .superseded } }
    self.order = order
    places = records.map(\.section.place)
    repeated = Self.repeated(records)
    isWish = Array(repeating: false, count: records.count)
    wishes = StandingWish.find(records, request.words)
  }

  /// As many wishes as fit into so many tokens, rules before likings and newer before older.
  func wishLines(within room: Int) -> [ContextPage.Line] {
    var left = room
    var lines: [ContextPage.Line] = []
    saidParts = [:]
    for wish in wishes { isWish[wish.at] = false }
    for wish in wishes.filter(\.isRule) + wishes.filter({ !$0.isRule }) {
      let sentence = String(decoding: wish.sentence, as: UTF8.self)
      let text = isJSON ? DataText.block(sentence) : DataText.line(sentence)
      let line = ContextPage.Line(
        records[wish.at], text: text, reason: "", form: isJSON ? .whole : .short)
      let cost =
        Tokens.estimate(text, tokenizer) + Tokens.estimate(line.agent, tokenizer)
        + (isJSON ? 70 : 25)
      if cost > left { continue }
      left -= cost
      lines.append(line)
      saidParts[wish.at, default: []].insert(wish.part)
      isWish[wish.at] = true
    }
    lines.sort { $0.id > $1.id }
    return lines
  }

  /// Whether all that a record says stands among the wishes.
  func isSaid(_ at: Int) -> Bool {
    guard let parts = saidParts[at], !isJSON, places[at] == ContextSection.timeline.place
    else { return false }
    return Excerpt(records[at].memory.content).count == parts.count
  }

  /// The same JSON in several records is said once, in the newest of them.
  private static func repeated(_ records: [ContextRecord]) -> [Int: RecordID] {
    var newest: [String: RecordID] = [:]
    var repeated: [Int: RecordID] = [:]
    for at in records.indices.reversed() where records[at].section != .superseded {
      let memory = records[at].memory
      let text = memory.content
      guard text.utf8.count >= 64, let last = text.utf8.last,
        last == UInt8(ascii: "}") || last == UInt8(ascii: "]")
      else { continue }
      if let same = newest[text] { repeated[at] = same } else { newest[text] = memory.id }
    }
    return repeated
  }

  /// A record with all of its text.
  func whole(_ at: Int) -> ContextPage.Line {
    let memory = records[at].memory
    if let same = repeated[at], !isJSON {
      return ContextPage.Line(
        records[at], text: "the same as \(same)", reason: "", form: .whole)
    }
    return ContextPage.Line(
      records[at], text: whole(memory.content), reason: records[at].reasoning.map(whole) ?? "",
      form: .whole)
  }

  private func whole(_ text: String) -> String {
    if isJSON { return DataText.block(text) }
    guard let last = text.utf8.last,
      last <= 0x20 || last == UInt8(ascii: "}") || last == UInt8(ascii: "]")
    else { return DataText.line(text) }
    let excerpt = Excerpt(text)
    return excerpt.isOutline
      ? excerpt.text(Array(repeating: true, count: excerpt.count), isBlock: false)
      : DataText.line(text)
  }

  /// A record with the parts that were chosen of its text and its reason.
  func line(_ at: Int, _ parts: [Int]) -> ContextPage.Line {
    if let made = made[at], made.parts == parts { return made.line }
    var texts = ["", ""]
    var first = 0
    for (field, excerpt) in excerpts[at, default: []].enumerated() {
      var isChosen = [Bool](repeating: false, count: excerpt.count)
      for part in parts where part >= first && part < first + excerpt.count {
        isChosen[part - first] = true
      }
      first += excerpt.count
      texts[field] = isChosen.contains(true) ? excerpt.text(isChosen, isBlock: isJSON) : ""
    }
    let line = ContextPage.Line(
      records[at], text: texts[0], reason: texts[1], form: form(at))
    made[at] = (parts, line)
    return line
  }

  /// The order in which parts are taken.
  func choice(room: Int) -> ContextChoice {
    // What cannot come in is not even looked at: four characters a token, four times over; and the newest.
    var isCandidate = [Bool](repeating: false, count: records.count)
    for (positions, bytes) in [
      (order.map(\.at), room * 16), (order.map(\.at).sorted(by: >), room * 8),
    ] {
      var left = max(4_096, bytes)
      for at in positions where left > 0 {
        left -= min(records[at].memory.content.utf8.count, room) + 100
        isCandidate[at] = repeated[at] == nil
      }
    }
    let candidates = order.filter { isCandidate[$0.at] }
    for (at, _) in candidates where excerpts[at] == nil {
      let memory = records[at].memory
      excerpts[at] =
        [Excerpt(memory.content)] + (records[at].reasoning.map { [Excerpt($0)] } ?? [])
    }
    return ContextChoice(
      candidates.map { ($0.at, $0.weight, cost(ofLine: $0.at)) }, excerpts, without: saidParts,
      room: room, tokenizer)
  }

  /// What stands around a record's text, in tokens.
  private func cost(ofLine at: Int) -> Int {
    let line = ContextPage.Line(records[at], text: "", reason: "", form: form(at))
    if isJSON { return Tokens.estimate(ContextJSON.text(line), tokenizer) }
    let reason = records[at].reasoning == nil ? "" : "; reason: “”"
    let state = line.state.isEmpty ? "" : " [\(line.state)]"
    let origin = line.origin.isEmpty ? "" : " [recorded \(line.origin)]"
    // One id costs a little more than another, which must not decide.
    let around =
      switch form(at) {
      case .whole: 42
      case .short: 24
      case .bare: 11
      }
    return around + Tokens.estimate("\(line.agent)\(reason)\(state)\(origin)", tokenizer)
  }

  /// Where room is short, ids are whole only of what others refer to; where it is very short, the rest has none.
  private func form(_ at: Int) -> LineForm {
    guard !isJSON, records[at].section == .timeline || records[at].section == .sentiment
    else { return .whole }
    return maxTokens < 1_000 ? .bare : .short
  }

  /// Writes what a page lacks that shows none of the records.
  func count(omittedFrom page: ContextPage) {
    var counts = [Int](repeating: 0, count: ContextSection.allCases.count)
    for place in places { counts[place] += 1 }
    page.omit(counts, isOlder: { _ in false })
  }

  /// Bytes of all texts, uncut.
  var size: Int {
    records.reduce(0) { $0 + $1.memory.content.utf8.count + ($1.reasoning?.utf8.count ?? 0) }
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
      tokens: Tokens.estimate(text, tokenizer), sessionIDs: request.sessions.map(\.session.id))
  }
}
