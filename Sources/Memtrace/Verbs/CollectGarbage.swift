// gc: packs objects. Nobody waits for it, and nothing is lost by it.

internal import Git
internal import Glibc

struct CollectGarbage: Verb {
  static let description = VerbDescription(
    name: "gc", group: "Repository", effect: .administers,
    summary: "pack objects; writing starts it by itself, in the background",
    fields: [
      Field(
        "background", .flag,
        "only what is new, at low priority: what a write starts after its answer")
    ], examples: ["memtrace gc"])

  private let isBackground: Bool

  init(_ input: inout Input) {
    isBackground = input.flag("background")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    if isBackground {
      // Of this process, and of the git command that it starts.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    } else {
      // What waits is committed if it can be; packing does not depend on it.
      do {
        try store.commitPending()
      } catch {
        store.notices.append("what waits could not be committed: \(error)")
      }
    }
    guard let report = try store.keepHouse(isWhole: !isBackground) else {
      return GarbageAnswer(packed: 0, joined: 0, isBusy: true)
    }
    return GarbageAnswer(packed: report.packed, joined: report.joined, isBusy: false)
  }
}

struct GarbageAnswer: Answer {
  /// Loose objects.
  let packed: Int
  /// Packs.
  let joined: Int
  /// Another one is at work.
  let isBusy: Bool

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("packed")
      object.integer(packed)
      object.key("joined")
      object.integer(joined)
    }
  }

  var display: Display {
    if isBusy { return .line("housekeeping is under way already") }
    if packed + joined == 0 { return .line("nothing to pack") }
    let packs = joined == 0 ? "" : ", joined \(joined) \(joined == 1 ? "pack" : "packs")"
    return .line("packed \(packed) \(packed == 1 ? "object" : "objects")\(packs)")
  }
}
