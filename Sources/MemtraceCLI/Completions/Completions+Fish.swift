// Completions for fish 3 and later.

extension CompletionTable {
  var fish: String {
    """
    # fish completion for memtrace, made by 'memtrace completions fish'

    # The verb on the command line so far: empty, one word or two.
    function __memtrace_verb
        set -l verb
        set -l skip 0
        for word in (commandline -opc)[2..-1]
            if test $skip = 1
                set skip 0
                continue
            end
            switch $word
                case -C
                    set skip 1
                case '-*' help
                case '*'
                    set -a verb $word
                    if not contains -- "$verb" \(groups.map(\.name).joined(separator: " "))
                        break
                    end
            end
        end
        echo "$verb"
    end

    # What the repository knows of a kind.
    function __memtrace_names
        set -l words (commandline -opc)
        set -l folder
        if set -l place (contains -i -- -C $words)
            set folder -C $words[(math $place + 1)]
        end
        memtrace $folder complete $argv[1] 2>/dev/null </dev/null
    end

    function __memtrace_at
        test (__memtrace_verb) = "$argv[1]"
    end

    complete -c git-memtrace -w memtrace
    complete -c memtrace -f
    \((fishVerbs + everywhere.map { fishOption($0, condition: nil) }).joined(separator: "\n"))
    \(verbs.flatMap(fishLines).joined(separator: "\n"))

    """
  }

  private var fishVerbs: [String] {
    let firsts = firstWords.map { fishWord($0.word, $0.summary, at: "") }
    let seconds = groups.flatMap { group in
      zip(group.rests, group.verbs).map { fishWord($0, $1.summary, at: group.name) }
    }
    return firsts + seconds
  }

  private func fishWord(_ word: String, _ summary: String, at verb: String) -> String {
    "complete -c memtrace -n \(fishCondition(verb)) -a \(word) -d \(fishQuoted(summary))"
  }

  private func fishLines(_ verb: Verb) -> [String] {
    let arguments = verb.arguments.compactMap { argument -> String? in
      let start = "complete -c memtrace -n \(fishCondition(verb.name))"
      return switch argument.values {
      case .none, .optional, .anything: nil
      case .words(let words): "\(start) -a \(fishQuoted(words.joined(separator: " ")))"
      case .known(let kind): "\(start) -a '(__memtrace_names \(kind))'"
      case .files, .folders: "\(start) -F"
      }
    }
    return verb.options.map { fishOption($0, condition: verb.name) } + arguments
  }

  private func fishOption(_ option: Option, condition verb: String?) -> String {
    let condition = verb.map { " -n \(fishCondition($0))" } ?? ""
    let isLong = option.spelling.hasPrefix("--")
    let name = isLong ? "-l \(option.spelling.dropFirst(2))" : "-s \(option.spelling.dropFirst())"
    let values =
      switch option.values {
      case .none, .optional: ""
      case .anything: " -x"
      case .words(let words): " -x -a \(fishQuoted(words.joined(separator: " ")))"
      case .known(let kind): " -x -a '(__memtrace_names \(kind))'"
      case .files: " -r -F"
      case .folders: " -x -a '(__fish_complete_directories)'"
      }
    return "complete -c memtrace\(condition) \(name)\(values) -d \(fishQuoted(option.help))"
  }

  private func fishCondition(_ verb: String) -> String {
    fishQuoted("__memtrace_at \(verb.contains(" ") || verb.isEmpty ? "\"\(verb)\"" : verb)")
  }

  private func fishQuoted(_ text: String) -> String {
    "'" + text.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
