// Five clones and a hub at random: writes, plain Git, kills, erasures in between. In the end no byte of who was erased is left.

import Glibc
import Testing

@testable import Memtrace

/// One random history.
private final class ErasureTeam {
  struct Customer {
    let session: String
    let canary: String
    /// Closed long ago: an archive may take it.
    var isOld = false
    /// Erased with history, or told to be.
    var isErased = false
  }

  let world: TestWorld
  let hub: String
  private(set) var clones: [Clone] = []
  private(set) var customers: [Customer] = []
  /// Acknowledged records, with whose they are.
  private(set) var acknowledged: [String: Int] = [:]
  private(set) var counts: [String: Int] = [:]
  private var random: SplitMix

  init(seed: UInt64) throws {
    random = SplitMix(seed: seed)
    world = try TestWorld()
    hub = world.folder + "/hub.git"
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    let first = try world.clone("c0")
    try first.done("remote", "add", "origin", hub)
    clones.append(first)
    try open(first)
    try takeOldSessions(first, seed)
    try first.done("sync")
    for number in 1..<5 {
      let made = try world.run([TestWorld.memtrace, "clone", hub, "c\(number)"], in: world.folder)
      try #require(made.status == 0, "\(made.err)")
      clones.append(Clone(world: world, path: "\(world.folder)/c\(number)"))
    }
  }

  private func takeOldSessions(_ clone: Clone, _ seed: UInt64) throws {
    var old = OldSessions(seed: seed)
    try clone.take(old.lines(60, say: "CANARY-old"))
    for (number, session) in old.sessions.enumerated() {
      for id in old.records[4 * number..<4 * number + 4] { acknowledged[id] = customers.count }
      let canary = "Customer \(number) CANARY-old"
      customers.append(Customer(session: session, canary: canary, isOld: true))
    }
  }

  private func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  func step() throws {
    let clone = clones[number(clones.count)]
    let kind = number(43)
    switch kind {
    case 0..<14: try remember(clone)
    case 14..<17: try open(clone)
    case 17..<25: try sync(clone)
    case 25: try pull(clone)
    case 26: try keepAside(clone)
    case 27: try stash(clone)
    case 28: try note(clone)
    case 29: try review(clone)
    case 30..<33: try kill(clone, ["sync"])
    case 33..<35: try erase(clone, isKilled: false)
    case 35: try erase(clone, isKilled: true)
    case 36, 37: try archive(clone)
    case 38: try kill(clone, ["archive", "--older-than", "60d"])
    default: try remember(clone)
    }
    counts["\(kind)", default: 0] += 1
  }

  private func open(_ clone: Clone) throws {
    let canary = "CANARY-\(customers.count)-\(random.next() % 1_000_000_000)"
    let opened = try clone.done(
      "session", "create", "--agent", "desk", "--meta", "customer_id=c\(customers.count)", "--meta",
      "name=\(canary)")
    customers.append(Customer(session: opened.line, canary: canary))
  }

  private func remember(_ clone: Clone) throws {
    let who = number(customers.count)
    let customer = customers[who]
    if customer.isOld { return }
    let outcome = try clone.memtrace(
      "remember", "said \(customer.canary) \(acknowledged.count)", "--agent", "desk", "--session",
      customer.session)
    if outcome.status == 0 {
      acknowledged[outcome.lines[0]] = who
    } else {
      // It has not arrived here yet, or is erased.
      #expect(outcome.status == 3, "\(outcome.err)")
    }
  }

  private func sync(_ clone: Clone) throws {
    let outcome = try clone.memtrace("sync")
    #expect(outcome.status == 0 || outcome.status == 5, "\(outcome.out)\(outcome.err)")
  }

  private func archive(_ clone: Clone) throws {
    let outcome = try clone.memtrace("archive", "--older-than", "60d")
    // HEAD stands on something that a person has not ended, or a lock that a killed one left is looked after first.
    #expect(outcome.status == 0 || outcome.err.contains("archived"), "\(outcome.out)\(outcome.err)")
  }

  private func pull(_ clone: Clone) throws {
    let pulled = try world.run(["git", "pull", "-q", "--no-rebase", "--no-edit"], in: clone.path)
    if pulled.status != 0 { _ = try world.run(["git", "merge", "--abort"], in: clone.path) }
    if number(2) == 0 { _ = try world.run(["git", "push", "-q"], in: clone.path) }
  }

  /// An old branch, a tag, a branch for review on the hub.
  private func keepAside(_ clone: Clone) throws {
    let name = "b\(random.next() % 1_000_000)"
    switch number(3) {
    case 0: try clone.git("branch", name)
    case 1: try clone.git("tag", "-a", "-m", "tag", name)
    default:
      _ = try world.run(["git", "push", "-q", "origin", "HEAD:refs/heads/\(name)"], in: clone.path)
    }
  }

