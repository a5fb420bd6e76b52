// Every published format: keys drawn by its own shape are found, and what only looks like them is not.

import Glibc
import Testing

@testable import Memtrace

struct SecretFormatTests {
  private let gate = Gate()
  /// Keys drawn of each format; more with `MEMTRACE_LONG=1`.
  private let rounds = getenv("MEMTRACE_LONG") == nil ? 60 : 1_000

  @Test func `the table knows more than 200 formats, each once`() {
    let shapes = (SecretFormats.work + SecretFormats.business).map(\.pattern)
    #expect(shapes.count > 200)
    #expect(Set(shapes).count == shapes.count)
  }

  @Test func `at least 99 in 100 keys of each format are found whole, in any surroundings`() {
    var random = Seeded(1)
    for format in SecretFormats.all {
      var missed: [String] = []
      for _ in 0..<rounds {
        let key = random.key(format.pattern)
        let (before, after) = random.surroundings()
        let text = before + key + after
        let findings = gate.findings(in: text)
        let isWhole = findings.contains {
          $0.range.lowerBound <= before.utf8.count
            && $0.range.upperBound >= before.utf8.count + key.utf8.count - 1
        }
        if !isWhole { missed.append(key) }
      }
      #expect(missed.count <= max(1, rounds / 100), "\(format.name): \(missed.first ?? "")")
    }
  }

  @Test func `at most 1 in 100 texts that only look like keys is taken for one`() {
    var random = Seeded(2)
    for format in SecretFormats.all {
      var taken: [String] = []
      for round in 0..<rounds {
        guard let text = random.lookalike(format.pattern, round % 4) else { continue }
        if !gate.findings(in: "see \(text) there").isEmpty { taken.append(text) }
      }
      #expect(taken.count <= max(1, rounds / 100), "\(format.name): \(taken.first ?? "")")
    }
  }

  @Test
  func
    `keys of companies that have no shape of their own are found beside the name, and only there`()
  {
    var random = Seeded(3)
    for row in SecretFormats.allNamed {
      for format in row.formats {
        var (missed, taken) = (0, [String]())
        for _ in 0..<rounds {
          let key = random.key(format.pattern)
          let word = row.words.randomElement(using: &random)!
          if gate.findings(in: "Our \(word) api key is \(key) since May").isEmpty { missed += 1 }
          if !gate.findings(in: "Ticket \(key) was closed.").isEmpty { taken.append(key) }
        }
        #expect(missed <= max(1, rounds / 100), "\(format.name)")
        #expect(taken.count <= max(1, rounds / 100), "\(format.name): \(taken.first ?? "")")
      }
    }
  }

  @Test func `documentation is no secret`() {
    for text in [
      "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      "sk_live_your_key_goes_here_1234",
      "set API_KEY=${API_KEY} first", "no API key in the build",
      "the token bucket algorithm limits requests",
      "secret: see the vault", "token: <your token>", "Authorization: Bearer {{token}}",
    ] {
      #expect(gate.findings(in: text).isEmpty, "\(text)")
    }
  }
}

extension Seeded {
  /// A key of this shape.
  mutating func key(_ pattern: SecretPattern) -> String {
    var bytes: [UInt8] = []
    for part in pattern.parts {
      switch part {
      case .text(let text): bytes += text
      case .run(let set, let bounds):
        let count = Int.random(
          in: bounds.lowerBound...min(bounds.upperBound, bounds.lowerBound + 60), using: &self)
        let members = set.members
        for place in 0..<count {
          // Signs at an end are read as the sentence's.
          let isEnd = place == 0 || place == count - 1
          let fitting = isEnd ? members.filter(\.isLetterOrDigit) : members
          bytes.append(fitting.randomElement(using: &self)!)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  mutating func surroundings() -> (String, String) {
    [
      ("", ""), ("My key is ", "."), ("{\"value\": \"", "\"}"), ("use `", "`, please"),
      ("line one\n", "\nline three"),
      ("(", ")"), ("KEY=", "\n"), ("see ", ", thanks"),
    ].randomElement(using: &self)!
  }

  /// Too short, cut in two, one letter of its beginning off, or all of one letter; nil where the shape has no such case.
  mutating func lookalike(_ pattern: SecretPattern, _ kind: Int) -> String? {
    let key = Array(self.key(pattern).utf8)
    switch kind {
    case 0:
      guard case .run(_, let bounds)? = pattern.parts.last, bounds.lowerBound >= 8 else {
        return nil
      }
      // Runs of variable length are drawn anew at their shortest.
      var parts = pattern.parts.dropLast()
      parts.append(
        .run(ByteSet("abcdefghjkmnpqrstuvwxyz"), (bounds.lowerBound / 2)...(bounds.lowerBound / 2)))
      return self.key(SecretPattern(parts: Array(parts)))
    case 1:
      guard case .text(let text)? = pattern.parts.first, pattern.least >= 12, text.count >= 2 else {
        return nil
      }
      return String(
        decoding: key[..<(text.count + 3)] + Array(" ".utf8) + key[(text.count + 3)...].prefix(6),
        as: UTF8.self)
    case 2:
      guard case .text(let text)? = pattern.parts.first, text.count >= 4 else { return nil }
      return String(decoding: key[..<1] + Array("Q!".utf8) + key[2...].prefix(12), as: UTF8.self)
    default:
      guard pattern.least >= 16 else { return nil }
      let bytes = pattern.parts.flatMap { part -> [UInt8] in
        switch part {
        case .text(let text): return text
        case .run(let set, let bounds):
          let letter = set.members.last(where: \.isLetterOrDigit)!
          return [UInt8](repeating: letter, count: bounds.lowerBound)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
