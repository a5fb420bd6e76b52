// How clones that sync with one remote at the same time come past each other.

internal import System

extension SyncRun {
  /// After so many milliseconds it goes on without its turn.
  static let patience = 10_000

  /// Milliseconds between two attempts. Whoever pushes while another is between fetch and push makes it lose, so what
  /// collided must spread over many times that span, however long it is with this remote: at random, up to 2, 8, 32
  /// and 128 times what the lost attempt took. Two who met go on at once; the last ones of a crowd wait until it is
  /// over, at most half a minute.
  static func pause(_ attempt: Int, took: Int, random: UInt64) -> Int {
    let span = min(max(took, 20), 30_000)
    return Int(random % UInt64(min(span << (2 * attempt - 1), 30_000)))
  }

  /// The turn among those of this machine who sync with one folder, held while the result lives: they go one after the
  /// other instead of undoing each other's work. A courtesy; that nothing is lost rests on comparing when the branch
  /// moves. Nil for a remote of a network, and where the folder cannot be locked.
  func turn() -> FileLock? {
    guard request.direction == .both, let path = LocalRemote.path(of: target.pushURL) else {
      return nil
    }
    var waited = 0
    while waited < Self.patience {
      do {
        if let turn = try FileLock.attempt(onFolder: path) { return turn }
      } catch {
        return nil
      }
      let pause = 1 + Int(store.world.random() % 8)
      network.sleep(pause)
      waited += pause
    }
    return nil
  }
}
