// Reads a file of record lines into values and says how fast: for `Tests/Benchmarks/run`, no part of the product.

import Glibc
import Memtrace

@main
struct Scan {
  /// usage: memtrace-bench FILE ROUNDS, or memtrace-bench gate FILE ROUNDS: texts with the byte 0x1E between them
  ///
  /// One line on standard error.
  private static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Prints the seconds of each round, one a line; what was found goes to standard error.
  static func main() {
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "gate" { return gate() }
    guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]),
      let bytes = read(CommandLine.arguments[1])
    else {
      say("usage: memtrace-bench FILE ROUNDS")
      exit(2)
    }
    for _ in 0..<rounds {
      let start = now()
      let counts = scan(bytes)
      print(now() - start)
      say("\(counts.records) records, \(counts.characters) bytes of text")
    }
  }

  /// The seconds that the gate takes for all texts.
  private static func gate() {
    guard let bytes = read(CommandLine.arguments[2]), let rounds = Int(CommandLine.arguments[3])
    else { exit(2) }
    let texts = bytes.split(separator: 0x1E).map { String(decoding: $0, as: UTF8.self) }
    let gate = Gate()
    for _ in 0..<rounds {
      let start = now()
      var found = 0
      for text in texts where !gate.findings(in: text).isEmpty { found += 1 }
      print(now() - start)
      say("\(texts.count) texts, \(found) with findings")
    }
  }

  private static func scan(_ bytes: [UInt8]) -> (records: Int, characters: Int) {
    var counts = (records: 0, characters: 0)
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard case .memory(let memory) = line.record() else { return }
        counts.records += 1
        counts.characters += memory.content.utf8.count
      }
    }
    return counts
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
