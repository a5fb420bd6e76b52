// sync, pull and push.

struct Sync: Verb {
  static let description = VerbDescription(
    name: "sync", group: "Sharing", effect: .exchanges,
    summary: "bring this clone and a remote together",
    fields: [
      .remote,
      Field(
        "branch", .text,
        "push to this branch of the remote, memtrace/NAME, where the main one is protected"),
      Field("join", .flag, "take in a remote that holds other files and no memory yet"),
      .acceptRemovals,
      Field("watch", .interval, default: "30s", "go on for ever, so often"),
    ],
    examples: ["memtrace sync", "memtrace sync --watch 1m"])

  private let request: SyncRequest
  /// Milliseconds between two syncs; nil for a single one.
  private let interval: Int?

  init(_ input: inout Input) {
    let branch = input.text("branch", characters: 1...200)
    if let branch, !BranchName.isLegal(branch) {
      input.fault("branch", "'\(branch)' is no branch name")
    }
    request = SyncRequest(
      remote: input.text("remote", characters: 1...200), branch: branch,
      isJoining: input.flag("join"),
      acceptsRemovals: input.flag("accept_removals"))
    interval = input.interval("watch", bare: 30_000)
  }

  func run(in call: Call) throws -> any Answer {
    let (store, network) = (try call.store(), call.transferNetwork)
    guard let interval else {
      return SyncAnswer(report: try store.sync(request, network: network))
    }
    var watch = SyncWatch(interval: interval)
    while true {
      let result = Result { () throws(MemtraceError) in
        do { return try store.sync(request, network: network) } catch let error as MemtraceError {
          throw error
        } catch {
          throw MemtraceError(.internal, "\(error)")
        }
      }
      let next = watch.next(result, random: call.world.random())
      for notice in call.takeNotices() { network.say(notice) }
      if let words = next.words { network.say(words) }
      // A handle that lives keeps open every pack that ever came, and what it has read of them.
      store.closeRepository()
      network.sleep(next.pause)
    }
  }
}

struct Pull: Verb {
  static let description = VerbDescription(
    name: "pull", group: "Sharing", effect: .exchanges, summary: "fetch from a remote and merge",
    fields: [.remote, .acceptRemovals],
    examples: ["memtrace pull"])

  private let request: SyncRequest

  init(_ input: inout Input) {
    request = SyncRequest(
      .pull, remote: input.text("remote", characters: 1...200),
      acceptsRemovals: input.flag("accept_removals"))
  }

  func run(in call: Call) throws -> any Answer {
    SyncAnswer(report: try call.store().sync(request, network: call.transferNetwork))
  }
}

struct Push: Verb {
  static let description = VerbDescription(
    name: "push", group: "Sharing", effect: .exchanges,
    summary: "send commits to a remote, without merging",
    fields: [.remote, .acceptRemovals], examples: ["memtrace push"])

  private let request: SyncRequest

  init(_ input: inout Input) {
    request = SyncRequest(
      .push, remote: input.text("remote", characters: 1...200),
      acceptsRemovals: input.flag("accept_removals"))
  }

  func run(in call: Call) throws -> any Answer {
    SyncAnswer(report: try call.store().sync(request, network: call.transferNetwork))
  }
}

struct SyncAnswer: Answer {
  let report: SyncReport

  func write(to json: inout JSONWriter) { json.value(report.json) }

  var display: Display { .list(report.sentences.map { .line($0) }) }
}

extension Field {
  static let remote = Field("remote", .text, positional: true, "a remote's name")
  static let acceptRemovals = Field(
    "accept_removals", .flag, "confirm that many records were removed, in this clone or elsewhere")
}

extension Call {
  /// The front's network, with progress that it shows.
  var transferNetwork: Network {
    var network = network
    let progress = progress
    network.progress = { done, total in progress("objects", done, total > 0 ? total : nil) }
    return network
  }
}

/// What Git takes as a branch (`git check-ref-format`), less some that only look odd.
enum BranchName {
  static func isLegal(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.hasSuffix(".")
        && !part.hasSuffix(".lock") && !part.contains("..")
        && part.utf8.allSatisfy { Limits.isTag([$0]) }
    }
  }
}

/// `10s`, `5m`, `1h`: at least a second, at most a day; nil for anything else.
public func milliseconds(ofInterval text: String) -> Int? {
  let units: [Character: Int] = ["s": 1_000, "m": 60_000, "h": 3_600_000]
  guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
    (1...86_400).contains(count), count * unit <= 86_400_000
  else { return nil }
  return count * unit
}
