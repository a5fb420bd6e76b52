// Which files make an archive: large enough for Git not to take it for a file that was renamed, and none is left over.

import Git
import Testing

@testable import Memtrace

struct ArchivePlanTests {
  private func files(_ sizes: [Int]) throws -> [ArchivedFile] {
    let blob = try Repository.blobID([])
    let session = SessionID.own(ULID(milliseconds: 1_767_225_600_000, random: (0, 0)))
    return sizes.enumerated().map { number, size in
      let name = String(number + 100_000)
      return ArchivedFile(
        path: "sessions/2026-01/01/00/\(session)/memories.\(name).jsonl", blob: blob,
        session: session, lines: 1, bytes: size)
    }
  }

  @Test(arguments: 1...UInt64(200))
  func `whatever the sizes, each archive keeps the bounds, and a second run finds nothing`(
    seed: UInt64
  ) throws {
    var random = SplitMix(seed: seed)
    let count = Int(random.next() % 900)
    // Many small ones, some of 64 KiB, and now and then one that somebody made by hand.
    let sizes = (0..<count).map { _ in
      switch random.next() % 40 {
      case 0: Int(random.next() % 6_000_000) + 1
      case 1..<12: Int(random.next() % 65_536) + 1
      default: Int(random.next() % 2_000) + 1
      }
    }
    let all = try files(sizes)
    let archives = ArchivePlan.archives(of: all)
    for archive in archives {
      let total = archive.reduce(0) { $0 + $1.bytes }
      #expect(archive.count >= 50 && total <= 16 << 20)
      #expect(archive.allSatisfy { $0.bytes * 4 <= total })
      #expect(archive.map(\.path) == archive.map(\.path).sorted())
    }
    let taken = archives.joined().map(\.path)
    #expect(Set(taken).count == taken.count)
    let rest = all.filter { !taken.contains($0.path) }
    #expect(ArchivePlan.archives(of: rest) == [])
    #expect(ArchivePlan.archives(of: all.reversed()) == archives)
  }

  @Test func `forty-nine files are none, fifty are one, and a large month is cut evenly`() throws {
    #expect(ArchivePlan.archives(of: try files(Array(repeating: 500, count: 49))) == [])
    #expect(ArchivePlan.archives(of: try files(Array(repeating: 500, count: 50))).count == 1)
    let large = ArchivePlan.archives(of: try files(Array(repeating: 60_000, count: 300)))
    #expect(large.map(\.count) == [151, 149])
  }
}
