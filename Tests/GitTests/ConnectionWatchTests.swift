// Time-outs of connections, on plain sockets: what is cut off, and what is not.

import Glibc
import Testing

@testable import Git

/// Its sockets go with it.
private final class Listener {
  let descriptor: Int32
  private var others: [Int32] = []

  /// - Parameter isFull: whether as many have come as it lets wait, so that the system answers nobody else.
  init(isFull: Bool = false) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    try #require(bound == 0 && listen(descriptor, isFull ? 0 : 8) == 0)
    guard isFull else { return }
    for _ in 0..<4 {
      let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      _ = fcntl(other, F_SETFL, O_NONBLOCK)
      others.append(other)
      _ = connect(to: other)
    }
  }

  deinit { for open in others + [descriptor] { close(open) } }

  func connect(to other: Int32) -> Int32 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
        return Glibc.connect(other, $0, size)
      }
    }
  }

  /// A connection that is taken, and the other end of it.
  func pair() throws -> (ours: Int32, theirs: Int32) {
    let ours = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(connect(to: ours) == 0)
    let theirs = accept(descriptor, nil, nil)
    try #require(theirs >= 0)
    others += [ours, theirs]
    return (ours, theirs)
  }
}

@Suite struct `Waiting for a remote` {
  private let failed = GitError(code: .generic, call: "test", message: "as libgit2 says it")

  private func error(_ body: () throws -> Void) -> GitError? {
    do { try body() } catch { return error as? GitError }
    return nil
  }

  @Test func `a server that takes the connection and says nothing`() throws {
    let listener = try Listener()
    var byte: UInt8 = 0
    let found = error {
      try ConnectionWatch.run(Patience(silence: 1)) {
        let (ours, _) = try listener.pair()
        #expect(recv(ours, &byte, 1, 0) <= 0)
        throw failed
      }
    }
    #expect(found?.code == .timedOut && found?.message == "did not answer for 1 s")
  }

  @Test func `a server that says something and then nothing more`() throws {
    let listener = try Listener()
    var byte: UInt8 = 7
    let found = error {
      try ConnectionWatch.run(Patience(silence: 1)) {
        let (ours, theirs) = try listener.pair()
        #expect(send(theirs, &byte, 1, 0) == 1)
        #expect(recv(ours, &byte, 1, 0) == 1)
        #expect(recv(ours, &byte, 1, 0) <= 0)
        throw failed
      }
    }
    #expect(found?.code == .timedOut)
  }

  @Test func `a server that takes nothing of what is sent`() throws {
    let listener = try Listener()
    let bytes = [UInt8](repeating: 0, count: 1 << 20)
    let found = error {
      try ConnectionWatch.run(Patience(silence: 1)) {
        let (ours, _) = try listener.pair()
        while send(ours, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
        throw failed
      }
    }
    #expect(found?.code == .timedOut)
  }

  @Test func `a server whose queue is full`() throws {
    let listener = try Listener(isFull: true)
    let found = error {
      try ConnectionWatch.run(Patience(connect: 1)) {
        let ours = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(ours) }
        #expect(listener.connect(to: ours) == -1)
        throw failed
      }
    }
    #expect(found?.message == "could not be reached within 1 s")
  }

  @Test func `who computes is not cut off, nor is a connection of somebody else`() throws {
    let listener = try Listener()
    let other = try listener.pair()
    var byte: UInt8 = 7
    try ConnectionWatch.run(Patience(silence: 1)) {
      let (ours, theirs) = try listener.pair()
      var (start, now) = (timespec(), timespec())
      clock_gettime(CLOCK_MONOTONIC, &start)
      repeat { clock_gettime(CLOCK_MONOTONIC, &now) } while now.tv_sec - start.tv_sec < 4
      #expect(send(theirs, &byte, 1, 0) == 1)
      #expect(recv(ours, &byte, 1, 0) == 1)
    }
    _ = error {
      try ConnectionWatch.run(Patience(silence: 1)) {
        let (ours, _) = try listener.pair()
        #expect(recv(ours, &byte, 1, 0) <= 0)
      }
    }
    #expect(send(other.theirs, &byte, 1, 0) == 1)
    #expect(recv(other.ours, &byte, 1, 0) == 1)
  }

  @Test func `a failure without a cut is told as it is`() {
    #expect(error { try ConnectionWatch.run(Patience()) { throw failed } } == failed)
  }
}
