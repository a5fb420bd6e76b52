// Which characters a name may hold.

import Testing

@testable import Memtrace

@Suite struct AgentNameLooksTests {
  @Test func `what Unicode says cannot be seen is refused, and nothing that can`() {
    var wrong: [String] = []
    for value in UInt32(0)..<0xF0000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isRefused = AgentName.refused.contains { $0.contains(value) }
      let visible: Bool? =
        switch scalar.properties.generalCategory {
        // The next edition of Unicode may give it a meaning.
        case .unassigned: nil
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: false
        case .spaceSeparator: scalar == " "
        default:
          !(0xFF01...0xFF5E).contains(value) && !scalar.properties.isDefaultIgnorableCodePoint
        }
      if visible == isRefused { wrong.append(String(value, radix: 16)) }
    }
    #expect(wrong == [])
  }

  @Test(arguments: [
    "ana", "Ana Müller", "Ана", "Αθήνα", "日本語", "Ana / Αθήνα", "billing–Ана", "ｶﾅ", "a1α", "👍 team",
  ])
  func `a name that says what it seems to say is taken`(name: String) {
    #expect(AgentName.lookalike(name) == nil)
  }

  @Test(arguments: [
    " ana", "ana ", "an  a", "p\u{430}ypal", "aあα", "ａna", "an\u{200B}a", "an\u{98}a", "an\u{A0}a",
    "a\u{202E}na", "\u{E0041}", "an\na", "\u{FE0F}a",
  ])
  func `a name that looks like another is refused`(name: String) {
    #expect(AgentName.lookalike(name) != nil)
  }
}
