// template: prints or writes one of the embedded files.

internal import Templates

struct WriteTemplate: Verb {
  static let description = VerbDescription(
    name: "template", group: "Repository", summary: "list the embedded files, or print one",
    fields: [Field("name", .text, positional: true, "which one; without it they are listed")],
    examples: ["memtrace template", "memtrace template repository/README.md > README.md"])

  private let name: String?

  init(_ input: inout Input) {
    name = input.text("name")
  }

  func run(in call: Call) throws -> any Answer {
    guard let name else { return TemplateList() }
    guard let template = Template.named(name) else {
      throw MemtraceError(.notFound, "there is no template '\(name)'", hint: "memtrace template")
    }
    return TemplateAnswer(template: template)
  }
}

struct TemplateAnswer: Answer {
  let template: Template

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("name")
      object.string(template.name)
      object.key("content")
      object.string(String(decoding: template.bytes, as: UTF8.self))
    }
  }

  // The front ends what it prints with a line feed.
  var display: Display { .raw(template.bytes.dropLast()) }
}

struct TemplateList: Answer {
  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("templates")
      object.array { list in for template in Template.all { list.string(template.name) } }
    }
  }

  var display: Display {
    .table(
      [Display.Column("TEMPLATE"), Display.Column("FOR", flexible: true)],
      rows: Template.all.map { [.id($0.name), .text($0.summary)] }, empty: "none")
  }
}
