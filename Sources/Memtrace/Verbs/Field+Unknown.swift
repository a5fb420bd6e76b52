// What to say of a name that no field has: a misspelt filter must never answer with everybody's records.

extension [Field] {
  /// Names the nearest known field; where none is near, what else the name can be, or all that there are.
  func complaint(about name: String) -> String {
    let names = flatMap { [$0.name] + ($0.alias.map { [$0] } ?? []) }
    if let nearest = nearest(to: name, names) { return "is unknown here; \(nearest)" }
    // A key of metadata that stands beside the others; what other verbs call so is meant as there.
    if let filter = first(where: { $0.alias == "metadata" }), !name.contains(".") {
      let others = VerbTable.descriptions.filter { $0.fields.contains { $0.isNamed(name) } }
      if let other = others.first(where: { $0.effect.isWrite == false }) ?? others.first {
        return "is unknown here; '\(other.name)' takes it"
      }
      let key = name.prefix(128)
      return
        "is unknown here; did you mean '\(filter.name).\(key)', in a body {\"\(filter.name)\": {\"\(key)\": …}}?"
    }
    guard !isEmpty else { return "is unknown here; nothing can be given" }
    return "is unknown here; known are \(map(\.name).joined(separator: ", "))"
  }

  private func nearest(to name: String, _ names: [String]) -> String? {
    let name = String(name.prefix(128))
    if let meant = didYouMean(name, among: names) { return meant }
    // `type` for `memory_type`, `q` for `query`.
    let word = name.lowercased()
    return didYouMean(
      names.filter { $0.hasPrefix(word) || $0.split(separator: "_").contains { $0 == word } })
  }
}

extension Field {
  func otherName(than name: String) -> String {
    "'\(name == self.name ? alias ?? self.name : self.name)'"
  }
}
