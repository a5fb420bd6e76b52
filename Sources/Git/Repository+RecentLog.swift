// The end of a reference's log, with what each step says it was.

internal import Glibc

/// One step of a reference.
public struct LogEntry: Hashable, Sendable {
  public let old: ObjectID
  public let new: ObjectID
  /// `commit: a subject`, `fetch: fast-forward`, `update by push`
  public let message: String
}

extension Repository {
  /// The newest steps of a reference (`HEAD`, or a full name), oldest first; empty where nothing is logged.
  /// - Parameter bytes: how much of the log's end is read.
  public func recentLog(_ name: String, bytes: Int = 262_144) throws -> [LogEntry] {
    let folder = name == "HEAD" ? gitFolder : commonFolder
    let path = "\(folder)/logs/\(name)"
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw systemError(errno, "open", path)
    }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let start = max(0, size - bytes)
    var got = 0
    let text = [UInt8](unsafeUninitializedCapacity: max(0, min(size, bytes))) { buffer, count in
      got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(start))
      count = max(0, got)
    }
    guard got >= 0 else { throw systemError(errno, "read", path) }
    var lines = text.split(separator: UInt8(ascii: "\n"))
    // The first one may be cut.
    if start > 0, !lines.isEmpty { lines.removeFirst() }
    return lines.compactMap { line in
      guard line.count > 82,
        let old = ObjectID(hex: String(decoding: line.prefix(40), as: UTF8.self)),
        let new = ObjectID(hex: String(decoding: line.dropFirst(41).prefix(40), as: UTF8.self))
      else { return nil }
      let message = line.firstIndex(of: UInt8(ascii: "\t")).map { line[($0 + 1)...] } ?? []
      return LogEntry(old: old, new: new, message: String(decoding: message, as: UTF8.self))
    }
  }
}
