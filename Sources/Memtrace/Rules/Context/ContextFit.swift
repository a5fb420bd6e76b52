// As many records as the budget takes.

/// One attempt, at one level of detail.
struct ContextFit {
  private let request: ContextRequest
  private let draft: ContextDraft
  private let layout: ContextLayout
  private let detail: ContextDetail
  private let frame: ContextPage

  init(
    _ request: ContextRequest, _ draft: ContextDraft, _ layout: ContextLayout,
    _ detail: ContextDetail
  ) {
    self.request = request
    self.draft = draft
    self.layout = layout
    self.detail = detail
    frame = ContextFrame.page(request, detail)
  }

  /// Nil where the page would leave too little of the budget to the records, unless nothing smaller is left.
  mutating func best() -> ContextAnswer? {
    guard attempt([]).tokens <= request.maxTokens / detail.share else { return nil }
    frame.wishes = draft.wishLines(within: request.maxTokens * 2 / 5)
    var frame = attempt([])
    if frame.tokens > request.maxTokens {
      self.frame.wishes = draft.wishLines(within: 0)
      frame = attempt([])
    }
    // No token is longer than 32 bytes on average, by far.
    if draft.size <= request.maxTokens * 8 {
      let whole = attempt(
        draft.order.filter { !draft.isSaid($0.at) }.map { ($0.at, draft.whole($0.at)) })
      if whole.tokens <= request.maxTokens { return answer(whole) }
    }
    return answer(chosen(frame))
  }

  /// As many parts in their order as the budget takes; where the next is too large, smaller ones behind it.
  private func chosen(_ frame: Attempt) -> Attempt {
    let room = request.maxTokens - frame.tokens
    // Estimates of parts add up to more than that of the whole.
    let order = draft.choice(room: room * 5 / 4 + 16).order
    var best = frame
    var fits = 0
    var over = order.count + 1
    var next = Self.count(order, within: room)
    for _ in 0..<8 where fits + 1 < over {
      next = min(max(next, fits + 1), over - 1)
      let attempt = attempt(lines(order.prefix(next)))
      if attempt.tokens <= request.maxTokens {
        (best, fits) = (attempt, next)
        if attempt.tokens > request.maxTokens - max(8, request.maxTokens / 50) { break }
      } else {
        over = next
      }
      let costs = order.prefix(next).reduce(0) { $0 + $1.cost + $1.line }
      next = Self.count(order, within: costs + request.maxTokens - attempt.tokens)
    }
    let taken = order.prefix(fits)
    let known = Set(taken.map(\.record))
    var left = request.maxTokens - best.tokens
    let more = order.dropFirst(fits).filter { part in
      guard known.contains(part.record), part.cost + 2 <= left else { return false }
      left -= part.cost + 2
      return true
    }
    if more.isEmpty { return best }
    let filled = attempt(lines(taken + more))
    return filled.tokens <= request.maxTokens ? filled : best
  }

  /// How many parts cost so much together.
  private static func count(_ order: [ContextChoice.Part], within room: Int) -> Int {
    var left = room
    return order.prefix { part in
      left -= part.cost + part.line
      return left >= 0
    }.count
  }

  private func lines(_ parts: some Collection<ContextChoice.Part>) -> [(Int, ContextPage.Line)] {
    var chosen: [Int: [Int]] = [:]
    for part in parts { chosen[part.record, default: []].append(part.index) }
    return chosen.map { ($0.key, draft.line($0.key, $0.value)) }
  }

  private struct Attempt {
    let text: [UInt8]
    let tokens: Int
    let page: ContextPage
  }

  /// The text with some records.
  private func attempt(_ lines: [(Int, ContextPage.Line)]) -> Attempt {
    var shown = [ContextPage.Line?](repeating: nil, count: draft.records.count)
    for (position, line) in lines { shown[position] = line }
    let page = ContextPage(frame: frame)
    let sections = ContextSection.allCases
    var omitted = [Int](repeating: 0, count: sections.count)
    var newestOmitted = omitted
    var oldestShown = [Int](repeating: -1, count: sections.count)
    for position in draft.records.indices.reversed() {
      let place = draft.places[position]
      if let line = shown[position] {
        line.isShown = false
        line.shorten(below: page.lines[place].last)
        page.lines[place].append(line)
        oldestShown[place] = position
      } else if !draft.isWish[position] {
        if omitted[place] == 0 { newestOmitted[place] = position }
        omitted[place] += 1
      }
    }
    page.omit(omitted) { newestOmitted[$0.place] < oldestShown[$0.place] }
    var text: [UInt8] = []
    switch layout {
    case .template(let template):
      text.append(contentsOf: ContextLayout.notice.utf8)
      // No token is longer than 32 bytes on average, by far.
      guard template.render(page, into: &text, limit: request.maxTokens * 32) else {
        return Attempt(text: [], tokens: request.maxTokens * 2, page: page)
      }
    case .json: text = ContextJSON.text(page, request)
    }
    return Attempt(text: text, tokens: Tokens.estimate(text, request.tokenizer), page: page)
  }

  private func answer(_ attempt: Attempt) -> ContextAnswer {
    let shown = (Array(attempt.page.lines.joined()) + attempt.page.wishes).lazy.filter(\.isShown)
      .map(\.id)
    return draft.answer(
      String(decoding: attempt.text, as: UTF8.self), shown: Set(shown), request)
  }
}
