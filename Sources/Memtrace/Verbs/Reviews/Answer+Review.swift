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
      field("review", word.rawValue)
      field("record_id", record.description)
      field("reason", reason)
      field("session_id", session?.description)
    }
  }

  /// `rejected by Ana: above the limit`
  var text: String {
    "\(word.rawValue) by \(reviewer)" + (reason.map { ": \($0)" } ?? "")
  }
}

extension RecordState {
  /// `corrected by mem_…`
  var text: String {
    switch self {
    case .stands, .erased: word
    case .duplicate(let first): "repeats \(first)"
    case .corrected(let correction): "corrected by \(correction)"
    case .pending(let review), .rejected(let review), .retracted(let review): review.text
    case .saidAgain(let denial): denial.text
    }
  }
}

extension Denial {
  /// `says again what was rejected by Ana: above the limit (dec_…)`
  var text: String { "says again what was \(review.text) (\(record))" }
}
