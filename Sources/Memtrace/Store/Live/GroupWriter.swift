// The writer's thread: all verbs that wait write as one, and what they wrote is committed behind their backs.

internal import Git
internal import Glibc
internal import System

/// Takes the file lock for as long as writes keep coming, and gives it back when another process waits for it.
///
/// Nothing comes before the journal here either: what earlier writers left, people's operations and the Git index are
/// the committer's, and while it cannot go on, writes do.
final class GroupWriter {
  private let live: LiveStore
  private let backlog: Backlog
  private let store: Store
  private let committer: Committer
  private var handle = FreshHandle()
  /// When the Git index is to be brought to the tip; nil where it is there.
  private var indexDue: Int64?
  /// Since when something waits for a commit.
  private var pendingSince: Int64?
  /// Somebody moved HEAD, and it was not looked at since.
  private var hasMoved = false

  /// Milliseconds after which a commit is begun: the first where fewer than `manyRecords` wait. A commit writes the
  /// last file of each session anew, so many small ones cost more than one.
  private static let commitAge: Int64 = 250
  private static let busyCommitAge: Int64 = 1_000
  private static let manyRecords = 500
  /// Records after which it is begun at once.
  private static let commitCount = 20_000
  /// Milliseconds after which what could not be committed is tried again.
  private static let retryPause: Int64 = 500
  /// Milliseconds without a commit before the index follows; under load the committer does it as often.
  private static let indexPause: Int64 = 600

  init(_ live: LiveStore, _ committer: Committer) {
    self.live = live
    self.committer = committer
    backlog = live.backlog
    store = live.store()
    store.lockPatience = Backlog.patience
  }

  /// Until the backlog is closed and empty.
  func run() {
    var isBegun = false
    while true {
      // What a killed process left in the journal is committed first.
      if isBegun {
        backlog.wait(milliseconds: indexDue != nil || pendingSince != nil ? 100 : 1_000)
      }
      if handle.renew(store, live) { committer.wake() }
      let isClosed = backlog.isClosed
      let isDue = pendingSince != nil || indexDue.map { $0 <= Clock.milliseconds() } ?? false
      // Trouble that is over must show, though nobody dares to write.
      let isTroubled = backlog.trouble != nil
      if live.outside.takeMoved() { hasMoved = true }
      if !isBegun || isDue || isTroubled || hasMoved || backlog.waiting > 0 || isClosed {
        isBegun = true
        do {
          try translating { try store.locked { try hold($0) } }
          backlog.trouble = nil
        } catch {
          refuse(backlog.take(), error)
          backlog.trouble = LiveStore.reason(error)
        }
      }
      live.tellRemovals(of: store)
      store.notices = []
      if isClosed, backlog.waiting == 0 { return committer.stop() }
      if pendingSince != nil { backlog.wait(milliseconds: 500) }
    }
  }

  private func refuse(_ jobs: [Backlog.Job], _ error: any Error) {
    for job in jobs { job.done(.failure(error)) }
  }

