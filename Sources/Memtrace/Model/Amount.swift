// Numbers with the word that they count, for people.

/// `1 record`, `2 records`; where the plural is no `s` at the end, it is said.
func amount(_ number: Int, _ one: String, _ many: String? = nil) -> String {
  number == 1 ? "1 \(one)" : "\(number) \(many ?? one + "s")"
}
