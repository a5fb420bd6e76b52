// What a line turns out to be.

package enum Record: Hashable {
  case memory(Memory)
  case event(Event)
  case review(Review)
  /// An object, but of no type that this version knows; with its id where it has one.
  case unknown(String?)
  /// Not a record. `offset` is in bytes from the start of the line.
  case invalid(problem: String, offset: Int)
}

extension Line {
  /// The line in full. Sizes are not judged, JSON and the types of known fields are.
  package func record() -> Record {
    do throws(JSONFault) {
      return try record(try fields())
    } catch {
      if isConflictMarker { return .invalid(problem: "conflict marker", offset: 0) }
      return .invalid(problem: error.problem, offset: error.offset)
    }
  }

  /// The same out of fields that were found already.
  func record(_ fields: LineFields) throws(JSONFault) -> Record {
    let id = fields[.id]
    guard !id.isNothing else { return .unknown(nil) }
    guard id.isString else { throw JSONFault("id is not a string", at: Int(id.start)) }
    guard let known = fields.id else { return try unreadable(fields) }
    switch known.kind {
    case .memory, .decision: return .memory(try fields.memory(known))
    case .event: return .event(try fields.event(known))
    case .review:
      // Rare: read as any JSON.
      let json = try? JSON(parsing: bytes, depth: Line.depth)
      return json.flatMap { Review(known, $0) }.map(Record.review) ?? .unknown(known.description)
    case .acceptance, .erasure: return .unknown(known.description)
    }
  }

  /// A line whose id we could not take: of a type to come, or one of ours that is broken.
  private func unreadable(_ fields: LineFields) throws(JSONFault) -> Record {
    let text = fields.text(.id) ?? ""
    guard RecordID.Kind.allCases.contains(where: { text.hasPrefix($0.prefix) }) else {
      return .unknown(text)
    }
    let isLate = ULID(text.dropFirst(4)).map { !$0.isPlausible } ?? false
    throw JSONFault(
      isLate ? "id past the year 2200" : "id is not one of ours", at: Int(fields[.id].start))
  }

  /// The folder of a record whose type this version does not read, by its `session_id` or `agent_id`; nil where it has
  /// neither, or no time in its id.
  func folder(_ kind: FileKind) -> String? {
    guard let fields = try? fields() else { return nil }
    if let session = try? fields.optionalSession() { return Layout.folder(of: session) }
    guard let agent = fields.text(.agent) else { return nil }
    if kind == .agent { return Layout.folder(ofAgent: agent) }
    let ulid = fields.text(.id).flatMap { ULID($0.suffix(ULID.textLength)) }
    return ulid.map { Layout.folder(ofAgent: agent, at: $0) }
  }

  private var isConflictMarker: Bool {
    guard bytes.count >= 7, let first = bytes.first, "<=>|".utf8.contains(first) else {
      return false
    }
    return bytes.prefix(7).allSatisfy { $0 == first } && (bytes.count == 7 || bytes[7] == 0x20)
  }
}
