// Files beneath one folder, reached without following a symbolic link in any component.

internal import CLinux
package import Glibc

/// A root folder. Paths are relative to it, `/` between components; none may be empty, `.` or `..`.
package final class Folder: Sendable {
  package let path: String
  private let root: Descriptor
  /// Of what is made in it.
  private let modes: FileModes

  package init(_ path: String, modes: FileModes = .own) throws {
    self.path = path
    self.modes = modes
    root = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
  }

  private init(_ path: String, owning root: consuming Descriptor, _ modes: FileModes) {
    self.path = path
    self.root = root
    self.modes = modes
  }

  /// A folder directly in this one, made where it is missing.
  package func subfolder(_ name: String) throws -> Folder {
    try within("\(name)/.", create: true) { parent, _ in
      Folder(
        "\(path)/\(name)", owning: try Descriptor(at: parent, ".", O_RDONLY | O_DIRECTORY), modes)
    }
  }

  /// Whole contents; nil where there is no such file.
  package func read(_ file: String) throws -> [UInt8]? {
    try missingIsNil {
      try within(file, create: false) { parent, name in
        do {
          return try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).readAll()
        } catch let error as SystemError {
          // The calls know a descriptor, or the last part of the path.
          throw SystemError(call: error.call, path: file, code: error.code)
        }
      }
    }
  }

  /// Names of the entries with whether each is a folder, sorted by bytes; empty where there is no such folder.
  package func list(_ folder: String) throws -> [(name: String, isFolder: Bool)] {
    let found: [(name: String, isFolder: Bool)]? = try missingIsNil {
      try within(folder + "/.", create: false) { parent, _ in try Self.entries(of: parent) }
    }
    return found ?? []
  }

  /// The entries of the root itself.
  package func list() throws -> [(name: String, isFolder: Bool)] {
    try Self.entries(of: root.raw)
  }

  /// Size and modification time; nil where there is no such file.
  package func status(_ file: String) throws -> stat? {
    try missingIsNil {
      try within(file, create: false) { parent, name in
        var status = stat()
        try retrying("fstatat", file) { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
        return status
      }
    }
  }

  /// Appends what the file's bytes ask for, making it and its folders where they are missing. Read and appended to is one
  /// open file: where git puts another in its place meanwhile, as it does with a stash, that one gets no line twice.
  /// Nothing is synced: what is acknowledged lies in the journal.
  package func extend(_ file: String, _ more: ([UInt8]) throws -> [UInt8]) throws {
    try within(file, create: true) { parent, name in
      while true {
        let isThere: Void? = try missingIsNil {
          let descriptor = try Descriptor(at: parent, name, O_RDWR | O_APPEND | O_NOFOLLOW)
          if modes.isShared { fchmod(descriptor.raw, modes.file) }
          try descriptor.append(try more(try descriptor.readAll()))
        }
        if isThere != nil { return }
        // Made once it is known what goes in: whoever is killed in between leaves no empty file.
        let bytes = try more([])
        if bytes.isEmpty { return }
        do {
          let descriptor = try Descriptor(
            at: parent, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, mode: modes.file)
          if modes.isShared { fchmod(descriptor.raw, modes.file) }
          return try descriptor.append(bytes)
        } catch let error as SystemError where error.code == EEXIST {
          continue
        }
      }
    }
  }

  /// Replaces the file as a whole, or leaves the old one: written beside it, then renamed.
  /// - Parameters:
  ///   - place: where it is written, if not beside the old one: an absolute path, used where it lies on the same file
  ///     system.
  ///   - isSynced: whether contents and name survive a power cut from here on.
  package func replace(
    _ file: String, with bytes: some Collection<UInt8>, mode: mode_t? = nil,
    by place: String? = nil, isSynced: Bool = false
  ) throws {
    try within(file, create: true) { parent, name in
      let temporary = place ?? ".\(name).\(getpid()).tmp"
      do {
        let descriptor = try Descriptor(
          at: parent, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW,
          mode: mode ?? modes.file)
        if mode == nil, modes.isShared { fchmod(descriptor.raw, modes.file) }
        try descriptor.append(bytes)
        if isSynced { try descriptor.sync() }
        try retrying("rename", file) { renameat(parent, temporary, parent, name) }
        if isSynced { try retrying("fsync", file) { fsync(parent) } }
      } catch {
        unlinkat(parent, temporary, 0)
        guard place != nil, (error as? SystemError)?.code == EXDEV else { throw error }
        try replace(file, with: bytes, mode: mode, isSynced: isSynced)
      }
    }
  }

  /// Removes a file, and the folders above it that it leaves empty. A missing one is no error.
  package func remove(_ file: String) throws {
    let _: Void? = try missingIsNil {
      try within(file, create: false) { parent, name in
        try retrying("unlink", file) { unlinkat(parent, name, 0) }
      }
    }
    var components = file.split(separator: "/").dropLast()
    while !components.isEmpty {
      let folder = components.joined(separator: "/")
      let isGone: Bool? = try missingIsNil {
        try within(folder, create: false) { parent, name in
          unlinkat(parent, name, AT_REMOVEDIR) == 0
        }
      }
      if isGone != true { return }
      components = components.dropLast()
    }
  }

  /// Removes every file beneath a folder, and the folder. A missing one is no error.
  package func removeAll(below folder: String) throws {
    for (name, isFolder) in try list(folder) {
      if isFolder {
        try removeAll(below: "\(folder)/\(name)")
      } else {
        try remove("\(folder)/\(name)")
      }
    }
  }

  /// Opens the last component's folder and hands its descriptor and the name on.
  package func within<Result>(
    _ path: String, create: Bool, _ body: (Int32, String) throws -> Result
  ) throws -> Result {
    let components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let name = components.last,
      !components.contains(where: { $0.isEmpty || $0 == ".." }),
      !components.dropLast().contains(".")
    else {
      throw SystemError(call: "open", path: path, code: EINVAL)
    }
    // By one call where the system has it. Where that fails, the way below finds out at which folder.
    if !create, components.count > 2 {
      let folder = components.dropLast().joined(separator: "/")
      let found = clinux_open_beneath(root.raw, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if found >= 0 {
        defer { close(found) }
        return try body(found, name)
      }
    }
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    var parent = root.raw
    for (depth, component) in components.dropLast().enumerated() {
      let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
      var next = openat(parent, component, flags)
      if next < 0, errno == ENOENT, create {
        if mkdirat(parent, component, modes.folder & 0o777) == 0, modes.isShared {
          fchmodat(parent, component, modes.folder, 0)
        }
        next = openat(parent, component, flags)
      }
      guard next >= 0 else {
        let reached = components.prefix(depth + 1).joined(separator: "/")
        throw SystemError(call: "open", path: reached, code: errno)
      }
      opened.append(next)
      parent = next
    }
    return try body(parent, name)
  }

  static func entries(of folder: Int32) throws -> [(name: String, isFolder: Bool)] {
    // `fdopendir` takes its descriptor over and moves its position: give it one of its own.
    let own = try retrying("open", ".") { openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(own) else {
      close(own)
      throw SystemError(call: "fdopendir", path: ".", code: errno)
    }
    defer { closedir(stream) }
    let result = try Path.entries(of: stream, ".").map { name, type in
      var isFolder = type == UInt8(DT_DIR)
      if type == UInt8(DT_UNKNOWN) {
        var status = stat()
        isFolder =
          fstatat(own, name, &status, AT_SYMLINK_NOFOLLOW) == 0
          && status.st_mode & S_IFMT == S_IFDIR
      }
      return (name: name, isFolder: isFolder)
    }
    return result.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
