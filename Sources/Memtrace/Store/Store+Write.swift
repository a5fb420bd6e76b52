// A write from the lock to the answer: staged, journalled, synced; then the work tree, the commit and the index.

internal import Git

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
  /// Inside `group` it only stages: the group's end writes for all.
  public func write<Value>(_ body: (Transaction) throws -> Value) throws -> Written<Value> {
    if let open = openTransaction {
      let mark = open.mark
      open.signer = signer
      do {
        return Written(value: try translating { try body(open) }, isCommitted: false)
      } catch {
        open.rewind(to: mark)
        throw error
      }
    }
    return try translating {
      try locked { session in
        func stage() throws -> Value {
          let transaction = try session.transaction()
          transaction.signer = signer
          let value = try body(transaction)
          try session.journal(transaction.lines)
          return value
        }
        let value: Value
        do {
          value = try stage()
        } catch {
          // A writer before us may have left the Git index to us.
          _ = try? session.flush()
          // A session that a commit took out by accident is there again.
          guard session.hasPutBack, (error as? MemtraceError)?.kind == .notFound else {
            throw error
          }
          value = try stage()
        }
        return Written(value: value, isCommitted: try session.flush())
      }
    }
  }

  /// Commits what waits in the journal, if nothing stands in the way.
  /// - Returns: whether nothing waits any longer.
  @discardableResult
  public func commitPending() throws -> Bool {
    try translating { try locked { try $0.flush() } }
  }

  /// Runs something as the only writer among all processes, after whatever a dead one left is put in order.
  func locked<Value>(_ body: (WriteSession) throws -> Value) throws -> Value {
    let repository = try repository()
    let state = try stateFolder()
    let lock = try waitForLock(state)
    return try withExtendedLifetime(lock) {
      try prepareClone(repository, state)
      try recover(repository, state)
      let session = try WriteSession(self, repository, state)
      try Checkout.complete(session)
      return try body(session)
    }
  }

  /// Says on a second lock that somebody waits for the first: the holder may then leave the Git index to us.
  private func waitForLock(_ state: String) throws -> Lock {
    if let lock = try Lock.attempt(state + "/lock") { return lock }
    return try withExtendedLifetime(try Lock.attempt(state + "/waiting", shared: true)) {
      try Lock(state + "/lock", patience: lockPatience)
    }
  }
}
