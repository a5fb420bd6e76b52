// The description of all routes as a page for people: what /openapi.json says to programs.

import Memtrace

enum DocsPage {
  /// Takes no script and fetches nothing.
  static let headers = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("X-Content-Type-Options", "nosniff"),
  ]

  /// - Parameter document: as `OpenAPI.document` makes it.
  static func html(of document: JSON) -> String {
    var text = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Memtrace: the HTTP interface</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
      h2 { font: 600 1.05rem ui-monospace, monospace; margin: 2.2rem 0 .3rem }
      table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd }
      code, td:first-child { font-family: ui-monospace, monospace; font-size: .9rem } small { color: #666 }
      @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #444 } small { color: #999 } }
      </style></head><body>
      <h1>Memtrace \(escaped(document["info"]?["version"]?.string ?? ""))</h1>
      <p>\(escaped(document["info"]?["description"]?.string ?? "")) Send <code>x-api-key: mtk_…</code> or
      <code>Authorization: Bearer mtk_…</code>. For programs: <a href="/openapi.json">/openapi.json</a>.</p>

      """
    for path in document["paths"]?.members ?? [] {
      for method in path.value.members ?? [] {
        text += section(method.key.uppercased(), path.key, method.value)
      }
    }
    return text + "</body></html>\n"
  }

  private static func section(_ method: String, _ path: String, _ operation: JSON) -> String {
    var text =
      "<h2>\(method) \(escaped(path))</h2>\n<p>\(escaped(operation["summary"]?.string ?? ""))"
    let codes = (operation["responses"]?.members ?? []).map(\.key)
    text += " <small>answers \(escaped(codes.joined(separator: ", ")))</small></p>\n"
    var rows = (operation["parameters"]?.array ?? []).map { parameter in
      row(
        parameter["name"]?.string ?? "", "in the \(parameter["in"]?.string ?? "")",
        parameter["schema"] ?? .null, parameter["description"]?.string,
        isRequired: parameter["required"] == true)
    }
    for body in bodies(
      operation["requestBody"]?["content"]?["application/json"]?["schema"] ?? .null)
    {
      let required = (body["required"]?.array ?? []).compactMap(\.string)
      rows += (body["properties"]?.members ?? []).map { member in
        row(member.key, "", member.value, nil, isRequired: required.contains(member.key))
      }
    }
    if !rows.isEmpty { text += "<table>\n\(rows.joined())</table>\n" }
    return text
  }

  /// The objects that a body may be: one, or each of several.
  private static func bodies(_ schema: JSON) -> [JSON] {
    if schema["properties"] != nil { return [schema] }
    return ["anyOf", "oneOf", "allOf"].flatMap { schema[$0]?.array ?? [] }.flatMap(bodies)
  }

  private static func row(
    _ name: String, _ place: String, _ schema: JSON, _ help: String?, isRequired: Bool
  ) -> String {
    let inner = plain(schema)
    let notes = [place, isRequired ? "required" : "", limits(of: inner)].filter { !$0.isEmpty }
    let words = help ?? inner["description"]?.string ?? ""
    return "<tr><td>\(escaped(name))</td><td>\(escaped(words))</td>"
      + "<td><small>\(escaped(notes.joined(separator: "; ")))</small></td></tr>\n"
  }

  /// Of a schema that takes null or text too, the one that says most.
  private static func plain(_ schema: JSON) -> JSON {
    guard schema["type"] == nil, let choices = schema["anyOf"]?.array ?? schema["oneOf"]?.array
    else {
      return schema
    }
    let inner = choices.map(plain).filter { $0["type"] != "null" }
    return inner.first { $0["description"] != nil } ?? inner.first ?? schema
  }

  private static func limits(of schema: JSON) -> String {
    var notes: [String] = []
    if let choices = schema["enum"]?.array {
      notes.append(choices.compactMap(\.scalarText).joined(separator: ", "))
    } else if let type = schema["type"]?.string {
      notes.append(type)
    }
    func range(_ least: String, _ most: String, _ unit: String) {
      let (low, high) = (schema[least]?.scalarText, schema[most]?.scalarText)
      guard low != nil || high != nil else { return }
      notes.append([low, high].compactMap(\.self).joined(separator: " to ") + unit)
    }
    range("minimum", "maximum", "")
    range("minLength", "maxLength", " long")
    range("minItems", "maxItems", " items")
    if let pattern = schema["pattern"]?.string, pattern.utf8.count < 60 { notes.append(pattern) }
    if let fallback = schema["default"]?.scalarText { notes.append("default \(fallback)") }
    return notes.joined(separator: "; ")
  }

  private static func escaped(_ text: String) -> String {
    text.map { letter in
      switch letter {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: String(letter)
      }
    }.joined()
  }
}
