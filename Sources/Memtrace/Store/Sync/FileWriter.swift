// Writing many files of a tree, folder by folder.

import Git
import Glibc
internal import System

/// Files come whole or not at all: written elsewhere, then renamed. No link is followed.
final class FileWriter {
  private let root: Folder
  /// The folders that lead to the last file, open: the next one lies in the same or close by, as a rule.
  private var chain: [(name: Substring, folder: Folder)] = []

  /// Where a file lies while it is written; nil for beside its place.
  private let place: String?

  init(_ folder: Folder, by place: String? = nil) {
    root = folder
    self.place = place
  }

  func write(_ bytes: UnsafeRawBufferPointer, to path: String, mode: FileMode) throws {
    var components = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = String(components.removeLast())
    let folder = try folder(components)
    guard mode != .symlink else { return try link(Array(bytes), in: folder, name) }
    try folder.replace(name, with: bytes, mode: mode == .executable ? 0o770 : nil, by: place)
  }

  private func folder(_ components: [Substring]) throws -> Folder {
    let shared = zip(chain, components).prefix { $0.name == $1 }.count
    chain.removeLast(chain.count - shared)
    for name in components[shared...] {
      chain.append((name, try (chain.last?.folder ?? root).subfolder(String(name))))
    }
    return chain.last?.folder ?? root
  }

  /// The link itself, wherever it leads: nothing of ours is ever written through one.
  private func link(_ target: [UInt8], in folder: Folder, _ name: String) throws {
    try folder.within(name, create: true) { parent, name in
      let text = String(decoding: target, as: UTF8.self)
      unlinkat(parent, name, 0)
      try retrying("symlink", name) { symlinkat(text, parent, name) }
    }
  }
}
