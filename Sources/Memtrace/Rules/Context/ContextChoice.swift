// Which parts of which records go first where there is not room for all.

import Glibc

/// An order of parts by what they tell for what they cost.
///
/// A part is worth its words and values: identifiers more than dates, those more than amounts and names; what people
/// said, and the values of a tool's output that people spoke of, count double; what stands in several records a little
/// more; what an earlier part has said already, a tenth. That is multiplied by the record's weight
/// (`ContextPriority`), and divided by the tokens that it takes, with the line that its record begins.
struct ContextChoice {
  struct Part {
    /// Position of the record.
    let record: Int
    /// Within the record, reasons behind the text.
    let index: Int
    /// In tokens, without the record's line.
    let cost: Int
    /// Tokens of the record's line, where this part begins it.
    fileprivate(set) var line = 0
    fileprivate let values: Range<Int>
    fileprivate let base: Double
  }

  /// The bare end of the conversation is taken where it tells so many times as much. Not sooner: it may be one long output
  /// of a tool, and what was chosen holds parts of many records, of which the weights say too little.
  private static let endTakes = 1.2

  /// The most telling first.
  private(set) var order: [Part] = []

  /// Distinct values with their weight; of a part, a range of `uses`.
  private var uses: [Int] = []
  private var weights: [Double] = []
  private var parts: [Part] = []
  /// By position of the record.
  private var presence: [Double] = []

  /// - Parameters:
  ///   - records: positions, with the weight of each and the tokens of its line without text, the most needed first.
  ///   - said: parts that stand elsewhere already.
  ///   - room: tokens, about.
  init(
    _ records: [(at: Int, weight: Double, line: Int)], _ excerpts: [Int: [Excerpt]],
    without said: [Int: Set<Int>], room: Int, _ tokenizer: TokenVocabulary
  ) {
    var numbers = HashNumbers()
    var seenIn: [Int] = []
    var isSpoken: [Bool] = []
    for (at, _, _) in records {
      var index = 0
      for excerpt in excerpts[at] ?? [] {
        for place in 0..<excerpt.count {
          let (text, label) = excerpt.part(place)
          let first = uses.count
          TextValues.scan(text) { hash, kind in
            let (number, isKnown) = numbers.number(of: hash)
            if isKnown {
              weights[number] = max(weights[number], kind.weight)
              if seenIn[number] != at { weights[number] += kind == .word ? 0 : kind.weight / 2 }
            } else {
              weights.append(kind.weight)
              seenIn.append(at)
              isSpoken.append(false)
            }
            seenIn[number] = at
            if label == nil { isSpoken[number] = true }
            if kind != .word || label != nil { uses.append(number) }
          }
          let cost =
            Tokens.estimate(text, tokenizer)
            + (label.map { Tokens.estimate($0, tokenizer) + 1 } ?? 1)
          parts.append(
            Part(
              record: at, index: index, cost: cost, values: first..<uses.count,
              base: label == nil ? 0.05 * Double(cost) : 0))
          if said[at]?.contains(index) == true { parts.removeLast() }
          index += 1
        }
      }
    }
    for number in weights.indices where isSpoken[number] { weights[number] *= 2 }
    // That there is a record at all is worth something too, more of open items and the like.
    let count = (records.lazy.map(\.at).max() ?? -1) + 1
    presence = Array(repeating: 0, count: count)
    var (factor, lines) = (presence, Array(repeating: 0, count: count))
    for (at, weight, line) in records {
      presence[at] = 1 + 2 * max(0, weight - 2)
      factor[at] = exp(1.2 * weight)
      lines[at] = line
    }
    choose(lines, factor, room)
    let end = ending(lines, room)
    if told(by: order, factor) * Self.endTakes < told(by: end, factor) { order = end }
  }

