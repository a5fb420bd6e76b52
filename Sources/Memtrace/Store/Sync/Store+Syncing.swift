// One at a time among all work trees of a repository: whoever fetches, pushes or rewrites history.

import Git
import Glibc
internal import System

extension Store {
  /// Runs something as the only one that syncs. Work trees share remote-tracking references, the reference to what is on
  /// its way out, and erasures under way, so the lock lies in the folder that they share. Locks on references that a
  /// killed one left are gone before.
  /// - Parameter body: gets the folder for notes of such locks.
  /// - Throws: `busy` where another sync takes longer than a minute.
  func syncing<Value>(_ body: (_ transfer: String) throws -> Value) throws -> Value {
    let lock: FileLock
    do {
      lock = try FileLock.taken(try syncLock())
    } catch let error as MemtraceError where error.kind == .busy {
      throw MemtraceError(
        .busy, "another sync of this repository is under way, here or in another work tree",
        hint: "run the same command again once it has ended")
    }
    return try withExtendedLifetime(lock) { try body(try clearTransfer()) }
  }

  /// The same without waiting: nothing is done where somebody else is at it.
  func syncingIfFree(_ body: () throws -> Void) throws {
    guard let lock = try FileLock.attempt(try syncLock()) else { return }
    try withExtendedLifetime(lock) {
      _ = try clearTransfer()
      try body()
    }
  }

  private func syncLock() throws -> String { try commonState() + "/syncing" }

  /// Where whoever syncs notes the locks that are taken.
  func transferFolder() throws -> String {
    let folder = try commonState() + "/transfer"
    try Path.makeFolder(folder, mode: 0o700)
    return folder
  }

  /// Removes the locks on references that a sync left which was killed while it fetched, pushed or rewrote history.
  private func clearTransfer() throws -> String {
    let folder = try transferFolder()
    // Nobody but the one sync at a time ever takes that.
    unlink("\(place.commonFolder!)/\(SyncRun.outgoing).lock")
    let locks = try LockNote.clear(folder, within: 86_400)
    if locks > 0 {
      notices.append(
        "removed \(locks) Git \(locks == 1 ? "lock" : "locks") that a killed sync left")
    }
    return folder
  }
}
