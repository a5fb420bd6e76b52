// What the environment says about logging in to a remote.

import Glibc
import Memtrace

/// Secrets and the SSH agent come from the environment alone; nothing is ever asked.
func environmentNetwork() -> Network {
  func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
  return Network(
    token: variable("MEMTRACE_GIT_TOKEN"), home: variable("HOME"),
    hasAgent: variable("SSH_AUTH_SOCK") != nil, helperEnvironment: wholeEnvironment(),
    sleep: { milliseconds in
      var pause = timespec(
        tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
      nanosleep(&pause, nil)
    },
    say: { words in
      _ = try? Output.standard.write("\(harmlessLine(words))\n")
    })
}

/// As the process was started with it: Swift does not let `environ` be read safely.
private func wholeEnvironment() -> [String] {
  guard let file = fopen("/proc/self/environ", "re") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4_096)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { break }
    bytes += chunk[..<count]
  }
  return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
}
