// The one rule for the paths of trees: what no tree may hold, and what is carried along but never written to a disk.

/// Judges paths as they come out of trees of others.
public enum TreePath {
  /// Relative, with no empty, `.` or `..` part, and none that is `.git` in any case. Git's own `fsck` refuses a tree
  /// with such a name, and so does everything here.
  public static func isPossible(_ path: String) -> Bool { isPossible(TreeName.bytes(path)) }

  static func isPossible(_ path: [UInt8]) -> Bool {
    guard !path.isEmpty, !path.contains(0) else { return false }
    return path.split(separator: slash, omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        && !isGit(part)
    }
  }

  /// Whether a work tree may hold it. A possible path that this is false for stays in the tree as it came, and no file
  /// is made of it: a name that is no UTF-8 or longer than a file system takes, and what another kind of file system
  /// would take for `.git`.
  public static func isWritable(_ path: String) -> Bool {
    guard isPossible(path), !TreeName.isOdd(path) else { return false }
    return path.split(separator: "/").allSatisfy { part in
      part.utf8.count <= 255 && !part.split(separator: "\\").contains(where: isDisguise)
    }
  }

  static let slash = UInt8(ascii: "/")

  private static func isGit(_ part: some Collection<UInt8>) -> Bool {
    part.count == 4 && part.elementsEqual(".git".utf8) { $0 == $1 || $0 | 0x20 == $1 && $0 >= 65 }
  }

  /// On NTFS a backslash parts names, a name ends before a colon, without spaces and dots, and `.git` has the short name
  /// `git~1`; HFS+ passes over characters that are not seen. As Git's `core.protectNTFS` and `core.protectHFS` say it.
  private static func isDisguise(_ part: Substring) -> Bool {
    let seen = part.unicodeScalars.filter { !isIgnored($0.value) }
    var name = String(String.UnicodeScalarView(seen.prefix { $0 != ":" }))
    while name.last == "." || name.last == " " { name.removeLast() }
    return isGit(Array(name.utf8)) || name.lowercased() == "git~1"
  }

  private static func isIgnored(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}
