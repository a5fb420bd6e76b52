// Stage one: what each word of a command line is, by its spelling alone.

/// A word or an option; `--flag=value` and `-Cvalue` carry their value.
enum Argument: Hashable {
  case word(String)
  case option(String, value: String?)
}

/// Walks over the words after the program's name. A copy looks ahead.
struct ArgumentCursor {
  private var rest: ArraySlice<String>
  private var optionsEnded = false

  init(_ words: [String]) {
    rest = words[...]
  }

  mutating func next() -> Argument? {
    guard let word = rest.popFirst() else { return nil }
    guard !optionsEnded, Self.looksLikeOption(word) else { return .word(word) }
    if word == "--" {
      optionsEnded = true
      return next()
    }
    if word.hasPrefix("--") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return .option(String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil)
    }
    let attached = word.dropFirst(2)
    return .option(String(word.prefix(2)), value: attached.isEmpty ? nil : String(attached))
  }

  /// The value that follows an option as a word of its own; nil where another option or the end follows.
  mutating func nextValue() -> String? {
    guard let word = rest.first, optionsEnded || !Self.looksLikeOption(word) else { return nil }
    return rest.popFirst()
  }

  /// Whether the next word may be a number with a unit, which no word of another meaning begins like.
  var nextBeginsWithDigit: Bool {
    rest.first?.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  /// Whether one of these options stands among the words that are left.
  func contains(_ option: GlobalOption) -> Bool {
    var ahead = self
    while let argument = ahead.next() {
      if case .option(let spelling, nil) = argument, GlobalOption(spelling: spelling) == option {
        return true
      }
    }
    return false
  }

  /// `--…`, or a dash and a letter: `-`, `-5` and `- text` are words.
  private static func looksLikeOption(_ word: String) -> Bool {
    let start = word.utf8.prefix(2)
    guard start.count == 2, start.first == UInt8(ascii: "-"), let second = start.last else {
      return false
    }
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(second | 0x20)
    return isLetter || second == UInt8(ascii: "-")
  }
}
