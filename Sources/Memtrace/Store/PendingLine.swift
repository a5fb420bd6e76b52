// A line on its way into a file: journalled, and in no commit yet.

/// A line with the file that takes it. A class, for it passes through many lists.
final class PendingLine: Sendable, Equatable {
  /// Folder of the repository that the line belongs into.
  let folder: String
  let file: FileName
  /// `folder/file`
  let path: String
  /// With its line feed.
  let bytes: [UInt8]
  /// The full name of the branch that HEAD was on when it was acknowledged; nil where it was on none.
  let branch: String?
  private let known: Record?

  /// - Parameter record: what the bytes say, where that is known.
  init(
    folder: String, file: FileName, bytes: [UInt8], branch: String? = nil, record: Record? = nil
  ) {
    self.folder = folder
    self.branch = branch
    self.file = file
    self.bytes = bytes
    path = "\(folder)/\(file)"
    known = record
  }

  /// The same line in another file of its folder.
  func moved(to file: FileName) -> PendingLine {
    file == self.file
      ? self
      : PendingLine(folder: folder, file: file, bytes: bytes, branch: branch, record: known)
  }

  /// The same line, meant for a branch.
  func meant(for branch: String?) -> PendingLine {
    branch == self.branch
      ? self
      : PendingLine(folder: folder, file: file, bytes: bytes, branch: branch, record: known)
  }

  /// Whether it belongs to what a HEAD on that branch shows. What was recorded on no branch belongs to the next one
  /// that HEAD is on, and while HEAD is on none, as in a rebase, everything does.
  func isMeant(for head: String?) -> Bool { branch == nil || head == nil || branch == head }

  /// What the bytes say; nil for an empty line.
  var record: Record? {
    if let known { return known }
    return bytes.withUnsafeBytes { buffer in
      var record: Record?
      scanLines(buffer) { record = $0.record() }
      return record
    }
  }

  var id: RecordID? {
    switch known {
    case .memory(let memory)?: return memory.id
    case .event(let event)?: return event.id
    case .review(let review)?: return review.id
    case .unknown(let text?)?: return RecordID(text)
    default:
      return bytes.withUnsafeBytes { buffer in
        var id: RecordID?
        scanLines(buffer) { id = $0.id }
        return id
      }
    }
  }

  /// Imported lines have files of their own, named by their content and the same in every clone.
  var isImported: Bool { file.replica.hasPrefix("import-") }

  static func == (a: PendingLine, b: PendingLine) -> Bool {
    a.path == b.path && a.bytes == b.bytes
  }
}
