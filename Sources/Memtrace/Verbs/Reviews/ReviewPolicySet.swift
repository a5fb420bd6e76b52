// review policy: shows or sets what waits for a verdict, and who gives one.

struct ReviewPolicySet: Verb {
  static let description = VerbDescription(
    name: "review policy", group: "Review", effect: .administers,
    summary: "show or set what waits for a verdict, and who gives one",
    fields: [
      Field(
        "before", .list,
        "what waits, from now on: decision, decision:0.8 (of that importance at least; without importance nothing is), a type alone, or 0.9; repeat it for more"
      ),
      Field("trusted", .list, "an agent or key whose records wait for nobody; repeat it for more"),
      Field("reviewers", .list, flag: "reviewer", "who may review; repeat it for more"),
      Field("off", .flag, "nothing waits any longer; verdicts that were given stay"),
    ],
    examples: [
      "memtrace review policy --before decision:0.8 --reviewer Ana --reviewer Ben",
      "memtrace review policy --off",
    ])

  private let rules: [JSON]
  private let trusted: [String]
  private let reviewers: [String]
  private let isOff: Bool

  init(_ input: inout Input) {
    var rules: [JSON] = []
    for text in input.list("before") {
      if let rule = Self.rule(text) {
        rules.append(rule)
      } else {
        input.fault(
          "before",
          "'\(text.prefix(64))' is neither a type (\(Self.kinds)), nor an importance (0.9), nor both (decision:0.8)"
            + Self.meant(by: text))
      }
    }
    self.rules = rules
    trusted = input.list("trusted")
    reviewers = input.list("reviewers")
    isOff = input.flag("off")
    if isOff, !rules.isEmpty { input.fault("off", "cannot be given together with before") }
  }

  private static let kinds = Memory.Kind.allCases.map(\.rawValue).joined(separator: ", ")

  /// "; did you mean 'decision:0.8'?" where a type was all but spelled.
  private static func meant(by text: String) -> String {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let near = suggestions(for: String(parts[0]), among: Memory.Kind.allCases.map(\.rawValue))
    let whole = near.map { ([$0] + parts.dropFirst().map(String.init)).joined(separator: ":") }
    return didYouMean(whole.filter { rule($0) != nil }).map { "; \($0)" } ?? ""
  }

  /// `decision:0.8`
  private static func rule(_ text: String) -> JSON? {
    var members: [JSON.Member] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      if members.isEmpty, Memory.Kind(rawValue: String(part)) != nil {
        members.append(.init("type", .string(String(part))))
      } else if let number = try? JSON(parsing: Array(part.utf8)), let value = number.double,
        (0...1).contains(value), members.last?.key != "importance"
      {
        members.append(.init("importance", number))
      } else {
        return nil
      }
    }
    return .object(members)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let isChange = isOff || !rules.isEmpty || !trusted.isEmpty || !reviewers.isEmpty
    if isChange {
      try store.changeConfiguration("review policy") { json in
        var members = json["review"]?.members ?? []
        func set(_ key: String, _ value: JSON?, _ members: inout [JSON.Member]) {
          members.removeAll { $0.key == key }
          if let value { members.append(.init(key, value)) }
        }
        if isOff || !rules.isEmpty {
          set("before", isOff ? nil : .array(rules), &members)
          // What is there already was recorded under no such rule.
          set("since", isOff ? nil : .string(call.world.now().description), &members)
        }
        if !trusted.isEmpty { set("trusted", .array(trusted.map(JSON.string)), &members) }
        var all = json.members ?? []
        set("review", members.isEmpty ? nil : .object(members), &all)
        if !reviewers.isEmpty { set("reviewers", .array(reviewers.map(JSON.string)), &all) }
        json = .object(all)
      }
    }
    if isChange { warn(store.configuration.review, call) }
    return ReviewPolicyAnswer(policy: store.configuration.review)
  }
}

extension ReviewPolicySet {
  /// Says what passes by a rule that asks for an importance, where no other one catches it.
  private func warn(_ policy: ReviewPolicy, _ call: Call) {
    for rule in policy.before where rule.importance != nil {
      var all = rule
      all.importance = nil
      guard !policy.before.contains(where: { $0 == all || $0 == ReviewPolicy.Rule() }) else {
        continue
      }
      call.note(
        "what says no importance does not wait under '\(rule.text)': only --before \(rule.kind?.rawValue ?? "TYPE") lets all of it wait"
      )
    }
  }
}

struct ReviewPolicyAnswer: Answer {
  let policy: ReviewPolicy

  func write(to json: inout JSONWriter) {
    json.object { object in
      func list(_ key: String, _ texts: [String]) {
        object.key(key)
        object.array { list in for text in texts { list.string(text) } }
      }
      list("before", policy.before.map(\.text))
      if let since = policy.since {
        object.key("since")
        object.string(since.description)
      }
      list("trusted", policy.trusted)
      list("reviewers", policy.reviewers)
    }
  }

  var display: Display {
    func list(_ texts: [String], _ none: String) -> Display.Cell {
      .text(texts.isEmpty ? none : texts.joined(separator: ", "))
    }
    var lines: [Display.Property] = [.init("waits", list(policy.before.map(\.text), "nothing"))]
    if let since = policy.since { lines.append(.init("since", .time(since))) }
    lines.append(.init("trusted", list(policy.trusted, "nobody")))
    lines.append(.init("reviewers", list(policy.reviewers, "whoever may write")))
    return .properties(lines)
  }
}
