// Reviews as the contract's JSON, and as a person sees them.

/// What was said just now; nothing where it held already.
struct ReviewAnswer: Answer {
  let reviews: [Review]
  /// How many records were meant.
  let asked: Int

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("reviews")
      object.array { list in for review in reviews { review.write(to: &list) } }
      object.key("count")
      object.integer(reviews.count)
    }
  }

  var display: Display {
    if reviews.isEmpty {
      return .line(
        asked == 0 ? "nothing waits for a verdict there" : "nothing to do: that holds already")
    }
    return .list(reviews.map { .line("\($0.word.rawValue) \($0.record)") })
  }
}

extension Review {
  func write(to json: inout JSONWriter) {
    json.object { object in
      func field(_ key: String, _ value: String?) {
        guard let value else { return }
        object.key(key)
        object.string(value)
      }
      field("id", id.description)
      field("time", time.description)
      field("reviewer", reviewer)
      field("said_by", saidBy)
      field("review", word.rawValue)
      field("record_id", record.description)
      field("reason", reason)
      field("session_id", session?.description)
    }
  }

  /// `rejected by Ana: above the limit`. What `review undo` says again is theirs who said it.
  var text: String {
    let why = saidBy == nil ? reason : undoneReason
    return "\(word.rawValue) by \(speaker)" + (why.map { ": \($0)" } ?? "")
  }

  /// Who wrote the line, and for whom.
  var authors: String { saidBy.map { "\(reviewer) (as \($0) said)" } ?? reviewer }
}

extension RecordState {
  /// `corrected by mem_…`
  var text: String {
    switch self {
    case .stands: word
    case .duplicate(let first): "repeats \(first)"
    case .corrected(let correction): "corrected by \(correction)"
    case .pending(let review), .rejected(let review), .retracted(let review): review.text
    case .saidAgain: waitsFor ?? ""
    }
  }

  /// Of what is pending: whom or what it says again, and the rule, the reason or who asks for a verdict.
  var waitsFor: String? {
    switch self {
    case .pending(let review): review.reason ?? review.speaker
    case .saidAgain(let denial, let asked):
      denial.text + (asked.map { "; asked for too: \($0.reason ?? $0.speaker)" } ?? "")
    default: nil
    }
  }
}

extension Denial {
  /// `says again what was rejected by Ana: above the limit (dec_…)`
  var text: String { "says again what was \(review.text) (\(record))" }
}
