// A split or sparse index, which libgit2 1.5.1 cannot read, kept in step through the git command.

internal import System

extension Repository {
  /// As `updateIndex`; the git command expands what is folded.
  /// - Returns: false where the command failed, or where there is none.
  func updateIndexByCommand(_ changes: [IndexChange]) -> Bool {
    let gone = String(repeating: "0", count: 40)
    let records = changes.map { change in
      change.id.map { "\(String(change.mode.rawValue, radix: 8)) \($0)\t\(change.path)\0" }
        ?? "0 \(gone)\t\(change.path)\0"
    }
    guard command(["update-index", "-z", "--index-info"], records) != nil else { return false }
    // A file that sparse checkout keeps out of the work tree stays out of it.
    let absent = changes.filter { change in
      change.id != nil
        && workTree.flatMap { Path.status(IndexStat.path($0, Array(change.path.utf8))) } == nil
    }
    // Where that cannot be told, files would look removed.
    guard let isSparse = try? configBool("core.sparseCheckout") ?? false else { return false }
    if isSparse, !absent.isEmpty,
      command(["update-index", "-z", "--skip-worktree", "--stdin"], absent.map { $0.path + "\0" })
        == nil
    {
      return false
    }
    // It answers 1 where a person's file differs, which is no failure of ours.
    _ = command(["update-index", "-q", "--refresh"], [])
    return true
  }

  /// As `indexEntries`; nil where the command failed, or where there is none.
  func indexEntriesByCommand(at paths: some Sequence<String>) -> [String: [IndexEntry]]? {
    let wanted = Set(paths)
    guard let listed = command(["ls-files", "-t", "--stage", "-z"], []) else { return nil }
    var entries: [String: [IndexEntry]] = [:]
    for record in listed.split(separator: 0) {
      guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      let path = String(decoding: record[(tab + 1)...], as: UTF8.self)
      guard wanted.contains(path) else { continue }
      let fields = record[..<tab].split(separator: UInt8(ascii: " ")).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard fields.count == 4, let mode = UInt32(fields[1], radix: 8),
        let id = ObjectID(hex: fields[2]), let stage = Int(fields[3])
      else { return nil }
      entries[path, default: []].append(
        IndexEntry(
          path: path, id: id, mode: FileMode(rawValue: mode), stage: stage,
          isLeftOut: fields[0] == "S"))
    }
    return entries
  }

  private func command(_ arguments: [String], _ records: [String]) -> [UInt8]? {
    guard let workTree else { return nil }
    return GitCommand.run(
      ["--git-dir=\(gitFolder)", "--work-tree=\(workTree)"] + arguments,
      input: records.flatMap { Array($0.utf8) }, environment: ["LC_ALL=C"])
  }
}
