// Tickets of Zendesk: its JSON export, or the ticket and comment objects of its API (developer.zendesk.com, Tickets and Ticket Comments).

struct ZendeskReader: SourceReader {
  static let lists = ["tickets", "results"]
  private let options: ImportOptions
  private var seen: Set<String> = []
  /// The users of the page that was read last, by id.
  private var known: (page: Int, people: [String: JSON]) = (0, [:])

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    // A ticket alone, or `{"ticket": …, "comments": …, "users": …}` out of several calls.
    var page = piece.page
    var object = SourceObject(json)
    if let inner = json["ticket"], inner.members != nil {
      page += json.members ?? []
      object = SourceObject(inner)
    }
    guard let id = object.scalar("id") else {
      return [
        .bad(
          "id",
          "is missing; a Zendesk ticket has id, and comments with author_id, created_at and body",
          piece)
      ]
    }
    let isAlone = json["ticket"]?.members != nil
    if isAlone || piece.pageNumber == 0 || piece.pageNumber != known.page {
      known = (isAlone ? -1 : piece.pageNumber, Self.people(in: page))
    }
    let people = known.people
    var ticket = Ticket(.zendesk, id: id)
    let requester = person("requester", in: &object, people)
    let assignee = person("assignee", in: &object, people)
    ticket.note("ticket_id", Ticket.number(id))
    ticket.note("subject", object.text("subject"))
    let status = object.text("status")
    ticket.note("ticket_status", status)
    ticket.isClosed = status.map { ["solved", "closed", "deleted"].contains($0) }
    ticket.times = ([object.json["metric_set"]?["solved_at"]], [object.json["updated_at"]])
    ticket.note("priority", object.text("priority"))
    ticket.note("ticket_type", object.text("type"))
    ticket.note("channel", object.take("via")?["channel"])
    ticket.note("customer_id", requester.json?["external_id"]?.scalarText)
    ticket.note("requester", requester.json?["name"])
    ticket.note("requester_id", requester.id.map(Ticket.number))
    ticket.note("email", requester.json?["email"])
    ticket.note("phone", requester.json?["phone"])
    ticket.note("assignee", assignee.json?["name"])
    ticket.note("assignee_id", assignee.id.map(Ticket.number))
    let tags = object.list("tags").compactMap(\.string)
    ticket.tags = tags.compactMap(Ticket.tag)
    if tags.contains("closed_by_merge") { ticket.note("merged", true) }

    let comments =
      object.take("comments")?.array ?? page.first { $0.isNamed("comments") }?.value.array ?? []
    for comment in comments {
      var comment = SourceObject(comment)
      let author = comment.scalar("author_id") ?? comment.take("author")?["id"]?.scalarText
      let json = author.flatMap { people[$0] } ?? comment.json["author"]
      let isCustomer =
        author != nil && author == requester.id || json?["role"]?.string == "end-user"
      let html = comment.text("html_body")
      let plain = comment.text("plain_body") ?? comment.text("body")
      comment.leave("type", "plain_body", "body", "author", "audit_id", "public", "via", "metadata")
      var message = Ticket.Message(
        id: comment.scalar("id"),
        author: .init(
          role: isCustomer ? .customer : .agent, name: json?["name"]?.string, id: author),
        text: html.map(PlainText.of(html:)) ?? plain.map(Entities.decoded) ?? "",
        isNote: comment.json["public"] == false, time: comment.take("created_at"))
      message.attachments = comment.list("attachments").compactMap {
        Ticket.attachment(
          $0, name: "file_name", url: "content_url", type: "content_type", size: "size")
      }
      message.rest = comment.rest
      if let merge = comment.json["via"]?["source"], merge["rel"]?.string == "merge" {
        ticket.note("merged_into", merge["to"]?["ticket_id"])
        ticket.note("merged_from", merge["from"]?["ticket_ids"] ?? merge["from"]?["ticket_id"])
      }
      ticket.messages.append(message)
    }
    let description = object.text("description")
    if ticket.messages.isEmpty, let description {
      ticket.messages = [
        .init(
          author: .init(role: .customer, name: requester.json?["name"]?.string, id: requester.id),
          text: description, time: object.take("created_at"))
      ]
    }
    object.leave(
      "url", "raw_subject", "created_at", "updated_at", "requester", "assignee", "submitter",
      "submitter_id", "fields",
      "has_incidents", "is_public", "allow_channelback", "allow_attachments", "generated_timestamp",
      "comment_count")
    ticket.keep(object.rest)
    if comments.isEmpty, description == nil {
      return [
        .bad("comments", "is missing; a Zendesk ticket has comments, or a description", piece)
      ]
    }
    return ticket.rows(piece, object.json, options, seen: &seen)
  }

  /// The users that a page brings along, by id.
  private static func people(in page: [JSON.Member]) -> [String: JSON] {
    let users = page.filter { $0.isNamed("users") }.flatMap { $0.value.array ?? [] }
    return Dictionary(
      users.compactMap { user in user["id"]?.scalarText.map { ($0, user) } },
      uniquingKeysWith: { a, _ in a })
  }

  private func person(
    _ role: String, in object: inout SourceObject, _ people: [String: JSON]
  ) -> (id: String?, json: JSON?) {
    let inner = object.take(role)
    let id = object.scalar("\(role)_id") ?? inner?["id"]?.scalarText
    return (id, inner?.members == nil ? id.flatMap { people[$0] } : inner)
  }
}
