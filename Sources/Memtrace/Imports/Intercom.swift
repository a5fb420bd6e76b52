// Conversations of Intercom, as its API gives them (developers.intercom.com, Conversations).

struct IntercomReader: SourceReader {
  static let lists = ["conversations"]
  private let options: ImportOptions
  private var seen: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    var object = SourceObject(json)
    guard let id = object.scalar("id"), let source = object.take("source"), source.members != nil
    else {
      return [
        .bad(
          "source", "is missing; an Intercom conversation has id, source and conversation_parts",
          piece)
      ]
    }
    var ticket = Ticket(.intercom, id: id)
    let contacts = object.take("contacts")?["contacts"]?.array ?? []
    ticket.note("conversation_id", Ticket.number(id))
    ticket.note(
      "subject", source["subject"]?.string.map(PlainText.of(html:)) ?? object.text("title"))
    let state = object.text("state")
    ticket.note("ticket_status", state)
    ticket.isClosed = state.map { $0 == "closed" }
    ticket.times = ([json["statistics"]?["last_close_at"]], [json["updated_at"]])
    ticket.note("priority", object.text("priority"))
    ticket.note("channel", source["delivered_as"])
    ticket.note("customer_id", contacts.first?["external_id"])
    ticket.note("contact_id", contacts.first?["id"])
    let authors = [source] + parts(of: json)
    let customer = authors.lazy.compactMap { $0["author"] }.first { Self.isCustomer($0) }
    ticket.note("email", contacts.first?["email"] ?? customer?["email"])
    ticket.note("requester", contacts.first?["name"] ?? customer?["name"])
    ticket.note("phone", contacts.first?["phone"])
    ticket.note("assignee_id", object.scalar("admin_assignee_id").map(Ticket.number))
    ticket.tags = (object.take("tags")?["tags"]?.array ?? []).compactMap {
      $0["name"]?.string.flatMap(Ticket.tag)
    }
    ticket.messages = [
      message(source, id: source["id"]?.scalarText ?? "source", time: json["created_at"])
    ]
    ticket.messages += parts(of: json).map { part in
      var message = message(part, id: part["id"]?.scalarText, time: part["created_at"])
      let kind = part["part_type"]?.string ?? "comment"
      message.isNote = kind.contains("note")
      // An assignment or a closing may carry a word of the one who did it.
      if !kind.contains("comment"), !kind.contains("note") {
        message.rest.insert(.init("part_type", .string(kind)), at: 0)
      }
      return message
    }
    object.leave(
      "type", "title", "created_at", "updated_at", "conversation_parts", "open", "read",
      "waiting_since", "snoozed_until",
      "statistics", "teammates", "first_contact_reply", "sla_applied", "linked_objects")
    ticket.keep(object.rest)
    return ticket.rows(piece, json, options, seen: &seen)
  }

  private func parts(of json: JSON) -> [JSON] {
    json["conversation_parts"]?["conversation_parts"]?.array ?? []
  }

  private func message(_ json: JSON, id: String?, time: JSON?) -> Ticket.Message {
    var object = SourceObject(json)
    let author = object.take("author") ?? .null
    let kind = author["type"]?.string
    let role: Ticket.Person.Role =
      Self.isCustomer(author) ? .customer : kind == "bot" ? .bot : .agent
    let name = author["name"]?.string ?? author["email"]?.string
    var message = Ticket.Message(
      id: id,
      author: .init(role: role, name: name == "" ? nil : name, id: author["id"]?.scalarText),
      text: object.text("body").map(PlainText.of(html:)) ?? "", time: time)
    message.attachments = object.list("attachments").compactMap {
      Ticket.attachment($0, name: "name", url: "url", type: "content_type", size: "filesize")
    }
    object.leave(
      "type", "id", "part_type", "created_at", "updated_at", "notified_at", "assigned_to",
      "subject", "delivered_as",
      "url", "redacted", "state", "app_package_code", "tags")
    message.rest = object.rest
    return message
  }

  private static func isCustomer(_ author: JSON) -> Bool {
    ["user", "lead", "contact"].contains(author["type"]?.string)
  }
}