  /// The time between taking the lock and giving it back.
  private func hold(_ session: WriteSession) throws {
    live.outside.catchUp(session)
    defer { live.outside.othersMayWrite() }
    let replica = session.replicaToStage()
    // What an earlier writer had turned away from goes first.
    var task = session.takeOlder()
    var isCommitting = false
    // When a commit that failed, or found a person in the middle of something, is tried again.
    var retryAt: Int64?
    defer {
      // A write that fails, as on a full disk, leaves by throwing: the commit under way needs the lock to its end.
      while isCommitting {
        if let left = committer.takeResult() {
          isCommitting = false
          task = left.isEmpty ? nil : task.map { Committer.Task(file: $0.file, lines: left) }
        } else {
          usleep(1_000)
        }
      }
      backlog.uncommitted = session.pending.count + (task?.lines.count ?? 0)
      pendingSince = backlog.uncommitted == 0 ? nil : pendingSince ?? Clock.milliseconds()
    }
    // It may have waited for long, and whoever left it is gone.
    if task == nil, !session.pending.isEmpty { task = try session.turn() }
    while true {
      if backlog.uncommitted > Backlog.uncommittedLimit {
        refuse(
          backlog.takeExpired(),
          MemtraceError(.busy, "too many records wait for their commit", hint: "memtrace status"))
        backlog.wait(milliseconds: 5)
      } else {
        let jobs = backlog.take()
        if !jobs.isEmpty { try write(jobs, session, replica) }
      }
      if isCommitting, let left = committer.takeResult() {
        isCommitting = false
        if left.isEmpty {
          task = nil
          retryAt = nil
          session.journal.otherIsEmpty()
          indexDue = Clock.milliseconds() + Self.indexPause
        } else {
          task = task.map { Committer.Task(file: $0.file, lines: left) }
          retryAt = Clock.milliseconds() + Self.retryPause
        }
      }
      backlog.uncommitted = session.pending.count + (task?.lines.count ?? 0)
      let isWanted = session.isLockWanted
      if !isCommitting, !isWanted, retryAt.map({ $0 <= Clock.milliseconds() }) ?? true {
        if task == nil, isCommitDue(session) {
          task = try session.turn()
          pendingSince = nil
        }
        if let task {
          committer.commit(task)
          isCommitting = true
        }
      }
      let isIdle = backlog.waiting == 0
      // What cannot be committed now is safe, and the next one to hold the lock tries again.
      let isDone = retryAt == nil ? session.pending.isEmpty && task == nil : backlog.isClosed
      if !isCommitting, isWanted || (isIdle && isDone) { break }
      if isIdle || isWanted { backlog.wait(milliseconds: retryAt == nil ? 3 : 100) }
    }
    let isDue = indexDue.map { $0 <= Clock.milliseconds() || backlog.isClosed } ?? false
    if isDue || hasMoved, session.pending.isEmpty, task == nil {
      // The committer wrote it meanwhile.
      session.readLedger()
      session.forgetHead()
      session.flush()
      if isDue { indexDue = nil }
      hasMoved = !session.isReviewed
    }
  }

  private func isCommitDue(_ session: WriteSession) -> Bool {
    guard !session.pending.isEmpty else { return false }
    let now = Clock.milliseconds()
    let since = pendingSince ?? now
    pendingSince = since
    let count = session.pending.count
    let age = count < Self.manyRecords ? Self.commitAge : Self.busyCommitAge
    return count >= Self.commitCount || now - since >= age || backlog.isClosed
  }

  /// Runs verbs in one transaction, syncs once and answers all. A verb that fails leaves the others alone.
  private func write(_ jobs: [Backlog.Job], _ session: WriteSession, _ replica: String) throws {
    store.followConfiguration()
    var rest = jobs[...]
    while !rest.isEmpty {
      let transaction = Transaction(
        records: live.catalog, hidden: session.hiddenSession, configuration: store.configuration,
        world: live.world, replica: replica, erasures: live.catalog.erasures)
      store.openTransaction = transaction
      var results: [(job: Backlog.Job, result: Result<any Answer, any Error>)] = []
      while let job = rest.first, !job.isAlone || transaction.lines.isEmpty {
        rest.removeFirst()
        results.append((job, Result { try job.work(Call(store: store)) }))
        if job.isAlone { break }
      }
      store.openTransaction = nil
      do {
        live.outside.take(try session.journal(transaction.lines))
        backlog.uncommitted += transaction.lines.count
        for (job, result) in results { job.done(result) }
      } catch {
        let failure = error as? MemtraceError ?? (error as? SystemError).map { MemtraceError($0) }
        // Whoever hears of it and asks whether the bridge is ready is told the same.
        backlog.trouble = LiveStore.reason(failure ?? error)
        for (job, result) in results {
          // Whoever failed by himself hears why; for the others nothing is durable, nor is what stood in the way of one.
          if case .failure(let own) = result, (own as? MemtraceError)?.kind != .conflict {
            job.done(result)
          } else {
            job.done(.failure(failure ?? error))
          }
        }
        refuse(Array(rest), failure ?? error)
        throw error
      }
    }
  }
}
