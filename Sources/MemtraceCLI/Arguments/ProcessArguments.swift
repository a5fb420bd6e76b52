// Stage zero: what the process was started with, as text.

import Glibc

/// This process's words after its own name. `CommandLine.arguments` would repair broken UTF-8 in
/// silence, and something else than was typed would be remembered.
func processArguments() throws(UsageError) -> [String] {
  try decodeArguments(givenArguments())
}

/// The same as bytes.
///
/// Swift finds them in front of the environment, and finds none where a library that was loaded before the program has
/// set a variable: then the system is asked, or a call would print help and record nothing.
func givenArguments() -> [[UInt8]] {
  guard CommandLine.argc > 0 else { return askedArguments() }
  return (1..<max(1, Int(CommandLine.argc))).compactMap { index in
    CommandLine.unsafeArgv[index].map {
      Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
    }
  }
}

private func askedArguments() -> [[UInt8]] {
  let file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return [] }
  defer { close(file) }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(file, &piece, piece.count)
    guard count > 0 else { break }
    bytes += piece[..<count]
  }
  // Each word ends with a NUL.
  return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).dropFirst()
    .map(Array.init)
}

/// The variables that the command line heeds, so far as they are set. Throws for one that is not UTF-8.
func processEnvironment() throws(UsageError) -> [String: String] {
  var environment: [String: String] = [:]
  for name in EnvironmentVariable.allCases.map(\.rawValue) + Screen.variables + ["HOME"] {
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
