// A write from the lock to the answer: staged, journalled, synced; then everything that may fail, be slow or wait.

internal import Git
internal import System

/// What a write came to.
public struct Written<Value> {
  public let value: Value
  /// False where the records wait in the journal: they are safe, and in no commit yet.
  public let isCommitted: Bool
}

extension Written: Sendable where Value: Sendable {}

extension Store {
  /// Runs one verb's writes. When it returns, every record that it staged survives a power cut.
  ///
  /// Nothing comes before the journal but what the records themselves need: a repository that cannot be put in order, or
  /// cannot be opened at this moment, makes them wait and refuses none.
  ///
  /// Inside `group` it only stages: the group's end writes for all.
  /// - Throws: for the verb's own fault, a full disk, a journal that cannot be written, and a place that can never be.
  public func write<Value>(_ body: (Transaction) throws -> Value) throws -> Written<Value> {
    if let open = openTransaction {
      let mark = open.mark
      open.signer = signer
      open.reviewer = reviewer
      open.masked = []
      do {
        let value = try translating { try body(open) }
        masked.formUnion(open.masked)
        return Written(value: value, isCommitted: false)
      } catch {
        open.rewind(to: mark)
        throw error
      }
    }
    completeErasingAlone()
    return try translating {
      try locked { session in
        let value: Value
        do {
          let transaction = try session.transaction()
          transaction.signer = signer
          transaction.reviewer = reviewer
          value = try body(transaction)
          try session.journal(transaction.lines)
          masked.formUnion(transaction.masked)
        } catch {
          // What earlier writers left to us is done all the same.
          session.flush()
          throw error
        }
        return Written(value: value, isCommitted: session.flush())
      }
    }
  }

  /// Commits what waits in the journal, if nothing stands in the way.
  /// - Returns: whether nothing waits any longer.
  @discardableResult
  public func commitPending() throws -> Bool {
    try translating { try locked { $0.flush() } }
  }

  /// Runs something as the only writer among all processes. Nothing is put in order before: that is `flush`.
  func locked<Value>(_ body: (WriteSession) throws -> Value) throws -> Value {
    try refuseUnwritable()
    let state = try stateFolder()
    let lock = try waitForLock(state)
    return try withExtendedLifetime(lock) { try body(try WriteSession(self, state)) }
  }

  /// - Throws: where waiting would change nothing: no root of a work tree, another user's, a kind of repository that
  ///   libgit2 does not know.
  private func refuseUnwritable() throws {
    do {
      _ = try repository()
    } catch is GitError {
      // Its settings cannot be read at this moment, say: what is written waits in the journal.
    }
  }

  /// Says on a second lock that somebody waits for the first: a bridge then makes room.
  func waitForLock(_ state: String) throws -> FileLock {
    if let lock = try FileLock.attempt(state + "/lock") { return lock }
    return try withExtendedLifetime(try FileLock.attempt(state + "/waiting", shared: true)) {
      try FileLock.taken(state + "/lock", patience: lockPatience)
    }
  }
}
