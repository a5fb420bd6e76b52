// What every room above relies on: whole reads and writes, locks, folders, other programs.

import Foundation
import Glibc
import Testing

@testable import System

/// A folder that goes with its owner.
private final class Scratch {
  let path = NSTemporaryDirectory() + "memtrace-system-\(UUID())"

  init() throws { try Path.makeFolders(path) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct DescriptorTests {
  @Test func `a write to a descriptor that blocks nobody waits for its reader`() throws {
    var ends: [Int32] = [0, 0]
    try retrying("pipe", "") { pipe(&ends) }
    let (reading, writing) = (ends[0], ends[1])
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let ended = Signal()
    try startThread {
      try? Descriptor.append(sent, to: writing)
      close(writing)
      ended.post()
    }
    #expect(try Descriptor(owning: reading).readStream() == sent)
    #expect(ended.wait(milliseconds: 10_000))
  }

  @Test func `a stream is read no further than was asked for`() throws {
    let zero = try Descriptor(opening: "/dev/zero", O_RDONLY)
    #expect(try Descriptor.readStream(zero.raw, limit: 1 << 19).count > 1 << 19)
    #expect(try Descriptor.readStream(zero.raw, limit: 1 << 19).count < 1 << 21)
  }

  @Test func `a failure names its call, its path and the system's reason`() throws {
    let scratch = try Scratch()
    let error = #expect(throws: SystemError.self) {
      _ = try Descriptor(opening: scratch.path + "/none", O_RDONLY)
    }
    #expect(error == SystemError(call: "open", path: scratch.path + "/none", code: ENOENT))
    #expect(error?.isMissing == true)
    #expect(error?.reason == "No such file or directory")
    #expect(throws: SystemError(call: "read", path: scratch.path, code: EISDIR)) {
      try Descriptor.whole(scratch.path)
    }
    let full = try Descriptor(opening: "/dev/full", O_WRONLY)
    #expect(throws: SystemError(call: "write", code: ENOSPC)) { try full.append([1, 2, 3]) }
  }

  @Test func `files are read whole, in part, and as the system tells of them`() throws {
    let scratch = try Scratch()
    let bytes = [UInt8](repeating: 7, count: 5 << 20)
    try Folder(scratch.path).replace("file", with: bytes, isSynced: true)
    let path = scratch.path + "/file"
    #expect(try FileBytes(path)?.bytes == bytes)
    #expect(try FileBytes(path, most: 12)?.bytes.count == 12)
    #expect(try FileBytes(path, most: 12)?.status.st_size == 5 << 20)
    #expect(try FileBytes(path + "s") == nil)
    // A file that says of itself that it has no bytes.
    #expect(try FileBytes("/proc/self/status")?.bytes.starts(with: "Name:".utf8) == true)
    let file = try Descriptor(opening: path, O_RDONLY)
    #expect(try file.read(5 << 20 - 3..<6 << 20).count == 3)
    let mapped = try #require(try MappedFile(file))
    withExtendedLifetime(mapped) { #expect(mapped.bytes.elementsEqual(bytes)) }
    let empty = try Descriptor(opening: path + "0", O_RDONLY | O_CREAT)
    #expect(try MappedFile(empty) == nil)
  }
}

@Suite struct PathTests {
  @Test func `folders are made where they are missing, and a file in the way is told`() throws {
    let scratch = try Scratch()
    for _ in 0..<2 { try Path.makeFolders(scratch.path + "/a/b", mode: 0o700) }
    #expect(Path.status(scratch.path + "/a/b")!.st_mode & 0o777 == 0o700)
    try Folder(scratch.path).replace("a/file", with: [1])
    #expect(throws: SystemError.self) { try Path.makeFolders(scratch.path + "/a/file/c") }
    #expect(try Path.names(in: scratch.path + "/a").sorted() == ["b", "file"])
    #expect(try Path.names(in: scratch.path + "/z") == [])
    #expect(symlink("a", scratch.path + "/link") == 0)
    #expect(Path.real(scratch.path + "/link") == Path.real(scratch.path + "/a"))
    #expect(Path.real(scratch.path + "/none") == nil)
    #expect(Path.status(scratch.path + "/link")!.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func `a lock is held by one, given back when its holder goes, and shared where asked`()
    throws
  {
    let scratch = try Scratch()
    let path = scratch.path + "/lock"
    var first = try FileLock.attempt(path)
    #expect(first != nil)
    #expect(try FileLock.attempt(path) == nil)
    #expect(throws: SystemError(call: "flock", path: path, code: EWOULDBLOCK)) {
      try FileLock(waitingFor: path, patience: 20)
    }
    first = nil
    let one = try FileLock.attempt(path, shared: true)
    let two = try FileLock.attempt(path, shared: true)
    #expect(one != nil && two != nil)
    #expect(try FileLock.attempt(path) == nil)
    let folder = try FileLock.attempt(onFolder: scratch.path)
    #expect(folder != nil)
    #expect(try FileLock.attempt(onFolder: scratch.path) == nil)
  }

  @Test func `a file that a process has open is known to be open`() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/file"
    do {
      let file = try Descriptor(opening: path, O_WRONLY | O_CREAT)
      #expect(OpenFiles.contain(path))
      try file.append([1])
    }
    #expect(!OpenFiles.contain(path))
    #expect(!OpenFiles.contain(path + "s"))
  }
}

@Suite struct ChildProcessTests {
  @Test func `a program gets its words, its input and its settings, and its output comes whole`()
    throws
  {
    let run = try #require(
      ChildProcess.run(
        ["sh", "-c", "cat; cat <&3; printf %s \"$1$2$WORD\"", "sh", "a b", "\"'"],
        environment: ["WORD=only", "PATH=/usr/bin:/bin"], input: .bytes(Array("in ".utf8)),
        more: Array("more ".utf8)))
    #expect(run.status == 0)
    #expect(String(decoding: run.output, as: UTF8.self) == "in more a b\"'only")
    let long = try #require(ChildProcess.run(["head", "-c", "3000000", "/dev/zero"]))
    #expect(long.output.count == 3_000_000)
  }

  @Test func `a program that fails, reads nothing or is not there`() throws {
    let scratch = try Scratch()
    let said = scratch.path + "/said"
    let failed = try #require(
      ChildProcess.run(
        ["sh", "-c", "echo out; echo oh dear >&2; exit 3"], messages: .file(said)))
    #expect(failed.status >> 8 & 255 == 3)
    #expect(failed.output == Array("out\n".utf8))
    #expect(try FileBytes(said)?.bytes == Array("oh dear\n".utf8))
    signal(SIGPIPE, SIG_IGN)
    let deaf = try #require(
      ChildProcess.run(["true"], input: .bytes([UInt8](repeating: 1, count: 1 << 20))))
    #expect(deaf.status == 0)
    #expect(ChildProcess.run(["no-such-program-\(UUID())"]) == nil)
  }

  /// A child that ignored SIGPIPE as we do would write for ever to a reader that has gone.
  @Test func `a program has the default of SIGPIPE, and no descriptor of ours`() throws {
    signal(SIGPIPE, SIG_IGN)
    let held = try Descriptor(opening: "/dev/null", O_RDONLY)
    let run = try #require(
      ChildProcess.run(["sh", "-c", "grep SigIgn /proc/self/status; ls /proc/self/fd"]))
    let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
    let ignored = try #require(UInt64(lines[0].split(separator: "\t")[1], radix: 16))
    #expect(ignored & 1 << (UInt64(SIGPIPE) - 1) == 0)
    #expect(!lines.dropFirst().contains(Substring("\(held.raw)")) || held.raw < 4)
  }
}
