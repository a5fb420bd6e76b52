// Answers that are one long list: written piece by piece, each when the one before it was taken.

/// An answer whose size is that of its list. What is held of it is the list alone, and not its text.
public protocol ListAnswer: Answer {
  /// The list's key.
  var key: String { get }
  var count: Int { get }
  func writeItem(_ place: Int, to list: inout JSONWriter)
  /// What stands behind the list: its count, and more.
  func writeRest(to object: inout JSONWriter)
}

extension ListAnswer {
  public func write(to json: inout JSONWriter) {
    json.object { object in
      object.key(key)
      object.array { list in for place in 0..<count { writeItem(place, to: &list) } }
      writeRest(to: &object)
    }
  }
}

/// A list's text as it is asked for.
public struct AnswerPieces: Sendable {
  private let answer: any ListAnswer
  private var json = JSONWriter()
  private var place = 0
  /// Whether all of it was given out.
  public private(set) var isDone = false

  public init(_ answer: any ListAnswer) {
    self.answer = answer
    json.beginObject()
    json.key(answer.key)
    json.beginArray()
  }

  /// The next so many bytes, and at most one item more; empty at the end.
  public mutating func next(bytes: Int) -> [UInt8] {
    while !isDone, json.bytes.count < bytes {
      if place < answer.count {
        answer.writeItem(place, to: &json)
        place += 1
      } else {
        json.endArray()
        answer.writeRest(to: &json)
        json.endObject()
        isDone = true
      }
    }
    defer { json.bytes = [] }
    return json.bytes
  }
}
