// One message that came by HTTP: each stands alone, in either era of the protocol.

import Memtrace

extension Service {
  /// What is answered to a POST: a status, and JSON where there is something to say.
  public struct Posted: Sendable {
    public let status: Int
    public let body: [UInt8]

    /// Taken, and nothing to say: a notification.
    static let accepted = Posted(status: 202, body: [])
  }

  /// Answers one POST.
  /// - Parameter header: the values of a header by its lower-case name, one for each time that it was sent.
  public func answer(post body: [UInt8], header: (String) -> [String]) -> Posted {
    do throws(Fault) {
      return try posted(body, header)
    } catch {
      return Posted(status: error.code.httpStatus, body: error.bytes)
    }
  }

  private func posted(_ body: [UInt8], _ header: (String) -> [String]) throws(Fault) -> Posted {
    let json: JSON
    do {
      json = try JSON(parsing: body)
    } catch {
      throw Fault(.parse, "Parse error: \(error)")
    }
    let version = header(Header.version)
    guard version.count < 2 else {
      throw Fault(.headerMismatch, "\(Header.version) was sent more than once")
    }
    if version.first == Revision.latest.name || Meta.isStateless(json["params"]) {
      return try stateless(json, header)
    }
    let revision = try handshaken(version.first)
    if let batch = json.array, revision.hasBatches, !batch.isEmpty {
      let answers = batch.compactMap { legacy($0, revision) }
      guard !answers.isEmpty else { return .accepted }
      let list = [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")])
      return Posted(status: 200, body: list + [UInt8(ascii: "]")])
    }
    // A message that is none is refused as such; what goes wrong later is the answer to a request.
    if case .request = try Message(json), let answer = legacy(json, revision) {
      return Posted(status: 200, body: answer)
    }
    return .accepted
  }

  /// What an older client agreed on with `initialize`; one that does not say is of the oldest.
  private func handshaken(_ version: String?) throws(Fault) -> Revision {
    guard let version else { return Revision.handshakes[Revision.handshakes.count - 1] }
    guard let revision = Revision.handshakes.first(where: { $0.name == version }) else {
      throw Meta.unsupported(version)
    }
    return revision
  }

  private func legacy(_ json: JSON, _ revision: Revision) -> [UInt8]? {
    do throws(Fault) {
      guard case .request(let id, let method, let params) = try Message(json) else { return nil }
      do throws(Fault) {
        let result =
          method == "initialize"
          ? try handshake(params).result
          : try result(method, params, revision, progress: { _, _, _ in })
        return Message.response(to: id, result: result)
      } catch {
        var fault = error
        fault.id = id
        throw fault
      }
    } catch {
      return error.bytes
    }
  }

  private func stateless(_ json: JSON, _ header: (String) -> [String]) throws(Fault) -> Posted {
    switch try Message(json) {
    case .response: throw Fault(.invalidRequest, "a client's POST is a request or a notification")
    case .notification:
      guard header(Header.version).first == Revision.latest.name else {
        throw Meta.unsupported(header(Header.version).first)
      }
      return .accepted
    case .request(let id, let method, let params):
      do throws(Fault) {
        try Header.check(header, against: method, params)
        let revision = try Meta.revision(params)
        let result = try result(method, params, revision, progress: { _, _, _ in })
        return Posted(status: 200, body: Message.response(to: id, result: result))
      } catch {
        var fault = error
        fault.id = id
        throw fault
      }
    }
  }
}

/// Headers that say again what a request's body says, for those who pass it on without reading it.
enum Header {
  static let version = "mcp-protocol-version"
  private static let method = "mcp-method"
  private static let name = "mcp-name"
  /// The parameter that `Mcp-Name` repeats, by method.
  static let named = [
    "tools/call": "name", "prompts/get": "name", "resources/read": "uri",
  ]

  static func check(
    _ header: (String) -> [String], against method: String, _ params: JSON?
  ) throws(Fault) {
    for name in [version, Self.method, name] where header(name).count > 1 {
      throw Fault(.headerMismatch, "\(name) was sent more than once")
    }
    guard let said = params?["_meta"]?[Meta.version] else { return }
    guard let sent = header(version).first, sent == said.string else {
      throw Fault(.headerMismatch, "\(version) differs from the request's")
    }
    guard header(Self.method).first == method else {
      throw Fault(.headerMismatch, "\(Self.method) differs from the request's")
    }
    guard let key = named[method], let value = params?[key]?.string else { return }
    guard header(name).first.flatMap(decoded) == value else {
      throw Fault(.headerMismatch, "\(name) differs from the request's \(key)")
    }
  }

  /// What `decoded` makes the same text of.
  static func encoded(_ text: String) -> String {
    let isPlain =
      text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.hasPrefix("=?base64?")
    return isPlain ? text : "=?base64?\(Base64.encoded(Array(text.utf8)))?="
  }

  /// As it is, or `=?base64?…?=` for what a header cannot say. Nil where that is malformed.
  private static func decoded(_ text: String) -> String? {
    let (prefix, suffix) = ("=?base64?", "?=")
    guard text.hasPrefix(prefix), text.hasSuffix(suffix),
      text.utf8.count >= prefix.utf8.count + suffix.utf8.count
    else { return text }
    return Base64.decoded(text.dropFirst(prefix.count).dropLast(suffix.count))
      .flatMap { String(validating: $0, as: UTF8.self) }
  }
}

/// Base 64 (RFC 4648, section 4), in its one canonical form.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for place in 0..<4 {
        let isData = place <= group.count
        text.append(
          isData ? alphabet[Int(bits >> (18 - 6 * UInt32(place))) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for other characters, a wrong length, and bits beyond the last byte.
  static func decoded(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count.isMultiple(of: 4) else { return nil }
    let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
    guard text.utf8.count - digits.count <= 2 else { return nil }
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), UInt32(0))
    for digit in digits {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bits & (1 << count - 1) == 0 ? bytes : nil
  }
}

extension Fault.Code {
  /// As the protocol maps its errors; any other is told in the body alone.
  fileprivate var httpStatus: Int {
    switch self {
    case .parse, .invalidRequest, .invalidParams, .headerMismatch, .unsupportedVersion: 400
    case .methodNotFound: 404
    default: 200
    }
  }
}
