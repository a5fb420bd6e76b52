// Text that would take over a terminal, or deceive its reader.

import Testing

@testable import MemtraceCLI

struct HarmlessTextTests {
  @Test(arguments: [
    ("\u{1B}[2J\u{1B}]0;owned\u{07}", "␛[2J␛]0;owned␇"),
    ("a\rb\u{08}c\u{00}", "a␍b␈c␀"),
    ("\u{9B}31m\u{85}\u{7F}", "\\u{9B}31m\\u{85}␡"),
    ("a\u{202E}txt.exe\u{202C}", "a\\u{202E}txt.exe\\u{202C}"),
    ("\u{2066}x\u{2069}\u{200E}\u{200F}\u{61C}", "\\u{2066}x\\u{2069}\\u{200E}\\u{200F}\\u{61C}"),
    ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
    ("\u{FEFF}a\u{200B}b\u{AD}", "\\u{FEFF}a\\u{200B}b\\u{AD}"),
    ("ok\u{E0041}\u{E007F}", "ok\\u{E0041}\\u{E007F}"),
    ("\u{FFF9}a\u{FFFA}b\u{FFFB}", "\\u{FFF9}a\\u{FFFA}b\\u{FFFB}"),
  ])
  func `what a terminal would obey or hide is shown`(text: String, shown: String) {
    #expect(harmless(text) == shown)
  }

  @Test(arguments: [
    "Grüße, 日本語, עברית, العربية", "👩‍👩‍👧 ❤️ 🇩🇪", "نمی\u{200C}خواهم", "e\u{301}", "\u{600}12", "\\u{202E}",
    "two\nlines\tand a tab\n",
  ])
  func `people's text stays as it is`(text: String) {
    #expect(harmless(text) == text)
  }

  @Test func `a line has no breaks and no tabs`() {
    #expect(harmlessLine("a\nb\r\nc\rd\te\u{B}f\u{C}g\u{85}h\u{2028}i") == "a b c d e f g h i")
    #expect(harmlessLine("a\n\nb") == "a  b")
    #expect(harmlessLine("\u{1B}[31m") == "␛[31m")
  }

  @Test func `nothing below a space or that turns direction gets through`() {
    for value in Array(UInt32(0)...0x2FFF) + Array(0xFE00...0xFFFF) + Array(0xE0000...0xE01FF) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for shown in harmlessLine(String(scalar)).unicodeScalars {
        #expect(shown.properties.generalCategory != .control && !shown.properties.isBidiControl)
      }
    }
  }
}
