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
    draft.cut(at: max(80, request.maxTokens / 3))
    return answer(attempt(largest()))
  }

  /// The largest number of records that was seen to fit: doubled until one does not, then halved in between.
  private func largest() -> Int {
    var fits = 0
    var step = 8
    while fits < draft.order.count {
      let next = min(fits + step, draft.order.count)
      guard attempt(next).tokens <= request.maxTokens else {
        var over = next
        while over - fits > 1 {
          let middle = (fits + over) / 2
          if attempt(middle).tokens <= request.maxTokens { fits = middle } else { over = middle }
        }
        return fits
      }
      fits = next
      step *= 2
    }
    return fits
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
    page.omitted = sections.compactMap { section in
      omitted[section.place] == 0 ? nil : (section, omitted[section.place])
    }
    page.leftOut = page.omitted.map { section, count in
      section.phrase(count, isOlder: newestOmitted[section.place] < oldestShown[section.place])
    }.joined(separator: ", ")
    var text: [UInt8] = []
    switch layout {
    case .template(let template): template.render(page, into: &text)
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
