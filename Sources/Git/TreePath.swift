// The one rule for the paths of trees: what no tree may hold, and what is carried along but never written to a disk.

/// Judges paths as they come out of trees of others.
public enum TreePath {
  /// Relative, with no empty, `.` or `..` part, and none that is `.git` in any case. Git's own `fsck` refuses a tree
  /// with such a name, and so does everything here.
  public static func isPossible(_ path: String) -> Bool { isPossible(TreeName.bytes(path)) }

  static func isPossible(_ path: some BidirectionalCollection<UInt8>) -> Bool {
    guard !path.isEmpty, !path.contains(0) else { return false }
    return path.split(separator: slash, omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        && !isName(part, ".git")
    }
  }

  /// Whether a work tree may hold it. A possible path that this is false for stays in the tree as it came, and no file
  /// is made of it: a name that is no UTF-8 or longer than a file system takes, and what another kind of file system
  /// would take for `.git`.
  public static func isWritable(_ path: String) -> Bool {
    guard !TreeName.isOdd(path) else { return false }
    var path = path
    return path.withUTF8 { path in
      isPossible(path)
        && path.split(separator: slash).allSatisfy { part in
          part.count <= 255
            && !part.split(separator: UInt8(ascii: "\\")).contains(where: isDisguise)
        }
    }
  }

  static let slash = UInt8(ascii: "/")

  /// - Parameter small: in small letters; the name may have others.
  private static func isName(_ name: some Collection<UInt8>, _ small: String) -> Bool {
    name.elementsEqual(small.utf8) { $0 == $1 || (65...90 ~= $0 && $0 | 0x20 == $1) }
  }

  /// On NTFS a backslash parts names, a name ends before a colon, without spaces and dots, and `.git` has the short name
  /// `git~1`; HFS+ passes over characters that are not seen. As Git's `core.protectNTFS` and `core.protectHFS` say it.
  private static func isDisguise(_ part: some BidirectionalCollection<UInt8>) -> Bool {
    if part.contains(where: { $0 >= 0x80 }) {
      let scalars = String(decoding: part, as: UTF8.self).unicodeScalars
      if isName(Array(String(scalars.filter { !isIgnored($0.value) }).utf8), ".git") { return true }
    }
    var name = part.prefix { $0 != UInt8(ascii: ":") }
    while let last = name.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") {
      name.removeLast()
    }
    return isName(name, ".git") || isName(name, "git~1")
  }

  private static func isIgnored(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}
