// The demo's plot: the mission's support departments and its call centre, with one customer between them.

/// Told once, from top to end.
struct DemoStory {
  let stage: DemoStage
  /// The memory folder that is copied.
  let sample: String

  private static let customer = "customer_id=cust_12345"
  private static let phone = "phone=+12025550142"

  func tell() throws {
    try copySample()
    let session = try internetDiagnoses()
    try televisionReads(session)
    try televisionHandsOver(session)
    try callCentreFinds()
    try bothWork(session)
    try lookFurther(session)
  }

  private func copySample() throws {
    stage.chapter("Three weeks of a telephone company's support, as a memory repository")
    stage.say("Everything below is run for real, in \(stage.folder).")
    try stage.memtrace("init", "desk", "--from", sample, "--replica", "desk", in: ".")
    try stage.memtrace("session", "search", "--where", Self.customer, in: "desk")
  }

  private func internetDiagnoses() throws -> String {
    stage.chapter("Internet support: a diagnosis, and a decision with its reason")
    let session = try stage.memtrace(
      "session", "create", "--agent", "internet-support", "--meta", Self.customer, "--meta",
      "account_number=A-789456", "--meta", Self.phone, "--meta", "channel=chat", in: "desk")
    try stage.memtrace(
      "remember",
      "Customer reports slow internet speeds again. Diagnosed: a reset put the router back on old firmware.",
      "--agent", "internet-support", "--session", session, "--tag", "internet", "--tag", "router",
      "--tag", "firmware", "--importance", "0.8", in: "desk")
    try stage.memtrace(
      "decide", "Send router firmware update instructions", "--reasoning",
      "Router is on firmware 2.1 again; the update to 2.4 resolved the same complaint on 30 October",
      "--agent", "internet-support", "--session", session, in: "desk")
    return session
  }

  private func televisionReads(_ session: String) throws {
    stage.chapter("TV support: finds the open session and reads before it answers")
    try stage.memtrace(
      "session", "search", "--where", Self.customer, "--status", "active", in: "desk")
    try stage.memtrace("context", session, in: "desk")
    try stage.memtrace(
      "remember",
      "Customer mentions TV buffering. Likely related to internet issues from earlier today.",
      "--agent", "tv-support", "--session", session, "--tag", "tv", "--tag", "buffering",
      "--importance", "0.7", in: "desk")
  }

  private func televisionHandsOver(_ session: String) throws {
    stage.chapter("TV hands over to billing, which sees the whole story")
    try stage.memtrace(
      "remember", "Customer asking about HBO charge they don't recognize", "--agent", "tv-support",
      "--session", session, "--tag", "billing_issue", "--tag", "hbo", "--tag", "handoff_needed",
      "--importance", "0.9", in: "desk")
    try stage.memtrace(
      "decide", "Transfer to billing department", "--reasoning",
      "HBO charge inquiry requires billing agent expertise", "--agent", "tv-support", "--session",
      session, in: "desk")
    try stage.memtrace("context", session, in: "desk")
  }

  private func callCentreFinds() throws {
    stage.chapter("The customer calls; the call centre has a clone of its own")
    let hub = "\(stage.folder)/hub.git"
    try stage.git("init", "--quiet", "--bare", hub, in: ".")
    try stage.memtrace("remote", "add", "origin", hub, in: "desk")
    try stage.memtrace("sync", in: "desk")
    try stage.memtrace("clone", hub, "callcenter", in: ".")
    try stage.memtrace(
      "session", "search", "--where", Self.phone, "--order", "desc", "--limit", "1",
      in: "callcenter")
    stage.say("")
    stage.say(
      "Any agent finds the last session by the phone number, and all that is known, in 600 tokens:")
    try stage.memtrace("context", "--where", Self.phone, "--max-tokens", "600", in: "callcenter")
  }

  private func bothWork(_ session: String) throws {
    stage.chapter("Both work on, each offline; then they sync")
    try stage.memtrace(
      "decide", "Credit 14.99 for HBO", "--reasoning",
      "The trial began with the router's reset, not with an order; under the 20.00 limit",
      "--agent", "billing-support", "--session", session, "--tag", "billing", "--tag", "resolved",
      in: "desk")
    try stage.memtrace(
      "remember", "Customer calls about the HBO charge, friendly; wants the answer by e-mail.",
      "--agent", "support-agent-17", "--session", session, "--tag", "sentiment", "--tag",
      "positive", in: "callcenter")
    try stage.memtrace("sync", in: "callcenter")
    try stage.memtrace("sync", in: "desk")
    try stage.memtrace("sync", in: "callcenter")
    stage.say("")
    stage.say("Both clones have one history and one memory of the customer:")
    try stage.memtrace("context", session, in: "callcenter")
  }

  private func lookFurther(_ session: String) throws {
    stage.chapter("Underneath it is plain Git")
    try stage.git("log", "--oneline", "--graph", in: "callcenter")
    try stage.git("status", "--short", "--branch", in: "callcenter")
    stage.chapter("Where to look next")
    stage.say("The folder stays; it is yours to play with:")
    stage.show(
      "", "  cd \(stage.folder)/callcenter",
      "  memtrace search 'router firmware'           what is known about it, the best first",
      "  memtrace context \(session) --query HBO",
      "  git show --first-parent                     the last records, a line of JSON each",
      "  memtrace help                               everything else")
  }
}
