// What counts as the same thing said again.

import Testing

@testable import Memtrace

@Suite struct SaidFormTests {
  private static let value = "The tariff is 4.50 euro, paid monthly"

  private func isSame(_ a: String, _ b: String) -> Bool {
    guard let a = SaidForm(a), let b = SaidForm(b) else { return false }
    #expect(a.says(b) == b.says(a))
    return a.says(b)
  }

  @Test(arguments: [
    "THE TARIFF IS 4.50 EURO, PAID MONTHLY", "  The   tariff\tis 4.50 euro , paid\nmonthly  ",
    "The tariff is 4,50 euro; paid monthly.", "“The tariff is 4.50 euro” (paid monthly)!",
    "the-tariff is 4.50euro, paid monthly", "Thе tаriff is 4.50 еurо, раid mоnthly",
    "Ｔｈｅ　ｔａｒｉｆｆ　ｉｓ　４．５０　ｅｕｒｏ，ｐａｉｄ　ｍｏｎｔｈｌｙ",
    "T\u{200B}he ta\u{AD}riff is 4.50 eu\u{2060}ro, paid monthly",
    "𝐓𝐡𝐞 𝘁𝗮𝗿𝗶𝗳𝗳 𝚒𝚜 𝟰.𝟱𝟬 𝕖𝕦𝕣𝕠, paid monthly", "The tàriff ìs 4.50 éuro, paid mónthly",
    "Paid monthly: the tariff is 4.50 euro".replacing(":", with: ","),
    "T h e  t a r i f f is 4.50 euro, paid monthly", "ΤHE TΑRΙFF IS 4.50 EURO, РAID MОNTHLY",
    "\u{202E}The tariff is 4.50 euro, paid monthly\u{202C}",
  ])
  func `looks are no difference`(text: String) {
    #expect(isSame(Self.value, text), "\(SaidForm(text)!.flat)")
  }

  @Test(arguments: [
    "The tariff is 45.0 euro, paid monthly", "The tariff is 450 euro, paid monthly",
    "The tariff is not 4.50 euro, paid monthly", "The tariff is -4.50 euro, paid monthly",
    "The tariff is 4.50 euro", "She pays four and a half euro a month", "",
    "The tariff is 4.50 dollars, paid monthly",
  ])
  func `another value is another text`(text: String) {
    #expect(!isSame(Self.value, text))
  }

  @Test(arguments: [
    ("Changed from plan S to plan M", "Changed from plan M to plan S"),
    ("rooms 1 2", "rooms 12"), ("plan: 4, tariff: 9", "plan: 9, tariff: 4"), ("C#", "C"),
    ("Contact Ana", "Contact Ava"), ("5% off", "5 off"), ("👍", "👎"), ("日本", "本日"),
  ])
  func `order and signs that mean something are kept`(one: String, other: String) {
    #expect(!isSame(one, other))
    #expect(isSame(one, one))
  }

  @Test func `in every script what is said is something`() {
    for text in ["НЕТ СВЯЗИ", "Нет связи", "όχι", "ΌΧΙ", "日本語", "हिन्दी", "ไม่มี", "لا يوجد", "👍"] {
      #expect(SaidForm(text) != nil, "\(text)")
    }
    #expect(isSame("НЕТ СВЯЗИ", "Нет связи"))
    #expect(isSame("Straße", "STRASSE"))
    #expect(!isSame("Нет связи", "Есть связь"))
    #expect(SaidForm(" …  - \u{200B}") == nil)
  }
}
