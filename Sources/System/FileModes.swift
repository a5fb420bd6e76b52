// Who may read files and folders that are made.

package import Glibc

package struct FileModes: Hashable, Sendable {
  /// Bits of files and of folders.
  package let file: mode_t
  package let folder: mode_t
  /// Set whatever the process's mask says, as Git does.
  package let isShared: Bool

  package init(file: mode_t, folder: mode_t, isShared: Bool) {
    (self.file, self.folder, self.isShared) = (file, folder, isShared)
  }

  /// For nobody but the owner and the group, and the process's mask still counts.
  package static let own = FileModes(file: 0o660, folder: 0o770, isShared: false)
}
