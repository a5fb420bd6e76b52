// The parts of a context, in the order of the text.

enum ContextSection: String, CaseIterable, Sendable {
  /// What is known of the customer: preferences, and memories of kind "entity".
  case customer
  case open, decisions, resolved, sentiment, timeline
  /// Corrected since, or said twice: only JSON shows them.
  case superseded

  /// Position in the order of the text, from 0.
  var place: Int {
    switch self {
    case .customer: 0
    case .open: 1
    case .decisions: 2
    case .resolved: 3
    case .sentiment: 4
    case .timeline: 5
    case .superseded: 6
    }
  }

  /// "1 decision", "37 older memories".
  func phrase(_ count: Int, isOlder: Bool) -> String {
    let (one, many) =
      switch self {
      case .customer: ("customer fact", "customer facts")
      case .open: ("open item", "open items")
      case .decisions: ("decision", "decisions")
      case .resolved: ("resolution", "resolutions")
      case .sentiment: ("note on sentiment", "notes on sentiment")
      case .timeline: ("memory", "memories")
      case .superseded: ("superseded memory", "superseded memories")
      }
    return "\(count) \(isOlder ? "older " : "")\(count == 1 ? one : many)"
  }
}
