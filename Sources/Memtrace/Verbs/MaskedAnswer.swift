// What was changed before it was stored is said by every answer in the same way.

/// Another answer, and the kinds of text in it that were masked.
struct MaskedAnswer: Answer {
  let answer: any Answer
  let masked: [Gate.Kind]

  var failure: MemtraceError.Kind? { answer.failure }
  var isUpdate: Bool { answer.isUpdate }

  func write(to json: inout JSONWriter) {
    answer.write(to: &json)
    // All answers to writes are objects: this one gets a member more.
    guard json.bytes.last == UInt8(ascii: "}") else { return }
    json.bytes.removeLast()
    json.needsComma = json.bytes.last != UInt8(ascii: "{")
    json.key("masked")
    json.array { list in for kind in masked { list.string(kind.rawValue) } }
    json.endObject()
  }

  var display: Display { answer.display }
}
