// The listening socket.

import CLinux
import Glibc
import Memtrace
import System

/// Why a server could not begin.
public struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
  public let address: ListenAddress
  public let reason: String

  /// With the system's reason for the call that has just failed.
  init(_ address: ListenAddress) {
    self.init(address, SystemError.last("listen").reason)
  }

  init(_ address: ListenAddress, _ reason: String) {
    self.address = address
    self.reason = reason
  }

  public var description: String { "cannot listen on \(address): \(reason)" }
}

struct Listener: ~Copyable, Sendable {
  let descriptor: Descriptor
  /// The address with the port that the system chose.
  let address: ListenAddress

  init(_ wanted: ListenAddress) throws {
    let socket = try Listener.open(wanted)
    do {
      try Listener.bind(socket, wanted)
    } catch {
      close(socket)
      throw error
    }
    descriptor = Descriptor(owning: socket)
    if case .tcp(let host, 0) = wanted {
      address = .tcp(host: host, port: Listener.port(socket))
    } else {
      address = wanted
    }
  }

  private static func open(_ address: ListenAddress) throws -> Int32 {
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let number = socket(address.family, Int32(type), 0)
    guard number >= 0 else { throw ListenError(address) }
    return number
  }

  private static func bind(_ number: Int32, _ address: ListenAddress) throws {
    switch address {
    case .tcp:
      set(number, SOL_SOCKET, SO_REUSEADDR)
      // Accepted sockets inherit this from the listening one.
      set(number, Int32(IPPROTO_TCP), TCP_NODELAY)
      if address.family == AF_INET6 { set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
    case .unix(let path):
      if try isStale(path, address) { unlink(path) }
      // The file takes its mode from the descriptor, so that it is open to others at no moment.
      fchmod(number, 0o660)
    }
    guard try address.withName({ Glibc.bind(number, $0, $1) }) == 0, listen(number, 4096) == 0
    else { throw ListenError(address) }
    if case .unix(let path) = address { chmod(path, 0o660) }
  }

  private static func set(_ number: Int32, _ level: Int32, _ option: Int32) {
    var on: Int32 = 1
    setsockopt(number, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Turns clients away from now on. The file goes first: a successor may already wait to bind the path.
  func refuse() {
    if case .unix(let path) = address { unlink(path) }
    shutdown(descriptor.raw, Int32(SHUT_RDWR))
  }

  /// Whether a socket lies at the path that nobody answers on; throws if somebody does, or if it is no socket.
  private static func isStale(_ path: String, _ address: ListenAddress) throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ListenError(address, "a file that is no socket lies there")
    }
    let probe = Descriptor(owning: try open(address))
    guard try address.withName({ connect(probe.raw, $0, $1) }) != 0, errno == ECONNREFUSED
    else { throw ListenError(address, "another server answers there") }
    return true
  }

  private static func port(_ number: Int32) -> UInt16 {
    var name = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutablePointer(to: &name) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &size) }
    }
    // The port stands at the same place in both families.
    return UInt16(bigEndian: name.sin6_port)
  }
}

extension ListenAddress {
  var family: Int32 {
    switch self {
    case .unix: AF_UNIX
    case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
    }
  }

  /// Hands on the address as the system's calls take it; throws `ListenError` where it cannot be one.
  func withName(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws -> Int32 {
    switch self {
    case .unix(let path):
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      guard path.utf8.count < MemoryLayout.size(ofValue: name.sun_path) else {
        throw ListenError(self, "the path is longer than 107 bytes")
      }
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
      return withUnsafeBytes(of: &name) {
        body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
      }
    case .tcp(let host, let port):
      var hints = addrinfo()
      hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var found: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
        throw ListenError(self, "no numeric address")
      }
      defer { freeaddrinfo(found) }
      return body(found.pointee.ai_addr, found.pointee.ai_addrlen)
    }
  }
}
