// The countries' numbers that the gate knows. The rules are those that the countries publish.

extension NationalID {
  static let all: [NationalID] = americas + asia + west + east

  private static let americas: [NationalID] = [
    NationalID(
      "social security number", "9n",
      words: "ssn, social security, social security number, social sec", isStrong: false
    ) {
      let area = CheckDigits.number($0[0..<3])
      return area > 0 && area != 666 && area < 900 && CheckDigits.number($0[3..<5]) > 0
        && CheckDigits.number($0[5...]) > 0
    },
    NationalID(
      "social insurance number", "9n",
      words: "social insurance, social insurance number, sin number"
    ) {
      CheckDigits.isLuhn($0) && ![0x30, 0x38].contains($0[0])
    },
    NationalID("CPF", "11n", words: "cpf") { id in
      Set(id).count > 1
        && (9...10).allSatisfy { count in
          let sum = CheckDigits.sum(id[0..<count], Array((2...(count + 1)).reversed()))
          return sum * 10 % 11 % 10 == CheckDigits.value(id[count])
        }
    },
    NationalID("CURP", "4a6n6a1c1n", words: "curp") { id in
      let letters = Array("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ".utf8)
      let sum = (0..<17).reduce(0) { $0 + (letters.firstIndex(of: id[$1]) ?? 0) * (18 - $1) }
      return (10 - sum % 10) % 10 == CheckDigits.value(id[17])
        && CheckDigits.isDate(day: id[8..<10], month: id[6..<8])
    },
    NationalID("CUIT", "11n", words: "cuit, cuil") { id in
      let sum = CheckDigits.sum(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
      return CheckDigits.value(Array("012345678990".utf8)[11 - sum % 11])
        == CheckDigits.value(id[10])
    },
    NationalID("RUT", "8n1c 7n1c", words: "rut, rol unico tributario") { id in
      let body = Array(id.dropLast().reversed())
      let sum = (0..<body.count).reduce(0) { $0 + CheckDigits.value(body[$1]) * ($1 % 6 + 2) }
      return Array("0K987654321".utf8)[sum % 11] == id[id.count - 1]
    },
  ]

  private static let asia: [NationalID] = [
    NationalID("Aadhaar number", "12n", words: "aadhaar, aadhar, uidai") {
      CheckDigits.value($0[0]) > 1 && CheckDigits.isVerhoeff($0)
    },
    NationalID("PAN", "5a4n1a", words: "pan card, pan number, pan") {
      "ABCFGHJLPTK".utf8.contains($0[3])
    },
    NationalID(
      "resident id", "17n1c", words: "resident identity, resident id, chinese id, shenfenzheng"
    ) { id in
      let sum = (0..<17).reduce(0) { $0 + CheckDigits.value(id[$1]) * ((1 << (17 - $1)) % 11) }
      return Array("10X98765432".utf8)[sum % 11] == id[17]
        && CheckDigits.isDate(day: id[12..<14], month: id[10..<12])
    },
    NationalID("resident registration number", "13n", words: "rrn, resident registration") { id in
      let sum = CheckDigits.sum(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
      return (11 - sum % 11) % 10 == CheckDigits.value(id[12])
        && CheckDigits.isDate(day: id[4..<6], month: id[2..<4])
    },
    NationalID("individual number", "12n", words: "my number, individual number, mynumber") { id in
      let sum = CheckDigits.sum(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
      return (11 - sum % 11) % 11 % 10 == CheckDigits.value(id[11])
    },
    NationalID("national id", "13n", words: "thai id, thai national id") { id in
      let sum = CheckDigits.sum(id, Array((2...13).reversed()))
      return (11 - sum % 11) % 10 == CheckDigits.value(id[12]) && id[0] != 0x30 && id[0] != 0x39
    },
    NationalID("identity number", "9n", words: "teudat zehut, israeli id") {
      CheckDigits.isLuhn($0)
    },
    NationalID("kimlik number", "11n", words: "tckn, kimlik, tc kimlik") { id in
      let digits = id.map(CheckDigits.value)
      let odd = digits[0] + digits[2] + digits[4] + digits[6] + digits[8]
      let even = digits[1] + digits[3] + digits[5] + digits[7]
      return digits[0] > 0 && (odd * 7 - even + 100) % 10 == digits[9]
        && digits[0..<10].reduce(0, +) % 10 == digits[10]
    },
    NationalID("tax file number", "9n", words: "tfn, tax file, tax file number") {
      CheckDigits.sum($0, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
    },
    NationalID("identity number", "13n", words: "south african id, rsa id, sa id") {
      CheckDigits.isLuhn($0) && CheckDigits.isDate(day: $0[4..<6], month: $0[2..<4])
    },
  ]
}
