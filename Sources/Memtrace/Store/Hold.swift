// A person's commit that is under way, told to us by the hooks of this clone.

internal import Glibc
internal import System

/// `.git/memtrace/hold` holds the process id of a `git commit`: our pre-commit hook writes it, our post-commit hook
/// removes it. Nothing relies on it; it only spares a person a commit that Git would refuse.
enum Hold {
  /// Whether the git process that it names is still running.
  static func isActive(_ stateFolder: String) -> Bool {
    // What cannot be read holds nobody up: this only spares a person a retry.
    guard let bytes = try? Descriptor(opening: stateFolder + "/hold", O_RDONLY).readAll(),
      let process = Int(String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)), process > 1,
      let name = try? Descriptor(opening: "/proc/\(process)/comm", O_RDONLY).readAll()
    else { return false }
    return name.starts(with: "git".utf8)
  }
}
