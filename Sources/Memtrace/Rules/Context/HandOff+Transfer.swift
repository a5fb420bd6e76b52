// Which decisions say that the customer goes to somebody else.

extension HandOff {
  /// A decision whose first clause hands the customer, or what they came with, to another department: "Please
  /// transfer the HBO charge to billing", "Customer was referred to billing". Not one that moves a thing ("transfer
  /// of funds"), gives something to the customer, or says that it will not be done.
  static func isTransfer(_ decision: Memory, _ words: ContextWords) -> Bool {
    decision.kind == .decision && words.transfers.contains { $0.isTransfer(decision.content) }
  }
}

/// The words by which one language says so, from its list of words, and the rule that reads them. It suits languages that
/// put the verb before what is transferred, and that before "to" somebody.
struct TransferWords: Sendable {
  /// Kinds of words in the list: `certain`, `likely` and `possible` verbs (`Strength`), of those the ones that are
  /// `acting` ("transferring") and the ones that `particles` make likely (`parted`: "hand over"); `leads` and
  /// `auxiliaries`, which may stand before the verb; the `people` and `cases` that are handed over, with small words;
  /// `things` that are moved without the customer; `to`, and behind it `departments`, `places` and what ends a name.
  enum Group: String, CaseIterable {
    case certain, likely, possible, acting, parted, particles, leads, auxiliaries, people, cases
    case adverbs, articles, to, of, departments, places, conjunctions, refusals, things
  }

  /// How far a verb says by itself that the customer is meant.
  private enum Strength {
    /// "Escalate" needs no more.
    case certain
    /// "Transfer" needs "to" somebody, or nothing beside it but the case.
    case likely
    /// "Assign" needs "to" somebody, and nothing but a case before it.
    case possible
  }

  private let words: [Group: Set<String>]
  private var verbs: [String: Strength] = [:]
  /// What a transfer can begin with: most decisions begin otherwise.
  private let beginnings: Set<String>

  init(_ words: [Group: Set<String>]) {
    self.words = words
    for (group, strength) in [
      (Group.certain, Strength.certain), (.likely, .likely), (.possible, .possible),
    ] {
      for word in words[group, default: []] { verbs[word] = strength }
    }
    beginnings = [.leads, .auxiliaries, .cases, .people].reduce(Set(verbs.keys)) {
      $0.union(words[$1, default: []])
    }
  }

  private func has(_ group: Group, _ word: String) -> Bool {
    words[group]?.contains(word) ?? false
  }

  func isTransfer(_ text: String) -> Bool {
    var clause = ArraySlice(clause(of: text))
    var isOfCustomer = false
    var isPassive = false
    while let word = clause.first, verbs[word] == nil {
      guard has(.leads, word) || has(.auxiliaries, word) || isOfCase(word) else { return false }
      isPassive = isPassive || has(.auxiliaries, word)
      isOfCustomer = isOfCustomer || has(.people, word)
      clause.removeFirst()
    }
    guard let verb = clause.popFirst(), let strength = verbs[verb] else { return false }
    // Who acts himself is not handed over: "Customer is transferring to another provider".
    if isOfCustomer, !isPassive || has(.acting, verb) { return false }
    if has(.parted, verb), let next = clause.first, has(.particles, next) {
      return goes(clause.dropFirst(), .likely)
    }
    return goes(clause, strength)
  }

  private func goes(_ clause: ArraySlice<String>, _ strength: Strength) -> Bool {
    let object = clause.prefix { !has(.to, $0) }
    if let next = object.first, has(.refusals, next) { return false }
    guard object.count < clause.count else {
      let isCase = object.allSatisfy { isOfCase($0) || has(.adverbs, $0) }
      return strength == .certain || strength == .likely && isCase
    }
    let target = clause.dropFirst(object.count + 1).drop { has(.articles, $0) }
      .prefix { !has(.conjunctions, $0) }
    guard isDepartment(target) else { return false }
    let hasAmount = object.contains { $0.first?.isNumber == true }
    guard strength != .certain, let noun = noun(of: object) else {
      return strength == .certain || !hasAmount
    }
    if isOfCase(noun) { return true }
    return strength == .likely && !hasAmount && !has(.things, noun)
  }

  /// Not "the customer" or "the manual", but "customer care"; and nothing that is refused.
  private func isDepartment(_ target: ArraySlice<String>) -> Bool {
    guard let first = target.first, !target.contains(where: { has(.refusals, $0) }) else {
      return false
    }
    if target.contains(where: { has(.departments, $0) }) { return true }
    return !has(.people, first) && !target.contains { has(.places, $0) }
  }

  /// The word that says what an object is: "funds" of "of funds", "charge" of "the HBO charge over".
  private func noun(of object: ArraySlice<String>) -> String? {
    let object = object.first.map { has(.of, $0) } == true ? object.dropFirst() : object
    return object.prefix { !has(.of, $0) }.last {
      !has(.adverbs, $0) && $0.first?.isNumber == false
    }
  }

  private func isOfCase(_ word: String) -> Bool { has(.cases, word) || has(.people, word) }

  /// The words before the first full stop, colon or the like, in small letters; none where the first word can begin no
  /// transfer.
  private func clause(of text: String) -> [String] {
    var clause: [String] = []
    var word: [UInt8] = []
    for byte in text.utf8.prefix(240) {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        word.append(byte)
      default:
        if !word.isEmpty {
          clause.append(String(decoding: word, as: UTF8.self))
          word.removeAll(keepingCapacity: true)
          if clause.count == 1, !beginnings.contains(clause[0]) { return [] }
        }
        let isEnd = ".;:!?\n(".utf8.contains(byte) || byte == UInt8(ascii: ",") && clause.count > 1
        if isEnd, !clause.isEmpty { return clause }
      }
    }
    if !word.isEmpty { clause.append(String(decoding: word, as: UTF8.self)) }
    return clause
  }
}
