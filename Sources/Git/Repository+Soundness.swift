// Whether what Git holds can be read: objects, packs, the line of commits, the index.

internal import CGit2
internal import System

/// How the index file is.
public enum IndexState: Hashable, Sendable {
  case readable
  /// There is no file, though HEAD has a commit: the next `git commit` would remove every file.
  case missing
  /// The file is no index, or one that was cut short.
  case damaged
  /// A split or sparse one, where there is no git command to read it.
  case unsupported
}

extension Repository {
  /// - Parameter isQuick: looks at the first bytes only; a large index takes as long to read as all else together.
  public func indexState(isQuick: Bool = false) -> IndexState {
    guard hasIndexFile else { return lacksIndex ? .missing : .readable }
    if isQuick {
      let head = (try? FileBytes(indexPath, most: 12))?.bytes ?? []
      return head.count == 12 && head.starts(with: "DIRC".utf8) ? .readable : .damaged
    }
    defer { lastIndex = nil }
    do {
      _ = try indexEntries(at: [])
      return .readable
    } catch let error as GitError where error.code == .unsupported {
      return .unsupported
    } catch {
      return .damaged
    }
  }

  /// False for a damaged index, and for a split or sparse one where there is no git command.
  public func indexIsReadable() -> Bool { [.readable, .missing].contains(indexState()) }

  /// No index file, and a commit that it should be of. Costs a look for the file where it is there.
  public var lacksIndex: Bool {
    guard !hasIndexFile else { return false }
    do {
      return try head().commit != nil
    } catch {
      // Of no branch that is known to be empty: an index of our own files alone must not be made.
      return true
    }
  }

  private var hasIndexFile: Bool { Path.status(indexPath) != nil }

  /// Writes the index anew: exactly the files of a tree. What a person had staged in the old one is gone.
  public func rebuildIndex(from tree: ObjectID) throws {
    var changes: [IndexChange] = []
    try walk(tree) { path, entry in
      changes.append(IndexChange(path: path, id: entry.id, mode: entry.mode))
    }
    try replaceIndex(changes)
  }

  /// Where there is no index file: HEAD's files, for an index of only what is changed next would have a person's next
  /// `git commit` remove all others.
  public func rebuildMissingIndex() throws {
    guard lacksIndex, let tip = try head().commit else { return }
    try rebuildIndex(from: try commit(tip).tree)
  }

  /// What is wrong with objects, packs and the line of commits that leads to HEAD and all references, in Git's own
  /// words: `git fsck`, or, without a git command, every commit of HEAD looked at with what it brought.
  ///
  /// Beside housekeeping, ours or `git gc`, a look finds files gone whose objects lie in another pack by then: what a
  /// later look no longer finds is no damage.
  /// - Parameter messages: a file for what the git command says.
  public func damage(messages: String) -> [String] {
    var faults = faults(messages)
    for _ in 0..<2 where !faults.isEmpty {
      let again = Set(self.faults(messages))
      faults.removeAll { !again.contains($0) }
    }
    return faults
  }

  private func faults(_ messages: String) -> [String] {
    let outcome = GitCommand.outcome(
      [
        "--git-dir=\(gitFolder)", "-c", "safe.directory=*", "fsck", "--full", "--no-dangling",
        "--no-progress", "--no-reflogs",
      ], environment: ["LC_ALL=C"], messages: messages)
    switch outcome {
    case .done: return []
    case .failed(let printed):
      // Without what it said on standard error there is still what it printed.
      let said = (try? FileBytes(messages)).flatMap { $0?.bytes } ?? []
      let lines = String(decoding: printed + said, as: UTF8.self).split(whereSeparator: \.isNewline)
      let faults = lines.filter { line in
        ["error", "fatal", "missing", "broken"].contains { line.hasPrefix($0) }
      }
      return faults.isEmpty ? ["git fsck failed"] : faults.map(String.init)
    case .missing: return damageOfHistory()
    }
  }

  private func damageOfHistory() -> [String] {
    // A HEAD that cannot be read is named by whoever asks.
    guard let tip = (try? head())?.commit else { return [] }
    var (waiting, seen, faults): ([ObjectID], Set<ObjectID>, [String]) = ([tip], [tip], [])
    while let id = waiting.popLast(), faults.count < 20 {
      // What cannot be read now is said as well.
      if (try? isWhole(id)) != true {
        faults.append("the commit \(id) or what it brought cannot be read")
      }
      for parent in (try? commit(id))?.parents ?? [] where seen.insert(parent).inserted {
        waiting.append(parent)
      }
    }
    return isShallow ? [] : faults
  }
}
