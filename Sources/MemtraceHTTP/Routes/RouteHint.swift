// What to do next, for somebody who has no terminal: a hint names a command, and most have a route.

import Memtrace

extension MemtraceError {
  /// The same with a route in place of the command that its hint names, where there is one.
  var namingRoute: MemtraceError {
    guard let command = hint, let route = RouteTable.hint(in: command) else { return self }
    return MemtraceError(kind, message, hint: route, faults: faults, existing: existing)
  }
}

extension RouteTable {
  /// Commands that are one word each of the same route.
  private static let words = [
    ("review approve", "approved"), ("review reject", "rejected"), ("restore", "restored"),
  ]
  /// After a command these go on with the sentence; anything else is the command line's.
  private static let verbsOfSentences = ["says", "shows", "names", "lists"]

  /// `GET /api/v1/sessions` for `memtrace session list`; nil for a command that has no route.
  static func hint(in command: String) -> String? {
    guard command.hasPrefix("memtrace ") else { return nil }
    let command = command.dropFirst("memtrace ".count)
    func begins(_ verb: String) -> Bool {
      command.hasPrefix(verb)
        && command.dropFirst(verb.count).first.map { " ,;".contains($0) } != false
    }
    if let word = words.first(where: { begins($0.0) })?.1 {
      return #"POST /api/v1/reviews with "review": "\#(word)""#
    }
    let known = verbs.filter { $0.precondition == nil && begins($0.verb) }
    guard let verb = known.map(\.verb).max(by: { $0.utf8.count < $1.utf8.count }),
      let operation = known.filter({ $0.verb == verb }).map(\.operation)
        .min(by: { $0.fieldCount < $1.fieldCount })
    else { return nil }
    let rest = command.dropFirst(verb.count)
    let next = rest.split(separator: " ").first.map(String.init) ?? ""
    var route = "\(operation.method) \(operation.pattern)"
    if next.hasPrefix("--all") { route += "?include=all" }
    return verbsOfSentences.contains(next) ? route + rest : route
  }
}
