// The first clone of a repository on this machine: its objects are linked, as the git command does it, and not packed
// anew and unpacked.

import Git
import Glibc
internal import System

/// A second name for each object file of another repository. Object files never change, and each name is removed by
/// its own repository alone.
struct LocalObjects {
  private let source: String
  private let target: String
  private var linked: [String] = []

  /// After this, fetching finds everything there. All or nothing: half of the objects would let it believe that it
  /// has what it has not.
  /// - Returns: the commits of branches whose objects were all there before the first was linked; of what is pushed
  ///   meanwhile some may be missing. Nil where they could not be linked, for whatever reason: then nothing was, and
  ///   fetching brings them.
  static func link(from url: String, into clone: Repository) -> Set<ObjectID>? {
    guard let path = LocalRemote.path(of: url), let hub = try? Repository.open(path: path),
      !hub.isShallow, (try? hub.isPartial) == false
    else { return nil }
    var objects = LocalObjects(
      source: "\(hub.commonFolder)/objects", target: "\(clone.commonFolder)/objects")
    // Objects of a third repository are not there to be linked.
    guard access("\(objects.source)/info/alternates", F_OK) != 0 else { return nil }
    do {
      let commits = Set(try hub.references("refs/heads/*").map(\.id))
      try objects.linkAll()
      return commits
    } catch {
      for path in objects.linked { unlink(path) }
      return nil
    }
  }

  private init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// Loose objects before packs: housekeeping over there writes a pack before it removes what it packed.
  private mutating func linkAll() throws {
    let folders = try Folder(source).list().filter(\.isFolder).map(\.name)
    for name in folders where name.utf8.count == 2 {
      try link(try Folder("\(source)/\(name)").list().map(\.name), in: name)
    }
    guard folders.contains("pack") else { return }
    let files = try Folder("\(source)/pack").list().map(\.name).filter { $0.hasPrefix("pack-") }
    // An index is what makes its pack be seen.
    try link(
      files.filter { $0.hasSuffix(".pack") } + files.filter { $0.hasSuffix(".idx") }, in: "pack")
  }

  private mutating func link(_ names: [String], in folder: String) throws {
    let (from, to) = ("\(source)/\(folder)", "\(target)/\(folder)")
    try Path.makeFolder(to)
    for name in names where !name.hasPrefix("tmp_") {
      // A link that somebody planted is linked itself, never followed: Git would read through it, so it ends this.
      var status = stat()
      guard lstat("\(from)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw SystemError.last("link", "\(from)/\(name)")
      }
      guard Glibc.link("\(from)/\(name)", "\(to)/\(name)") == 0 else {
        throw SystemError.last("link", "\(from)/\(name)")
      }
      linked.append("\(to)/\(name)")
    }
  }
}
