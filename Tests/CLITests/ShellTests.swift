// The completions, asked by the shells themselves.

import Glibc
import Memtrace
import Testing

@testable import MemtraceCLI

struct ShellTests {
  static let bashCases = [
    ("memtrace", "", "init session remember decide recall check completions help"),
    ("memtrace", "re", "remember recall"),
    ("memtrace session", "", "create show"),
    ("memtrace help session", "s", "show"),
    ("memtrace -C /tmp remember", "--ty", "--type"),
    ("memtrace remember x --type", "e", "episodic entity"),
    ("memtrace remember x --type =", "ep", "episodic"),
    ("memtrace recall --order", "", "asc desc"),
    ("memtrace --json session create", "--m", "--meta"),
    ("memtrace completions", "", "bash zsh fish"),
    ("memtrace completions bash", "", ""),
    ("memtrace init", "/proc/cpuin", "/proc/cpuinfo"),
    ("memtrace -C", "/proc/cpuin", ""),
    ("memtrace -C", "/et", "/etc"),
    ("memtrace check --repair", "--re", "--repair"),
    ("git memtrace session", "cr", "create"),
  ]

  @Test func `bash completes verbs, options and values`() throws {
    var script = completions(for: .bash, verbs: sampleVerbs)
    for (words, current, _) in Self.bashCases {
      let function = words.hasPrefix("git") ? "_git_memtrace" : "_memtrace"
      script += """

        COMP_WORDS=(\(words) '\(current)'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        \(function); echo "${COMPREPLY[*]}"
        """
    }
    let answers = try run("bash", script: script)
    try #require(answers.count == Self.bashCases.count)
    for (answer, (words, current, expected)) in zip(answers, Self.bashCases) {
      #expect(answer == expected, "\(words) \(current)")
    }
  }

  @Test(.enabled(if: isInstalled("fish")))
  func `fish completes verbs, options and values`() throws {
    let cases = [
      ("memtrace re", "recall remember"), ("memtrace session ", "create show"),
      ("memtrace help session s", "show"), ("memtrace -C /tmp remember --ty", "--type"),
      ("memtrace remember x --type=ep", "--type=episodic"), ("memtrace recall --order d", "desc"),
      ("memtrace completions ", "bash fish zsh"), ("memtrace --json session cr", "create"),
      ("memtrace init /proc/cpuin", "/proc/cpuinfo"),
    ]
    var script = completions(for: .fish, verbs: sampleVerbs)
    for (line, _) in cases {
      script += "\nset -l found (complete -C '\(line)' | string replace -r '\\t.*' '')"
      script += "\necho (string join ' ' -- $found)\n"
    }
    #expect(try run("fish --no-config", script: script) == cases.map(\.1))
  }

  @Test(.enabled(if: isInstalled("zsh")))
  func `zsh completes verbs, options and values`() throws {
    let cases = [
      ("memtrace rem", "memtrace remember "), ("memtrace session sh", "memtrace session show "),
      ("memtrace help session sh", "memtrace help session show "),
      ("memtrace remember x --ty", "memtrace remember x --type="),
      ("memtrace remember x --type=ep", "memtrace remember x --type=episodic "),
      ("memtrace recall --order a", "memtrace recall --order asc "),
      ("memtrace -C /et", "memtrace -C /etc/"),
      ("memtrace --json session cr", "memtrace --json session create "),
    ]
    let file = try TemporaryFile(completions(for: .zsh, verbs: sampleVerbs))
    defer { file.remove() }
    var script = """
      zmodload zsh/zpty
      zpty z "zsh -f -i"
      zpty -w z "PROMPT=; autoload -Uz compinit; compinit -u -D; source \(file.path)"
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
    #expect(try run("zsh -f", script: script) == cases.map(\.1))
  }

  /// Quotes, brackets, colons and backslashes mean something to each of them.
  @Test(arguments: Shell.allCases.filter { isInstalled($0.rawValue) })
  func `no summary breaks a script`(shell: Shell) throws {
    let verb = VerbDescription(
      name: "odd one", group: "Odd", summary: #"it's [a]: "b" \ $c `d`"#,
      fields: [Field("odd", .text, #"it's [a]: "b" \ $c `d`"#)], examples: [])
    #expect(try run("\(shell) -n", script: completions(for: shell, verbs: [verb])) == [])
  }

  /// The lines that a script prints.
  private func run(_ shell: String, script: String) throws -> [String] {
    let file = try TemporaryFile(script)
    defer { file.remove() }
    let stream = try #require(popen("timeout 300 \(shell) \(file.path) 2>&1", "re"))
    var bytes: [UInt8] = []
    while case let byte = fgetc(stream), byte != EOF { bytes.append(UInt8(byte)) }
    #expect(pclose(stream) == 0)
    let text = String(decoding: bytes, as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}

/// Whether a program of this name is on the PATH.
func isInstalled(_ program: String) -> Bool {
  system("command -v \(program) >/dev/null 2>&1") == 0
}

/// A file of a test's own.
struct TemporaryFile {
  let path: String

  init(_ text: String) throws {
    var template = Array("/tmp/memtrace-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    try Output(descriptor: descriptor).write(text)
    close(descriptor)
  }

  func remove() {
    unlink(path)
  }
}
