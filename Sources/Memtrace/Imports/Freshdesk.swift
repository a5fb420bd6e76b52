// Tickets of Freshdesk with `include=conversations,requester`, as its API gives them (developers.freshdesk.com/api).

struct FreshdeskReader: SourceReader {
  static let lists = ["tickets", "results"]
  private let options: ImportOptions
  private var seen: Set<String> = []

  private static let statuses = ["2": "open", "3": "pending", "4": "resolved", "5": "closed"]
  private static let priorities = ["1": "low", "2": "medium", "3": "high", "4": "urgent"]
  private static let channels = [
    "1": "email", "2": "portal", "3": "phone", "7": "chat", "9": "feedback", "10": "outbound email",
  ]

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    var object = SourceObject(json)
    let text = object.text("description_text")
    let html = object.text("description")
    guard let id = object.scalar("id"), text ?? html != nil else {
      return [
        .bad(
          "description",
          "is missing; a Freshdesk ticket has id, description, created_at and conversations", piece)
      ]
    }
    var ticket = Ticket(.freshdesk, id: id)
    let requester = object.take("requester")
    let requesterID = object.scalar("requester_id") ?? requester?["id"]?.scalarText
    let name = requester?["name"]?.string ?? object.text("name")
    ticket.note("ticket_id", Ticket.number(id))
    ticket.note("subject", object.text("subject"))
    let status = object.scalar("status").map { Self.statuses[$0] ?? $0 }
    ticket.note("ticket_status", status)
    ticket.isClosed = status.map { ["resolved", "closed"].contains($0) }
    let stats = json["stats"]
    ticket.times = ([stats?["resolved_at"], stats?["closed_at"]], [json["updated_at"]])
    ticket.note("priority", object.scalar("priority").map { Self.priorities[$0] ?? $0 })
    ticket.note("ticket_type", object.text("type"))
    ticket.note("channel", object.scalar("source").map { Self.channels[$0] ?? $0 })
    ticket.note("customer_id", requester?["unique_external_id"])
    ticket.note("requester", name)
    ticket.note("requester_id", requesterID.map(Ticket.number))
    ticket.note("email", requester?["email"] ?? object.take("email"))
    ticket.note(
      "phone",
      requester?["mobile"].flatMap { $0 == .null ? nil : $0 } ?? requester?["phone"]
        ?? object.take("phone"))
    ticket.note("assignee_id", object.scalar("responder_id").map(Ticket.number))
    ticket.tags = object.list("tags").compactMap { $0.string.flatMap(Ticket.tag) }
    let customer = Ticket.Person(role: .customer, name: name, id: requesterID)
    var first = Ticket.Message(
      id: "description", author: customer, text: html.map(PlainText.of(html:)) ?? text ?? "",
      time: object.take("created_at"))
    first.attachments = object.list("attachments").compactMap(Self.attachment)
    ticket.messages = [first] + object.list("conversations").map { message($0, customer) }
    object.leave(
      "updated_at", "requester", "name", "spam", "is_escalated", "fr_escalated", "due_by",
      "fr_due_by", "nr_due_by",
      "nr_escalated", "stats", "structured_description", "description", "description_text", "email",
      "phone",
      "association_type", "support_email", "to_emails")
    ticket.keep(object.rest)
    return ticket.rows(piece, json, options, seen: &seen)
  }

  private func message(_ json: JSON, _ customer: Ticket.Person) -> Ticket.Message {
    var object = SourceObject(json)
    let user = object.scalar("user_id")
    let isCustomer = object.take("incoming") == true || user != nil && user == customer.id
    let html = object.text("body")
    let text = object.text("body_text")
    // `Dora <billing@example.com>`, or the address alone.
    let from = object.text("from_email").map { from in
      from.contains(" <") ? String(from.prefix { $0 != "<" }.dropLast()) : from
    }
    var message = Ticket.Message(
      id: object.scalar("id"),
      author: .init(
        role: isCustomer ? .customer : .agent,
        name: isCustomer && user == customer.id ? customer.name : from, id: user),
      text: html.map(PlainText.of(html:)) ?? text ?? "", isNote: object.take("private") == true,
      time: object.take("created_at"))
    message.attachments = object.list("attachments").compactMap(Self.attachment)
    object.leave(
      "ticket_id", "updated_at", "source", "support_email", "to_emails", "structured_body",
      "source_additional_info",
      "category", "auto_response", "last_edited_at", "last_edited_user_id", "thread_id",
      "automation_id",
      "automation_type_id", "include_surveys", "threading_type")
    message.rest = object.rest
    return message
  }

  private static func attachment(_ json: JSON) -> JSON? {
    Ticket.attachment(json, name: "name", url: "attachment_url", type: "content_type", size: "size")
  }
}
