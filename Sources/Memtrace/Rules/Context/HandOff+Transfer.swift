// Which decisions say that the customer goes to somebody else.

extension HandOff {
  /// A decision whose first clause hands the customer, or what they came with, to another department: "Please
  /// transfer the HBO charge to billing", "Customer was referred to billing". Not one that moves a thing ("transfer
  /// of funds"), gives something to the customer, or says that it will not be done.
  static func isTransfer(_ decision: Memory) -> Bool {
    guard decision.kind == .decision else { return false }
    var words = ArraySlice(clause(of: decision.content))
    var isOfCustomer = false
    var isPassive = false
    while let word = words.first, verbs[word] == nil {
      guard isLead(word) else { return false }
      isPassive = isPassive || passive.contains(word)
      isOfCustomer = isOfCustomer || people.contains(word)
      words.removeFirst()
    }
    guard let verb = words.popFirst(), let strength = verbs[verb] else { return false }
    // Who acts himself is not handed over: "Customer is transferring to another provider".
    if isOfCustomer, !isPassive || verb.hasSuffix("ing") { return false }
    if verb.hasPrefix("hand"), let next = words.first, next == "over" || next == "off" {
      return goes(words.dropFirst(), .likely)
    }
    return goes(words, strength)
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

  private static func goes(_ words: ArraySlice<String>, _ strength: Strength) -> Bool {
    let object = words.prefix { $0 != "to" }
    if let next = object.first, refusals.contains(next) { return false }
    guard object.count < words.count else {
      let isCase = object.allSatisfy { isOfCase($0) || adverbs.contains($0) }
      return strength == .certain || strength == .likely && isCase
    }
    let target = words.dropFirst(object.count + 1).drop(while: articles.contains)
      .prefix { !conjunctions.contains($0) }
    guard isDepartment(target) else { return false }
    let hasAmount = object.contains { $0.first?.isNumber == true }
    guard strength != .certain, let noun = noun(of: object) else {
      return strength == .certain || !hasAmount
    }
    if isOfCase(noun) { return true }
    return strength == .likely && !hasAmount && !things.contains(noun)
  }

  /// Not "the customer" or "the manual", but "customer care"; and nothing that is refused.
  private static func isDepartment(_ target: ArraySlice<String>) -> Bool {
    guard let first = target.first, !target.contains(where: refusals.contains) else { return false }
    if target.contains(where: departments.contains) { return true }
    return !people.contains(first) && !target.contains(where: places.contains)
  }

  /// The word that says what an object is: "funds" of "of funds", "charge" of "the HBO charge over".
  private static func noun(of object: ArraySlice<String>) -> String? {
    let object = object.first == "of" ? object.dropFirst() : object
    return object.prefix { $0 != "of" }.last {
      !adverbs.contains($0) && $0.first?.isNumber == false
    }
  }

  private static func isOfCase(_ word: String) -> Bool {
    cases.contains(word) || people.contains(word)
  }

  /// The words before the first full stop, colon or the like, in small letters; none where the first word can begin no
  /// transfer, as with most decisions.
  private static func clause(of text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    for byte in text.utf8.prefix(240) {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        word.append(byte)
      default:
        if !word.isEmpty {
          words.append(String(decoding: word, as: UTF8.self))
          word.removeAll(keepingCapacity: true)
          if words.count == 1, !beginnings.contains(words[0]) { return [] }
        }
        let isEnd = ".;:!?\n(".utf8.contains(byte) || byte == UInt8(ascii: ",") && words.count > 1
        if isEnd, !words.isEmpty { return words }
      }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }

  private static let beginnings = leads.union(passive).union(cases).union(people).union(verbs.keys)

  private static func isLead(_ word: String) -> Bool {
    leads.contains(word) || passive.contains(word) || isOfCase(word)
  }

  private static func list(_ words: String...) -> Set<String> {
    Set(words.flatMap { $0.split(separator: " ").map(String.init) })
  }

  private static let verbs: [String: Strength] = {
    var verbs: [String: Strength] = [:]
    for word in list("escalate escalates escalated escalating reassign reassigned reassigning") {
      verbs[word] = .certain
    }
    for word in list("transfer transferred transferring handoff handover") { verbs[word] = .likely }
    for word in list(
      "hand handed handing forward forwarded forwarding route routed routing refer referred",
      "referring pass passed passing assign assigned assigning redirect redirected redirecting")
    {
      verbs[word] = .possible
    }
    return verbs
  }()

  /// May stand before the verb.
  private static let leads = list(
    "please kindly we i will ll shall should must need needs to now then so therefore just let",
    "immediately urgently directly decided agreed have has had ve am m")
  private static let passive = list("is are was were be been being get gets got")
  private static let people = list(
    "customer customers client clients caller user subscriber him them me us myself")
  /// What a customer comes with, and the small words around it.
  private static let cases = list(
    "case cases call calls chat ticket tickets issue issues problem problems question questions",
    "matter request requests inquiry enquiry query complaint complaints conversation session",
    "contact charge charges dispute disputes concern claim claims it this that the a an s and all",
    "everything of")
  private static let adverbs = list("back on over off along straight directly")
  private static let articles = list(
    "the a an our their his her your my new another other different")
  private static let departments = list(
    "service services care support success relations retention experience team department desk",
    "management manager agent agents specialist specialists group office")
  /// What ends the name of a department.
  private static let conjunctions = list(
    "because since as for who where when and due so but by via with from in at on using after before"
  )
  private static let refusals = list(
    "not no never cancel cancelled canceled declined refused failed unnecessary impossible")
  /// What is moved without the customer.
  private static let things = list(
    "fund funds money balance credit credits amount payment payments refund deposit cash points",
    "data file files photo photos backup ownership contract subscription number numbers sim",
    "licence license domain channel channels recording settings configuration package parcel",
    "router modem box device equipment")
  /// Where things go, and what one reads.
  private static let places = list(
    "account accounts address bank card savings wallet provider competitor competitors carrier sim",
    "device port line lines backup server router modem box email mail voicemail phone number",
    "website page link manual guide article documentation docs faq policy document invoice",
    "contract section chapter terms instructions plan tariff storage cloud disk drive folder file")
}
