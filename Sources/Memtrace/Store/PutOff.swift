// Why records wait in the journal, kept for whoever asks later.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/put-off`: what stood in the way of the last commit, while records wait. A help for people alone: where
/// it cannot be written or read, they only learn less.
struct PutOff {
  let reason: String
  let hint: String?

  func note(in state: String) {
    let text = [reason, hint].compactMap { $0?.split(separator: "\n").joined(separator: " ") }
    do {
      let file = try Descriptor(
        opening: Self.path(state), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
      try file.append((text.joined(separator: "\n") + "\n").utf8)
    } catch {}
  }

  /// Nil where nothing was put off.
  static func read(_ state: String) -> PutOff? {
    do {
      let bytes = try Descriptor(opening: path(state), O_RDONLY).readAll()
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      return lines.first.map { PutOff(reason: $0, hint: lines.dropFirst().first) }
    } catch {
      return nil
    }
  }

  static func forget(_ state: String) { unlink(path(state)) }

  private static func path(_ state: String) -> String { state + "/put-off" }
}

/// What `status` says of records that wait.
struct WaitingReport {
  let count: Int
  /// When the oldest of them was recorded.
  let since: Timestamp?
  let reason: String?
  let hint: String?
}

extension Store {
  /// For what the records in the journal wait; nil where none does.
  func waitingReport() throws -> WaitingReport? {
    guard let state = place.stateFolder else { return nil }
    let lines = try Journal.read(state + "/journal")
    guard !lines.isEmpty else { return nil }
    let repository = try repository()
    let obstacle = try Obstacle(in: repository, head: try repository.head(), state)
    let noted = PutOff.read(state)
    let since = lines.filter { !$0.isImported }.compactMap { $0.id?.ulid.milliseconds }.min().map(
      Timestamp.init(milliseconds:))
    // On a full disk nobody could note why.
    let isLate =
      since.map { world.now().milliseconds - $0.milliseconds > Self.longestWait } ?? false
    return WaitingReport(
      count: lines.count, since: since,
      reason: obstacle?.what ?? noted?.reason
        ?? (isLate ? "their commit did not come to an end" : nil),
      hint: obstacle?.hint ?? noted?.hint ?? "memtrace gc commits them, or says why it cannot")
  }

  /// Milliseconds after which records that wait are no longer merely next.
  private static var longestWait: Int64 { 10_000 }
}
