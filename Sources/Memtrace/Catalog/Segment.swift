// An immutable piece of the catalog: whole sessions and agents, read from a mapped file.

internal import System

/// Numbers of sessions, agents, files and records are places in the columns.
final class Segment: Sendable {
  /// In the catalog's folder; empty where it lies in memory only.
  let name: String
  /// The text of `waitingPath`.
  let waiting: [UInt8]
  private let bytes: SegmentBytes

  let filePath: Column<TextPlace>
  let fileStamp: Column<FileStamp>
  let fileIsOwned: Column<UInt8>
  private let fileRecordStart: Column<UInt32>
  private let fileRecords: Column<UInt32>
  private let fileSubjectStart: Column<UInt32>
  private let fileSubjects: Column<UInt32>
  private let sessionIDs: Column<TextPlace>
  /// Sessions with ids of our own stand before the others, both in the order of their bytes.
  private let ownSessions: Int
  let sessionAgent: Column<UInt32>
  let sessionStatus: Column<UInt8>
  let sessionTimes: Column<SegmentTimes>
  let sessionNewest: Column<ULID>
  private let sessionSource: Column<TextPlace>
  private let sessionMetadata: Column<TextPlace>
  private let sessionRecordStart: Column<UInt32>
  private let sessionRecords: Column<UInt32>
  private let sessionLineStart: Column<UInt32>
  private let sessionLines: Column<LinePlace>
  private let agentIDs: Column<TextPlace>
  let agentIsOwned: Column<UInt8>
  let agentTimes: Column<SegmentTimes>
  let agentNewest: Column<ULID>
  private let agentEventStart: Column<UInt32>
  private let agentEvents: Column<LinePlace>
  let recordID: Column<ULID>
  let recordKinds: Column<RecordKinds>
  let recordTime: Column<Int64>
  let recordAgent: Column<UInt32>
  /// `Segment.noSession` for none.
  let recordSession: Column<UInt32>
  let recordEventType: Column<UInt32>
  let recordTags: Column<UInt32>
  /// Not a number for none.
  let recordImportance: Column<Double>
  let recordLine: Column<LinePlace>
  /// Of the line's bytes, by which one that was edited is told.
  let recordDigest: Column<UInt32>
  let reviewLine: Column<LinePlace>
  let reviewSession: Column<UInt32>
  private let reviewed: Postings
  private let denials: Postings
  private let metadata: Postings
  private let own: Postings
  private let keys: Postings
  private let parents: Postings
  private let text: Column<UInt8>
  private let recordTextStart: Column<Int64>
  private let recordText: Column<UInt8>
  let eventTypes: [String]
  let tagLists: [[String]]
  /// Record to document, counted over all parts.
  let documentOf: Column<UInt32>
  let parts: [SegmentPart]
  /// What it takes the place of, by the names of older segments.
  let masks: [SegmentBuilder.Mask]

  /// The status of a session that was there once.
  static let goneStatus: UInt8 = 2
  static let noSession = UInt32.max
  /// Marks an agent's number among the subjects of a file.
  static let agentMark: UInt32 = 0x8000_0000

  /// What lines have for a path that are acknowledged and in no file yet.
  static let waitingPath = ""

