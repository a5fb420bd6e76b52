// Writing many files of a tree, folder by folder.

import Git
import Glibc

/// Files come whole or not at all: written beside, then renamed. No link is followed.
final class FileWriter {
  private let folder: Folder

  init(_ folder: Folder) {
    self.folder = folder
  }

  func write(_ bytes: UnsafeRawBufferPointer, to path: String, mode: FileMode) throws {
    guard mode != .symlink else { return try link(Array(bytes), at: path) }
    try folder.replace(path, with: bytes, mode: mode == .executable ? 0o777 : 0o666)
  }

  /// The link itself, wherever it leads: nothing of ours is ever written through one.
  private func link(_ target: [UInt8], at path: String) throws {
    try folder.within(path, create: true) { parent, name in
      let text = String(decoding: target, as: UTF8.self)
      unlinkat(parent, name, 0)
      try retrying("symlink", path) { symlinkat(text, parent, name) }
    }
  }
}
