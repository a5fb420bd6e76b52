// As many records as the budget takes.

/// One attempt, at one level of detail.
struct ContextFit {
  private let request: ContextRequest
  private let draft: ContextDraft
  private let layout: ContextLayout
  private let detail: ContextDetail
  private let frame: ContextPage
  private var isJSON: Bool { request.format == .json }

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

  /// Nil where the page would leave less than half of the budget to the records, unless nothing smaller is left.
  mutating func best() -> ContextAnswer? {
    let frame = attempt(0)
    guard frame.tokens <= (detail == .bare ? request.maxTokens : request.maxTokens / 2) else {
      return nil
    }
    draft.cut(at: .max)
    // No token is longer than 32 bytes on average, by far.
    if draft.size <= request.maxTokens * 8 {
      let whole = attempt(draft.order.count)
      if whole.tokens <= request.maxTokens { return answer(whole) }
    }
    let limit = max(80, request.maxTokens / 3)
    draft.cut(at: limit)
    let count = largest(above: frame.tokens)
    return answer(grown(attempt(count), count, limit))
  }

  /// The same records with longer texts, where a good part of the budget is left: the larger cut is guessed from three
  /// bytes a token, or lies halfway to one that was too large.
  private func grown(_ first: Attempt, _ count: Int, _ limit: Int) -> Attempt {
    var best = first
    var fits = limit
    var over = draft.longest(of: count) + 1
    for _ in 0..<8 where best.tokens < request.maxTokens * 9 / 10 && fits + 1 < over {
      let guess = draft.limit(
        above: fits, adding: (request.maxTokens - best.tokens) * 3, to: count)
      let next = min(max(guess, fits + 1), over - 1, guess < over ? .max : (fits + over) / 2)
      draft.cut(at: next)
      let longer = attempt(count)
      if longer.tokens <= request.maxTokens {
        (best, fits) = (longer, next)
      } else {
        over = next
      }
    }
    return best
  }

  /// The largest number of records that was seen to fit: twice as many until they do not, then between the two, mostly
  /// where a straight line meets the budget.
  /// - Parameter frame: tokens without any record.
  private func largest(above frame: Int) -> Int {
    let all = draft.order.count
    var fits = (count: 0, tokens: frame)
    var over: (count: Int, tokens: Int)?
    var turn = 0
    while fits.count + 1 < over?.count ?? all + 1 {
      var next = min(all, fits.count == 0 ? max(8, request.maxTokens / 100) : fits.count * 2)
      if let over {
        let width = over.count - fits.count
        let room = (request.maxTokens - fits.tokens) * width
        turn += 1
        let step = turn % 3 == 0 ? width / 2 : room / max(1, over.tokens - fits.tokens)
        next = fits.count + min(max(1, step), width - 1)
      }
      let tokens = attempt(next).tokens
      if tokens <= request.maxTokens { fits = (next, tokens) } else { over = (next, tokens) }
    }
    return fits.count
  }

  private struct Attempt {
    let text: [UInt8]
    let tokens: Int
    let page: ContextPage
  }

  /// The text with the first `count` records in the order of need.
  private func attempt(_ count: Int) -> Attempt {
    var isChosen = [Bool](repeating: false, count: draft.records.count)
    for position in draft.order.prefix(count) { isChosen[position] = true }
    let page = ContextPage(frame: frame)
    let sections = ContextSection.allCases
    var omitted = [Int](repeating: 0, count: sections.count)
    var newestOmitted = omitted
    var oldestShown = [Int](repeating: -1, count: sections.count)
    for position in draft.records.indices.reversed() {
      let place = draft.places[position]
      if isChosen[position] {
        let line = draft.line(position, isJSON: isJSON)
        line.isShown = false
        page.lines[place].append(line)
        oldestShown[place] = position
      } else {
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
    return Attempt(text: text, tokens: Tokens.estimate(text), page: page)
  }

  private func answer(_ attempt: Attempt) -> ContextAnswer {
    let shown = attempt.page.lines.joined().lazy.filter(\.isShown).map(\.id)
    return draft.answer(
      String(decoding: attempt.text, as: UTF8.self), shown: Set(shown), request)
  }
}
