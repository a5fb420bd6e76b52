// An open file, closed when its owner goes, with the ways to read and write all of it.

package import Glibc

/// Owns a file descriptor. Every one is close-on-exec: a child would inherit our locks.
package struct Descriptor: ~Copyable, Sendable {
  package let raw: Int32

  package init(opening path: String, _ flags: Int32, mode: mode_t = 0o666) throws(SystemError) {
    raw = try retrying("open", path) { open(path, flags | O_CLOEXEC, mode) }
  }

  package init(
    at folder: Int32, _ name: String, _ flags: Int32, mode: mode_t = 0o666
  ) throws(SystemError) {
    raw = try retrying("open", name) { openat(folder, name, flags | O_CLOEXEC, mode) }
  }

  package init(owning raw: Int32) {
    self.raw = raw
  }

  deinit {
    close(raw)
  }

  package func status() throws(SystemError) -> stat {
    var status = stat()
    try retrying("fstat", "") { fstat(raw, &status) }
    return status
  }

  /// In bytes.
  package func size() throws(SystemError) -> Int { Int(try status().st_size) }

  // MARK: Reading

  /// The first bytes, fewer where there are no more.
  package func prefix(_ count: Int) throws(SystemError) -> [UInt8] { try read(0..<count) }

  /// Fewer bytes where the file ends before.
  package func read(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
    try Self.filled(range.count) { pread(raw, $0, $1, off_t(range.lowerBound)) }
  }

  /// From `offset` to the end.
  package func readAll(from offset: Int = 0) throws(SystemError) -> [UInt8] {
    let expected = max(0, try size() - offset)
    var bytes: [UInt8] = []
    var position = offset
    // One byte more than expected, so that a file of the expected size takes a single call and an end.
    var room = expected + 1
    while true {
      let chunk = try Self.filled(room) { pread(raw, $0, $1, off_t(position)) }
      if chunk.isEmpty { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      position += chunk.count
      if chunk.count < room, bytes.count >= expected { return bytes }
      room = 65_536
    }
  }

  /// All that comes until its end, of a pipe for instance.
  package func readStream() throws(SystemError) -> [UInt8] { try Self.readStream(raw) }

  /// The same of a descriptor that somebody else owns.
  /// - Parameter limit: once more bytes than that have come, no more are read.
  package static func readStream(_ raw: Int32, limit: Int = .max) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      let chunk = try readSome(raw, 1 << 18)
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
    return bytes
  }

  /// What is there, at most so many bytes, waiting for the first; empty at the end.
  package static func readSome(_ raw: Int32, _ most: Int) throws(SystemError) -> [UInt8] {
    try filled(most) { Glibc.read(raw, $0, $1) }
  }

  /// All of a file, or of what a pipe brings.
  package static func whole(_ path: String) throws(SystemError) -> [UInt8] {
    let file = try Descriptor(opening: path, O_RDONLY)
    if try file.status().st_mode & S_IFMT == S_IFDIR {
      throw SystemError(call: "read", path: path, code: EISDIR)
    }
    do {
      return try file.readAll()
    } catch  where error.code == ESPIPE {
      return try file.readStream()
    }
  }

  /// As many bytes as one call brings.
  private static func filled(
    _ room: Int, _ call: (UnsafeMutableRawPointer?, Int) -> Int
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      if let start = buffer.baseAddress { LargePages.ask(at: start, room) }
      do throws(SystemError) {
        count = try retrying("read", "") { call(buffer.baseAddress, room) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  // MARK: Writing

  package func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(SystemError) {
    try writeAll(bytes) { pwrite(raw, $0, $1, off_t(offset + $2)) }
  }

  /// At the file's position, which `O_APPEND` makes its end. Where somebody made the descriptor non-blocking, it is
  /// waited for.
  package func append(_ bytes: some Collection<UInt8>) throws(SystemError) {
    try Self.append(bytes, to: raw)
  }

  /// The same to a descriptor that somebody else owns.
  package static func append(
    _ bytes: some Collection<UInt8>, to raw: Int32
  ) throws(SystemError) {
    try writeAll(bytes) { pointer, count, _ in
      while true {
        let written = Glibc.write(raw, pointer, count)
        guard written < 0, errno == EAGAIN else { return written }
        var request = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
        _ = poll(&request, 1, -1)
      }
    }
  }

  /// Data and what is needed to read it back.
  package func syncData() throws(SystemError) {
    try retrying("fdatasync", "") { fdatasync(raw) }
  }

  package func sync() throws(SystemError) {
    try retrying("fsync", "") { fsync(raw) }
  }

  /// What stands in a folder by name is on the disk from here on.
  package static func syncFolder(_ path: String) throws(SystemError) {
    let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    try retrying("fsync", path) { fsync(folder.raw) }
  }
}

/// All of the bytes, however many calls that takes.
private func writeAll(
  _ bytes: some Collection<UInt8>, _ call: (UnsafeRawPointer, Int, Int) -> Int
) throws(SystemError) {
  func write(_ buffer: UnsafeRawBufferPointer) throws(SystemError) {
    var done = 0
    while done < buffer.count {
      done += try retrying("write", "") {
        call(buffer.baseAddress! + done, buffer.count - done, done)
      }
    }
  }
  var failure: SystemError?
  let isWritten: Void? = bytes.withContiguousStorageIfAvailable { buffer in
    do throws(SystemError) { try write(UnsafeRawBufferPointer(buffer)) } catch { failure = error }
  }
  if isWritten == nil { return try writeAll(Array(bytes), call) }
  if let failure { throw failure }
}
