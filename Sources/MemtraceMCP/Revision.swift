// The revisions of the protocol that are spoken here, and what differs between them.

import Memtrace

/// A revision of the Model Context Protocol, named by its date. Later ones compare greater.
struct Revision: Hashable, Comparable {
  let name: String

  static let latest = Revision(name: "2026-07-28")

  /// Reached by `initialize`, newest first.
  static let handshakes = ["2025-11-25", "2025-06-18", "2025-03-26"].map(Revision.init)

  /// Each request carries its own version and capabilities; nothing is remembered between two.
  var isStateless: Bool { self == .latest }

  /// Several messages in one array: only this revision has them.
  var hasBatches: Bool { name == "2025-03-26" }

  /// Structured results, their schemas and titles.
  var hasStructure: Bool { name >= "2025-06-18" }

  static func < (left: Revision, right: Revision) -> Bool { left.name < right.name }
}

/// Keys that the protocol reserves in `_meta`.
enum Meta {
  static let version = "io.modelcontextprotocol/protocolVersion"
  static let capabilities = "io.modelcontextprotocol/clientCapabilities"
  static let server = "io.modelcontextprotocol/serverInfo"

  /// Whether a request carries its version itself, as those from 2026-07-28 on do.
  static func isStateless(_ params: JSON?) -> Bool {
    params?["_meta"]?[version] != nil
  }

  /// The revision of a request that carries it.
  /// - Throws: -32602 where a required key is missing, -32022 for a revision that is not spoken here.
  static func revision(_ params: JSON?) throws(Fault) -> Revision {
    guard let meta = params?["_meta"], meta.members != nil else {
      throw Fault(.invalidParams, "params._meta must carry '\(version)' and '\(capabilities)'")
    }
    let missing = [version, capabilities].filter { meta[$0] == nil }
    guard missing.isEmpty else {
      throw Fault(.invalidParams, "params._meta lacks \(missing.joined(separator: " and "))")
    }
    guard let name = meta[version]?.string else {
      throw Fault(.invalidParams, "'\(version)' must be text")
    }
    guard meta[capabilities]?.members != nil else {
      throw Fault(.invalidParams, "'\(capabilities)' must be an object")
    }
    guard name == Revision.latest.name else { throw unsupported(name) }
    return .latest
  }

  static func unsupported(_ requested: String?) -> Fault {
    var data: [JSON.Member] = [.init("supported", [.string(Revision.latest.name)])]
    if let requested { data.append(.init("requested", .string(requested))) }
    return Fault(.unsupportedVersion, "Unsupported protocol version", data: .object(data))
  }
}
