// Our entry in an assistant's configuration: put in, replaced, and nothing else touched.

import Memtrace
import Testing

@testable import MemtraceCLI

@Suite struct `An assistant's configuration` {
  private let command = ["/usr/bin/memtrace", "-C", "/srv/my \"memory\"", "mcp"]

  @Test(arguments: AssistantClient.allCases)
  func `a new one is whole and names the program`(client: AssistantClient) throws {
    let text = try client.configuration("", running: command)
    if client == .codex {
      #expect(
        text == """
          [mcp_servers.memtrace]
          command = "/usr/bin/memtrace"
          args = ["-C", "/srv/my \\"memory\\"", "mcp"]

          """)
      return
    }
    let json = try JSON(parsing: text)
    let entry = try #require(json.members?.first?.value["memtrace"])
    #expect(entry["command"] == "/usr/bin/memtrace")
    #expect(entry["args"] == ["-C", "/srv/my \"memory\"", "mcp"])
  }

  @Test(arguments: AssistantClient.allCases)
  func `doing it twice changes nothing more`(client: AssistantClient) throws {
    let once = try client.configuration("", running: command)
    #expect(try client.configuration(once, running: command) == once)
  }

  @Test func `what a person wrote stays to the byte`() throws {
    let old = """
      // mine
      {
        "theme": "a } b",  /* "mcpServers": { */
        "mcpServers": {
          "other": { "command": "x", "args": ["{", "}"] },
        },
        "n": 1e2,
      }
      """
    let new = try AssistantClient.gemini.configuration(old, running: ["m"])
    let ours = "\n    \"memtrace\": {\"command\":\"m\",\"args\":[]},"
    #expect(new.contains(ours))
    #expect(new.replacing(ours, with: "") == old)
  }

  @Test func `an older entry of ours is replaced in its place`() throws {
    let old =
      #"{"mcpServers":{"a":{"command":"a"},"memtrace":{"command":"old","args":["x"]},"b":{}}}"#
    #expect(
      try AssistantClient.cursor.configuration(old, running: ["new"])
        == #"{"mcpServers":{"a":{"command":"a"},"memtrace":{"command":"new","args":[]},"b":{}}}"#)
  }

  @Test(arguments: ["{}", "{ }", "{\"a\": 1}", "{\"mcpServers\": {}}", "  \n"])
  func `the result is JSON`(old: String) throws {
    let json = try JSON(parsing: try AssistantClient.cursor.configuration(old, running: ["m"]))
    #expect(json["mcpServers"]?["memtrace"]?["command"] == "m")
  }

  @Test(arguments: ["[]", "{", "{\"mcpServers\": 5}", "{\"mcpServers\": {", "nonsense", "{\"a\""])
  func `what is no object is refused`(old: String) {
    #expect(throws: MemtraceError.self) {
      try AssistantClient.cursor.configuration(old, running: ["m"])
    }
  }

  @Test func `other tables of TOML stay`() throws {
    let old = """
      model = "x"
      [mcp_servers.memtrace]
      command = "old"
      args = []
      [mcp_servers.memtrace.env]
      A = "1"
      [other]
      b = 2
      """
    #expect(
      try AssistantClient.codex.configuration(old, running: ["new"]) == """
        model = "x"
        [other]
        b = 2

        [mcp_servers.memtrace]
        command = "new"
        args = []

        """)
  }
}
