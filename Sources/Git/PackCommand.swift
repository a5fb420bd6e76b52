// `git pack-objects`, which knows the names of files and so finds the deltas that libgit2 misses.

internal import Glibc
internal import System

struct PackCommand {
  /// There is no git command here.
  struct IsMissing: Error {}

  private let repository: Repository
  private let messages: String
  private let isThrifty: Bool

  /// Whatever a reference, a reflog, or the index of any worktree names.
  static let allReferences = ["--all", "--reflog", "--indexed-objects"]

  /// - Parameters:
  ///   - messages: a file for what it says.
  ///   - isThrifty: one thread and little memory.
  init(_ repository: Repository, _ messages: String, isThrifty: Bool) {
    self.repository = repository
    self.messages = messages
    self.isThrifty = isThrifty
  }

  /// Writes a pack, none where there is nothing to write.
  /// - Returns: the names of the packs written, without their endings.
  /// - Throws: `IsMissing`; `GitError` with the last thing that it said.
  @discardableResult
  func write(_ arguments: [String], input: String = "") throws -> Set<String> {
    let folder = repository.commonFolder
    let settings =
      ["safe.directory=*", "core.fsync=committed"]
      + (isThrifty ? ["pack.threads=1", "pack.windowMemory=64m"] : [])
    let outcome = GitCommand.outcome(
      ["--git-dir=\(folder)"] + settings.flatMap { ["-c", $0] } + [
        "pack-objects", "--quiet", "--local", "--non-empty", "--delta-base-offset",
      ] + arguments + [folder + "/objects/pack/pack"],
      input: Array(input.utf8), environment: ["LC_ALL=C"], messages: messages)
    switch outcome {
    case .missing: throw IsMissing()
    case .done(let printed):
      return Set(
        String(decoding: printed, as: UTF8.self).split(whereSeparator: \.isNewline)
          .map { "pack-\($0)" })
    case .failed:
      let said = (try? FileBytes(messages)).flatMap { file in
        file.map { String(decoding: $0.bytes, as: UTF8.self) }
      }
      let last = said?.split(whereSeparator: \.isNewline).last.map(String.init)
      throw GitError(
        code: .generic, call: "git pack-objects", message: last ?? "git pack-objects failed")
    }
  }
}
