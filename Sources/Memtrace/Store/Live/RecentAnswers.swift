// Answers that were just built: several agents ask for the same customer within moments.

internal import Synchronization
internal import System

/// Holds an answer for as long as nothing was recorded since, and a second at most: `since` counts from now. An answer
/// belongs to the version that it was begun at, and serves only those who asked at that version.
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
    /// Somebody builds it: it comes to whoever is handed over here; nil where that is given up.
    case underWay(@Sendable (@escaping Reply) -> Void)
    /// The caller builds it and hands it to `keep`.
    case missing(Build)
  }

  /// One answer, from the question to the last who waits for it.
  package final class Build: Sendable {
    private enum State {
      case waiting([Reply])
      case done(Answer?)
    }

    let version: Int
    let time: Int64
    private let state = Mutex(State.waiting([]))

    fileprivate init(version: Int, time: Int64) {
      self.version = version
      self.time = time
    }

    /// Nil while it is being built, and where it was given up.
    fileprivate var answer: Answer? {
      state.withLock { if case .done(let answer) = $0 { answer } else { nil } }
    }

    fileprivate func wait(_ reply: @escaping Reply) {
      let done = state.withLock { state -> Answer?? in
        switch state {
        case .waiting(let replies):
          state = .waiting(replies + [reply])
          return .none
        case .done(let answer): return .some(answer)
        }
      }
      if let done { reply(done) }
    }

    fileprivate func finishIfAlone() -> Bool {
      state.withLock { state in
        guard case .waiting(let replies) = state, replies.isEmpty else { return false }
        state = .done(nil)
        return true
      }
    }

    fileprivate func finish(_ answer: Answer?) {
      let replies = state.withLock { state in
        guard case .waiting(let replies) = state else { return [Reply]() }
        state = .done(answer)
        return replies
      }
      for reply in replies { reply(answer) }
    }
  }

  private static var capacity: Int { 256 }
  private static var milliseconds: Int64 { 1_000 }
  private let builds = Mutex<[Question: Build]>([:])

  package init() {}

  /// - Parameter version: of the store, now: what is built from here on has all that it counts.
  package func find(_ question: Question, version: Int) -> Find {
    let now = Clock.milliseconds()
    return builds.withLock { builds in
      if let build = builds[question], build.version == version,
        build.time > now - Self.milliseconds
      {
        return build.answer.map { .found($0) } ?? .underWay(build.wait)
      }
      if builds.count >= Self.capacity { builds = builds.filter { $0.value.answer == nil } }
      if builds.count >= Self.capacity { builds = [:] }
      let build = Build(version: version, time: now)
      builds[question] = build
      return .missing(build)
    }
  }

  /// Lets a build go that nobody waits for but who began it.
  /// - Returns: false where others wait.
  package func giveUp(_ build: Build, of question: Question) -> Bool {
    guard build.finishIfAlone() else { return false }
    builds.withLock { if $0[question] === build { $0[question] = nil } }
    return true
  }

  /// Answers who waits for this build, and nobody else: a newer one may be under way.
  /// - Parameters:
  ///   - answer: nil where it was given up.
  ///   - isGood: false for a refusal, which is not kept: what it misses may be there the next moment.
  package func keep(_ answer: Answer?, isGood: Bool, for question: Question, _ build: Build) {
    if !isGood {
      builds.withLock { if $0[question] === build { $0[question] = nil } }
    }
    build.finish(answer)
  }
}
