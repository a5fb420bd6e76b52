// A difference as the contract's JSON, and as a reviewer sees it.

struct DiffAnswer: Answer {
  let report: DiffReport
  let isMarkdown: Bool
  let organisation: String

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("customers")
      object.array { list in for customer in report.customers { write(customer, to: &list) } }
      object.key("warnings")
      write(report.general, to: &object)
      object.key("totals")
      object.object { totals in
        for (key, count) in report.totals {
          totals.key(key)
          totals.integer(count)
        }
      }
    }
  }

  private func write(_ customer: DiffReport.Customer, to list: inout JSONWriter) {
    list.object { object in
      if let identity = customer.identity {
        object.key("identity")
        object.string(identity)
      }
      object.key("sessions")
      object.array { ids in for id in customer.sessions { ids.string(id.description) } }
      for (key, entries) in [
        ("decisions", customer.decisions), ("memories", customer.memories),
        ("removed", customer.removed),
      ] {
        object.key(key)
        object.array { records in
          for entry in entries {
            entry.memory.write(to: &records, organisation: organisation, entry.state)
          }
        }
      }
      object.key("reviews")
      object.array { reviews in for review in customer.reviews { review.write(to: &reviews) } }
      object.key("warnings")
      write(customer.warnings, to: &object)
    }
  }

  private func write(_ warnings: [DiffReport.Warning], to object: inout JSONWriter) {
    object.array { list in
      for warning in warnings {
        list.object { entry in
          entry.key("kind")
          entry.string(warning.kind.rawValue)
          if let record = warning.record {
            entry.key("record_id")
            entry.string(record.description)
          }
          entry.key("text")
          entry.string(warning.text)
        }
      }
    }
  }

  var display: Display {
    if isMarkdown { return .text(report.markdown) }
    var parts: [Display] = report.general.map { warning in
      .line("⚠ \(warning.text)" + (warning.record.map { " \($0)" } ?? ""))
    }
    for customer in report.customers {
      let sessions: [Display.Cell] =
        switch customer.sessions.count {
        case 0: []
        case 1: [.record(customer.sessions[0].description)]
        case let count: [.text("\(count) sessions")]
        }
      parts.append(
        .heading(
          [.text(customer.identity ?? "no customer")] + sessions
            + [.text(DiffReport.counts(customer))]))
      parts.append(
        .table(
          [.init(""), .init(""), .init("", flexible: true), .init("")],
          rows: (customer.decisions + customer.memories + customer.removed).flatMap(rows)
            + customer.reviews.map { review in
              [
                .text("  review"), .text(review.authors),
                .text(review.word.rawValue + (review.reason.map { ": \($0)" } ?? "")),
                .record(review.record.description),
              ]
            }, empty: ""))
    }
    parts.append(.line(report.summary))
    return .list(parts)
  }

  private func rows(_ entry: DiffReport.Entry) -> [[Display.Cell]] {
    let memory = entry.memory
    var rows: [[Display.Cell]] = [
      [
        .text(entry.isDecision ? "  DECISION" : "  memory"), .text(memory.agent),
        .text((entry.state == .stands ? "" : "[\(entry.state.word)] ") + memory.content),
        .record(memory.id.description),
      ]
    ]
    func add(_ word: String, _ text: String, _ id: RecordID? = nil) {
      rows.append([
        .text(""), .text(word), .text(text), id.map { .record($0.description) } ?? .text(""),
      ])
    }
    if entry.isDenied { add("✗", entry.state.text) }
    if let reason = memory.reasoning { add("because", reason) }
    if let corrected = entry.corrects { add("corrects", corrected.content, corrected.id) }
    for warning in entry.warnings { add("⚠", warning.text) }
    return rows
  }
}
