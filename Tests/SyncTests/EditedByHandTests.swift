// A person edits a record in an editor, commits and pushes by plain Git, beside agents that go on writing: every clone
// shows the new text, and who wrote it.

import Foundation
import Testing

@testable import Memtrace

@Suite struct EditedByHandTests {
  @Test func `an edit in an editor reaches five clones, each says who made it`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("a")
    let session = try team[0].openSession()
    let edited = try team[0].remember("the box is grey", session: session)
    try team[0].remember("the lamp blinks", session: session)
    try team[0].sync()
    let clones = team + (try ["b", "c", "d", "e"].map { try world.clone($0) })
    let live = try LiveStore(
      at: clones[4].path, organisation: nil, world: clones[4].store.world,
      network: clones[4].network)
    defer { live.stop() }
    let start = try clones[1].git("rev-parse", "HEAD").trimmed

    // Agents write on, so the person's push has to merge first.
    try world.git("clone", "-q", "hub.git", "person")
    let person = "\(world.path)/person"
    for (clone, text) in zip(clones, ["from a", "from b", "from c", "from d", "from e"]) {
      try clone.remember(text, session: session)
    }
    try clones[1].sync()
    func git(_ arguments: String...) throws {
      let outcome = try world.run(
        ["git"] + arguments, in: person,
        environment: ["GIT_AUTHOR_NAME": "Eve", "GIT_COMMITTER_NAME": "Eve"])
      #expect(outcome.status == 0, "\(arguments): \(outcome.output)")
    }
    let files = try world.git("ls-files", "*memories.*", in: person).split(separator: "\n")
    try world.run(
      ["sed", "-i", "s/the box is grey/the box is white, as the photo shows/"]
        + files.map(String.init), in: person)
    try git("commit", "-q", "-a", "-m", "Seen on a photo")
    #expect(try world.run(["git", "push", "-q"], in: person).status != 0)
    try git("pull", "-q", "--no-rebase", "--no-edit")
    try git("push", "-q")

    for clone in [3, 0, 4, 2, 1, 4, 0, 2, 3, 1] { try clones[clone].sync() }
    let text = "the box is white, as the photo shows"
    for clone in clones {
      #expect(try clone.tree == clones[0].tree)
      #expect(try clone.contents(session: session).count { $0.contains("the box") } == 1)
      let place = JSON.Member("session_id", .string(session.description))
      let context = try #require(try clone.perform("context", place)["context"]?.string)
      #expect(context.contains(text) && !context.contains("grey"))
      let lines = try #require(try clone.perform("blame", place)["records"]?.array)
      #expect(lines.count == 7)
      for line in lines {
        let isEdited = line["record"]?["id"]?.string == edited
        #expect((line["author"]?.string == "Eve") == isEdited, "\(line)")
      }
      // What the page and a pull request's comment are made of.
      let diff = try clone.perform("diff", .init("range", .string("\(start)..")))
      let warnings = diff["customers"]?.array?.flatMap { $0["warnings"]?.array ?? [] } ?? []
      #expect(warnings.count == 1 && warnings[0]["record_id"]?.string == edited)
      #expect(warnings[0]["text"] == "changed by hand by Eve; it said: the box is grey")
      let found = try clone.perform("search", .init("query", "box photo"))["results"]?.array
      #expect(found?.first?["content"]?.string == text)
    }
    // A bridge that ran all the time.
    let deadline = Date().addingTimeInterval(60)
    var shown = ""
    while !shown.contains(text), Date() < deadline {
      usleep(50_000)
      var json = JSONWriter()
      try VerbTable.perform(
        "context", .object([.init("session_id", .string(session.description))]), in: live.reading()
      ).write(to: &json)
      shown = try JSON(parsing: json.bytes)["context"]?.string ?? ""
    }
    #expect(shown.contains(text) && !shown.contains("grey"))
  }
}
