// Completions for bash 3.2 and later.

extension CompletionTable {
  /// Bash cuts words at `=`, so `--flag=value` is three of them. `git memtrace` comes in through
  /// `_git_memtrace`, as Git's own completion calls it.
  var bash: String {
    let global = everywhere.filter(\.takesWord).map { "*'|\($0.spelling)'" }
    let withValue = verbs.flatMap { verb in
      verb.options.filter(\.takesWord).map { "'\(verb.name)|\($0.spelling)'" }
    }
    let second = groups.flatMap { group in group.verbs.map { "'\($0.name)'" } }
    return """
      # bash completion for memtrace, made by 'memtrace completions bash'

      # What the repository knows of a kind. Of plain letters alone: compgen expands what it is given.
      _memtrace_names() {
        local i folder=''
        for ((i = 1; i < COMP_CWORD; i++)); do
          if [[ ${COMP_WORDS[i]} == -C ]]; then folder=${COMP_WORDS[i + 1]/#\\~/$HOME}; fi
        done
        memtrace ${folder:+-C "$folder"} complete "$1" 2>/dev/null </dev/null
      }

      # Completes the words that follow word $1.
      _memtrace_after() {
        local cur=${COMP_WORDS[COMP_CWORD]} word flag='' verb='' place=0 words='' kind='' i
        for ((i = $1 + 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [[ $word == '=' ]]; then continue; fi
          if [[ -n $flag ]]; then flag=''; continue; fi
          case "$verb|$word" in
            \((global + withValue).joined(separator: " | \\\n      "))) flag=$word; continue ;;
            *'|-'?* | '|help') continue ;;
          esac
          if [[ -z $verb ]]; then verb=$word; continue; fi
          case "$verb $word" in
            \(second.isEmpty ? "''" : second.joined(separator: " | "))) verb="$verb $word" ;;
            *) place=$((place + 1)) ;;
          esac
        done
        if [[ $cur == '=' ]]; then cur=''; fi
        if [[ -n $flag ]]; then
          case "$verb|$flag" in
      \(bashValues)
          esac
        elif [[ $cur == -* ]]; then
          words='\(everywhere.map(\.spelling).joined(separator: " "))'
          case "$verb" in
      \(bashOptions)
          esac
        else
          case "$verb|$place" in
      \(bashArguments)
          esac
        fi
        COMPREPLY=()
        if [[ -n $kind ]]; then compopt -o filenames 2>/dev/null; fi
        while IFS= read -r word; do
          COMPREPLY+=("$word")
        done < <(compgen ${kind:--W "$words"} -- "$cur")
      }

      _memtrace() { _memtrace_after 0; }

      _git_memtrace() {
        local i
        for ((i = 1; i < COMP_CWORD; i++)); do
          if [[ ${COMP_WORDS[i]} == memtrace ]]; then break; fi
        done
        _memtrace_after "$i"
      }

      complete -F _memtrace memtrace git-memtrace

      """
  }

  private var bashValues: String {
    lines(
      everywhere.compactMap { branch("*'|\($0.spelling)'", $0.values) }
        + verbs.flatMap { verb in
          verb.options.compactMap { branch("'\(verb.name)|\($0.spelling)'", $0.values) }
        })
  }

  private var bashOptions: String {
    lines(
      verbs.filter { !$0.options.isEmpty }.map { verb in
        let spellings = verb.options.map(\.spelling).joined(separator: " ")
        return "'\(verb.name)') words=\"\(spellings) $words\" ;;"
      })
  }

  private var bashArguments: String {
    let first = firstWords.map(\.word).joined(separator: " ")
    return lines(
      ["'|0') words='\(first)' ;;"]
        + groups.map { group in
          // Some first words are verbs by themselves, with an argument of their own.
          let own = verbs.first { $0.name == group.name }?.arguments.first?.values
          let more = if case .known(let kind)? = own { " $(_memtrace_names \(kind))" } else { "" }
          return "'\(group.name)|0') words=\"\(group.rests.joined(separator: " "))\(more)\" ;;"
        }
        + verbs.flatMap { verb in
          verb.arguments.enumerated().compactMap { index, argument in
            branch("'\(verb.name)|\(index)'", argument.values)
          }
        })
  }

  private func branch(_ pattern: String, _ values: Values) -> String? {
    switch values {
    case .none, .optional, .anything: nil
    case .words(let words): "\(pattern)) words='\(words.joined(separator: " "))' ;;"
    case .known(let kind): "\(pattern)) words=$(_memtrace_names \(kind)) ;;"
    case .files: "\(pattern)) kind=-f ;;"
    case .folders: "\(pattern)) kind=-d ;;"
    }
  }

  private func lines(_ branches: [String]) -> String {
    branches.map { "      " + $0 }.joined(separator: "\n")
  }
}
