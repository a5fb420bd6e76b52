// Porter's algorithm against the words of its paper and against the Snowball project's implementation.

import Foundation
import Testing

@testable import Memtrace

@Suite struct PorterStemmerTests {
  @Test func `words of the paper and hundreds of others have the published stems`() {
    for (word, stem) in PorterStemmerWords.pairs { #expect(Self.stem(word) == stem, "\(word)") }
    #expect(PorterStemmerWords.pairs.count > 500)
  }

  @Test func `one and two letters stay as they are`() {
    for word in ["", "a", "s", "is", "as", "by"] { #expect(Self.stem(word) == word) }
  }

  @Test(.enabled(if: Self.hasPyStemmer))
  func `twenty thousand made-up words have the stems that PyStemmer gives them`() throws {
    let words = Self.madeUpWords(20_000)
    let stems = try Self.python(
      "import sys,Stemmer\ns=Stemmer.Stemmer('porter')\n"
        + "print('\\n'.join(s.stemWords(sys.stdin.read().split())))", input: words)
    #expect(stems.count == words.count)
    for (word, stem) in zip(words, stems) where Self.stem(word) != stem {
      Issue.record("\(word): \(Self.stem(word)), not \(stem)")
    }
  }

  private static func stem(_ word: String) -> String {
    String(decoding: PorterStemmer.stem(Array(word.utf8)), as: UTF8.self)
  }

  /// Syllables with endings that the rules know, so that every rule is met many times.
  private static func madeUpWords(_ count: Int) -> [String] {
    var random = SearchWorld.Random(state: 5)
    let onsets = [
      "b", "c", "d", "f", "gr", "h", "l", "m", "n", "pl", "r", "s", "st", "t", "tr", "v", "w", "y",
    ]
    let vowels = ["a", "e", "i", "o", "u", "ea", "oy", "y"]
    let codas = ["", "b", "bl", "d", "ll", "n", "nn", "r", "s", "ss", "t", "tt", "w", "x", "z"]
    let endings = """
      s es ies sses ed eed ing ational tional enci anci izer abli alli entli eli ousli ization ation \
      ator alism iveness fulness ousness aliti iviti biliti icate ative alize iciti ical ful ness al \
      ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize e ly y
      """.split(separator: " ").map(String.init)
    return (0..<count).map { _ in
      var word = ""
      for _ in 0...random.below(3) {
        word += onsets[random.below(onsets.count)] + vowels[random.below(vowels.count)]
      }
      word += codas[random.below(codas.count)]
      for _ in 0..<random.below(3) { word += endings[random.below(endings.count)] }
      return word.count > 2 ? word : word + "ing"
    }
  }

  private static let hasPyStemmer = (try? python("import Stemmer\nprint(1)", input: [])) == ["1"]

  private static func python(_ script: String, input: [String]) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "porter-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "in")
    try Data(input.joined(separator: "\n").utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
