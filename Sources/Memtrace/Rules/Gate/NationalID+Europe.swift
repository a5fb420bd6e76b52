// The numbers of Europe's countries.

extension NationalID {
  static let west: [NationalID] = [
    NationalID("DNI", "8n1a", words: "dni, nif, documento nacional") {
      spanishLetter($0[0..<8]) == $0[8]
    },
    NationalID("NIE", "1a7n1a", words: "nie, nif") { id in
      guard let place = "XYZ".utf8.firstIndex(of: id[0]) else { return false }
      let first = UInt8("XYZ".utf8.distance(from: "XYZ".utf8.startIndex, to: place)) + 0x30
      return spanishLetter([first] + id[1..<8]) == id[8]
    },
    NationalID("NIF", "9n", words: "contribuinte, numero de contribuinte, nif") { id in
      let check = (11 - CheckDigits.sum(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10
      return id[0] != 0x30 && check == CheckDigits.value(id[8])
    },
    NationalID("codice fiscale", "6a2c1a2c1a3c1a", words: "codice fiscale, codicefiscale, fiscale")
    { id in
      let odd = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
      ]
      let sum = (0..<15).reduce(0) { sum, place in
        let value = id[place].isDigit ? CheckDigits.value(id[place]) : Int(id[place]) - 65
        return sum + (place % 2 == 0 ? odd[value] : value)
      }
      return sum % 26 == Int(id[15]) - 65
    },
    NationalID("NIR", "5n1c9n", words: "nir, securite sociale, numero de securite sociale, insee") {
      id in
      var body = Array(id[0..<13])
      if body[6 - 1].isLetter { return false }
      return frenchKey(&body) == CheckDigits.number(id[13...])
    },
    NationalID("NIR", "6n1a8n", words: "nir, securite sociale, insee") { id in
      // Corsica: 2A and 2B.
      guard id[5] == 0x32, id[6] == 0x41 || id[6] == 0x42 else { return false }
      var body = Array(id[0..<13])
      body[5] = 0x31
      body[6] = id[6] == 0x41 ? 0x39 : 0x38
      return frenchKey(&body) == CheckDigits.number(id[13...])
    },
    NationalID(
      "tax id", "11n",
      words:
        "steuer id, steuer identifikationsnummer, steueridentifikationsnummer, steuernummer, idnr, identifikationsnummer"
    ) { id in
      // One digit of the first ten is there twice or three times, and no other is.
      let repeated = id[0..<10].reduce(into: [UInt8: Int]()) { $0[$1, default: 0] += 1 }.values
        .filter { $0 > 1 }
      return id[0] != 0x30 && CheckDigits.isHybrid(id) && (repeated == [2] || repeated == [3])
    },
    NationalID("NHS number", "10n", words: "nhs, nhs number") { id in
      (11 - CheckDigits.sum(id, Array((2...10).reversed())) % 11) % 11 == CheckDigits.value(id[9])
    },
    NationalID(
      "National Insurance number", "2a6n1a",
      words: "nino, national insurance, national insurance number, ni number"
    ) { id in
      !"DFIQUV".utf8.contains(id[0]) && !"DFIOQUV".utf8.contains(id[1])
        && (0x41...0x44).contains(id[8])
        && !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains { $0.utf8.elementsEqual(id[0..<2]) }
    },
    NationalID("BSN", "9n", words: "bsn, burgerservicenummer, sofinummer") { id in
      CheckDigits.sum(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0 && CheckDigits.number(id) > 9_999
    },
    NationalID(
      "national number", "11n",
      words: "rijksregisternummer, rijksregister, numero national, registre national"
    ) { id in
      let (number, check) = (CheckDigits.number(id[0..<9]), CheckDigits.number(id[9...]))
      return 97 - number % 97 == check || 97 - (number + 2_000_000_000) % 97 == check
    },
    NationalID("PPS number", "7n1a 7n2a", words: "pps, ppsn, pps number") { id in
      let extra = id.count == 9 && id[8] != 0x57 ? (Int(id[8]) - 64) * 9 : 0
      return Array("WABCDEFGHIJKLMNOPQRSTUV".utf8)[
        (CheckDigits.sum(id[0..<7], Array((2...8).reversed())) + extra) % 23] == id[7]
    },
    NationalID("AHV number", "13n", words: "ahv, avs, ahv nummer, sozialversicherungsnummer") {
      id in
      CheckDigits.number(id[0..<3]) == 756
        && (CheckDigits.sum(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1])) % 10 == 0
    },
  ]

  static let east: [NationalID] = [
    NationalID("PESEL", "11n", words: "pesel") {
      CheckDigits.sum($0, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
    },
    NationalID(
      "personnummer", "10n 12n", words: "personnummer, samordningsnummer, svenskt personnummer"
    ) { id in
      CheckDigits.isLuhn(id.suffix(10))
        && (1...12).contains(CheckDigits.number(id.suffix(8).prefix(2)))
        && (1...91).contains(CheckDigits.number(id.suffix(6).prefix(2)))
    },
    NationalID("henkilotunnus", "9n1c 6n1a3n1c", words: "henkilotunnus, hetu") { id in
      let number =
        CheckDigits.number(id[0..<6]) * 1_000 + CheckDigits.number(id.dropLast().suffix(3))
      return Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)[number % 31] == id[id.count - 1]
        && CheckDigits.isDate(day: id[0..<2], month: id[2..<4])
    },
    NationalID("fodselsnummer", "11n", words: "fodselsnummer, fnr, personnummer") { id in
      let first = (11 - CheckDigits.sum(id, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11
      let second = (11 - CheckDigits.sum(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11
      return first == CheckDigits.value(id[9]) && second == CheckDigits.value(id[10])
    },
    NationalID("CPR number", "10n", words: "cpr, cpr nummer, cpr number", isStrong: false) {
      CheckDigits.isDate(day: $0[0..<2], month: $0[2..<4])
    },
    NationalID("CNP", "13n", words: "cnp, cod numeric personal") { id in
      let check = CheckDigits.sum(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
      return (check == 10 ? 1 : check) == CheckDigits.value(id[12])
        && CheckDigits.isDate(day: id[5..<7], month: id[3..<5])
    },
    NationalID("rodne cislo", "10n", words: "rodne cislo, rodnecislo") {
      CheckDigits.number($0) % 11 == 0
        || CheckDigits.number($0[0..<9]) % 11 % 10 == CheckDigits.value($0[9])
    },
    NationalID("EGN", "10n", words: "egn, edinen grazhdanski nomer") { id in
      CheckDigits.sum(id, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == CheckDigits.value(id[9])
    },
    NationalID("OIB", "11n", words: "oib, osobni identifikacijski broj") {
      CheckDigits.isHybrid($0)
    },
    NationalID("isikukood", "11n", words: "isikukood, asmens kodas") { id in
      var check = CheckDigits.sum(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
      if check == 10 { check = CheckDigits.sum(id, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 }
      return check == CheckDigits.value(id[10])
        && CheckDigits.isDate(day: id[5..<7], month: id[3..<5])
    },
    NationalID("personas kods", "11n", words: "personas kods, personas kod") { id in
      (1 + CheckDigits.sum(id, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10
        == CheckDigits.value(id[10])
    },
    NationalID("AMKA", "11n", words: "amka") {
      CheckDigits.isLuhn($0) && CheckDigits.isDate(day: $0[0..<2], month: $0[2..<4])
    },
  ]

  private static func spanishLetter(_ digits: some Sequence<UInt8>) -> UInt8 {
    Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)[CheckDigits.number(digits) % 23]
  }

  private static func frenchKey(_ body: inout [UInt8]) -> Int { 97 - CheckDigits.number(body) % 97 }
}
