// Completions out of a real repository, asked by the shells themselves; and the remotes, which they name too.

import Glibc
import Testing

@testable import Memtrace

struct CompletionTests {
  private let world: TestWorld
  private let clone: Clone
  private let session: String

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession("internet-support", "customer_id=c1")
    for tag in ["router", "firmware"] {
      try clone.done(
        "remember", "x", "--agent", "tv-support", "--session", session, "--tag", tag)
    }
    // A name of somebody else's that a shell would run.
    try clone.done("agent", "register", "$(touch \(world.folder)/ran)")
    try clone.done("key", "create", "--name", "night-shift", "--scope", "read")
    try clone.done("key", "create", "--name", "`touch \(world.folder)/ran`", "--scope", "read")
    try clone.done("remote", "add", "origin", "\(world.folder)/hub.git")
    try clone.done("remote", "add", "backup", "\(world.folder)/backup.git")
  }

  @Test func `names are those of the repository, and none that a shell would run`() throws {
    func names(_ kind: String) throws -> [String] {
      try clone.done("complete", kind).out.split(whereSeparator: \.isNewline).map(String.init)
    }
    #expect(try names("agents").contains("internet-support"))
    try clone.done("remember", "x", "--agent", "NightShift")
    #expect(try names("agents").contains("NightShift"))
    #expect(try names("agents").allSatisfy { !$0.contains("$") })
    #expect(try names("sessions") == [session])
    #expect(try names("tags") == ["firmware", "router"])
    #expect(try names("keys") == ["night-shift"])
    #expect(try names("remotes") == ["backup", "origin"])
    #expect(try names("templates").contains("python/memtrace.py"))
  }

  @Test func `bash completes with them`() throws {
    let cases = [
      ("remember x --agent", "tv", "tv-support"), ("session show", "sess_", session),
      ("recall --tag", "f", "firmware"), ("key revoke", "", "night-shift"), ("sync", "o", "origin"),
      ("-C \(clone.path) remote remove", "b", "backup"),
      ("template", "python/m", "python/memtrace.py"),
    ]
    var script = try clone.done("completions", "bash").out
    for (words, current, _) in cases {
      script += """

        COMP_WORDS=(memtrace \(words) '\(current)'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _memtrace; echo "${COMPREPLY[*]}"
        """
    }
    #expect(try lines(["bash", "--norc"], script) == cases.map(\.2))
    #expect(access("\(world.folder)/ran", F_OK) != 0)
  }

  @Test func `fish completes with them`() throws {
    let cases = [
      ("remember x --agent tv", "tv-support"), ("session show sess_", session),
      ("recall --tag f", "firmware"), ("-C \(clone.path) remote remove b", "backup"),
    ]
    var script = try clone.done("completions", "fish").out
    for (line, _) in cases {
      script += "\nset -l found (complete -C 'memtrace \(line)' | string replace -r '\\t.*' '')"
      script += "\necho (string join ' ' -- $found)\n"
    }
    #expect(try lines(["fish", "--no-config"], script) == cases.map(\.1))
  }

  @Test func `zsh completes with them`() throws {
    let cases = [
      ("memtrace remember x --agent tv", "memtrace remember x --agent tv-support "),
      ("memtrace session show sess_", "memtrace session show \(session) "),
      ("memtrace template python/op", "memtrace template python/openai_session.py "),
      ("memtrace mcp --read", "memtrace mcp --read-only "),
      ("memtrace mcp ins", "memtrace mcp install "),
      (
        "memtrace -C \(clone.path) remote remove b",
        "memtrace -C \(clone.path) remote remove backup "
      ),
    ]
    let file = "\(world.folder)/_memtrace"
    try write(try clone.done("completions", "zsh").out, to: file)
    var script = """
      zmodload zsh/zpty
      zpty z "zsh -f -i"
      zpty -w z "PROMPT=; autoload -Uz compinit; compinit -u -D; source \(file)"
      zpty -w z 'show() { print -r -- "[[$BUFFER]]"; BUFFER=; }; zle -N show; bindkey "^T" show'
      zpty -w z 'echo RE""ADY'
      zpty -r -m z out '*READY*'
      try() {
        zpty -w -n z "$1"$'\\t\\x14'
        zpty -r -m z out '*\\[\\[*\\]\\]*'
        print -r -- "${${out##*\\[\\[}%%\\]\\]*}"
      }

      """
    for (line, _) in cases { script += "try '\(line)'\n" }
    #expect(try lines(["zsh", "-f"], script) == cases.map(\.1))
  }

  @Test func `a remote moves and goes, and one that is not there is named`() throws {
    try clone.done("remote", "set-url", "origin", "\(world.folder)/new.git")
    #expect(try clone.git("remote", "get-url", "origin") == "\(world.folder)/new.git")
    try clone.done("remote", "remove", "backup")
    #expect(try clone.git("remote") == "origin")
    for verb in [["remove", "backup"], ["set-url", "backup", "x"]] {
      let outcome = try world.run([TestWorld.memtrace, "remote"] + verb, in: clone.path)
      #expect(outcome.status == 3 && outcome.err.contains("there is no remote 'backup'"))
    }
    let taken = try clone.memtrace("remote", "add", "origin", "x")
    #expect(taken.status == 4 && taken.err.contains("memtrace remote set-url origin x"))
    #expect(try clone.json("version")["version"]?.string?.contains(".") == true)
  }

  /// What a script prints, with the program on its path.
  private func lines(_ shell: [String], _ script: String) throws -> [String] {
    let folder = TestWorld.memtrace.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    let file = "\(world.folder)/script"
    try write(script, to: file)
    let done = try world.run(
      ["timeout", "300"] + shell + [file], in: clone.path,
      with: ["PATH": "\(folder):/usr/local/bin:/usr/bin:/bin"])
    #expect(done.status == 0, "\(done.err)")
    return done.out.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
      .map(String.init)
  }

  @Test func `an assistant's settings are written where it reads them`() throws {
    let (home, work) = ("\(world.folder)/home", "\(world.folder)/work")
    try world.run(["mkdir", home, work], in: world.folder)
    for (client, file) in [
      ("cursor", "\(home)/.cursor/mcp.json"), ("codex", "\(home)/.codex/config.toml"),
      ("claude-code", "\(work)/.mcp.json"),
    ] {
      let outcome = try world.run(
        [TestWorld.memtrace, "-C", clone.path, "mcp", "install", client], in: work,
        with: ["HOME": home])
      #expect(outcome.out.hasPrefix("\(file): entered"), "\(outcome)")
      #expect(access(file, F_OK) == 0)
    }
    let nowhere = try world.run(
      [TestWorld.memtrace, "-C", clone.path, "mcp", "install", "cursor"], in: work,
      with: ["HOME": ""])
    #expect(nowhere.status == 2 && nowhere.err.contains("--file"), "\(nowhere)")
  }
}