  init(_ name: String, _ bytes: SegmentBytes, waiting: [UInt8] = []) {
    self.name = name
    self.waiting = waiting
    self.bytes = bytes
    filePath = bytes.column(.filePath)
    fileStamp = bytes.column(.fileStamp)
    fileIsOwned = bytes.column(.fileIsOwned)
    fileRecordStart = bytes.column(.fileRecordStart)
    fileRecords = bytes.column(.fileRecords)
    fileSubjectStart = bytes.column(.fileSubjectStart)
    fileSubjects = bytes.column(.fileSubjects)
    sessionIDs = bytes.column(.sessionID)
    sessionAgent = bytes.column(.sessionAgent)
    sessionStatus = bytes.column(.sessionStatus)
    sessionTimes = bytes.column(.sessionTimes)
    sessionNewest = bytes.column(.sessionNewest)
    sessionSource = bytes.column(.sessionSource)
    sessionMetadata = bytes.column(.sessionMetadata)
    sessionRecordStart = bytes.column(.sessionRecordStart)
    sessionRecords = bytes.column(.sessionRecords)
    sessionLineStart = bytes.column(.sessionLineStart)
    sessionLines = bytes.column(.sessionLines)
    agentIDs = bytes.column(.agentID)
    agentIsOwned = bytes.column(.agentIsOwned)
    agentTimes = bytes.column(.agentTimes)
    agentNewest = bytes.column(.agentNewest)
    agentEventStart = bytes.column(.agentEventStart)
    agentEvents = bytes.column(.agentEvents)
    recordID = bytes.column(.recordID)
    recordKinds = bytes.column(.recordKinds)
    recordTime = bytes.column(.recordTime)
    recordAgent = bytes.column(.recordAgent)
    recordSession = bytes.column(.recordSession)
    recordEventType = bytes.column(.recordEventType)
    recordTags = bytes.column(.recordTags)
    recordImportance = bytes.column(.recordImportance)
    recordLine = bytes.column(.recordLine)
    recordDigest = bytes.column(.recordDigest)
    reviewLine = bytes.column(.reviewLine)
    reviewSession = bytes.column(.reviewSession)
    reviewed = Postings(bytes.column(.reviewHash), bytes.column(.reviewPlace))
    denials = Postings(bytes.column(.denialSession), bytes.column(.denialPlace))
    metadata = Postings(bytes.column(.metadataHash), bytes.column(.metadataSession))
    own = Postings(bytes.column(.ownHash), bytes.column(.ownRecord))
    keys = Postings(bytes.column(.keyHash), bytes.column(.keyRecord))
    parents = Postings(bytes.column(.parentHash), bytes.column(.parentRecord))
    recordTextStart = bytes.column(.recordTextStart)
    recordText = bytes.column(.recordText)
    let text = bytes.column(.text, of: UInt8.self)
    self.text = text
    ownSessions = (0..<sessionIDs.count).firstPlace { [sessionIDs] session in
      let id = SessionID(String(decoding: Self.slice(text, sessionIDs[session]), as: UTF8.self))
      return if case .own? = id { false } else { true }
    }
    func words(_ column: SegmentColumn) -> [[UInt8]] {
      let places = bytes.column(column, of: TextPlace.self)
      return (0..<places.count).map { Self.slice(text, places[$0]) }
    }
    eventTypes = words(.eventTypes).map { String(decoding: $0, as: UTF8.self) }
    tagLists = words(.tagLists).map { list in
      (try? JSON(parsing: list))?.array?.compactMap(\.string) ?? []
    }
    documentOf = bytes.column(.documentOf)
    parts = SegmentPart.read(bytes)
    let counts = bytes.column(.maskCounts, of: SegmentMask.self)
    let places = bytes.column(.maskPlaces, of: UInt32.self)
    var at = 0
    func take(_ count: UInt32) -> [Int] {
      defer { at += Int(count) }
      return places.buffer[at..<at + Int(count)].map { Int($0) }
    }
    masks = (0..<counts.count).map { i in
      let mask = counts[i]
      return SegmentBuilder.Mask(
        segment: String(decoding: Self.slice(text, mask.segment), as: UTF8.self),
        sessions: take(mask.sessions), files: take(mask.files), agents: take(mask.agents))
    }
  }

  private static func slice(_ text: Column<UInt8>, _ place: TextPlace) -> [UInt8] {
    let start = Int(place.offset)
    return Array(UnsafeBufferPointer(rebasing: text.buffer[start..<start + Int(place.count)]))
  }

  private func string(_ place: TextPlace) -> String {
    let start = Int(place.offset)
    return String(
      decoding: UnsafeBufferPointer(rebasing: text.buffer[start..<start + Int(place.count)]),
      as: UTF8.self)
  }

