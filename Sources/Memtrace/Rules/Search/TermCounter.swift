// Counts terms by record while a part is built: the forward lists that are turned into postings.

/// For each document, in order, the terms it has and their weights.
struct TermCounter {
  /// Hash of a term, by its number.
  private(set) var terms: [UInt64] = []
  /// Documents that have a term, by its number.
  private(set) var counts: [UInt32] = []
  /// The term and the weight of each (document, term), in order of documents.
  private(set) var entryTerm: [UInt32] = []
  private(set) var entryWeight: [UInt16] = []
  /// Where a document's entries begin, and the number of entries at the end.
  private(set) var starts: [UInt32] = [0]
  private(set) var lengths: [UInt16] = []
  private(set) var languages: LanguageSet = []

  /// Open addressing: numbers of terms plus 1, by hash.
  private var slots: [UInt32]
  private var lastEntry: [UInt32] = []
  private var names: [String: [UInt64]] = [:]

  init(documents: Int) {
    slots = Array(repeating: 0, count: 1 << 10)
    starts.reserveCapacity(documents + 1)
    lengths.reserveCapacity(documents)
    entryTerm.reserveCapacity(documents * 12)
    entryWeight.reserveCapacity(documents * 12)
  }

  mutating func add(
    text: UnsafeBufferPointer<UInt8>, agent: String, _ tokenizer: inout Tokenizer
  ) {
    var length = 0
    tokenizer.forEachTerm(of: text) { term in
      length += term.isExtra ? 0 : 1
      count(term.hash, Neighbourhood.occurrence)
    }
    languages.insert(LanguageSet(tokenizer.language))
    if let known = names[agent] {
      for term in known { count(term, Neighbourhood.agentName) }
    } else {
      var terms: [UInt64] = []
      tokenizer.forEachTerm(of: agent) { term in
        if !terms.contains(term.hash) { terms.append(term.hash) }
      }
      names[agent] = terms
      for term in terms { count(term, Neighbourhood.agentName) }
    }
    lengths.append(UInt16(min(length, Int(UInt16.max))))
    starts.append(UInt32(entryTerm.count))
  }

  @inline(__always)
  private mutating func count(_ term: UInt64, _ weight: Int32) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: term &* 0x9e37_79b9_7f4a_7c15 >> 20) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if terms[number] == term {
        let entry = lastEntry[number]
        if entry >= starts.last! {
          let sum = Int32(entryWeight[Int(entry)]) + weight
          entryWeight[Int(entry)] = UInt16(min(sum, Int32(UInt16.max)))
        } else {
          append(number, weight)
        }
        return
      }
      slot = (slot + 1) & mask
    }
    terms.append(term)
    counts.append(0)
    lastEntry.append(0)
    slots[slot] = UInt32(terms.count)
    append(terms.count - 1, weight)
    if terms.count * 2 > slots.count { grow() }
  }

  @inline(__always)
  private mutating func append(_ number: Int, _ weight: Int32) {
    lastEntry[number] = UInt32(entryTerm.count)
    counts[number] += 1
    entryTerm.append(UInt32(number))
    entryWeight.append(UInt16(weight))
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    let mask = slots.count - 1
    for (number, term) in terms.enumerated() {
      var slot = Int(truncatingIfNeeded: term &* 0x9e37_79b9_7f4a_7c15 >> 20) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number + 1)
    }
  }
}
