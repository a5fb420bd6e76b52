// gc: packs loose objects.

internal import Git

struct CollectGarbage: Verb {
  static let description = VerbDescription(
    name: "gc", group: "Repository",
    summary: "pack loose objects and join packs; writing does it by itself past 5,000",
    fields: [], examples: ["memtrace gc"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    let report = try call.store().locked { session in
      _ = try session.flush()
      try session.repository.joinSmallPacks(from: 2)
      return try session.repository.packLooseObjects { progress in
        call.progress("packing", progress.receivedObjects, progress.totalObjects)
      }
    }
    return switch report {
    case .nothingLoose: GarbageAnswer(packed: 0)
    case .packed(let count), .leftToCollector(let count): GarbageAnswer(packed: count)
    }
  }
}

struct GarbageAnswer: Answer {
  let packed: Int

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("packed")
      object.integer(packed)
    }
  }

  var display: Display {
    .line(packed == 0 ? "nothing to pack" : "packed \(packed) objects")
  }
}
