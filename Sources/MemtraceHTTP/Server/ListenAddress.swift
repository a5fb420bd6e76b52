// Where a server listens: `HOST:PORT` or `unix:PATH`.

import Glibc

public enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// A numeric IPv4 or IPv6 address; port 0 lets the system choose.
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  /// Nil for anything but `1.2.3.4:80`, `[::1]:80`, `localhost:80` and `unix:PATH`.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    if host == "localhost" { host = "127.0.0.1" }
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 4)
    defer { bytes.deallocate() }
    guard inet_pton(host.contains(":") ? AF_INET6 : AF_INET, host, bytes) == 1 else { return nil }
    self = .tcp(host: host, port: port)
  }

  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Whether only this machine can connect.
  public var isLoopback: Bool {
    switch self {
    case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
    case .unix: true
    }
  }
}
