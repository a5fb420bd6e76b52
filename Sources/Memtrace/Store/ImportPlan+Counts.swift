// What an import tells of its rows.

extension ImportPlan {
  struct Counts: Sendable {
    var rows = 0
    /// Memories and decisions that are new.
    var records = 0
    /// An event may come before the one that opens its session.
    var newSessions: Set<SessionID> = []
    var sessions: Int { newSessions.count }
    /// Rows whose record was there already.
    var known = 0
    /// Records that are there with other words than their rows, which were not taken.
    var different: [RecordID] = []
    /// Rows that are none, put aside.
    var bad = 0
    /// Pieces of another program's file that hold nothing to remember.
    var passed = 0
    /// Rows of which text was masked, by what it was.
    var masked: [Gate.Kind: Int] = [:]
    /// Rows of an export that hold what the gate would mask: they are taken as they are.
    var unmasked = 0
    /// Rows that were not taken: what they say was erased.
    var erased = 0
    /// Fields that a memory does not have, kept in its metadata, with how many rows had them.
    var kept: [String: Int] = [:]
  }

  /// A row that was put aside.
  struct BadRow {
    let line: Int
    let problem: String
    let bytes: [UInt8]
  }
}
