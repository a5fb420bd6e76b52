// What a command line asks for, before anything is looked up or opened.

import Memtrace

/// The result of `parse`.
struct Invocation: Hashable {
  /// A name of the verb table. With `wantsHelp` it may also be empty (all verbs) or the first word
  /// of several verbs (`session`).
  var verb = ""
  /// An object of the fields that were given, in the order of their declaration.
  var input = JSON.object([])
  /// `-C`, or else `MEMTRACE_REPO`.
  var directory: String?
  var isJSON = false
  /// False after `--no-color`; whether colour is possible at all is the `Screen`'s to say.
  var color = true
  var quiet = false
  var wantsHelp = false
  var wantsVersion = false
  /// The field whose text is to be read from standard input; `input` lacks it.
  var standardInputField: String?
}
