// What a search found, as the contract's JSON, and as a person sees it.

struct SearchResults: ListAnswer {
  let found: [RankedMemory]
  /// Of what was found, where all was asked for.
  let standing: Standing
  /// Who the records are about, for people.
  var customers: [SessionID: String] = [:]
  /// Whether the JSON says it too.
  var namesCustomers = false
  var names = AgentNames()
  let isRanked: Bool
  /// What to know of how the query was read.
  let hint: String?
  let organisation: String
  let milliseconds: Int

  var key: String { "results" }
  var count: Int { found.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    let hit = found[place]
    hit.memory.write(
      to: &list, organisation: organisation, standing[hit.memory.id]
    ) { memory in
      if namesCustomers { customers.write(of: hit.memory, to: &memory) }
      guard isRanked else { return }
      memory.key("score")
      memory.double(hit.score)
      if let explanation = hit.explanation {
        memory.key("explanation")
        explanation.write(to: &memory)
      }
    }
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
    if let hint {
      object.key("hint")
      object.string(hint)
    }
    object.key("query_time_ms")
    object.integer(milliseconds)
  }

  var display: Display {
    guard isRanked else { return .memories(found.map(\.memory), standing, customers, names) }
    let table = Display.table(
      [
        Display.Column("SCORE", right: true), Display.Column("WHEN"),
        Display.Column("CUSTOMER"), Display.Column("AGENT"),
        Display.Column("WHAT", flexible: true), Display.Column("ID"),
      ],
      rows: found.map { hit in
        [
          .text(Self.rounded(hit.score)), .time(hit.memory.time), customers.cell(of: hit.memory),
          .text(names[hit.memory.agent]), .text(hit.memory.told(standing[hit.memory.id])),
          .record(hit.memory.id.description),
        ]
      }, empty: "nothing found")
    let explanations = found.compactMap { hit in
      hit.explanation.map { Display.line("\(hit.memory.id)  \($0.text)") }
    }
    let notes = explanations + (hint.map { [Display.line($0)] } ?? [])
    return notes.isEmpty ? table : .list([table] + notes)
  }

  /// Two digits after the point.
  static func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension SearchExplanation {
  fileprivate var text: String {
    let terms = terms.map { "\($0.text) \(SearchResults.rounded($0.idf * $0.frequency))" }
    let sums = [
      ("words", words), ("trigrams", trigrams), ("feedback", feedback), ("session", session),
    ].map { "\($0) \(SearchResults.rounded($1))" }
    let products = factors.map { "× \(SearchResults.rounded($0.value)) \($0.name)" }
    return (sums + products).joined(separator: ", ")
      + (terms.isEmpty ? "" : " [\(terms.joined(separator: ", "))]")
  }

  fileprivate func write(to json: inout JSONWriter) {
    json.object { object in
      for (key, value) in [
        ("words", words), ("trigrams", trigrams), ("feedback", feedback), ("session", session),
      ] {
        object.key(key)
        object.double(value)
      }
      object.key("terms")
      object.array { list in
        for term in terms {
          list.object { entry in
            entry.key("term")
            entry.string(term.text)
            entry.key("idf")
            entry.double(term.idf)
            entry.key("frequency")
            entry.double(term.frequency)
          }
        }
      }
      object.key("factors")
      object.object { members in
        for factor in factors {
          members.key(factor.name)
          members.double(factor.value)
        }
      }
    }
  }
}
