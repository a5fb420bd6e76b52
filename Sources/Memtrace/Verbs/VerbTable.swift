// The table of all verbs.

/// Every verb, in the order in which help lists them.
public enum VerbTable {
  public static let all: [any Verb.Type] = [
    Remember.self, Decide.self, Recall.self, MemoryShow.self, Search.self, BuildContext.self,
    Put.self, Retract.self, Restore.self,
    ReviewList.self, ReviewApprove.self, ReviewReject.self, ReviewUndo.self, ReviewAdd.self,
    ReviewPolicySet.self, Diff.self, Blame.self,
    Open.self, Customer.self, Statistics.self,
    SessionCreate.self, SessionList.self, SessionSearch.self, SessionShow.self,
    SessionUpdate.self,
    SessionClose.self, SessionReopen.self,
    AgentRegister.self, AgentList.self, AgentShow.self, AgentStats.self, AgentRemove.self,
    Initialize.self, Status.self, Log.self, CheckFiles.self, GateTest.self, Accept.self,
    Erase.self, Archive.self,
    CollectGarbage.self,
    Import.self,
    Export.self, WriteTemplate.self, AcceptTemplate.self, KeyCreate.self, KeyList.self,
    KeyRevoke.self,
    Propose.self, Sync.self, Pull.self, Push.self, Clone.self, RemoteAdd.self, RemoteSetURL.self,
    RemoteRemove.self, RemoteList.self, MergeFile.self,
    ShowFile.self, CompleteNames.self,
  ]

  public static let descriptions = all.map { $0.description }

  private static let byName = Dictionary(
    uniqueKeysWithValues: all.map { ($0.description.name, $0) })

  /// Runs a verb by its name.
  /// - Parameters:
  ///   - fixed: fields whose value the front knows, as from a path.
  ///   - hidden: fields that this way in does not take.
  ///   - precondition: a verb that must succeed with the fixed fields before this one runs: it finds what they name.
  /// - Throws: `MemtraceError`: `invalid` with every fault of the input before anything is opened, unknown fields
  ///   among them.
  public static func perform(
    _ name: String, _ json: JSON, fixed: [JSON.Member] = [], hidden: [String] = [],
    after precondition: String? = nil, in call: Call
  ) throws -> any Answer {
    guard let type = byName[name] else {
      throw MemtraceError(.usage, "there is no verb '\(name)'", hint: "memtrace help")
    }
    let fields = type.description.fields
    let json = try ShortIDs.completed(DayNames.completed(json, fields, in: call), fields, in: call)
    let fixed = try ShortIDs.completed(.object(fixed), fields, in: call).members ?? []
    var input = Input(
      json, of: hidden.isEmpty ? fields : fields.filter { !hidden.contains($0.name) },
      fixed: fixed, now: call.world.now())
    let verb = type.init(&input)
    try input.finish()
    if let precondition { _ = try perform(precondition, [:], fixed: fixed, in: call) }
    return try answer(in: call) { try verb.run(in: call) }
  }

  /// What a verb answers, with what of its text was masked: the one place where an answer says so.
  static func answer(in call: Call, _ run: () throws -> any Answer) throws -> any Answer {
    // Of a verb before it that failed after its write.
    _ = call.takeMasked()
    let answer = try translating(run)
    let masked = call.takeMasked()
    if !masked.isEmpty {
      call.note("masked before it was stored: \(masked.map(\.said).joined(separator: ", "))")
    }
    return masked.isEmpty ? answer : MaskedAnswer(answer: answer, masked: masked)
  }
}
