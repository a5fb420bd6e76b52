// Stage zero: what the process was started with, as text.

import Glibc

/// This process's words after its own name. `CommandLine.arguments` would repair broken UTF-8 in
/// silence, and something else than was typed would be remembered.
func processArguments() throws(UsageError) -> [String] {
  var words: [[UInt8]] = []
  for index in 1..<max(1, Int(CommandLine.argc)) {
    guard let word = CommandLine.unsafeArgv[index] else { break }
    words.append(Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
  }
  return try decodeArguments(words)
}

/// The variables that the command line heeds, so far as they are set. Throws for one that is not UTF-8.
func processEnvironment() throws(UsageError) -> [String: String] {
  var environment: [String: String] = [:]
  for name in EnvironmentVariable.allCases.map(\.rawValue) + Screen.variables {
    guard let value = getenv(name) else { continue }
    guard let text = String(validatingCString: value) else {
      throw UsageError("\(name) is not valid UTF-8", hint: "unset \(name)")
    }
    environment[name] = text
  }
  return environment
}

/// Throws for a word that is not UTF-8, with its place.
func decodeArguments(_ words: [[UInt8]]) throws(UsageError) -> [String] {
  var texts: [String] = []
  for (index, bytes) in words.enumerated() {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError(
        "argument \(index + 1) is not valid UTF-8: '\(harmless(String(decoding: bytes, as: UTF8.self)))'",
        hint: "convert the text to UTF-8 first, for example with iconv")
    }
    texts.append(text)
  }
  return texts
}
