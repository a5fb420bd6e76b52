// Many processes at once: no record lost, none twice, and everywhere the same order.

import Testing

@testable import Memtrace

struct CrowdTests {
  @Test(arguments: [1, 50])
  func `eight writers at once`(sessionCount: Int) throws {
    let each = isLong ? 200 : 40
    let clone = try TestWorld().clone()
    var sessions: [String] = []
    for _ in 0..<sessionCount { sessions.append(try clone.openSession()) }
    // Each writer goes round the sessions, from a place of its own.
    let script = """
      set -- \(sessions.joined(separator: " "))
      i=0
      while [ $i -lt \(each) ]; do
        shift_by=$(( (i + NUMBER * 7) % $# + 1 ))
        eval "session=\\${$shift_by}"
        "\(TestWorld.memtrace)" remember "Writer $NUMBER, note $i" --agent "agent-$NUMBER" \
          --session "$session" || exit 1
        i=$((i + 1))
      done
      """
    let writers = try (0..<8).map { number in
      try clone.world.start(
        ["sh", "-c", script], in: clone.path, with: ["NUMBER": String(number)])
    }
    var all: [String] = []
    for writer in writers {
      let outcome = try writer.wait()
      #expect(outcome.status == 0 && outcome.err == "", "\(outcome.err)")
      #expect(outcome.lines.count == each)
      if sessionCount == 1 { #expect(outcome.lines == outcome.lines.sorted(), "a writer's order") }
      all += outcome.lines
    }
    #expect(Set(all).count == 8 * each)
    #expect(try clone.committed().sorted() == all.sorted())
    #expect(try clone.recalled().sorted() == all.sorted())
    for session in sessions {
      let files = try clone.files(of: session).filter { $0.contains("/memories.") }
      let parts = files.sorted { $0.utf8.count != $1.utf8.count ? $0.utf8.count < $1.utf8.count : $0 < $1 }
      var inFiles: [RecordID] = []
      for file in parts {
        try bytes(of: file).withUnsafeBytes { buffer in
          scanLines(buffer) { line in inFiles += [line.id].compactMap(\.self) }
        }
      }
      #expect(inFiles == inFiles.sorted(), "file order is id order")
      #expect(try clone.recalled(session) == inFiles.map(\.description))
    }
    try clone.expectHealthy()
  }
}
