// The shells that can complete a command line of ours.

import Memtrace

enum Shell: String, CaseIterable {
  case bash, zsh, fish
}

/// A script for this shell to read: the verbs, their options, and the values that are known beforehand.
func completions(for shell: Shell, verbs: [VerbDescription]) -> String {
  let table = CompletionTable(verbs: verbs)
  return switch shell {
  case .bash: table.bash
  case .zsh: table.zsh
  case .fish: table.fish
  }
}
