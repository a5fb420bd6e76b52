// Damage to files, by the thousand: never a crash, never a reading that Foundation would refuse.
import Foundation
import Testing

@testable import Memtrace

struct LineFuzzTests {
  /// Problems that are ours, in lines that are JSON to Foundation.
  private func isOurRule(_ problem: String) -> Bool {
    problem.hasSuffix("twice") || problem.hasSuffix("missing") || problem.hasPrefix("id ")
      || problem.contains(" is not ") || problem.contains(" has an element ")
      || problem.hasSuffix("too") || problem.hasSuffix("go with the id")
      || problem == "not an object"
      || problem == "half of a surrogate pair" || problem == "importance is out of range"
  }

  @Test(arguments: [31, 32, 33, 34] as [UInt64])
  func `a damaged line is refused where Foundation refuses it`(seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<1_500 {
      var bytes: [UInt8] = []
      if random.chance(0.7) {
        random.memory().appendLine(to: &bytes)
      } else {
        random.event().appendLine(to: &bytes)
      }
      bytes.removeLast()
      for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&bytes, &random) }
      guard !bytes.contains(0x0A), !bytes.isEmpty, bytes.last != 0x0D else { continue }
      let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
      let found = records(bytes)
      guard found.count == 1 else {
        Issue.record("\(found.count) records")
        return
      }
      if case .invalid(let problem, let offset) = found[0] {
        // Foundation takes a comma before a closing bracket; JSON has none.
        let isAfterComma = bytes.dropFirst(offset).first.map("}]".utf8.contains) == true
        let isRight =
          (0...bytes.count).contains(offset) && (!isJSON || isOurRule(problem) || isAfterComma)
        if !isRight { Issue.record("\(problem): \(String(decoding: bytes, as: UTF8.self))") }
      } else if !isJSON {
        Issue.record("read: \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout Seeded) {
    guard !bytes.isEmpty else { return }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    let odd = Array("{}[]\",:\\u0-.e <=>".utf8) + [0x80, 0xC3, 0xED, 0xF5, 0xFF]
    switch Int.random(in: 0...4, using: &random) {
    case 0: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes.remove(at: at)
    case 2: bytes.insert(odd.randomElement(using: &random)!, at: at)
    case 3: bytes.removeSubrange(at...)
    default:
      let end = min(bytes.count, at + Int.random(in: 0...40, using: &random))
      bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
    }
  }

  @Test(arguments: [41, 42] as [UInt64])
  func `any bytes are split into lines that cover them`(seed: UInt64) {
    var random = Seeded(seed)
    let alphabet: [UInt8] = Array("{}[]\":,\\ua0\n\r\n\r ".utf8) + [0, 0x80, 0xE2, 0xFF]
    for _ in 0..<1_500 {
      let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      let expected = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
        Array(line.reversed().drop { " \t\r".utf8.contains($0) }.reversed())
      }
      var found: [[UInt8]] = []
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          if !expected[line.number - 1].elementsEqual(buffer[line.range]) { Issue.record("range") }
          found.append(Array(line.bytes))
          _ = line.id
          _ = line.record()
        }
      }
      if found != expected.filter({ !$0.isEmpty }) { Issue.record("\(bytes)") }
    }
  }

  /// What one line leaves behind in the memo must not show in the next.
  @Test func `a line reads the same after any other line`() throws {
    var random = Seeded(51)
    var lines: [[UInt8]] = []
    for _ in 0..<300 {
      var bytes: [UInt8] = []
      random.memory().appendLine(to: &bytes)
      if random.chance(0.3) { damage(&bytes, &random) }
      lines.append(bytes.filter { $0 != 0x0A && $0 != 0x0D } + [0x0A])
    }
    for _ in 0..<10 {
      lines.shuffle(using: &random)
      let together = records(Array(lines.joined()))
      let apart = lines.flatMap { records($0) }
      #expect(together == apart)
    }
  }
}
