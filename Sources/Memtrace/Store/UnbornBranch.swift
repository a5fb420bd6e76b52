// A clone in which nothing is checked out: its HEAD names a branch that the remote does not have.

internal import Glibc
internal import System

enum UnbornBranch {
  /// A branch that was fetched, where HEAD has no commit; `main` before others. For a hint: what cannot be read is not
  /// there.
  static func fetched(in gitFolder: String) -> String? {
    guard let head = text(gitFolder + "/HEAD"), head.hasPrefix("ref: ") else { return nil }
    let packed = (text(gitFolder + "/packed-refs") ?? "").split(separator: "\n")
      .compactMap { $0.split(separator: " ").last.map(String.init) }
    let own = String(head.dropFirst(5).prefix { !$0.isNewline })
    guard access("\(gitFolder)/\(own)", F_OK) != 0, !packed.contains(own) else { return nil }
    let prefix = "refs/remotes/origin/"
    let loose = (try? Folder(gitFolder).list("refs/remotes/origin"))?.map(\.name) ?? []
    let names =
      loose + packed.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    return names.contains("main") ? "main" : names.filter { $0 != "HEAD" }.sorted().first
  }

  private static func text(_ path: String) -> String? {
    (try? Descriptor(opening: path, O_RDONLY).readAll()).map { String(decoding: $0, as: UTF8.self) }
  }
}
