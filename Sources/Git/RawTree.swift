// A tree object's bytes, read entry by entry without copies.

internal import CGit2
internal import Glibc

/// One entry where it lies in a tree's bytes.
struct RawTreeEntry {
  let name: UnsafeRawBufferPointer
  let id: ObjectID
  let mode: FileMode

  var entry: TreeEntry {
    TreeEntry(name: TreeName.text(name), id: id, mode: mode)
  }

  var side: TreeChange.Side { TreeChange.Side(id: id, mode: mode) }
}

/// Walks the entries in Git's order: by name, as if folders ended with a slash.
struct RawTreeEntries: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer.SubSequence
  /// The bytes did not parse to their end.
  private(set) var isDamaged = false

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  mutating func next() -> RawTreeEntry? {
    guard !rest.isEmpty else { return nil }
    let bytes = UnsafeRawBufferPointer(rebasing: rest)
    var mode: UInt32 = 0
    var at = 0
    while at < bytes.count, bytes[at] >= 48, bytes[at] < 56, mode < 1 << 20 {
      mode = mode << 3 | UInt32(bytes[at] - 48)
      at += 1
    }
    guard at > 0, at < bytes.count, bytes[at] == 32 else { return damaged() }
    let nameStart = at + 1
    guard let nul = bytes[nameStart...].firstIndex(of: 0), nul > nameStart,
      nul + 21 <= bytes.count
    else { return damaged() }
    let entry = RawTreeEntry(
      name: UnsafeRawBufferPointer(rebasing: bytes[nameStart..<nul]),
      id: ObjectID(at: bytes.baseAddress! + nul + 1), mode: FileMode(rawValue: mode))
    rest = rest.dropFirst(nul + 21)
    return entry
  }

  private mutating func damaged() -> RawTreeEntry? {
    rest = rest.suffix(0)
    isDamaged = true
    return nil
  }
}

/// Compares two names in the order of a tree's entries: negative, zero or positive. A file and a folder of one
/// name differ.
func treeOrder(
  _ left: UnsafeRawBufferPointer, _ leftIsTree: Bool, _ right: UnsafeRawBufferPointer,
  _ rightIsTree: Bool
) -> Int {
  let common = min(left.count, right.count)
  if common > 0 {
    let order = memcmp(left.baseAddress!, right.baseAddress!, common)
    if order != 0 { return Int(order) }
  }
  func next(_ name: UnsafeRawBufferPointer, _ isTree: Bool) -> Int {
    common < name.count ? Int(name[common]) : isTree ? 47 : 0
  }
  let order = next(left, leftIsTree) - next(right, rightIsTree)
  if order != 0 { return order }
  // Equal up to a slash that one name holds and the other implies cannot be: names hold no slash.
  return left.count - right.count
}

extension Repository {
  /// Lends the entries of a tree; `id` nil stands for the empty tree.
  /// - Throws: `.invalid` where the tree's bytes do not parse.
  func withTree<R>(_ id: ObjectID?, _ body: (inout RawTreeEntries) throws -> R) throws -> R {
    guard let id else {
      var none = RawTreeEntries(UnsafeRawBufferPointer(start: nil, count: 0))
      return try body(&none)
    }
    return try withObject(id, GIT_OBJECT_TREE, "tree") { bytes in
      var entries = RawTreeEntries(bytes)
      let result = try body(&entries)
      guard !entries.isDamaged else { throw Repository.wrongType(id, "readable tree") }
      return result
    }
  }
}
