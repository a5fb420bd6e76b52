// A file's bytes where the system keeps them.

internal import Glibc

/// A file mapped for reading for as long as this lives. Whoever shortens the file meanwhile ends the process: only files
/// that are replaced by rename are mapped.
package final class MappedFile: @unchecked Sendable {
  package let bytes: UnsafeRawBufferPointer

  /// Nil for an empty file, and where the system has no room.
  package init?(_ file: borrowing Descriptor) throws(SystemError) {
    let size = try file.size()
    guard size > 0, let address = mmap(nil, size, PROT_READ, MAP_SHARED, file.raw, 0),
      address != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
}
