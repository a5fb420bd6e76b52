// What is found by what, a line a case: ids however they are written, languages, phrases.

/// Of the texts, the first is found first; those after `not` are not found at all.
struct SearchCase: CustomStringConvertible, Sendable {
  let query: String
  let texts: [String]
  let not: [String]

  init(_ query: String, _ texts: String..., not: [String] = []) {
    self.query = query
    self.texts = texts
    self.not = not
  }

  var description: String { query }

  static let identifiers = [
    SearchCase("E401", "Box shows E-401", "Box shows E-402", "401 calls", not: ["Box is broken"]),
    SearchCase("e 401", "Box shows E401", "401 calls today", "E and more"),
    SearchCase("e 401", "Box shows E-401", "401 calls today", "E and more"),
    SearchCase("E-401", "Box shows e401", "401 calls today"),
    SearchCase("E-401", "Error E 401 on the box", "Room 401 is free", "e and f"),
    SearchCase("sup1182", "See SUP-1182", "See SUP-1183"),
    SearchCase("SUP-1182", "See sup1182 again", "See SUP-1183"),
    SearchCase("SUP_1182", "See SUP/1182", "See SUP-1183"),
    SearchCase("80070057", "Update ended with 0x80070057", "Update ended with 0x80070058"),
    SearchCase("0x80070057", "Update ended with 80070057", "Update ended with 80070058"),
    SearchCase(
      "DE89370400440532013000", "Paid from DE89 3704 0044 0532 0130 00 in May",
      "Paid from DE12 3704 0044 0532 0130 01 in May"),
    SearchCase(
      "GB29 NWBK 6016 1331 9268 19", "IBAN GB29NWBK60161331926819", "IBAN GB82WEST12345698765432"),
    SearchCase("DE89-3704-0044-0532-0130-00", "IBAN DE89 3704 0044 0532 0130 00"),
    SearchCase("00:1A:2B:3C:4D:5E", "Modem 001a2b3c4d5e", "Modem 001a2b3c4d5f"),
    SearchCase("001A.2B3C.4D5E", "Modem 00-1a-2b-3c-4d-5e", "Modem 00-1a-2b-3c-4d-5f"),
    SearchCase("00-11-22-33-44-55", "Modem 00:11:22:33:44:55", "Modem 00:11:22:33:44:56"),
    SearchCase("card 1111", "Paid by 4111111111111111", "Paid by 4111111111112222"),
    SearchCase("card 1111", "Paid by 4111 1111 1111 1111", "Paid by 4111 1111 1111 2222"),
    SearchCase("4111-1111-1111-1111", "Paid by 4111111111111111", "Paid by 5500000000000004"),
    SearchCase("NullPointer", "It threw a NullPointerException", "It threw an IOException"),
    SearchCase("pointer exception", "It threw a NullPointerException", "It threw a fit"),
    SearchCase("http server", "HTTPServer does not answer", "Someone does not answer"),
    SearchCase("v2.4.1", "Firmware 2.4.1 was sent", "Firmware 12.4.1 was sent"),
    SearchCase("2.4.1", "Firmware v2.4.1 was sent", "Firmware v12.4.1 was sent"),
    SearchCase("v2.4.1", "Firmware v2.4.1 was sent", "Firmware 12.4.1 was sent"),
    SearchCase("C++", "Wrote it in C++", not: ["Wrote it in C#", "Vitamin C", "Wrote it in C"]),
    SearchCase("c#", "Wrote it in C#.", not: ["Wrote it in C++"]),
    SearchCase("windows 10", "Runs Windows10 at home", "Runs at 10"),
    SearchCase("iPhone15", "Has an iPhone 15", "Has 3 phones"),
  ]

  static let scripts = [
    SearchCase("ISTANBUL", "Kargo İstanbul'a gitti", not: ["Kargo Ankara'ya gitti"]),
    SearchCase("istanbul", "İSTANBUL şubesi", "Ankara şubesi"),
    SearchCase("kirik", "Modem kırık geldi", "Modem geldi"),
    SearchCase("احمد", "اتصل أحمد اليوم", "اتصل علي اليوم"),
    SearchCase("محمد", "محـــمد ينتظر", "علي ينتظر"),
    SearchCase("فاتورة", "الفاتوره وصلت فاتوره", "وصلت"),
    SearchCase("ガス", "ｶﾞｽ料金", "水道料金"),
    SearchCase("ﾙｰﾀｰ", "ルーターを再起動", "電話を再起動"),
    SearchCase("ﾊﾟｽﾜｰﾄﾞ", "パスワードを忘れた", "名前を忘れた"),
    SearchCase("🎉", "Refund came 🎉", not: ["Refund came"]),
    SearchCase("👍🏽", "All well 👍", not: ["All well 👎"]),
    SearchCase("☎", "Call ☎ first", not: ["Call first"]),
  ]

  static let languages = [
    SearchCase(
      "Rechnungen", "Die Rechnung ist nicht bei mir angekommen", "Das Gerät ist nicht bei mir"),
    SearchCase("Kündigung", "Er hat die Kündigungen nicht bekommen", "Er hat das Gerät bekommen"),
    SearchCase(
      "Rechnung", "Wir haben die Stromrechnung nicht bekommen", "Wir haben das Gerät nicht bekommen"
    ),
    SearchCase(
      "Stromrechnung", "Die Rechnung für den Strom ist falsch", "Das Gerät ist nicht hier"),
    SearchCase(
      "Nummer der Rechnung", "Ich habe die Rechnungsnummer nicht", "Ich habe das Gerät nicht"),
    SearchCase(
      "Bestätigung", "Die Kündigungsbestätigung ist noch nicht da", "Das Gerät ist noch da"),
    SearchCase("facturas", "No tengo la factura de este mes", "No tengo el router de este mes"),
    SearchCase("facturación", "La facturacion de mi casa está mal", "La puerta de mi casa"),
    SearchCase(
      "cancelar", "Quiero que cancelen mi contrato por favor, no lo quiero", "Mi casa no es"),
    SearchCase("factures", "Je ne trouve pas la facture de ce mois", "Je ne trouve pas le routeur"),
    SearchCase("abonnements", "Je veux résilier l'abonnement de mon père", "Je veux le routeur"),
    SearchCase("faturas", "Não recebi a fatura deste mês em casa", "Não recebi o aparelho em casa"),
    SearchCase("ligações", "As ligação caem muito e não sei o que é", "Não sei o que é isso"),
    SearchCase(
      "Rechnug", "Die Rechnungen sind nicht bei mir angekommen", "Das Gerät ist nicht bei mir"),
  ]

  static let phrases = [
    SearchCase(
      "\"refund promised\"", "A refund promised on Monday",
      not: ["Promised to look at the refund", "The refund was promised"]),
    SearchCase(
      "„nicht angekommen“", "Das Paket ist nicht angekommen", not: ["Angekommen ist es nicht"]),
    SearchCase("\"no such words\" router", "The router is new", "The modem is new"),
    SearchCase(
      "the box was sent to the wrong address", "Well, the box was sent to the wrong address!",
      "Box, box, box: wrong address, sent wrong", "Address wrong, box sent to address"),
    SearchCase("to be or not to be", "To be, or not to be", "It is to be or not"),
    SearchCase("what is it", "What is it?", not: ["Router restarted"]),
  ]
}