  /// In bytes.
  var size: Int { bytes.count }

  // MARK: Files

  var fileCount: Int { filePath.count }

  func path(_ file: Int) -> String { string(filePath[file]) }

  func file(_ path: String) -> Int? {
    place(of: path, among: filePath)
  }

  /// Numbers of sessions, and of agents with the mark, of which the file has lines.
  func subjects(ofFile file: Int) -> UnsafeBufferPointer<UInt32> {
    rows(fileSubjects, fileSubjectStart, file)
  }

  /// Records outside any session that stand in it.
  func records(ofFile file: Int) -> UnsafeBufferPointer<UInt32> {
    rows(fileRecords, fileRecordStart, file)
  }

  private func place(
    of wanted: String, among places: Column<TextPlace>, in range: Range<Int>? = nil
  ) -> Int? {
    let range = range ?? 0..<places.count
    var wanted = wanted
    return wanted.withUTF8 { wanted in
      func isBefore(_ i: Int) -> Bool {
        let start = Int(places[i].offset)
        let found = text.buffer[start..<start + Int(places[i].count)]
        return found.lexicographicallyPrecedes(wanted)
      }
      let i = range.firstPlace { !isBefore($0) }
      guard i < range.upperBound else { return nil }
      let start = Int(places[i].offset)
      return text.buffer[start..<start + Int(places[i].count)].elementsEqual(wanted) ? i : nil
    }
  }

