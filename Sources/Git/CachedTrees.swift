// The index's TREE extension: which folders are known to equal which tree objects.

/// Forgets the trees of all folders above changed paths and keeps the others, so that Git's next `status` and
/// `commit` need not compare the whole index. Folders without entries are no longer named.
struct CachedTrees {
  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var made: [UInt8] = []

  /// Nil where the extension does not parse, or a changed path was a folder: then it is left out.
  /// - Parameter emptied: folders, each with its slash, that have no entry any more.
  static func invalidated(
    _ bytes: ArraySlice<UInt8>, _ paths: [[UInt8]], emptied: [[UInt8]]
  ) -> [UInt8]? {
    var trees = CachedTrees(bytes)
    guard trees.copy(paths.map { $0[...] }, emptied.map { $0[...] }), trees.at == bytes.endIndex
    else { return nil }
    return trees.made
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
    made.reserveCapacity(bytes.count)
  }

  /// Copies one folder and all below it. `changed` and `emptied` are paths in it, from it.
  private mutating func copy(
    _ changed: [ArraySlice<UInt8>], _ emptied: [ArraySlice<UInt8>]
  ) -> Bool {
    let start = at
    guard !changed.isEmpty else {
      guard skip() else { return false }
      made.append(contentsOf: bytes[start..<at])
      return true
    }
    guard let folders = header() else { return false }
    made.append(contentsOf: bytes[start...].prefix { $0 != 0 })
    made.append(0)
    let countStart = made.count
    made.append(contentsOf: "-1 \(folders)\n".utf8)
    let countEnd = made.count
    let (changed, emptied) = (Self.byFolder(changed), Self.byFolder(emptied))
    var left = 0
    for _ in 0..<folders {
      guard let end = bytes[at...].firstIndex(of: 0) else { return false }
      let name = bytes[at..<end]
      let gone = emptied[name] ?? []
      if gone.contains(where: \.isEmpty) {
        guard skip() else { return false }
        continue
      }
      let inside = changed[name] ?? []
      guard inside.allSatisfy({ !$0.isEmpty }), copy(inside, gone) else { return false }
      left += 1
    }
    if left < folders { made.replaceSubrange(countStart..<countEnd, with: "-1 \(left)\n".utf8) }
    return true
  }

  private static func byFolder(
    _ paths: [ArraySlice<UInt8>]
  ) -> [ArraySlice<UInt8>: [ArraySlice<UInt8>]] {
    Dictionary(grouping: paths) { $0.prefix { $0 != TreePath.slash } }
      .mapValues { $0.map { $0.drop { $0 != TreePath.slash }.dropFirst() } }
  }

  /// Passes by one folder and all below it.
  private mutating func skip() -> Bool {
    var left = 1
    while left > 0 {
      guard let folders = header() else { return false }
      left += folders - 1
    }
    return true
  }

  /// Passes by what is said of a folder itself.
  /// - Returns: how many folders follow that lie in it.
  private mutating func header() -> Int? {
    guard let nameEnd = bytes[at...].firstIndex(of: 0) else { return nil }
    at = nameEnd + 1
    guard let known = number(endingWith: 32), let folders = number(endingWith: 10) else {
      return nil
    }
    if known >= 0 { at += 20 }
    return at <= bytes.endIndex && folders >= 0 ? folders : nil
  }

  /// -1 where it begins with a minus sign: Git writes no other negative one.
  private mutating func number(endingWith end: UInt8) -> Int? {
    var value = 0
    for place in at..<min(at + 12, bytes.endIndex) {
      switch bytes[place] {
      case end where place > at:
        at = place + 1
        return value
      case UInt8(ascii: "-") where place == at: value = -1
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value < 0 ? -1 : value * 10 + Int(bytes[place] - UInt8(ascii: "0"))
      default: return nil
      }
    }
    return nil
  }
}
