// What the gate finds in what people write, and what it leaves alone.

import Testing

@testable import Memtrace

struct GateTests {
  private let gate = Gate()

  private func masked(_ text: String, key: String? = nil) -> String {
    Gate.masked(text, gate.findings(in: text, key: key))
  }

  @Test(arguments: [
    ("My card is 4111 1111 1111 1111, thanks", "My card is [card ending 1111], thanks"),
    ("4111-1111-1111-1111", "[card ending 1111]"),
    ("pay 5555555555554444 now", "pay [card ending 4444] now"),
    ("amex 3782 822463 10005", "amex [card ending 0005]"),
    ("card 6304000000000000 ok", "card [card ending 0000] ok"),
    ("4111 1111 1111 1111 12/27 cvv 123", "[card ending 1111] 12/27 cvv [card code]"),
    ("CVC: 737.", "CVC: [card code]."), ("security code is 1234", "security code is [card code]"),
    ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [IBAN ending 3000]"),
    ("gb82west12345698765432", "[IBAN ending 5432]"),
    ("my password is Hunter2!x", "my password is [password]"),
    ("Password: swordfish\nbye", "Password: [password]\nbye"),
    ("pwd=abc123&user=1", "pwd=[password]&user=1"), ("Passwort: geheim99", "Passwort: [password]"),
    ("la contraseña es Gato2024", "la contraseña es [password]"),
    ("mot de passe : soleil77", "mot de passe : [password]"),
    ("\"password\": \"correct horse\"", "\"password\": \"[password]\""),
    ("my PIN is 4711", "my PIN is [PIN]"),
    ("https://ana:s3cret@host/x", "https://ana:[password]@host/x"),
    ("DB_PASSWORD=tr0ub4dor", "DB_PASSWORD=[password]"),
    ("dbPassword: tr0ub4dor", "dbPassword: [password]"),
    ("my SSN is 078-05-1121", "my SSN is [social security number]"),
    ("DNI 12345678Z", "DNI [DNI]"), ("12345678Z is my DNI", "[DNI] is my DNI"),
    ("BSN: 111222333", "BSN: [BSN]"),
    ("CPF 529.982.247-25", "CPF [CPF]"),
    ("codice fiscale RSSMRA85T10A562S", "codice fiscale [codice fiscale]"),
    ("x-api-key: 9f8e7d6c5b4a39281706f5e4d3c2b1a0", "x-api-key: [secret]"),
    ("Authorization: Bearer abcDEF123456ghiJKL789", "Authorization: Bearer [secret]"),
    (
      "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA PRIVATE KEY-----\nok",
      "[private key]\nok"
    ),
  ])
  func `what must not be stored is masked, and the rest of the text stays`(
    text: String, expected: String
  ) {
    #expect(masked(text) == expected)
  }

  @Test(arguments: [
    "Payment credit_card_9969263 and gift_card_8887175",
    "reservation 4WQ150, order 4111111111111111", "tracking 4111111111111111",
    "4111 1111 1111 1112", "call +49 30 901820 or 030 901820",
    "born 1990-03-27, 2024-05-20T15:00:00.123Z",
    "invoice 2026-11-000123 of 1,234.56 EUR", "the password was reset", "Password: required",
    "password: must be 8 characters long",
    "I forgot my password. Can you help?", "Your password is incorrect.",
    "password reset link expired 2 days ago",
    "pin code 560001", "PIN board", "ISBN 978-3-16-148410-0", "serial 490154203237518",
    "E-401 on firmware 2.4.1",
    "uuid 123e4567-e89b-12d3-a456-426614174000", "commit 107ddfe0aa9d3c5b8f3e2a1c4d5e6f7081920304",
    "id 378282246310005",
    "ana@example.com, 111222333", "078-05-1121", "sku AB12 3456 7890",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "MAC 00:1A:2B:3C:4D:5E, IP 192.168.100.200", "version 4.1.1.1-1111.1111",
    "id=\"password\" class=\"form-label\"",
    "password = data.get('password')", "self.password_hash = generate(password)",
    "EAN 4006381333931",
  ])
  func `ordinary support text passes`(text: String) {
    #expect(masked(text) == text)
  }

  @Test func `a metadata key is a word beside its value`() {
    #expect(masked("swordfish", key: "password") == "[password]")
    #expect(masked("correct horse battery", key: "wifi_password") == "[password]")
    #expect(masked("9f8e7d6c5b4a39281706f5e4", key: "api_key") == "[secret]")
    #expect(masked("4000123412341237", key: "order_number") == "4000123412341237")
    #expect(masked("078051121", key: "ssn") == "[social security number]")
    #expect(masked("requested", key: "password_reset") == "requested")
    #expect(masked("sent by post on Monday", key: "card") == "sent by post on Monday")
    #expect(masked("1234", key: "pin") == "[PIN]")
  }

  @Test(arguments: [
    ("４１１１ １１１１ １１１１ １１１１", "[card ending 1111]"),
    ("4111\u{200B}1111\u{200B}1111\u{2060}1111", "[card ending 1111]"),
    ("4111 1111\n1111 1111", "[card ending 1111]"),
    ("4111\u{A0}1111\u{2009}1111\u{202F}1111", "[card ending 1111]"),
    ("٤١١١ ١١١١ ١١١١ ١١١١", "[card ending 1111]"),
    ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "[card ending 1111]"),
    ("gh\u{AD}p_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3gH5", "[github token]"),
    ("gһр_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3gH5", "[github token]"),
    ("ghp_aB3dE5gH7jK9mN1pQ3s\n  T5vW7yZ9bC1dE3gH5", "[github token]"),
    ("Z2hwX2FCM2RFNWdIN2pLOW1OMXBRM3NUNXZXN3laOWJDMWRFM2dINQ==", "[github token]"),
    (
      "6768705f61423364453567483 76a4b396d4e3170513373543576573779",
      "6768705f61423364453567483 76a4b396d4e3170513373543576573779"
    ),
    ("раѕѕwоrd: Hunter22", "раѕѕwоrd: [password]"),
  ])
  func `text that tries to slip through`(text: String, expected: String) {
    #expect(masked(text) == expected)
  }

  @Test func `a policy allows, masks or refuses each kind`() {
    let text = "card 4111111111111111, ana@example.com, +49 30 901820 55, password: Hunter2x"
    #expect(gate.findings(in: text).map(\.kind) == [.card, .password])
    var strict = Gate()
    (strict[.email], strict[.phone], strict[.card]) = (.mask, .mask, .allow)
    #expect(strict.findings(in: text).map(\.kind) == [.email, .phone, .password])
    var open = Gate()
    for kind in Gate.Kind.allCases { open[kind] = .allow }
    #expect(open.findings(in: text).isEmpty)
  }

  @Test func `any bytes are looked at without harm, and masking twice changes nothing more`() {
    var random = Seeded(7)
    let pieces = [
      "password", ": ", "4111 1111 1111 1111", "ghp_", "é", "１", "\u{200B}", "DE89", "://", "@",
      "-----BEGIN ", "PRIVATE KEY", "ssn ", "cvv ",
      "=", "\"", "\n", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3gH5", "token", "+49", ".", " ",
    ]
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
        pieces.randomElement(using: &random)!
      }.joined()
      let once = masked(text)
      #expect(masked(once) == once, "\(text.debugDescription)")
    }
  }
}
