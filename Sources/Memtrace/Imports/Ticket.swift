// A helpdesk's ticket, whatever helpdesk it is of, and the rows that it comes to.

/// One case: a session, with a memory for each message.
struct Ticket {
  struct Person {
    enum Role { case customer, agent, bot }
    var role: Role
    var name: String?
    var id: String?
  }

  struct Message {
    var id: String?
    var author: Person
    var text: String
    /// What only the team sees.
    var isNote = false
    /// What the helpdesk itself notes: "resolved by Maria".
    var isActivity = false
    var time: JSON?
    var attachments: [JSON] = []
    /// What nobody asked for.
    var rest: [JSON.Member] = []
  }

  let source: ImportSource
  let id: String
  /// Of the session.
  var metadata: [JSON.Member] = []
  var tags: [JSON] = []
  var messages: [Message] = []
  /// Whether the case is closed: nil where the source does not say.
  var isClosed: Bool?
  /// When the source says that it was closed, and that it was last changed: the first that is a time counts, else
  /// that of the last message.
  var times: (closed: [JSON?], changed: [JSON?]) = ([], [])
  /// The names of what nobody asked for.
  private var kept: [String] = []

  init(_ source: ImportSource, id: String) {
    self.source = source
    self.id = id
  }

  /// Notes a fact about the whole, if there is one.
  mutating func note(_ key: String, _ value: JSON?) {
    guard let value, value != .null, value != .string(""),
      !metadata.contains(where: { $0.isNamed(key) })
    else { return }
    metadata.append(.init(key, value))
  }

  mutating func note(_ key: String, _ text: String?) { note(key, text.map(JSON.string)) }

  /// Notes what nobody asked for.
  mutating func keep(_ rest: [JSON.Member]) {
    for member in rest where !metadata.contains(where: { $0.isNamed(member.key) }) {
      metadata.append(member)
      kept.append(member.key)
    }
  }

  /// The session's metadata, and the tags, stand in the first message's row; whether it is closed, in the last one's.
  /// - Parameter seen: the ids of messages that the file has had already; they are known.
  func rows(_ piece: SourcePiece, _ json: JSON, _ options: ImportOptions, seen: inout Set<String>)
    -> [SourceRow]
  {
    var rows: [SourceRow] = []
    var about: [JSON.Member] = options.metadata(of: json)
    about.append(.init("source", .string(source.rawValue)))
    about += metadata.filter { member in !about.contains { $0.isNamed(member.key) } }
    let changed = time(times.changed + [messages.last?.time], options)
    var last: (at: Int, members: [JSON.Member], kept: [String])?
    for message in messages {
      guard let content = content(of: message) else {
        rows.append(.passed(piece))
        continue
      }
      if let id = message.id, !seen.insert("\(self.id) \(id)").inserted {
        rows.append(.known(piece))
        continue
      }
      var facts: [JSON.Member] = []
      if let id = message.id { facts.append(.init("message_id", Self.number(id))) }
      if let name = message.author.name { facts.append(.init("author", .string(name))) }
      if let id = message.author.id { facts.append(.init("author_id", Self.number(id))) }
      if !message.attachments.isEmpty {
        facts.append(.init("attachments", .array(message.attachments)))
      }
      facts += message.rest.filter { rest in !facts.contains { $0.isNamed(rest.key) } }
      let isFirst = last == nil
      let members: [JSON.Member] = [
        .init("agent_id", agent(of: message, json, options)),
        .init("content", .string(content)),
        .init("event_type", .string(eventType(of: message))),
        .init("time", message.time ?? .null),
        .init("session", .string("\(source.rawValue):\(id)")),
        .init("session_metadata", isFirst ? .object(about) : .null),
        .init("session_time", isFirst ? changed ?? .null : .null),
        .init("tags", isFirst && !tags.isEmpty ? .array(tags) : .null),
        .init("metadata", facts.isEmpty ? .null : .object(facts)),
      ]
      let kept = (isFirst ? kept : []) + message.rest.map(\.key)
      last = (rows.count, members, kept)
      rows.append(.row(members, piece, kept: kept))
    }
    if let last, let isClosed {
      var members = last.members
      members.removeAll { $0.isNamed("session_time") }
      members.append(.init("session_time", changed ?? .null))
      let closing = time(times.closed, options) ?? changed
      members.append(.init("session_closed", isClosed ? closing ?? .null : .bool(false)))
      rows[last.at] = .row(members, piece, kept: last.kept)
    }
    return rows.isEmpty ? [.passed(piece)] : rows
  }

  /// What is no time does not cost the row.
  private func time(_ values: [JSON?], _ options: ImportOptions) -> JSON? {
    values.lazy.compactMap(\.self).first { value in
      if case .success = RowTime.read(value, zone: options.zone) { true } else { false }
    }
  }

  private func content(of message: Message) -> String? {
    var text = QuotedReply.folded(PlainText.tidy(message.text))
    for attachment in message.attachments {
      guard let name = attachment["name"]?.string else { continue }
      text += (text.isEmpty ? "" : "\n") + "[attachment: \(name)]"
    }
    if text.isEmpty { return nil }
    guard message.author.role == .customer, !message.isActivity else { return text }
    return "\(message.author.name.map { "\($0) (customer)" } ?? "Customer"): \(text)"
  }

  /// Whoever of the team wrote it; what customers and machines say was recorded by the helpdesk.
  private func agent(of message: Message, _ json: JSON, _ options: ImportOptions) -> JSON {
    let recorder = options.mapped("agent_id", in: json) ?? .string(source.rawValue)
    guard message.author.role == .agent, !message.isActivity else { return recorder }
    return message.author.name.map(JSON.string)
      ?? message.author.id.map { .string("\(source.rawValue)-agent-\($0)") } ?? recorder
  }

  private func eventType(of message: Message) -> String {
    if message.isActivity { return "activity" }
    if message.isNote { return "internal_note" }
    return switch message.author.role {
    case .customer: "customer_message"
    case .agent: "agent_reply"
    case .bot: "bot_message"
    }
  }

  /// An id as the source spells it: a number stays one.
  static func number(_ id: String) -> JSON {
    let isNumber =
      !id.isEmpty && id.utf8.count < 20 && id.utf8.allSatisfy { (48...57).contains($0) }
    return isNumber && (id == "0" || id.utf8.first != 48) ? .number(id) : .string(id)
  }

  /// Letters that a tag cannot have become dashes.
  static func tag(_ text: String) -> JSON? {
    let letters = text.prefix(64).map { letter in
      letter.isASCII && (letter.isLetter || letter.isNumber) || "_.-".contains(letter)
        ? letter : "-"
    }
    return letters.isEmpty ? nil : .string(String(letters))
  }

  /// A file that hangs on a message: where it lies, not its bytes.
  static func attachment(
    _ json: JSON, name: String, url: String, type: String, size: String
  ) -> JSON? {
    let members: [(String, JSON?)] = [
      ("name", json[name]), ("url", json[url]), ("content_type", json[type]), ("size", json[size]),
    ]
    let found = members.compactMap { key, value in
      value.flatMap { $0 == .null || $0 == .string("") ? nil : JSON.Member(key, $0) }
    }
    return found.isEmpty ? nil : .object(found)
  }
}
