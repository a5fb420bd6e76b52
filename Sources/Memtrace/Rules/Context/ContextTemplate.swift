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

  /// What a repository calls the one that takes the built-in one's place.
  static let fileName = "context.md"

  /// In bytes, at most.
  static let size = 65_536

  let nodes: [Node]

  /// - Throws: `MemtraceError` of kind `invalid` that names line and column, both from 1: of a fault, of a section in
  ///   more than eight others, of a list inside a list.
  init(_ text: String) throws {
    guard text.utf8.count <= Self.size else {
      throw MemtraceError(.invalid, "template: over \(Self.size / 1_024) KiB")
    }
    var parser = ContextTemplateParser(text)
    nodes = try parser.parse()
  }

  /// Appends the page, at most so many bytes and a number of steps that grows with them: a template may come from
  /// somebody else.
  /// - Returns: false where it was cut off.
  func render(_ page: ContextPage, into bytes: inout [UInt8], limit: Int) -> Bool {
    var run = Run(scopes: [.page(page)], room: limit, steps: 10_000 + limit)
    run.render(nodes, &bytes)
    return run.room >= 0 && run.steps >= 0
  }
}

/// One rendering, stopped where it has taken what it may.
private struct Run {
  var scopes: [ContextScope]
  var room: Int
  var steps: Int

  mutating func render(_ nodes: [ContextTemplate.Node], _ bytes: inout [UInt8]) {
    for node in nodes {
      steps -= 1
      guard steps >= 0, room >= 0 else { return }
      switch node {
      case .text(let text): append(text, &bytes)
      case .variable(let key):
        if case .text(let text) = value(key) { append(text.utf8, &bytes) }
      case .section(let key, let isInverted, let body):
        let value = value(key)
        if isInverted {
          if value.isNothing { render(body, &bytes) }
        } else if case .list(let entries) = value {
          for entry in entries where room >= 0 && steps >= 0 {
            scopes.append(entry)
            render(body, &bytes)
            scopes.removeLast()
          }
        } else if !value.isNothing {
          render(body, &bytes)
        }
      }
    }
  }

  private mutating func append(_ text: some Collection<UInt8>, _ bytes: inout [UInt8]) {
    room -= text.count
    if room >= 0 { bytes.append(contentsOf: text) }
  }

  /// The innermost scope that knows the name.
  private func value(_ key: ContextKey) -> ContextValue {
    for i in scopes.indices.reversed() {
      if let value = scopes[i][key] { return value }
    }
    return .nothing
  }
}