  private mutating func choose(_ lines: [Int], _ factor: [Double], _ room: Int) {
    // What of a record has been taken: more of it is worth less and less.
    var taken = [Int?](repeating: nil, count: lines.count)
    let share = Double(max(60, room / 5))
    var isSaid = [Bool](repeating: false, count: weights.count)
    func worth(_ part: Part) -> Double {
      var gain = part.base + (taken[part.record] == nil ? presence[part.record] : 0)
      for value in uses[part.values] {
        gain += isSaid[value] ? weights[value] / 10 : weights[value]
      }
      let used = taken[part.record]
      let cost = Double(part.cost) + (used == nil ? 0.7 * Double(lines[part.record]) : 0)
      let more = 1 + Double(used ?? 0) / share
      return gain * factor[part.record] / (cost * more * more)
    }
    var heap = Heap(parts.indices.map { (worth(parts[$0]), $0) })
    // Those of one record stand together.
    var waiting = [Range<Int>](repeating: 0..<0, count: lines.count)
    for (at, part) in parts.enumerated() {
      let first = waiting[part.record].isEmpty ? at : waiting[part.record].lowerBound
      waiting[part.record] = first..<(at + 1)
    }
    var isTaken = [Bool](repeating: false, count: parts.count)
    var left = room
    while let (key, at) = heap.popFirst() {
      if isTaken[at] { continue }
      let part = parts[at]
      let now = worth(part)
      if now < key, let next = heap.first, now < next {
        heap.insert((now, at))
        continue
      }
      let isNew = taken[part.record] == nil
      let cost = part.cost + (isNew ? lines[part.record] : 0)
      if cost > left { continue }
      left -= cost
      isTaken[at] = true
      order.append(part)
      order[order.count - 1].line = cost - part.cost
      taken[part.record] = (taken[part.record] ?? 0) + part.cost
      for value in uses[part.values] { isSaid[value] = true }
      // The line is paid for, so the record's other parts are cheaper now.
      if isNew {
        for other in waiting[part.record] where !isTaken[other] {
          heap.insert((worth(parts[other]), other))
        }
      }
    }
  }

  /// The bare end of the conversation: the newest record's parts first, each record's last part first.
  private func ending(_ lines: [Int], _ room: Int) -> [Part] {
    var left = room
    var end: [Part] = []
    for part in parts.sorted(by: { ($0.record, $0.index) > ($1.record, $1.index) }) {
      let cost = part.cost + (end.last?.record == part.record ? 0 : lines[part.record])
      if cost > left { break }
      left -= cost
      end.append(part)
      end[end.count - 1].line = cost - part.cost
    }
    return end
  }

  /// What parts tell together, with the weights of their records.
  private func told(by parts: [Part], _ factor: [Double]) -> Double {
    var isSaid = [Bool](repeating: false, count: weights.count)
    var sum = 0.0
    for part in parts {
      var gain = part.line > 0 ? presence[part.record] : 0
      for value in uses[part.values] where !isSaid[value] {
        isSaid[value] = true
        gain += weights[value]
      }
      sum += gain * factor[part.record]
    }
    return sum
  }
}

/// The largest key first; between equals the one that came first.
private struct Heap {
  private var entries: [(key: Double, value: Int)]

  init(_ entries: [(Double, Int)]) {
    self.entries = entries.map { (key: $0.0, value: $0.1) }
    for at in stride(from: self.entries.count / 2 - 1, through: 0, by: -1) { sink(at) }
  }

  var first: Double? { entries.first?.key }

  mutating func insert(_ entry: (Double, Int)) {
    entries.append((key: entry.0, value: entry.1))
    var at = entries.count - 1
    while at > 0, isBefore(at, (at - 1) / 2) {
      entries.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  mutating func popFirst() -> (Double, Int)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink(0)
    }
    return (first.key, first.value)
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    entries[a].key != entries[b].key
      ? entries[a].key > entries[b].key : entries[a].value < entries[b].value
  }

  private mutating func sink(_ start: Int) {
    var at = start
    while true {
      var best = at
      for child in [2 * at + 1, 2 * at + 2] where child < entries.count && isBefore(child, best) {
        best = child
      }
      if best == at { return }
      entries.swapAt(at, best)
      at = best
    }
  }
}

/// Numbers hashes in the order in which they first come: a table of its own, for what is asked is a hash already.
private struct HashNumbers {
  /// A number plus one, or 0; a hash looks for its place from its own bits on.
  private var places = [Int32](repeating: 0, count: 1 << 12)
  private var hashes: [UInt64] = []

  mutating func number(of hash: UInt64) -> (Int, isKnown: Bool) {
    var place = Int(truncatingIfNeeded: hash ^ hash >> 32) & (places.count - 1)
    while places[place] != 0 {
      let number = Int(places[place]) - 1
      if hashes[number] == hash { return (number, true) }
      place = (place + 1) & (places.count - 1)
    }
    hashes.append(hash)
    places[place] = Int32(hashes.count)
    if hashes.count * 2 > places.count { grow() }
    return (hashes.count - 1, false)
  }

  private mutating func grow() {
    places = [Int32](repeating: 0, count: places.count * 2)
    for (number, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash ^ hash >> 32) & (places.count - 1)
      while places[place] != 0 { place = (place + 1) & (places.count - 1) }
      places[place] = Int32(number + 1)
    }
  }
}