  private func stash(_ clone: Clone) throws {
    let files = try clone.git("ls-files", "sessions").split(separator: "\n")
    guard !files.isEmpty else { return }
    try append("{\"a\":\"person\"}\n", to: clone.path + "/" + files[number(files.count)])
    _ = try world.run(["git", "stash", "-q"], in: clone.path)
  }

  private func note(_ clone: Clone) throws {
    try append("a note\n", to: clone.path + "/notes-\(clone.path.suffix(2)).txt")
    let made = try world.run(
      ["sh", "-c", "git add notes-*.txt && git commit -q -m 'person: a note'"], in: clone.path)
    // A lock that a killed writer left stands in Git's way until the next command of ours takes it away.
    if made.status != 0 { #expect("\(made)".contains(".lock")) }
  }

  private func review(_ clone: Clone) throws {
    guard let id = try clone.recalled().first else { return }
    _ = try clone.memtrace("review", "approve", id, "--reason", "as of \(customers[0].canary)")
  }

  private func kill(_ clone: Clone, _ arguments: [String]) throws {
    let child = try world.start([TestWorld.memtrace] + arguments, in: clone.path)
    usleep(UInt32(number(250_000)))
    child.kill()
    try child.end()
  }

  private func erase(_ clone: Clone, isKilled: Bool) throws {
    let who = 1 + number(max(1, customers.count - 1))
    guard who < customers.count, try knows(clone, customers[who].session) else { return }
    customers[who].isErased = true
    let history = number(2) == 0 ? ["--history"] : []
    let arguments = ["erase", customers[who].session] + history
    if isKilled { return try kill(clone, arguments) }
    let outcome = try world.run([TestWorld.memtrace] + arguments, in: clone.path)
    #expect([0, 5].contains(outcome.status), "\(outcome.out)\(outcome.err)")
  }

  private func knows(_ clone: Clone, _ session: String) throws -> Bool {
    try clone.memtrace("session", "show", session).status == 0
  }

  /// What was begun is asked for once more, with history; then everybody syncs.
  func finish() throws {
    for clone in clones { try clone.done("sync") }
    for customer in customers where customer.isErased {
      guard try knows(clones[0], customer.session) else { continue }
      try clones[0].done("erase", customer.session)
    }
    let eras = Set(
      try clones[0].git("grep", "-h", "-o", "era_[0-9A-Z]*", "HEAD", "--", ".memtrace").split(
        separator: "\n"
      ).map(String.init))
    if !eras.isEmpty {
      let outcome = try world.run(
        [TestWorld.memtrace, "erase", "--history"] + eras.sorted(), in: clones[0].path)
      #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
    }
    for _ in 0..<4 { for clone in clones { try clone.done("sync") } }
  }

  func expectAllIsRight() throws {
    let gone = customers.filter(\.isErased).map(\.canary)
    let kept = Set(acknowledged.filter { !customers[$0.value].isErased }.keys)
    #expect(Set(try clones.map { try $0.git("rev-parse", "HEAD^{tree}") }).count == 1)
    for clone in clones {
      let committed = try clone.committed()
      // A line may stand in the archives of two clones.
      let once = committed.filter { !customers[acknowledged[$0] ?? 0].isOld }
      #expect(Set(once).count == once.count, "nothing is there twice")
      #expect(Set(committed) == kept, "\(clone.path): \(Set(committed).symmetricDifference(kept))")
      #expect(try clone.json("check")["problems"] == .array([]))
      try clone.expectHealthy()
      for canary in gone {
        let found = try world.run(
          [
            "sh", "-c",
            "grep -r -l -a -F \"$0\" . --exclude-dir=objects; "
              + "git cat-file --batch-all-objects --batch | grep -a -c -F \"$0\"", canary,
          ], in: clone.path)
        #expect(found.lines == ["0"], "\(clone.path): \(canary) in \(found.out)")
      }
    }
    let onHub = try world.run(
      ["sh", "-c", "git rev-list --objects --all | cut -c1-40 | git cat-file --batch"], in: hub)
    for canary in gone { #expect(!onHub.out.contains(canary), "the hub's branches hold \(canary)") }
  }
}

struct ErasureRandomTests {
  @Test(arguments: isLong ? [1, 2] as [UInt64] : [7])
  func `whatever happens in between, who was erased is gone and everything else is there once`(
    seed: UInt64
  ) throws {
    let team = try ErasureTeam(seed: seed)
    for _ in 0..<(isLong ? 1_000 : 50) { try team.step() }
    try team.finish()
    try team.expectAllIsRight()
    #expect(team.customers.contains(where: \.isErased) && team.acknowledged.count > 10)
  }
}
