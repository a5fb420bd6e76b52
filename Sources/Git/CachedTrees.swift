// The index's TREE extension: which folders are known to equal which tree objects.

/// Forgets the trees of all folders above changed paths and keeps the others, so that Git's next `status` and
/// `commit` need not compare the whole index.
struct CachedTrees {
  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var made: [UInt8] = []

  /// Nil where the extension does not parse, or a changed path was a folder: then it is left out.
  static func invalidated(_ bytes: ArraySlice<UInt8>, _ paths: [[UInt8]]) -> [UInt8]? {
    var trees = CachedTrees(bytes)
    guard trees.copy(paths.map { $0[...] }), trees.at == bytes.endIndex else { return nil }
    return trees.made
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
    made.reserveCapacity(bytes.count)
  }

  /// Copies one folder and all below it. `changed` are the changed paths in it, from it.
  private mutating func copy(_ changed: [ArraySlice<UInt8>]) -> Bool {
    let start = at
    guard let nameEnd = bytes[at...].firstIndex(of: 0) else { return false }
    at = nameEnd + 1
    guard let known = number(endingWith: 32), let folders = number(endingWith: 10) else {
      return false
    }
    let idStart = at
    if known >= 0 { at += 20 }
    guard at <= bytes.endIndex else { return false }
    if changed.isEmpty {
      made.append(contentsOf: bytes[start..<at])
    } else {
      made.append(contentsOf: bytes[start...nameEnd])
      made.append(contentsOf: "-1 \(folders)\n".utf8)
    }
    var below: [ArraySlice<UInt8>: [ArraySlice<UInt8>]] = [:]
    for path in changed {
      let end = path.firstIndex(of: TreePath.slash) ?? path.endIndex
      below[path[..<end], default: []].append(path[end...].dropFirst())
    }
    guard idStart <= at else { return false }
    for _ in 0..<max(folders, 0) {
      guard let end = bytes[at...].firstIndex(of: 0) else { return false }
      let inside = below[bytes[at..<end]] ?? []
      guard inside.allSatisfy({ !$0.isEmpty }), copy(inside) else { return false }
    }
    return true
  }

  private mutating func number(endingWith end: UInt8) -> Int? {
    guard let stop = bytes[at...].prefix(12).firstIndex(of: end),
      let value = Int(String(decoding: bytes[at..<stop], as: UTF8.self))
    else { return nil }
    at = stop + 1
    return value
  }
}
