// Sending a commit to a branch of the remote, which moves only forward.

import Git
import Glibc
internal import System

/// What a push came to.
struct PushOutcome {
  var isAccepted = false
  /// The remote's branch has commits that are not in ours.
  var isBehind = false
  /// Why the remote refused, in its words.
  var reasons: [String] = []
  /// What the server said to people.
  var messages = ""
}

extension SyncRun {
  func push(_ commit: ObjectID) throws -> PushOutcome {
    let repository = try store.repository()
    let old = try repository.reference(Self.outgoing)
    try repository.setReference(
      Self.outgoing, to: commit, expecting: old, message: "memtrace: sync")
    // The next push sets it anew.
    defer { try? repository.deleteReference(Self.outgoing) }
    if let path = LocalRemote.path(of: target.pushURL) { return try push(commit, to: path) }
    return try send(to: target.pushed)
  }

  private func send(to reference: String) throws -> PushOutcome {
    let (repository, network) = (try store.repository(), network)
    let refspecs = ["\(Self.outgoing):\(reference)"]
    let report = try Transport(network, repository, url: target.pushURL).run { login, patience in
      try despiteVanishing {
        try repository.push(
          remote: target.remote, refspecs: refspecs, credentials: login, patience: patience,
          progress: network.report)
      }
    } orCommand: {
      try repository.push(remote: target.remote, refspecs: refspecs, by: $0)
    }
    return PushOutcome(
      isAccepted: report.isAccepted, isBehind: report.isBehind,
      reasons: Set(report.refused.values).sorted(), messages: report.messages)
  }

  /// libgit2 moves a branch of a local repository without looking where it stands at that moment: of two who push at
  /// once one would undo the other. So the objects go under a name of their own, and the branch moves by comparing.
  private func push(_ commit: ObjectID, to path: String) throws -> PushOutcome {
    let repository = try store.repository()
    let credentials = Credentials(network, repository)
    return try RemoteFailure.translating(target.pushURL, credentials) {
      let hub = try Repository.open(path: path)
      guard hub.isBare else {
        throw MemtraceError(
          .remote, "\(path) is somebody's work tree, which takes no push",
          hint:
            "memtrace pull \(target.remote) takes from it; push to a bare repository (git init --bare)"
        )
      }
      let old = try hub.reference(target.pushed)
      if old == commit { return PushOutcome(isAccepted: true) }
      if let old {
        guard try repository.commitExists(old), try repository.isAncestor(old, of: commit) else {
          return PushOutcome(isBehind: true)
        }
      }
      let name = LocalRemote.passing + store.world.name(length: 16)
      let sent = try send(to: name)
      guard sent.isAccepted else { return sent }
      // What stays of it is a second name for a commit that the branch has.
      defer { try? LocalRemote.notingLocks(of: hub, [name]) { try hub.deleteReference(name) } }
      return try move(hub, from: old, to: commit)
        ? PushOutcome(isAccepted: true) : PushOutcome(isBehind: true)
    }
  }

  /// libgit2 lists a local repository's references one by one and fails where somebody's name for incoming objects
  /// is gone in between.
  func despiteVanishing<Result>(_ body: () throws -> Result) throws -> Result {
    for _ in 1..<100 {
      do {
        return try body()
      } catch let error as GitError where error.message.contains(LocalRemote.passing) {
        // At random, so that several who meet do not meet again.
        network.sleep(2 + Int(store.world.random() % 20))
      }
    }
    return try body()
  }

  /// - Returns: false where somebody else was faster.
  private func move(_ hub: Repository, from old: ObjectID?, to commit: ObjectID) throws -> Bool {
    do {
      try LocalRemote.notingLocks(of: hub, [target.pushed]) {
        for attempt in 1... {
          do {
            return try hub.setReference(
              target.pushed, to: commit, expecting: old, message: "memtrace: push")
          } catch let error as GitError where error.code == .locked && attempt < 80 {
            network.sleep(25)
          }
        }
      }
    } catch let error as GitError where error.code == .modified {
      return false
    }
    let repository = try store.repository()
    let upstream = Upstream(remote: target.remote, branch: target.pushed)
    if let tracking = try repository.trackingReference(for: upstream) {
      let known = try repository.reference(tracking)
      // The push has succeeded; the next fetch brings what this only spares.
      try? repository.setReference(
        tracking, to: commit, expecting: known, message: "memtrace: push")
    }
    return true
  }
}

/// A remote that is a folder of this machine.
enum LocalRemote {
  /// Where objects go on their way into a hub. A killed push leaves its own there, with whatever it was about to send.
  static let passing = "refs/memtrace/incoming/"

  /// Takes away what killed pushes left: old history must not stay by it, nor come back. Whoever pushes meanwhile loses
  /// nothing: their objects stay, and the branch moves by comparing.
  /// - Returns: what is still there, each with the reason and what to do.
  static func clearPassing(_ url: String) -> [String] {
    // What cannot be opened is said by whoever talks to it next.
    guard let path = path(of: url), let hub = try? Repository.open(path: path) else { return [] }
    func left(_ what: String, _ error: any Error) -> String {
      "\(path) keeps what a killed push left, which may be old history (\(what): \(error)); "
        + "memtrace sync tries again"
    }
    do {
      let names = try hub.references(passing + "*").map(\.name)
      if names.isEmpty { return [] }
      return try notingLocks(of: hub, names) {
        names.compactMap { name -> String? in
          do {
            try delete(name, of: hub)
            return nil
          } catch {
            return left(name, error)
          }
        }
      }
    } catch {
      return [left(passing, error)]
    }
  }

  /// A name is drawn for one push, and its lock is held for a moment: one that stays is a dead one's.
  private static func delete(_ name: String, of hub: Repository) throws {
    do {
      try hub.deleteReference(name)
    } catch let error as GitError where error.code == .locked {
      let lock = "\(hub.commonFolder)/\(name).lock"
      guard isLeft(lock) else { throw error }
      unlink(lock)
      try hub.deleteReference(name)
    }
  }

  /// Whether a lock stays for a second and no process has it open; one that goes meanwhile is in nobody's way either.
  private static func isLeft(_ lock: String) -> Bool {
    var first = stat()
    guard stat(lock, &first) == 0 else { return true }
    for _ in 0..<10 {
      usleep(100_000)
      var now = stat()
      guard stat(lock, &now) == 0 else { return true }
      if now.st_ino != first.st_ino { return false }
    }
    return !OpenFiles.contain(lock)
  }

  /// Takes away the locks on a hub's references that killed pushes of ours left there, which would stop everybody for
  /// good, and notes those that are taken now: as in our own clone, in the hub's folder `memtrace`. Where that folder
  /// cannot be written nothing is noted.
  static func notingLocks<Value>(
    of hub: Repository, _ names: [String], _ body: () throws -> Value
  ) throws -> Value {
    let state = hub.commonFolder + "/memtrace"
    guard (try? Path.makeFolder(state)) != nil,
      let lock = try? FileLock.taken(state + "/lock", patience: SyncRun.patience)
    else { return try body() }
    return try withExtendedLifetime(lock) {
      _ = try? LockNote.clear(state)
      let note = try? LockNote(
        state, locks: (names + ["packed-refs"]).map { "\(hub.commonFolder)/\($0).lock" })
      defer { note?.remove() }
      return try body()
    }
  }

  /// Nil for a URL of a network; an scp-like one has a colon before its first slash.
  static func path(of url: String) -> String? {
    if url.hasPrefix("file://") { return String(url.dropFirst(7)) }
    if url.contains("://") { return nil }
    return url.prefix { $0 != "/" }.contains(":") ? nil : url
  }
}
