// Files of a repository that decide what contexts say: used only once a person has accepted them in this clone.

internal import Glibc
internal import System

/// A template or a list of words arrives by sync like any record, so it is data of others until somebody here has read it.
/// What was accepted is a hash; another word in the file, and it counts for nothing again.
extension Store {
  private static let templateFolder = ".memtrace/templates"
  private static let acceptedName = "templates.accepted"

  /// Its bytes; nil where there is none, or where this clone has not accepted it, which is said.
  func acceptedTemplate(_ name: String) throws -> [UInt8]? {
    guard let template = try template(name) else { return nil }
    if let bytes = template.bytes, try acceptedHashes().contains(SHA256.hex(bytes)) { return bytes }
    notices.append(
      "\(template.path) is not used: this clone has not accepted it "
        + "(read it, then `memtrace template accept`)")
    return nil
  }

  /// The lists of words, with those of this repository that are accepted in place of the built-in ones.
  func contextWords() throws -> ContextWords {
    var own: [String: [UInt8]] = [:]
    for name in try templateNames() {
      if let language = ContextWords.language(ofFile: name) {
        own[language] = try acceptedTemplate(name).flatMap {
          // One that is no list of words counts for nothing.
          (try? ContextWords([$0])) == nil ? nil : $0
        }
      }
    }
    return own.isEmpty ? .builtIn : .assembled(replacing: own)
  }

  /// The names of files for contexts that the repository has.
  func templateNames() throws -> [String] {
    try folder.list(Self.templateFolder).filter { !$0.isFolder && Self.isOfContexts($0.name) }
      .map(\.name)
  }

  /// Paths of those that this clone has not accepted as they are.
  func templatesToAccept() throws -> [String] {
    let accepted = try acceptedHashes()
    return try templateNames().compactMap { try template($0) }.filter { file in
      file.bytes.map { !accepted.contains(SHA256.hex($0)) } ?? true
    }.map(\.path)
  }

  /// Accepts files as they are now.
  /// - Returns: path and hash of each.
  /// - Throws: `notFound` for a name that is not there; what is wrong with a file that cannot be used.
  func acceptTemplates(_ names: [String]) throws -> [(path: String, hash: String)] {
    var accepted = try acceptedHashes()
    let found = try names.map { name in
      guard let template = try template(name) else {
        throw MemtraceError(
          .notFound, "there is no \(Self.templateFolder)/\(name)", hint: "memtrace template")
      }
      guard let bytes = template.bytes else {
        throw MemtraceError(
          .invalid, "\(template.path) is over \(ContextTemplate.size / 1_024) KiB")
      }
      try Self.validate(name, bytes)
      return (template.path, SHA256.hex(bytes))
    }
    for (_, hash) in found where !accepted.contains(hash) { accepted.append(hash) }
    let text = accepted.map { $0 + "\n" }.joined()
    try Folder(try stateFolder()).replace(Self.acceptedName, with: text.utf8, isSynced: true)
    return found
  }

  /// - Returns: without bytes where it is too large to be used, and then not read.
  private func template(_ name: String) throws -> (path: String, bytes: [UInt8]?)? {
    guard !name.contains("/"), !name.isEmpty else { return nil }
    let path = "\(Self.templateFolder)/\(name)"
    guard let size = try folder.status(path)?.st_size else { return nil }
    return (path, size > ContextTemplate.size ? nil : try folder.read(path))
  }

  private func acceptedHashes() throws -> [String] {
    guard let path = place.stateFolder,
      let bytes = try missingIsNil({ try Folder(path).read(Self.acceptedName) }) ?? nil
    else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func isOfContexts(_ name: String) -> Bool {
    name == ContextTemplate.fileName || ContextWords.language(ofFile: name) != nil
  }

  private static func validate(_ name: String, _ bytes: [UInt8]) throws {
    guard isOfContexts(name) else {
      throw MemtraceError(
        .invalid, "\(name) is no file that contexts use", hint: "memtrace template lists them")
    }
    if name == ContextTemplate.fileName {
      _ = try ContextTemplate(String(decoding: bytes, as: UTF8.self))
    } else {
      _ = try ContextWords([bytes])
    }
  }
}
