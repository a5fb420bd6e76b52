// An open file, closed when its owner goes.

internal import Glibc

/// Owns a file descriptor. Every one is close-on-exec: a child would inherit our locks.
package struct Descriptor: ~Copyable, Sendable {
  package let raw: Int32

  /// - Throws: `SystemError` with the path.
  init(opening path: String, _ flags: Int32, mode: mode_t = 0o666) throws {
    raw = try retrying("open", path) { open(path, flags | O_CLOEXEC, mode) }
  }

  init(at folder: Int32, _ name: String, _ flags: Int32, mode: mode_t = 0o666) throws {
    raw = try retrying("open", name) { openat(folder, name, flags | O_CLOEXEC, mode) }
  }

  package init(owning raw: Int32) {
    self.raw = raw
  }

  deinit {
    close(raw)
  }

  /// In bytes.
  func size() throws -> Int {
    var status = stat()
    _ = try retrying("fstat", "") { fstat(raw, &status) }
    return Int(status.st_size)
  }

  /// The first bytes, fewer where there are no more.
  func prefix(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = Int(try retrying("read", "") { pread(raw, buffer.baseAddress, count, 0) })
    }
  }

  /// From `offset` to the end.
  func readAll(from offset: Int = 0) throws -> [UInt8] {
    let expected = max(0, try size() - offset)
    var bytes: [UInt8] = []
    var position = offset
    // One byte more than expected, so that a file of the expected size takes a single call and an end.
    var room = expected + 1
    while true {
      let chunk = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        count = Int(
          try retrying("read", "") { pread(raw, buffer.baseAddress, room, off_t(position)) })
      }
      if chunk.isEmpty { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      position += chunk.count
      if chunk.count < room, bytes.count >= expected { return bytes }
      room = 65_536
    }
  }

  /// All of a file, or of what a pipe brings.
  static func whole(_ path: String) throws -> [UInt8] {
    let file = try Descriptor(opening: path, O_RDONLY)
    var status = Glibc.stat()
    if fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw SystemError(call: "read", path: path, code: EISDIR)
    }
    do {
      return try file.readAll()
    } catch let error as SystemError where error.code == ESPIPE {
      return try file.readStream()
    }
  }

  private func readStream() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
        count = Int(try retrying("read", "") { Glibc.read(raw, buffer.baseAddress, buffer.count) })
      }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  func write(_ bytes: some Collection<UInt8>, at offset: Int) throws {
    try writeAll(bytes) { pointer, count, done in pwrite(raw, pointer, count, off_t(offset + done))
    }
  }

  /// At the file's position, which `O_APPEND` makes its end.
  func append(_ bytes: some Collection<UInt8>) throws {
    try writeAll(bytes) { pointer, count, _ in Glibc.write(raw, pointer, count) }
  }

  private func writeAll(
    _ bytes: some Collection<UInt8>, _ call: (UnsafeRawPointer, Int, Int) -> Int
  ) throws {
    try Array(bytes).withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        done += Int(
          try retrying("write", "") {
            call(buffer.baseAddress! + done, buffer.count - done, done)
          })
      }
    }
  }

  /// Data and what is needed to read it back.
  func syncData() throws {
    _ = try retrying("fdatasync", "") { fdatasync(raw) }
  }

  func sync() throws {
    _ = try retrying("fsync", "") { fsync(raw) }
  }
}

/// A system call that failed.
struct SystemError: Error {
  let call: String
  let path: String
  let code: Int32

  var isMissing: Bool { code == ENOENT }
  /// A link or a file stands where a folder should be.
  var isBlocked: Bool { code == ELOOP || code == ENOTDIR }
}

/// Runs a system call again while a signal interrupts it.
@discardableResult
func retrying<Result: BinaryInteger>(
  _ name: String, _ path: String, _ call: () throws -> Result
) throws -> Result {
  while true {
    let result = try call()
    if result >= 0 { return result }
    if errno != EINTR { throw SystemError(call: name, path: path, code: errno) }
  }
}