  private func rows<Element>(
    _ column: Column<Element>, _ starts: Column<UInt32>, _ i: Int
  ) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(rebasing: column.buffer[Int(starts[i])..<Int(starts[i + 1])])
  }

  // MARK: Sessions

  var sessionCount: Int { sessionIDs.count }

  func sessionID(_ session: Int) -> SessionID {
    SessionID(string(sessionIDs[session])) ?? .foreign("")
  }

  func session(_ id: SessionID) -> Int? {
    let isOwn = if case .own = id { true } else { false }
    return place(of: id.description, among: sessionIDs, in: sessionRanges[isOwn ? 0 : 1])
  }

  /// Of our own sessions, then of foreign ones: each in the order of their ids.
  var sessionRanges: [Range<Int>] { [0..<ownSessions, ownSessions..<sessionCount] }

  /// As its lines say; what its memories add is in it.
  func folded(_ session: Int) -> Session {
    let times = sessionTimes[session]
    let source = sessionSource[session]
    return Session(
      id: sessionID(session), agent: agentID(Int(sessionAgent[session])),
      status: sessionStatus[session] == 0 ? .active : .closed,
      metadata: metadata(ofSession: session),
      createdAt: Timestamp(milliseconds: times.first),
      updatedAt: Timestamp(milliseconds: times.second),
      closedAt: times.third == SegmentTimes.none ? nil : Timestamp(milliseconds: times.third),
      source: source.offset == .max ? nil : string(source))
  }

  func metadata(ofSession session: Int) -> [JSON.Member] {
    let place = sessionMetadata[session]
    if place.count == 0 { return [] }
    return (try? JSON(parsing: Self.slice(text, place), depth: Line.depth))?.members ?? []
  }

  /// In id order.
  func records(ofSession session: Int) -> UnsafeBufferPointer<UInt32> {
    rows(sessionRecords, sessionRecordStart, session)
  }

  /// Of its events and whatever else is said of it.
  func lines(ofSession session: Int) -> UnsafeBufferPointer<LinePlace> {
    rows(sessionLines, sessionLineStart, session)
  }

  /// Those that may have this key with this value, ascending.
  func sessions(_ hash: UInt64) -> UnsafeBufferPointer<UInt32> { metadata.find(hash) }

  // MARK: Agents

  var agentCount: Int { agentIDs.count }

  func agentID(_ agent: Int) -> String { string(agentIDs[agent]) }

  func agent(_ id: String) -> Int? { place(of: id, among: agentIDs) }

  func events(ofAgent agent: Int) -> UnsafeBufferPointer<LinePlace> {
    rows(agentEvents, agentEventStart, agent)
  }

  // MARK: Records

  var recordCount: Int { recordID.count }

  func id(_ record: Int) -> RecordID { RecordID(recordKinds[record].id, recordID[record]) }

  func record(_ id: RecordID) -> Int? {
    let place = (0..<recordCount).firstPlace { self.id($0) >= id }
    return place < recordCount && self.id(place) == id ? place : nil
  }

  /// The first record whose id is not of a time before this one.
  func firstRecord(since milliseconds: Int64) -> Int {
    (0..<recordCount).firstPlace { recordID[$0].milliseconds >= milliseconds }
  }

  func importance(_ record: Int) -> Double? {
    recordImportance[record].isNaN ? nil : recordImportance[record]
  }

  /// What can be found of it, as its file had it.
  func said(_ record: Int) -> UnsafeBufferPointer<UInt8> {
    let range = Int(recordTextStart[record])..<Int(recordTextStart[record + 1])
    return UnsafeBufferPointer(rebasing: recordText.buffer[range])
  }

  /// Records that may have this `dedup_key`, correct this record, or have this key and value in
  /// metadata of their own.
  func records(withKey hash: UInt64) -> UnsafeBufferPointer<UInt32> { keys.find(hash) }
  func records(correcting hash: UInt64) -> UnsafeBufferPointer<UInt32> { parents.find(hash) }
  func records(withOwn hash: UInt64) -> UnsafeBufferPointer<UInt32> { own.find(hash) }

  var hasCorrections: Bool { parents.count > 0 }
  var hasKeys: Bool { keys.count > 0 }

  // MARK: Erasing

  /// The file without the words of what does not count, and without what they could be guessed by: texts, metadata, tags,
  /// hashes. Rows stay where they are. The index of words keeps hashes of 48 bits until it is made anew.
  func blanked(of view: SegmentView) -> [UInt8] {
    var file = SegmentFile.Blanking(bytes)
    for session in 0..<sessionCount where view.deadSessions.contains(session) {
      file.blank(.text, sessionMetadata[session])
      if sessionSource[session].offset != .max { file.blank(.text, sessionSource[session]) }
    }
    var tags = Bits()
    var types = Bits()
    for row in 0..<recordCount {
      if view.isLive(row) {
        tags.insert(Int(recordTags[row]))
        types.insert(Int(recordEventType[row]))
      } else {
        file.blank(.recordText, Int(recordTextStart[row])..<Int(recordTextStart[row + 1]))
        file.blank(.recordDigest, row * 4..<row * 4 + 4)
      }
    }
    for (column, used) in [(SegmentColumn.tagLists, tags), (.eventTypes, types)] {
      let places = bytes.column(column, of: TextPlace.self)
      for i in 0..<places.count where !used.contains(i) { file.blank(.text, places[i]) }
    }
    file.blank(.metadataHash, metadata) { !view.deadSessions.contains($0) }
    for (column, postings) in [
      (SegmentColumn.ownHash, own), (.keyHash, keys), (.parentHash, parents),
    ] {
      file.blank(column, postings) { view.isLive($0) }
    }
    file.blank(.reviewHash, reviewed) { view.isLive(review: $0) }
    return file.whole()
  }

  // MARK: Reviews

  var reviewCount: Int { reviewLine.count }

  /// Reviews that may be of this record.
  func reviews(_ hash: UInt64) -> UnsafeBufferPointer<UInt32> { reviewed.find(hash) }

  var denialCount: Int { denials.count }
  /// Reviews that reject or retract, beside what they judge in this session, or elsewhere (`noSession`).
  func denials(in session: UInt32) -> UnsafeBufferPointer<UInt32> { denials.find(UInt64(session)) }
  var allDenials: UnsafeBufferPointer<UInt32> { denials.all }
}
