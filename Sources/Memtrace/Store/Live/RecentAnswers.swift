// Answers that were just built: several agents ask for the same customer within moments.

internal import Glibc
internal import Synchronization

/// Holds an answer for as long as nothing was recorded since, and a second at most: `since` counts from now.
package final class RecentAnswers<Answer: Sendable>: Sendable {
  package struct Question: Hashable, Sendable {
    let store: ObjectIdentifier
    let input: JSON

    package init(_ store: LiveStore, _ input: JSON) {
      self.store = ObjectIdentifier(store)
      self.input = input
    }
  }

  package typealias Reply = @Sendable (Answer?) -> Void

  package enum Find {
    case found(Answer)
    /// Somebody is building it: it comes to whoever is handed over here; nil where that failed this very moment.
    case underWay(@Sendable (@escaping Reply) -> Void)
    /// The caller builds it and hands it to `keep`.
    case missing
  }

  private struct Entry {
    let version: Int
    let time: Int64
    /// Nil while it is being built.
    var answer: Answer?
    var waiting: [Reply] = []
  }

  private static var capacity: Int { 256 }
  private static var milliseconds: Int64 { 1_000 }
  private let entries = Mutex<[Question: Entry]>([:])

  package init() {}

  /// - Parameter version: of the store, now.
  package func find(_ question: Question, version: Int) -> Find {
    let now = Backlog.clock()
    return entries.withLock { entries in
      if let entry = entries[question], entry.version == version,
        entry.time > now - Self.milliseconds
      {
        if let answer = entry.answer { return .found(answer) }
        return .underWay { [self] reply in wait(for: question, reply) }
      }
      if entries.count >= Self.capacity { entries = entries.filter { $0.value.answer == nil } }
      // Whoever waits for an older one is answered with the newer.
      entries[question] = Entry(
        version: version, time: now, answer: nil, waiting: entries[question]?.waiting ?? [])
      return .missing
    }
  }

  private func wait(for question: Question, _ reply: @escaping Reply) {
    let entry = entries.withLock { entries in
      if entries[question] != nil, entries[question]?.answer == nil {
        entries[question]?.waiting.append(reply)
        return Entry?.none
      }
      return entries[question] ?? Entry(version: 0, time: 0)
    }
    if let entry { reply(entry.answer) }
  }

  /// - Parameters:
  ///   - isGood: false for a refusal, which is not kept: what it misses may be there the next moment.
  ///   - version: of the store, before the answer was built.
  package func keep(_ answer: Answer, isGood: Bool, for question: Question, version: Int) {
    let waiting = entries.withLock { entries in
      let waiting = entries[question]?.waiting ?? []
      entries[question] =
        isGood ? Entry(version: version, time: Backlog.clock(), answer: answer) : nil
      return waiting
    }
    for reply in waiting { reply(answer) }
  }
}
