// A record's text in parts, of which a small budget keeps some: sentences, or the labelled values of JSON.

/// Parts stand in the order of the text. What is left out is shown as "…".
struct Excerpt {
  private enum Body {
    case sentences
    case outline(JSONOutline)
  }

  private let bytes: [UInt8]
  /// Of plain text; with an outline only what stands before it.
  private let sentences: [Range<Int>]
  private let body: Body

  init(_ text: String) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    if let (start, outline) = JSONOutline.find(in: bytes) {
      sentences = start == 0 ? [] : Sentences.split(bytes, upTo: start)
      body = .outline(outline)
    } else {
      sentences = Sentences.split(bytes, upTo: bytes.count)
      body = .sentences
    }
  }

  var count: Int {
    switch body {
    case .sentences: sentences.count
    case .outline(let outline): sentences.count + outline.leaves.count
    }
  }

  var isOutline: Bool {
    if case .outline = body { true } else { false }
  }

  /// The bytes of a part and, of a value, the bytes of its label.
  func part(_ at: Int) -> (text: ArraySlice<UInt8>, label: ArraySlice<UInt8>?) {
    if at < sentences.count { return (bytes[sentences[at]], nil) }
    guard case .outline(let outline) = body else { preconditionFailure("there is no such part") }
    let leaf = outline.leaves[at - sentences.count]
    return (leaf.value[...], leaf.label[...])
  }

  /// The text with the parts that are chosen, harmless.
  /// - Parameter isBlock: for JSON, where line feeds stay.
  func text(_ isChosen: [Bool], isBlock: Bool) -> String {
    var result: [UInt8] = []
    var isGap = false
    var last: Int?
    for (at, range) in sentences.enumerated() {
      guard isChosen[at] else {
        isGap = true
        continue
      }
      if isGap {
        result.append(contentsOf: (result.isEmpty ? "… " : " … ").utf8)
      } else if let last {
        result.append(contentsOf: bytes[sentences[last].upperBound..<range.lowerBound])
      }
      result.append(contentsOf: bytes[range])
      (isGap, last) = (false, at)
    }
    if case .outline(let outline) = body {
      let leaves = isChosen.dropFirst(sentences.count)
      if leaves.contains(true) {
        if !result.isEmpty { result.append(0x20) }
        outline.write(Array(leaves), into: &result)
      }
      isGap = isGap || leaves.contains(false)
    }
    let text = String(decoding: result, as: UTF8.self)
    let clean = isBlock ? DataText.block(text) : DataText.line(text)
    return isGap ? clean + " …" : clean
  }
}

/// Where a text can be cut without tearing what belongs together.
enum Sentences {
  /// In bytes; a longer piece without an end is cut at a space.
  private static let longest = 240

  /// Ends at line feeds and after `.`, `!`, `?`, `。` and their like, but for the number of a list.
  static func split(_ bytes: [UInt8], upTo end: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var at = 0
    func close(at stop: Int) {
      var (from, to) = (start, stop)
      while from < to, isBlank(bytes[from]) { from += 1 }
      while to > from, isBlank(bytes[to - 1]) { to -= 1 }
      if from < to { parts.append(from..<to) }
      start = stop
    }
    while at < end {
      let byte = bytes[at]
      at += 1
      if byte == 0x0A {
        close(at: at)
      } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?")
      {
        if at == end || isBlank(bytes[at]), !isListNumber(bytes, start, at - 1) { close(at: at) }
      } else if byte >= 0x80, at + 1 < end, isWideEnd(byte, bytes[at], bytes[at + 1]) {
        at += 2
        close(at: at)
      } else if at - start >= longest {
        var cut = at
        while cut > start + longest / 2, bytes[cut - 1] != 0x20 { cut -= 1 }
        if cut == start + longest / 2 {
          cut = at
          while cut < end, bytes[cut] & 0xC0 == 0x80 { cut += 1 }
        }
        at = cut
        close(at: cut)
      }
    }
    close(at: end)
    return parts.isEmpty ? [0..<end] : parts
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }

  /// "1." and "- 12." begin something.
  private static func isListNumber(_ bytes: [UInt8], _ start: Int, _ stop: Int) -> Bool {
    stop - start < 8
      && bytes[start..<stop].allSatisfy {
        isBlank($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
      }
  }

  private static func isWideEnd(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
    a == 0xE3 && b == 0x80 && c == 0x82
      || a == 0xEF && b == 0xBC && (c == 0x81 || c == 0x8E || c == 0x9F)
  }
}
