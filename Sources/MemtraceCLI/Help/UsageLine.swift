// The one line that shows how a verb is called.

import Memtrace

/// `usage: memtrace remember TEXT|- --agent AGENT [--tag TAG]…`. A brief one says `[options]` for all
/// that may be left out.
func usageLine(_ verb: VerbDescription, brief: Bool = false) -> String {
  usageParts(verb, brief: brief).joined(separator: " ")
}

/// The parts of a usage line that are not to be broken.
func usageParts(_ verb: VerbDescription, brief: Bool = false) -> [String] {
  let positionals = verb.fields.filter(\.isPositional)
  let flags = verb.fields.filter { !$0.isPositional }
  let required = flags.filter(\.isRequired)
  let optional = flags.filter { !$0.isRequired }
  var parts = ["usage: memtrace \(verb.name)"]
  parts += (positionals + required).map(usagePart)
  if brief {
    if !optional.isEmpty { parts.append("[options]") }
  } else {
    parts += optional.map(usagePart)
  }
  return parts
}

private func usagePart(_ field: Field) -> String {
  let more = field.isRepeatable ? "…" : ""
  return field.isRequired ? field.spelling + more : "[\(field.spelling)]\(more)"
}
