// Names in folders, and a file read whole with its status.

package import Glibc

/// A file's bytes with the status they had.
package struct FileBytes {
  package let bytes: [UInt8]
  package let status: stat

  /// Nil where there is no such file.
  /// - Parameter most: how many bytes are read.
  package init?(_ path: String, most: Int = .max) throws(SystemError) {
    do {
      let file = try Descriptor(opening: path, O_RDONLY)
      status = try file.status()
      bytes =
        most < Int(status.st_size) ? try file.prefix(most) : try file.readAll()
    } catch  where error.isMissing {
      return nil
    } catch {
      throw SystemError(call: error.call, path: path, code: error.code)
    }
  }
}

/// Names in folders.
package enum Path {
  /// A file's own status, symbolic links not followed; nil where there is none.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// The same for a path as the system takes it, with a zero behind it.
  package static func status(_ path: [CChar]) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// The absolute path without links; nil where nothing is there.
  package static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Makes one folder; one that is there is no error.
  package static func makeFolder(_ path: String, mode: mode_t = 0o777) throws(SystemError) {
    do {
      try retrying("mkdir", path) { mkdir(path, mode) }
    } catch  where error.code == EEXIST {}
  }

  /// The same for all of them on the way.
  package static func makeFolders(_ path: String, mode: mode_t = 0o777) throws(SystemError) {
    var made = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      made += "/\(component)"
      try makeFolder(made, mode: mode)
    }
  }

  /// The names in a folder as it has them, without `.` and `..`; none where it is missing.
  package static func names(in folder: String) throws(SystemError) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw .last("opendir", folder)
    }
    defer { closedir(stream) }
    return try entries(of: stream, folder).map(\.name)
  }

  /// What is left to read of an open folder, without `.` and `..`.
  /// - Throws: where it cannot be read to its end: a part of a folder is no smaller folder.
  static func entries(
    of stream: OpaquePointer, _ path: String
  ) throws(SystemError) -> [(name: String, type: UInt8)] {
    var entries: [(name: String, type: UInt8)] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { entries.append((name, entry.pointee.d_type)) }
    }
    guard errno == 0 else { throw .last("readdir", path) }
    return entries
  }

  /// Removes a file; a missing one is no error. What fails once is tried again: a lock that stays shuts everybody out.
  package static func remove(_ path: String) {
    for _ in 0..<3 where unlink(path) != 0 && errno != ENOENT {}
  }
}
