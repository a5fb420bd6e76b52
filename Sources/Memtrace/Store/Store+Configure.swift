// Changes of the committed configuration, and how they are noticed.

internal import Glibc
internal import System

extension Store {
  /// Rewrites `config.json` and commits it. Fields that this version does not know stay.
  /// - Throws: `invalid` where the result says something that this version does not know.
  func changeConfiguration(_ what: String, _ change: (inout JSON) -> Void) throws {
    try translating {
      try locked { session in
        session.flush()
        var json = try JSON(parsing: try folder.read(Layout.configuration) ?? [])
        change(&json)
        let bytes = Array(json.indented.utf8) + [UInt8(ascii: "\n")]
        let changed = try Configuration(parsing: bytes)
        try changed.mayWrite()
        // The file follows the commit: what is refused is not in force.
        try session.commitFiles(
          [(path: Layout.configuration, bytes: bytes)], message: "config: \(what)\n")
        configuration = changed
      }
    }
  }
}

extension Store {
  /// Reads the rules of the house again where their file has changed, by a sync or a person: for whoever holds a store
  /// for long. What cannot be read now leaves the rules that were.
  func followConfiguration() {
    do {
      guard let status = try folder.status(Layout.configuration) else { return }
      let mark = [
        Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec),
        Int(status.st_ino),
      ]
      guard mark != configurationMark, let bytes = try folder.read(Layout.configuration) else {
        return
      }
      var fresh = try Configuration(parsing: bytes)
      // A front may call it by another name.
      fresh.organisation = configuration.organisation
      (configuration, configurationMark) = (fresh, mark)
    } catch {
      notices.append("\(Layout.configuration) cannot be read: \(error)")
    }
  }
}

extension JSON {
  /// For the eyes of a person: an object's members and a list's objects on lines of their own, the rest in one.
  var indented: String { indented(by: "") }

  private func indented(by space: String) -> String {
    let deeper = space + "  "
    switch self {
    case .object(let members) where space.isEmpty || members.contains(where: { $0.value.isTall }):
      let lines = members.map { member in
        let key = String(decoding: JSON.string(member.key).bytes, as: UTF8.self)
        return "\(deeper)\(key): \(member.value.indented(by: deeper))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(space)}"
    case .object(let members):
      let parts = members.map { member in
        let key = String(decoding: JSON.string(member.key).bytes, as: UTF8.self)
        return "\(key): \(member.value.indented(by: deeper))"
      }
      return "{\(parts.joined(separator: ", "))}"
    case .array(let values):
      return "[\(values.map { $0.indented(by: deeper) }.joined(separator: ", "))]"
    default: return String(decoding: bytes, as: UTF8.self)
    }
  }

  private var isTall: Bool {
    switch self {
    case .object: true
    case .array(let values): values.contains(where: \.isTall)
    default: false
    }
  }
}
