// What of a segment still counts: newer segments and the overlay take the place of some of it.

struct SegmentView: Sendable {
  private(set) var segment: Segment
  private(set) var deadSessions = Bits()
  /// Files whose records outside sessions stand elsewhere, or nowhere, by now.
  private(set) var deadFiles = Bits()
  private(set) var deadAgents = Bits()
  private(set) var liveSessions: Int
  private(set) var liveRecords: Int

  init(_ segment: Segment) {
    self.segment = segment
    liveSessions = (0..<segment.sessionCount).count {
      segment.sessionStatus[$0] != Segment.goneStatus
    }
    liveRecords = segment.recordCount
  }

  /// Whether a record was retired whose other lines lie elsewhere.
  private(set) var isScattered = false

  private mutating func note(_ records: UnsafeBufferPointer<UInt32>) {
    isScattered =
      isScattered || records.contains { segment.recordKinds[Int($0)].isScattered }
  }

  mutating func retire(session: Int) {
    guard deadSessions.insert(session) else { return }
    note(segment.records(ofSession: session))
    if segment.sessionStatus[session] != Segment.goneStatus { liveSessions -= 1 }
    liveRecords -= segment.records(ofSession: session).count
  }

  mutating func retire(file: Int) {
    guard deadFiles.insert(file) else { return }
    note(segment.records(ofFile: file))
    liveRecords -= segment.records(ofFile: file).count
  }

  /// The same of a segment with the same rows.
  func over(_ segment: Segment) -> SegmentView {
    var view = self
    view.segment = segment
    return view
  }

  mutating func retire(agent: Int) { deadAgents.insert(agent) }

  mutating func retire(_ mask: SegmentBuilder.Mask) {
    for session in mask.sessions { retire(session: session) }
    for file in mask.files { retire(file: file) }
    for agent in mask.agents { retire(agent: agent) }
    // That was judged when the mask was made.
    isScattered = false
  }

  /// What this view says of the segment, for one that is laid over it.
  var mask: SegmentBuilder.Mask {
    SegmentBuilder.Mask(
      segment: segment.name, sessions: deadSessions.numbers, files: deadFiles.numbers,
      agents: deadAgents.numbers)
  }

  /// Whether all of it counts.
  var isWhole: Bool {
    deadSessions.count == 0 && deadFiles.count == 0 && deadAgents.count == 0
  }

  @inline(__always)
  func isLive(_ record: Int) -> Bool {
    let session = segment.recordSession[record]
    return session == Segment.noSession
      ? !deadFiles.contains(Int(segment.recordLine[record].file))
      : !deadSessions.contains(Int(session))
  }

  func isLive(review: Int) -> Bool {
    let session = segment.reviewSession[review]
    return session == Segment.noSession
      ? !deadFiles.contains(Int(segment.reviewLine[review].file))
      : !deadSessions.contains(Int(session))
  }

  /// The session where it counts; nil where it does not or was never there.
  func session(_ id: SessionID) -> Int? {
    segment.session(id).flatMap { isThere($0) ? $0 : nil }
  }

  /// The session where its lines count, be they only reviews; nil where they do not or there are none.
  func lines(of id: SessionID) -> Int? {
    segment.session(id).flatMap { deadSessions.contains($0) ? nil : $0 }
  }

  func isThere(_ session: Int) -> Bool {
    !deadSessions.contains(session) && segment.sessionStatus[session] != Segment.goneStatus
  }

  func record(_ id: RecordID) -> Int? {
    segment.record(id).flatMap { isLive($0) ? $0 : nil }
  }

  /// The agent whose events count from here.
  func owned(_ id: String) -> Int? {
    segment.agent(id).flatMap {
      segment.agentIsOwned[$0] == 1 && !deadAgents.contains($0) ? $0 : nil
    }
  }
}
