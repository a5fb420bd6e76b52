// Conversations of Chatwoot with their messages, as its API gives them (developers.chatwoot.com).

struct ChatwootReader: SourceReader {
  static let lists = ["payload", "data", "conversations"]
  private let options: ImportOptions
  private var seen: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    var object = SourceObject(json)
    guard let id = object.scalar("id"), let messages = object.take("messages")?.array else {
      return [
        .bad("messages", "is missing; a Chatwoot conversation has id, meta and messages", piece)
      ]
    }
    var ticket = Ticket(.chatwoot, id: id)
    let meta = object.take("meta")
    let sender = meta?["sender"]
    ticket.note("conversation_id", Ticket.number(id))
    let status = object.text("status")
    ticket.note("ticket_status", status)
    ticket.isClosed = status.map { $0 == "resolved" }
    ticket.times = ([], [json["updated_at"], json["last_activity_at"], json["timestamp"]])
    ticket.note("priority", object.text("priority"))
    ticket.note("channel", meta?["channel"])
    ticket.note("customer_id", sender?["identifier"])
    ticket.note("requester", sender?["name"])
    ticket.note("requester_id", sender?["id"])
    ticket.note("email", sender?["email"])
    ticket.note("phone", sender?["phone_number"])
    ticket.note("assignee", meta?["assignee"]?["name"])
    ticket.note("assignee_id", meta?["assignee"]?["id"])
    ticket.note("team", meta?["team"]?["name"])
    ticket.tags = object.list("labels").compactMap { $0.string.flatMap(Ticket.tag) }
    ticket.messages = messages.map { message($0, customer: sender?["name"]?.string) }
    object.leave(
      "uuid", "account_id", "inbox_id", "created_at", "timestamp", "updated_at",
      "first_reply_created_at", "last_activity_at",
      "agent_last_seen_at", "assignee_last_seen_at", "contact_last_seen_at", "unread_count",
      "can_reply", "muted",
      "last_non_activity_message", "waiting_since", "snoozed_until", "sla_policy_id")
    ticket.keep(object.rest)
    return ticket.rows(piece, json, options, seen: &seen)
  }

  /// `message_type` is 0 for what comes in, 1 for what goes out, 2 for a note of the system, 3 for a template.
  private func message(_ json: JSON, customer: String?) -> Ticket.Message {
    var object = SourceObject(json)
    let kind = object.take("message_type")?.scalarText
    let sender = object.take("sender")
    let isBot =
      ["agent_bot", "captain_assistant"].contains(sender?["type"]?.string) || kind == "3"
      || kind == "template"
    let isCustomer = kind == "0" || kind == "incoming"
    let name = sender?["name"]?.string ?? (isCustomer ? customer : nil)
    var message = Ticket.Message(
      id: object.scalar("id"),
      author: .init(
        role: isCustomer ? .customer : isBot ? .bot : .agent, name: name,
        id: sender?["id"]?.scalarText),
      text: object.text("content") ?? "", isNote: object.take("private") == true,
      isActivity: kind == "2" || kind == "activity", time: object.take("created_at"))
    message.attachments = object.list("attachments").compactMap { attachment in
      let url = attachment["data_url"]?.string ?? ""
      let name =
        url.split(separator: "/").last.map(String.init) ?? attachment["file_type"]?.string ?? "file"
      return Ticket.attachment(
        .object((attachment.members ?? []) + [.init("name", .string(name))]), name: "name",
        url: "data_url",
        type: "file_type", size: "file_size")
    }
    object.leave(
      "inbox_id", "conversation_id", "account_id", "updated_at", "status", "source_id",
      "sender_type", "sender_id",
      "content_type", "content_attributes", "processed_message_content", "sentiment",
      "external_source_ids",
      "additional_attributes", "conversation")
    message.rest = object.rest
    return message
  }
}
