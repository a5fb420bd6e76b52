// Which paths of a tree are ours.

/// Format 1 keeps its lines under three folders; everything else in the repository belongs to people.
enum RecordPath {
  /// Merged by record id.
  static func isRecordFile(_ path: String) -> Bool {
    isOurs(path) && path.utf8.suffix(6).elementsEqual(".jsonl".utf8)
  }

  /// In a folder of ours, whatever it is called.
  static func isOurs(_ path: String) -> Bool {
    Layout.lineRoots.contains {
      path.utf8.starts(with: $0.utf8) && path.utf8.dropFirst($0.utf8.count).first == 47
    }
  }
}
