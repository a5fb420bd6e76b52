// propose: what is new here goes to a branch of the remote, for a person to merge.

struct Propose: Verb {
  static let description = VerbDescription(
    name: "propose", group: "Sharing", effect: .exchanges,
    summary: "push what is new to a branch of its own, for a pull request",
    fields: [
      .remote,
      Field("again", .flag, "offer anew what was turned down; with --off, let it go to main"),
      Field("off", .flag, "propose no more: sync pushes to the main branch again"),
      .acceptRemovals,
    ],
    examples: ["memtrace propose", "memtrace propose --again"])

  private let request: SyncRequest
  private let isOff: Bool

  init(_ input: inout Input) {
    var request = SyncRequest(
      remote: input.text("remote", characters: 1...200),
      acceptsRemovals: input.flag("accept_removals"))
    request.isProposing = true
    request.proposesAgain = input.flag("again")
    self.request = request
    isOff = input.flag("off")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    if isOff {
      return ProposeAnswer(ending: try store.endProposing(again: request.proposesAgain))
    }
    return ProposeAnswer(report: try store.sync(request, network: call.transferNetwork))
  }
}

struct ProposeAnswer: Answer {
  /// Nil where proposing was ended.
  var report: SyncReport?
  /// What is said then.
  var ending = ""

  func write(to json: inout JSONWriter) { json.value(report?.json ?? ["proposal": .null]) }

  var display: Display {
    guard let report else { return .line(ending) }
    guard report.isPushed, let proposal = report.proposal else {
      return .list([.line("nothing new to propose")] + report.sentences.map { .line($0) })
    }
    let said = report.messages.split(whereSeparator: \.isNewline).map(String.init)
    return .list(
      ([
        "proposed \(amount(report.sent, "record")) as \(proposal.branch), to be merged into "
          + "\(proposal.into) by a pull request"
      ] + said).map { .line($0) })
  }
}
