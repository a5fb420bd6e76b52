// Many small packs made one: a bridge writes a pack for each busy commit.

internal import CGit2
internal import Glibc

extension Repository {
  /// Writes the objects of all small packs into one new pack and removes them. Its files and folder are synced before
  /// an old one goes. Packs that somebody keeps, and a folder with a multi-pack index, are left alone.
  /// - Parameters:
  ///   - limit: bytes; a larger pack stays as it is.
  ///   - count: nothing is done for fewer packs.
  /// - Returns: how many packs went.
  @discardableResult
  public func joinSmallPacks(below limit: Int = 16 << 20, from count: Int) throws -> Int {
    let folder = commonFolder + "/objects/pack"
    let names = Set(try Repository.names(in: folder))
    removeUnfinishedPacks(among: names)
    guard !names.contains("multi-pack-index") else { return 0 }
    let small = names.filter { $0.hasSuffix(".idx") }.map { String($0.dropLast(4)) }.filter {
      name in
      guard !["keep", "promisor", "mtimes"].contains(where: { names.contains("\(name).\($0)") }),
        names.contains(name + ".pack"),
        let status = FileBytes.status("\(folder)/\(name).pack".utf8CString.map { $0 })
      else { return false }
      return status.st_size < limit
    }
    guard small.count >= count else { return 0 }
    var ids: [ObjectID] = []
    var seen: Set<ObjectID> = []
    for name in small {
      guard let index = try FileBytes("\(folder)/\(name).idx"),
        let listed = Repository.ids(inPackIndex: index.bytes)
      else { return 0 }
      ids += listed.filter { seen.insert($0).inserted }
    }
    let before = try Repository.names(in: folder)
    let seconds = try writePack(ids, threads: 1)
    // A pack is named by its objects: where nothing new came out, nothing may go.
    let isNew = Set(try Repository.names(in: folder)).subtracting(before).contains {
      $0.hasSuffix(".pack")
    }
    guard isNew, !collectorIsAlive(at: seconds) else { return 0 }
    for name in small {
      // The index first: a pack without one is not looked into.
      for ending in ["idx", "pack", "rev", "bitmap"] { unlink("\(folder)/\(name).\(ending)") }
    }
    try check(git_odb_refresh(try store()), "git_odb_refresh")
    return small.count
  }

  /// The ids of an index file of version 2 (Documentation/gitformat-pack); nil for another version.
  private static func ids(inPackIndex bytes: [UInt8]) -> [ObjectID]? {
    let names = 8 + 256 * 4
    guard bytes.count >= names, bytes.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]) else {
      return nil
    }
    let count = bytes[(names - 4)..<names].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= names + 20 * count else { return nil }
    return bytes.withUnsafeBytes { buffer in
      (0..<count).map { ObjectID(at: buffer.baseAddress! + names + 20 * $0) }
    }
  }
}
