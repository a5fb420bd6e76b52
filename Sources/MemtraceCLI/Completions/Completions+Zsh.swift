// Completions for zsh, by its `_arguments`.

extension CompletionTable {
  /// To be sourced, or put into `fpath` as `_memtrace`.
  var zsh: String {
    let plain = verbs.filter { verb in !groups.contains { $0.name == verb.name } }
    let functions = plain.map(zshFunction) + groups.map(zshFunction)
    return """
      #compdef memtrace git-memtrace
      # zsh completion for memtrace, made by 'memtrace completions zsh'

      # What the repository knows of a kind.
      _memtrace_known() {
        compadd -- ${(f)"$(memtrace $memtrace_folder complete $1 2>/dev/null </dev/null)"}
      }
      \(knownKinds.map { "_memtrace_known_\($0)() { _memtrace_known \($0) }" }.joined(separator: "\n"))

      _memtrace() {
        local curcontext=$curcontext state line
        typeset -A opt_args
        local -a memtrace_folder
        local -a verbs=(
      \(firstWords.map { "    \(quoted("\($0.word):\($0.summary)"))" }.joined(separator: "\n"))
        )
        local -a everywhere=(
      \(everywhere.map { "    \(quoted(zshOption($0)))" }.joined(separator: "\n"))
        )
        _arguments -C $everywhere '1:verb:->verb' '*::argument:->rest' && return
        memtrace_folder=(${opt_args[-C]:+-C} ${(Q)~opt_args[-C]})
        case $state in
          verb) _describe verb verbs ;;
          rest)
            case $line[1] in
              help) _memtrace ;;
      \(firstWords.dropLast().map { "        \($0.word)) \(zshName($0.word)) ;;" }.joined(separator: "\n"))
            esac ;;
        esac
      }

      \(functions.joined(separator: "\n\n"))

      if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
        _memtrace "$@"
      else
        compdef _memtrace memtrace git-memtrace
      fi

      """
  }

  /// Every kind of name that something is completed with.
  private var knownKinds: [String] {
    let all = verbs.flatMap { $0.options + $0.arguments }.compactMap { option -> String? in
      if case .known(let kind) = option.values { kind } else { nil }
    }
    return Set(all).sorted()
  }

  private func zshFunction(_ verb: Verb) -> String {
    let arguments = verb.arguments.map { ":\(zshText($0.placeholder)):\(zshAction($0))" }
    let specs = (verb.options.map(zshOption) + arguments).map(quoted)
    let all = (["$everywhere"] + specs).joined(separator: " \\\n    ")
    return "\(zshName(verb.name))() {\n  _arguments \(all)\n}"
  }

  /// A first word alone: its second words, and what follows them.
  private func zshFunction(_ group: Group) -> String {
    // Some first words are verbs by themselves, with options and an argument of their own.
    let own = verbs.first { $0.name == group.name }
    let options = (own?.options ?? []).map { quoted(zshOption($0)) + " " }.joined()
    let more =
      if case .known(let kind)? = own?.arguments.first?.values { "; _memtrace_known_\(kind)" } else
      {
        ""
      }
    let described = zip(group.rests, group.verbs).map { quoted("\($0):\($1.summary)") }
    let calls = zip(group.rests, group.verbs).map { "      \($0)) \(zshName($1.name)) ;;" }
    return """
      \(zshName(group.name))() {
        local curcontext=$curcontext state line
        typeset -A opt_args
        local -a verbs=(\(described.joined(separator: " ")))
        _arguments -C $everywhere \(options)'1:verb:->verb' '*::argument:->rest' && return
        case $state in
          verb) _describe verb verbs\(more) ;;
          rest)
            case $line[1] in
      \(calls.joined(separator: "\n"))
            esac ;;
        esac
      }
      """
  }

  /// `*--tag=[A word to find it by]:TAG: `
  private func zshOption(_ option: Option) -> String {
    let name = (option.isRepeatable ? "*" : "") + option.spelling
    let help = "[\(zshText(option.help))]"
    guard option.values != .none else { return name + help }
    let attached = option.spelling.hasPrefix("--") ? "=" : ""
    let colon = option.values == .optional ? "::" : ":"
    return "\(name)\(attached)\(help)\(colon)\(zshText(option.placeholder)):\(zshAction(option))"
  }

  private func zshAction(_ option: Option) -> String {
    switch option.values {
    case .none, .optional, .anything: " "
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .known(let kind): "_memtrace_known_\(kind)"
    case .files: "_files"
    case .folders: "_files -/"
    }
  }

  private func zshText(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  private func zshName(_ verb: String) -> String {
    "_memtrace_" + verb.map { $0.isLetter || $0.isNumber ? $0 : "_" }
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
