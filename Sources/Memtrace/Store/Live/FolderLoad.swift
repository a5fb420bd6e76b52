// Everything for the first time, folder by folder: one folder's bytes are let go before the next one's come.

/// Reads a work tree and the lines that wait beside it into a state.
struct FolderLoad {
  private var state = ResidentState()
  /// By session's or agent's folder.
  private var pending: [String: [UInt8]] = [:]
  private var folder: String?
  private var gathering = Gathering()
  /// Some lines lie in a folder that is not theirs, or in none: then everything has to be judged together.
  private var isStrange = false

  private init(_ pending: [PendingLine]) {
    for line in pending {
      self.pending[Marks.group(of: line.path) ?? "", default: []] += line.bytes
    }
  }

  /// - Returns: nil where one folder cannot be read without the others.
  static func state(of tree: any FileTree, _ pending: [PendingLine]) throws -> ResidentState? {
    var load = FolderLoad(pending)
    for root in Layout.recordRoots {
      try tree.walk(root) { path, bytes in
        guard !load.isStrange, let name = path.split(separator: "/").last, FileName(name) != nil
        else { return }
        load.begin(Marks.group(of: path) ?? "")
        load.gathering.add(bytes)
      }
    }
    for folder in load.pending.keys.sorted() { load.begin(folder) }
    load.finish()
    return load.isStrange ? nil : load.state
  }

  private mutating func begin(_ folder: String) {
    guard folder != self.folder else { return }
    finish()
    self.folder = folder
    isStrange = isStrange || folder.isEmpty
  }

  /// All of a folder was read.
  private mutating func finish() {
    guard let folder, !isStrange else { return }
    if let lines = pending.removeValue(forKey: folder) { gathering.add(lines) }
    let records = FolderRecords(folder, gathering)
    self.folder = nil
    gathering = Gathering()
    guard !records.isEmpty else { return }
    let count = state.all.count + records.memories.count
    let isThere = records.session.map { state.session($0) != nil } ?? false
    isStrange = isThere || !records.replace(in: &state) || state.all.count != count
  }
}
