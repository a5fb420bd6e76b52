// Stage two: the words that name a verb, and what to say where they name none.

import Memtrace

/// The verbs by their one or two words.
struct VerbLookup {
  let verbs: [VerbDescription]

  func verb(_ name: String) -> VerbDescription? {
    verbs.first { $0.name == name }
  }

  /// Verbs of two words that begin with this one.
  func subverbs(of first: String) -> [VerbDescription] {
    verbs.filter { $0.name.hasPrefix(first + " ") }
  }

  /// A verb's name, the first word of several, or nothing: what help can be about.
  func isTopic(_ name: String) -> Bool {
    name.isEmpty || verb(name) != nil || !subverbs(of: name).isEmpty
  }

  /// `session` alone: lists what may follow.
  func incomplete(_ first: String) -> UsageError {
    let names = subverbs(of: first).map { "memtrace \($0.name)" }
    return UsageError("'\(first)' needs a second word", hint: names.joined(separator: "\n"))
  }

  func unknown(_ first: String, _ second: String?) -> UsageError {
    let (first, second) = (first.cut(to: 60), second?.cut(to: 60))
    let listing = "'memtrace help' lists the verbs"
    let group = subverbs(of: first)
    if let second, !group.isEmpty {
      let words = group.map { String($0.name.dropFirst(first.count + 1)) }
      let near = suggestions(for: second, among: words).map { "\(first) \($0)" }
      let hint =
        near.isEmpty
        ? group.map { "memtrace \($0.name)" }.joined(separator: "\n")
        : "did you mean '\(near.joined(separator: "' or '"))'?"
      return UsageError("unknown verb '\(first) \(second)'", hint: hint)
    }
    if let second, let meant = didYouMean("\(first) \(second)", among: pairs) {
      return UsageError("unknown verb '\(first) \(second)'", hint: meant)
    }
    let words = verbs.map { String($0.name.prefix { $0 != " " }) } + ["help"]
    return UsageError("unknown verb '\(first)'", hint: didYouMean(first, among: words) ?? listing)
  }

  private var pairs: [String] { verbs.map(\.name).filter { $0.contains(" ") } }
}
