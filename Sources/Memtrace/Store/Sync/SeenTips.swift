// What was last seen of each remote branch.

import Git
import Glibc
internal import System

/// `.git/memtrace/remotes`, a commit and `remote/branch` a line. No references: `git filter-branch -- --all` rewrites all of
/// those, and then a history that was rewritten here would look like one that was rewritten there.
struct SeenTips {
  private let folder: String
  private var tips: [String: KnownCommit] = [:]
  private static let file = "remotes"

  init(_ repository: Repository) throws {
    folder = repository.commonFolder + "/memtrace"
    tips = try Self.read(folder)
  }

  private static func read(_ folder: String) throws -> [String: KnownCommit] {
    var tips: [String: KnownCommit] = [:]
    let path = "\(folder)/\(file)"
    let bytes = try missingIsNil { try Descriptor(opening: path, O_RDONLY).readAll() } ?? []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      if words.count == 2 { tips[String(words[1])] = KnownCommit(hex: words[0]) }
    }
    return tips
  }

  subscript(name: String) -> KnownCommit? { tips[name] }

  mutating func set(_ name: String, to tip: ObjectID) throws {
    try SharedState.changing(folder) {
      tips = try Self.read(folder)
      tips[name] = KnownCommit(tip)
      let text = tips.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)\n" }
      try Folder(folder).replace(Self.file, with: text.joined().utf8, mode: 0o600)
    }
  }
}
