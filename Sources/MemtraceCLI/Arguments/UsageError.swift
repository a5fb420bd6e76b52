// The one error of the command line's own reading: the words do not make a call.

/// Exit code 2, with nothing done.
struct UsageError: Error, Hashable {
  let message: String
  /// What to type instead; each line is a hint of its own.
  let hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}
