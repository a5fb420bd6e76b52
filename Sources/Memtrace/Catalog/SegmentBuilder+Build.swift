// The columns of a segment, made of what a builder has taken.

extension SegmentBuilder {
  private func bytes(of line: LinePlace) -> ArraySlice<UInt8> {
    let start = Int(line.offset)
    return files[Int(line.file)].bytes[start..<start + Int(line.count)]
  }

  /// In id order, one id once; of two lines with one id the smaller bytes count.
  /// - Returns: also the others, each with the place of the one that counts.
  private func distinct<Value>(
    _ found: [Found<Value>]
  ) -> (counting: [Found<Value>], copies: [(of: Int, copy: Found<Value>)]) {
    let isAscending = zip(found, found.dropFirst()).allSatisfy { $0.id < $1.id }
    if isAscending { return (found, []) }
    var order = found.indices.map { (id: found[$0].id, place: UInt32($0)) }
    order.sort { a, b in
      if a.id != b.id { return a.id < b.id }
      return bytes(of: found[Int(a.place)].line)
        .lexicographicallyPrecedes(bytes(of: found[Int(b.place)].line))
    }
    var result: [Found<Value>] = []
    result.reserveCapacity(found.count)
    var copies: [(of: Int, copy: Found<Value>)] = []
    for (id, place) in order {
      let next = found[Int(place)]
      guard let last = result.indices.last, result[last].id == id else {
        result.append(next)
        continue
      }
      copies.append((last, next))
      result[last].hasCopies = true
      if bytes(of: result[last].line) != bytes(of: next.line) { result[last].isContested = true }
    }
    return (result, copies)
  }

  /// A session keeps all of its lines, so that each can be judged again once another one is gone. What stands in two
  /// places that do not go together is marked.
  private mutating func note(_ others: [(of: Int, copy: Found<Row>)]) {
    for (place, copy) in others {
      if copy.value.session != Segment.noSession { copies.append((copy.value.session, copy.line)) }
      let isTogether =
        copy.value.session == rows[place].value.session
        && (copy.value.session != Segment.noSession || copy.line.file == rows[place].line.file)
      if !isTogether { scattered.insert(rows[place].id) }
    }
  }

  /// The whole file.
  consuming func build() -> [UInt8] {
    endSession(followedBy: Segment.noSession)
    let found = distinct(rows)
    rows = found.counting
    note(found.copies)
    events = distinct(events).counting
    reviews = distinct(reviews).counting
    // No more than the lines take, as a rule.
    var file = SegmentFile.Writer(expecting: files.reduce(1 << 16) { $0 + $1.bytes.count })
    var text = TextHeap()
    let fileOrder = files.indices.sorted {
      files[$0].path.utf8.lexicographicallyPrecedes(files[$1].path.utf8)
    }
    let sessionOrder = sessions.values.indices.sorted { sessions.values[$0] < sessions.values[$1] }
    let agentOrder = agents.values.indices.sorted { agents.values[$0] < agents.values[$1] }
    let places = Places(
      file: Self.inverse(fileOrder), session: Self.inverse(sessionOrder),
      agent: Self.inverse(agentOrder))
    writeFiles(fileOrder, places, &file, &text)
    writeSessions(sessionOrder, places, &file, &text)
    writeAgents(agentOrder, places, &file, &text)
    writeRecords(places, &file, &text)
    writeMasks(&file, &text)
    writeIndex(&file)
    file.add(.text, text.bytes)
    return file.bytes()
  }

  /// Where the n-th that was met stands in the end.
  private struct Places {
    let file: [UInt32]
    let session: [UInt32]
    let agent: [UInt32]

    func line(_ line: LinePlace) -> LinePlace {
      LinePlace(file: file[Int(line.file)], offset: line.offset, count: line.count)
    }
  }

  private static func inverse(_ order: [Int]) -> [UInt32] {
    var places = [UInt32](repeating: 0, count: order.count)
    for (place, i) in order.enumerated() { places[i] = UInt32(place) }
    return places
  }

  /// Lists one behind another.
  private struct Lists<Element> {
    private var pairs: [(list: UInt32, element: Element)] = []

    mutating func add(_ element: Element, to list: Int) { pairs.append((UInt32(list), element)) }

