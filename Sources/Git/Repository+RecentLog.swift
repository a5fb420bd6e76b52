// The end of a reference's log, with what each step says it was.

internal import Glibc
internal import System

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
    let (text, start) = try ofSystem(at: path) {
      do {
        let log = try Descriptor(opening: path, O_RDONLY)
        let start = max(0, try log.size() - bytes)
        return (try log.readAll(from: start), start)
      } catch let error as SystemError where error.isMissing || error.isBlocked {
        return ([], 0)
      }
    }
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
