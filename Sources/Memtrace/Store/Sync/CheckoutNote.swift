// A note of a move under way, for whoever opens the repository after a cut.

import Git
internal import System

/// `.git/memtrace/checkout`: the branch, the commit that it left (or nothing) and the one that it goes to.
struct CheckoutNote: Equatable {
  let branch: String
  let old: KnownCommit?
  let new: KnownCommit

  private static let file = "checkout"

  init(branch: String, old: ObjectID?, new: ObjectID) {
    self.branch = branch
    self.old = old.map(KnownCommit.init)
    self.new = KnownCommit(new)
  }

  /// Nil where no move was under way.
  init?(in state: Folder) throws {
    guard let bytes = try state.read(Self.file) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard words.count == 3, let new = KnownCommit(hex: words[2]) else { return nil }
    (branch, old, self.new) = (String(words[0]), KnownCommit(hex: words[1]), new)
  }

  /// On the disk when it returns.
  func write(to state: Folder) throws {
    let text = "\(branch)\n\(old?.description ?? "none")\n\(new)\n"
    try state.replace(Self.file, with: text.utf8, mode: 0o600, isSynced: true)
  }

  static func remove(from state: Folder) throws {
    try state.remove(file)
  }
}
