// Who may read the files of a work tree: as `core.sharedRepository` says, else nobody but the owner and the group.

internal import Glibc
internal import System

extension FileModes {
  /// By the words of git-config(1).
  init(_ setting: String?) {
    switch setting?.lowercased() {
    case nil: self = .own
    case "group", "true", "1", "yes", "on":
      self.init(file: 0o660, folder: 0o2770, isShared: true)
    case "all", "world", "everybody", "2":
      self.init(file: 0o664, folder: 0o2775, isShared: true)
    case let text? where text.hasPrefix("0"):
      guard let mode = mode_t(text, radix: 8), mode & 0o600 == 0o600, mode <= 0o777 else {
        self = .own
        return
      }
      // Who may read a folder may enter it.
      self.init(file: mode & 0o666, folder: mode | (mode & 0o444) >> 2 | 0o2000, isShared: true)
    default:
      // `umask`, `false`: as a person said, by the mask alone.
      self.init(file: 0o666, folder: 0o777, isShared: false)
    }
  }

  /// Out of a Git folder's `config`, without libgit2: included files are not followed. Where it cannot be read they are for nobody else.
  static func of(_ gitFolder: String?) -> FileModes {
    guard let gitFolder,
      let bytes = try? Descriptor(opening: gitFolder + "/config", O_RDONLY).readAll()
    else { return .own }
    var section = ""
    var found: String?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.hasPrefix("[") {
        section = String(text.dropFirst().prefix { $0 != "]" }).lowercased()
      } else if section == "core", text.lowercased().hasPrefix("sharedrepository") {
        let value = text.split(separator: "=", maxSplits: 1).dropFirst().first ?? "true"
        found = value.filter { !" \t\r\"".contains($0) }
      }
    }
    return FileModes(found)
  }
}
