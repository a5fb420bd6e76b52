// A small logic-less template language: text, variables, sections, inverted sections.

/// A checked template. `{{name}}` is a variable, `{{#name}}…{{/name}}` repeats for each entry of a list or shows
/// once where a value is set, `{{^name}}…{{/name}}` shows where it is not, `{{! … }}` is nothing. A line
/// that holds a section's tag or a comment alone leaves no line.
struct ContextTemplate: Sendable {
  indirect enum Node: Sendable {
    case text([UInt8])
    case variable(ContextKey)
    case section(ContextKey, isInverted: Bool, [Node])
  }

  let nodes: [Node]

  /// - Throws: `MemtraceError` of kind `invalid` that names line and column, both from 1.
  init(_ text: String) throws {
    var parser = ContextTemplateParser(text)
    nodes = try parser.parse()
  }

  /// Appends the page.
  func render(_ page: ContextPage, into bytes: inout [UInt8]) {
    var scopes = [ContextScope.page(page)]
    Self.render(nodes, &scopes, &bytes)
  }

  private static func render(
    _ nodes: [Node], _ scopes: inout [ContextScope], _ bytes: inout [UInt8]
  ) {
    for node in nodes {
      switch node {
      case .text(let text): bytes.append(contentsOf: text)
      case .variable(let key):
        if case .text(let text) = value(key, scopes) { bytes.append(contentsOf: text.utf8) }
      case .section(let key, let isInverted, let body):
        let value = value(key, scopes)
        if isInverted {
          if value.isNothing { render(body, &scopes, &bytes) }
        } else if case .list(let entries) = value {
          for entry in entries {
            scopes.append(entry)
            render(body, &scopes, &bytes)
            scopes.removeLast()
          }
        } else if !value.isNothing {
          render(body, &scopes, &bytes)
        }
      }
    }
  }

  /// The innermost scope that knows the name.
  private static func value(_ key: ContextKey, _ scopes: [ContextScope]) -> ContextValue {
    for i in scopes.indices.reversed() {
      if let value = scopes[i][key] { return value }
    }
    return .nothing
  }
}