    /// Each list keeps the order in which its elements came.
    func columns(_ count: Int) -> (starts: [UInt32], elements: [Element]) {
      var starts = [UInt32](repeating: 0, count: count + 1)
      for pair in pairs { starts[Int(pair.list) + 1] += 1 }
      for i in 0..<count { starts[i + 1] += starts[i] }
      var next = starts
      let places = pairs.map { pair -> Int in
        defer { next[Int(pair.list)] += 1 }
        return Int(next[Int(pair.list)])
      }
      let elements = [Element](unsafeUninitializedCapacity: pairs.count) { buffer, filled in
        for (pair, place) in zip(pairs, places) {
          (buffer.baseAddress! + place).initialize(to: pair.element)
        }
        filled = pairs.count
      }
      return (starts, elements)
    }
  }

  private struct TextHeap {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: some Collection<UInt8>) -> TextPlace {
      defer { bytes.append(contentsOf: text) }
      return TextPlace(offset: UInt32(bytes.count), count: UInt32(text.count))
    }
  }

  private func writeFiles(
    _ order: [Int], _ places: Places, _ file: inout SegmentFile.Writer, _ text: inout TextHeap
  ) {
    file.add(.filePath, order.map { text.add(files[$0].path.utf8) })
    file.add(.fileStamp, order.map { files[$0].stamp })
    file.add(.fileIsOwned, order.map { files[$0].isOwned ? 1 as UInt8 : 0 })
    var subjects = Lists<UInt32>()
    let numbers = self.subjects.map { file, number in
      (
        places.file[Int(file)],
        number & Segment.agentMark == 0
          ? places.session[Int(number)]
          : places.agent[Int(number & ~Segment.agentMark)] | Segment.agentMark
      )
    }.sorted { $0 < $1 }
    for (at, (place, number)) in numbers.enumerated()
    where at == 0 || numbers[at - 1] != numbers[at] {
      subjects.add(number, to: Int(place))
    }
    let columns = subjects.columns(files.count)
    file.add(.fileSubjectStart, columns.starts)
    file.add(.fileSubjects, columns.elements)
    var records = Lists<UInt32>()
    for (record, row) in rows.enumerated() where row.value.session == Segment.noSession {
      records.add(UInt32(record), to: Int(places.file[Int(row.line.file)]))
    }
    let outside = records.columns(files.count)
    file.add(.fileRecordStart, outside.starts)
    file.add(.fileRecords, outside.elements)
  }

  private func writeSessions(
    _ order: [Int], _ places: Places, _ file: inout SegmentFile.Writer, _ text: inout TextHeap
  ) {
    var records = Lists<UInt32>()
    var lines = Lists<LinePlace>()
    var facts = [SessionFold.MemoryFacts?](repeating: nil, count: order.count)
    for (record, row) in rows.enumerated() where row.value.session != Segment.noSession {
      let session = Int(places.session[Int(row.value.session)])
      records.add(UInt32(record), to: session)
      let agent = agents.values[Int(row.value.agent)].text
      let time = Timestamp(milliseconds: row.value.time)
      if facts[session] == nil {
        facts[session] = .init(id: row.id, time: time, agent: agent)
      } else {
        facts[session]?.note(row.id, time)
      }
    }
    var eventsOf = Lists<Int>()
    for (i, event) in events.enumerated() {
      guard case .session(let id) = event.value.subject else { continue }
      let session = Int(places.session[Int(sessions.known(id))])
      eventsOf.add(i, to: session)
      lines.add(places.line(event.line), to: session)
    }
    for copy in copies {
      lines.add(places.line(copy.line), to: Int(places.session[Int(copy.session)]))
    }
    var reviewed = [ULID?](repeating: nil, count: order.count)
    for review in reviews {
      guard let id = review.value.session else { continue }
      let session = Int(places.session[Int(sessions.known(id))])
      lines.add(places.line(review.line), to: session)
      reviewed[session] = max(reviewed[session] ?? review.id.ulid, review.id.ulid)
    }
    let events = eventsOf.columns(order.count)
    var states: [(session: Session, newest: ULID)?] = []
    states.reserveCapacity(order.count)
    for (place, i) in order.enumerated() {
      let range = Int(events.starts[place])..<Int(events.starts[place + 1])
      states.append(
        SessionFold.fold(
          sessions.values[i], range.map { self.events[events.elements[$0]].value }, facts[place],
          reviewed: reviewed[place]))
    }
    file.add(.sessionID, order.map { text.add(sessions.values[$0].description.utf8) })
    file.add(
      .sessionAgent,
      states.map { state in
        state.map { places.agent[Int(agents.known(ExactText($0.session.agent)))] } ?? 0
      })
    file.add(
      .sessionStatus,
      states.map { state -> UInt8 in
        state.map { $0.session.status == .active ? 0 : 1 } ?? Segment.goneStatus
      })
    file.add(
      .sessionTimes,
      states.map { state in
        SegmentTimes(
          first: state?.session.createdAt.milliseconds ?? 0,
          second: state?.session.updatedAt.milliseconds ?? 0,
          third: state?.session.closedAt?.milliseconds ?? SegmentTimes.none)
      })
    file.add(.sessionNewest, states.map { $0?.newest ?? ULID(high: 0, low: 0) })
    file.add(
      .sessionSource,
      states.map { state in
        state?.session.source.map { text.add($0.utf8) } ?? TextPlace(offset: .max, count: 0)
      })
    file.add(
      .sessionMetadata,
      states.map { state in
        guard let metadata = state?.session.metadata, !metadata.isEmpty else {
          return TextPlace(offset: 0, count: 0)
        }
        return text.add(JSON.object(metadata).bytes)
      })
    let recordColumns = records.columns(order.count)
    file.add(.sessionRecordStart, recordColumns.starts)
    file.add(.sessionRecords, recordColumns.elements)
    let lineColumns = lines.columns(order.count)
    file.add(.sessionLineStart, lineColumns.starts)
    file.add(.sessionLines, lineColumns.elements)
    var hashes: [(UInt64, UInt32)] = []
    for (session, state) in states.enumerated() {
      for member in state?.session.metadata ?? [] {
        if let hash = CatalogHash.of(member) { hashes.append((hash, UInt32(session))) }
      }
    }
    write(hashes, .metadataHash, .metadataSession, &file)
  }

  private func write(
    _ pairs: [(UInt64, UInt32)], _ hashes: SegmentColumn, _ places: SegmentColumn,
    _ file: inout SegmentFile.Writer
  ) {
    let sorted = pairs.sorted { $0 < $1 }
    file.add(hashes, sorted.map(\.0))
    file.add(places, sorted.map(\.1))
  }

  private func writeAgents(
    _ order: [Int], _ places: Places, _ file: inout SegmentFile.Writer, _ text: inout TextHeap
  ) {
    var (lastEvent, lastMemory) = (
      [Int64](repeating: SegmentTimes.none, count: order.count),
      [Int64](repeating: SegmentTimes.none, count: order.count)
    )
    var newest = [ULID](repeating: ULID(high: 0, low: 0), count: order.count)
    var lines = Lists<LinePlace>()
    for event in events {
      if let agent = event.value.agent, case .session = event.value.subject {
        let place = Int(places.agent[Int(agents.known(ExactText(agent)))])
        lastEvent[place] = max(lastEvent[place], event.value.time.milliseconds)
      }
      guard case .agent(let id) = event.value.subject else { continue }
      let place = Int(places.agent[Int(agents.known(ExactText(id)))])
      lines.add(places.line(event.line), to: place)
      newest[place] = max(newest[place], event.id.ulid)
    }
    for review in reviews where review.value.session == nil {
      guard let agent = review.value.agent else { continue }
      let place = Int(places.agent[Int(agents.known(ExactText(agent)))])
      newest[place] = max(newest[place], review.id.ulid)
    }
    for row in rows {
      let place = Int(places.agent[Int(row.value.agent)])
      lastMemory[place] = max(lastMemory[place], row.value.time)
      if row.value.session == Segment.noSession { newest[place] = max(newest[place], row.id.ulid) }
    }
    file.add(.agentID, order.map { text.add(agents.values[$0].text.utf8) })
    file.add(.agentIsOwned, order.map { ownedAgents.contains(UInt32($0)) ? 1 as UInt8 : 0 })
    file.add(
      .agentTimes,
      order.indices.map {
        SegmentTimes(first: lastEvent[$0], second: lastMemory[$0], third: SegmentTimes.none)
      })
    file.add(.agentNewest, newest)
    let columns = lines.columns(order.count)
    file.add(.agentEventStart, columns.starts)
    file.add(.agentEvents, columns.elements)
  }

  private func writeRecords(
    _ places: Places, _ file: inout SegmentFile.Writer, _ text: inout TextHeap
  ) {
    let doubtful = doubtfulSessions()
    file.add(.recordID, rows.map(\.id.ulid))
    file.add(
      .recordKinds,
      rows.map { row in
        RecordKinds(
          row.id.kind, row.value.kind, isContested: row.isContested, hasKey: row.value.key != nil,
          corrects: row.value.parent != nil, isScattered: scattered.contains(row.id),
          mayBeOpen: row.value.mayBeOpen,
          isClosedWithin: row.value.isClosedWithin && !doubtful.contains(row.value.session))
      })
    file.add(.recordTime, rows.map(\.value.time))
    file.add(.recordAgent, rows.map { places.agent[Int($0.value.agent)] })
    file.add(
      .recordSession,
      rows.map { row in
        row.value.session == Segment.noSession
          ? Segment.noSession : places.session[Int(row.value.session)]
      })
    file.add(.recordEventType, rows.map(\.value.eventType))
    file.add(.recordTags, rows.map(\.value.tags))
    file.add(.recordImportance, rows.map(\.value.importance))
    file.add(.recordLine, rows.map { places.line($0.line) })
    file.add(.recordDigest, rows.map { CatalogHash.of(line: bytes(of: $0.line)) })
    file.add(.reviewLine, reviews.map { places.line($0.line) })
    file.add(
      .reviewSession,
      reviews.map { review in
        review.value.session.map { places.session[Int(sessions.known($0))] } ?? Segment.noSession
      })
    write(
      reviews.enumerated().filter { $1.value.denies }.map { place, review in
        (UInt64(sessionBeside(review.value, places)), UInt32(place))
      }, .denialSession, .denialPlace, &file)
    write(
      reviews.enumerated().map { (CatalogHash.of($1.value.record), UInt32($0)) }, .reviewHash,
      .reviewPlace, &file)
    file.add(.eventTypes, eventTypes.values.map { text.add($0.text.utf8) })
    file.add(
      .tagLists,
      tagLists.values.map { list in text.add(JSON.array(list.map { .string($0.text) }).bytes) })
    var (keys, parents): ([(UInt64, UInt32)], [(UInt64, UInt32)]) = ([], [])
    for (record, row) in rows.enumerated() {
      if let key = row.value.key { keys.append((key, UInt32(record))) }
      if let parent = row.value.parent { parents.append((parent, UInt32(record))) }
    }
    write(keys, .keyHash, .keyRecord, &file)
    write(parents, .parentHash, .parentRecord, &file)
    var own: [(UInt64, UInt32)] = []
    for (hash, id) in ownHashes {
      let record = rows.firstPlace { $0.id >= id }
      if record < rows.count, rows[record].id == id { own.append((hash, UInt32(record))) }
    }
    write(own, .ownHash, .ownRecord, &file)
  }

  /// The session in which both stand, the review and what it judges; none where that is elsewhere.
  private func sessionBeside(_ review: Review, _ places: Places) -> UInt32 {
    let record = rows.firstPlace { $0.id >= review.record }
    guard let session = review.session, record < rows.count, rows[record].id == review.record,
      rows[record].value.session == sessions.known(session)
    else { return Segment.noSession }
    return places.session[Int(sessions.known(session))]
  }

  private func writeMasks(_ file: inout SegmentFile.Writer, _ text: inout TextHeap) {
    file.add(
      .maskCounts,
      masks.map { mask in
        SegmentMask(
          segment: text.add(mask.segment.utf8), sessions: UInt32(mask.sessions.count),
          files: UInt32(mask.files.count), agents: UInt32(mask.agents.count))
      })
    file.add(
      .maskPlaces, masks.flatMap { $0.sessions + $0.files + $0.agents }.map { UInt32($0) })
  }
}

extension SessionFold.MemoryFacts {
  fileprivate init(id: RecordID, time: Timestamp, agent: String) {
    first = (id, time, agent)
    latest = time
    newest = id.ulid
  }

  /// One with a greater id than all before.
  fileprivate mutating func note(_ id: RecordID, _ time: Timestamp) {
    latest = max(latest, time)
    newest = max(newest, id.ulid)
  }
}
