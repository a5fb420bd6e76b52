// JSON to the letter of RFC 8259, held against Foundation.
import Foundation
import Testing

@testable import Memtrace

struct JSONTests {
  private func accepts(_ bytes: [UInt8]) -> Bool { (try? JSON(parsing: bytes)) != nil }

  private func foundationAccepts(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
  }

  @Test(arguments: [
    "0", "-0", "-0.0", "1e5", "1E+5", "1e-05", "12345678901234567890123", "1.10", "true", "false",
    "null", "\"\"", "[]", "{}", " [ ] ", "\t{\r\n}\n", "[1,2]", "{\"a\":{\"a\":1}}",
    "\"\\u0000\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"é€😀\"", "\"\u{7F}\u{2028}\"",
    "{\"\":1}", "1e400",
  ])
  func `valid text is read`(_ text: String) throws {
    _ = try JSON(parsing: text)
  }

  @Test(arguments: [
    "", " ", "01", "-01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "1_000", "NaN", "nan",
    "Infinity",
    "-Infinity", "tru", "truee", "True", "nul", "[1,]", "[,1]", "[1 2]", "[", "]", "{", "}",
    "{\"a\"}",
    "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
    "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\n\"", "\"\t\"",
    "\"\u{0}\"", "\"\u{1F}\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"",
    "\"\\ud800\\n\"", "\"\\ude00\\ud83d\"", "1 2", "{}{}", "[]x", "\u{FEFF}{}", "// a\n1", "/**/1",
    "\u{A0}1", "\u{B}1", "\u{C}1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
    "[{\"b\":{\"x\":1,\"y\":2,\"x\":3}}]", "\u{0}", "1\u{0}",
  ])
  func `what breaks a rule is refused`(_ text: String) {
    #expect(!accepts(Array(text.utf8)))
  }

  @Test(
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0x80], [0xBF], [0xC3], [0xE2, 0x82],
      [0xF0, 0x9F, 0x98],
      [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80], [0xC3, 0x5C, 0x6E, 0xA9],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(_ bytes: [UInt8]) {
    for padding in 0..<9 {
      let before = [UInt8](repeating: 0x61, count: padding)
      #expect(!accepts([0x22] + before + bytes + [0x22]))
      #expect(!accepts([0x22] + before + bytes + Array("and a longer tail\"".utf8)))
    }
  }

  @Test func `every scalar comes back, plain and escaped`() throws {
    for value in (0 as UInt32)...0x10FFFF where value < 0x900 || value % 997 == 0 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(scalar)
      let plain = try JSON(parsing: JSON.string(text).bytes)
      let escaped = text.utf16.map { unit in
        let hex = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }.joined()
      let back = try #require(try JSON(parsing: "\"\(escaped)\"").string)
      if plain != .string(text) || !back.utf8.elementsEqual(text.utf8) { Issue.record("\(value)") }
    }
  }

  @Test func `deep nesting is refused before it can hurt`() throws {
    for open in ["[", "{\"a\":"] {
      #expect(!accepts(Array(String(repeating: open, count: 100_000).utf8)))
    }
    func nested(_ count: Int) -> [UInt8] {
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
    }
    #expect(try JSON(parsing: nested(64)).depth == 64)
    #expect(!accepts(nested(65)))
    #expect(try JSON(parsing: nested(8), depth: 8).depth == 8)
    #expect(throws: JSONFault.self) { try JSON(parsing: nested(9), depth: 8) }
  }

  @Test func `depth counts containers within each other`() {
    #expect(JSON.string("a").depth == 0)
    #expect(JSON.object([]).depth == 1)
    #expect(JSON.array([1, ["a": [true]]]).depth == 3)
  }

  @Test func `a fault says where and why`() {
    func fault(_ text: String) -> JSONFault? {
      do throws(JSONFault) {
        _ = try JSON(parsing: text)
        return nil
      } catch {
        return error
      }
    }
    #expect(fault("{\"a\":01}") == JSONFault("a number with a leading zero", at: 6))
    #expect(fault("[1,") == JSONFault("ends too early", at: 3))
    #expect(fault("{\"a\":1,\"a\":2}") == JSONFault("the key a twice", at: 7))
    #expect(fault("[1] 2") == JSONFault("something after the value", at: 4))
    #expect(fault("\"ab\\ud800\"") == JSONFault("half of a surrogate pair", at: 3))
  }

  @Test func `many keys are told apart, and a late double is found`() throws {
    let keys = (0..<5_000).map { "\"k\($0)\":\($0)" }
    #expect(try JSON(parsing: "{" + keys.joined(separator: ",") + "}").members?.count == 5_000)
    let doubled = keys + ["\"k17\":0"]
    #expect(!accepts(Array(("{" + doubled.joined(separator: ",") + "}").utf8)))
  }

  @Test func `keys that only look alike are different keys`() throws {
    #expect(try JSON(parsing: "{\"é\":1,\"e\u{301}\":2}").members?.count == 2)
  }

  @Test func `order and spelling of a value survive`() throws {
    let text = #"{"z":1.0,"a":[1e5,-0,12345678901234567890],"é":"\"\\\n\u0001/","n":null,"t":true}"#
    let json = try JSON(parsing: text)
    #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    #expect(RawJSON(json).json == json)
  }

  @Test func `random values are read as Foundation reads them`() throws {
    var random = Seeded(11)
    for _ in 0..<3_000 {
      let json = random.json()
      let bytes = json.bytes
      let back = try JSON(parsing: bytes)
      let other = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      if back != json || !same(json, other) {
        Issue.record("\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  private func same(_ json: JSON, _ other: Any) -> Bool {
    switch json {
    case .null: other is NSNull
    case .bool(let flag): (other as? NSNumber)?.boolValue == flag
    case .number(let text): (other as? NSNumber)?.doubleValue == Double(text)
    case .string(let text): (other as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
    case .array(let values):
      (other as? [Any]).map { $0.count == values.count && zip(values, $0).allSatisfy(same) }
        ?? false
    case .object(let members):
      (other as? [String: Any]).map { object in
        members.allSatisfy { member in object[member.key].map { same(member.value, $0) } ?? false }
      } ?? false
    }
  }

  /// Where the two differ, it is in what we refuse on purpose: doubled keys, a byte order mark, another
  /// encoding, numbers past a Double, half surrogates.
  @Test(arguments: [21, 22, 23, 24] as [UInt64])
  func `damaged text is never read, as Foundation would not`(seed: UInt64) throws {
    var random = Seeded(seed)
    var refused = 0
    for _ in 0..<2_500 {
      var bytes = random.json().bytes
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2:
          bytes.insert(Array("{}[]\",:\\0-.eu \u{1F}".utf8).randomElement(using: &random)!, at: at)
        default: bytes.removeSubrange(at...)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      let isRead = accepts(bytes)
      if !isRead { refused += 1 }
      if isRead != foundationAccepts(bytes), !isOnPurpose(bytes) {
        Issue.record("\(isRead ? "read" : "refused"): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(refused > 800)
  }

  private func isOnPurpose(_ bytes: [UInt8]) -> Bool {
    do throws(JSONFault) {
      // A number past the largest Double is good JSON.
      return !((try JSON(parsing: bytes)).double?.isFinite ?? true)
    } catch {
      return error.problem.hasSuffix("twice") || error.problem == "half of a surrogate pair"
        || bytes.contains(0)
    }
  }
}
