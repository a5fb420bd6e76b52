// OpenAPI 3.1 out of the table of routes and the verbs' fields.

import Memtrace

enum OpenAPI {
  static func document(version: String) -> [UInt8] {
    JSON.object([
      .init("openapi", "3.1.0"),
      .init("info", ["title": "Memtrace for Git", "version": .string(version)]),
      .init("paths", [:]),
    ]).bytes
  }
}
