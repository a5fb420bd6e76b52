// Whether a person's configuration of SSH says anything of a host. What it says is for SSH itself to read.

/// The text of `~/.ssh/config`.
struct SSHConfiguration {
  private let text: String

  init(_ text: String) { self.text = text }

  /// Whether an entry is for this host. One that only SSH can judge (`Match`, `Include`) may be.
  func concerns(_ host: String) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "=" || $0 == "\"" }
      switch words.first?.lowercased() {
      case "match", "include": return true
      case "host":
        let patterns = words.dropFirst().map { $0.lowercased() }
        func has(_ pattern: some StringProtocol) -> Bool {
          Self.matches(Array(pattern.utf8)[...], Array(host.lowercased().utf8)[...])
        }
        return patterns.contains { !$0.hasPrefix("!") && has($0) }
          && !patterns.contains { $0.hasPrefix("!") && has($0.dropFirst()) }
      default: return false
      }
    }
  }

  /// `*` stands for anything, `?` for one character.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
      return matches(pattern.dropFirst(), text)
        || !text.isEmpty && matches(pattern, text.dropFirst())
    }
    guard let next = text.first, first == UInt8(ascii: "?") || first == next else { return false }
    return matches(pattern.dropFirst(), text.dropFirst())
  }

  /// The host of a URL of SSH, `ssh://ana@host:22/…` or `ana@host:…`; nil for any other.
  static func host(of url: String) -> String? {
    let isShort = !url.contains("://") && LocalRemote.path(of: url) == nil
    guard isShort || url.hasPrefix("ssh://") || url.hasPrefix("git+ssh://") else { return nil }
    let authority = RemoteFailure.host(of: url)
    guard authority.hasPrefix("[") else { return String(authority.prefix { $0 != ":" }) }
    // With a port, `[ana@host:22]:…`, or an address of version 6.
    let inner = authority.dropFirst().prefix { $0 != "]" }.split(separator: "@").last ?? ""
    return inner.filter { $0 == ":" }.count > 1 ? String(inner) : String(inner.prefix { $0 != ":" })
  }
}
