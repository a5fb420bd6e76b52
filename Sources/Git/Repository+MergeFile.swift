// Merging three versions of one text, line by line, as the git command does.

internal import CGit2
internal import Glibc

extension Repository {
  /// The merged text; nil where both sides changed the same lines, or one version is binary (a NUL within its
  /// first 8,000 bytes, Git's own rule).
  public static func mergeText(base: [UInt8], _ one: [UInt8], _ other: [UInt8]) throws -> [UInt8]? {
    guard ![base, one, other].contains(where: { $0.prefix(8_000).contains(0) }) else { return nil }
    try Library.start.get()
    return try input(base) { base in
      try input(one) { one in
        try input(other) { other in
          var result = git_merge_file_result()
          defer { git_merge_file_result_free(&result) }
          try check(git_merge_file(&result, &base, &one, &other, nil), "git_merge_file")
          guard result.automergeable == 1 else { return nil }
          return Array(UnsafeRawBufferPointer(start: result.ptr, count: result.len))
        }
      }
    }
  }

  private static func input<R>(_ bytes: [UInt8], _ body: (inout git_merge_file_input) throws -> R)
    throws -> R
  {
    var input = git_merge_file_input()
    try check(
      git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION)),
      "git_merge_file_input_init")
    return try bytes.withUnsafeBytes { buffer in
      // An empty array has no address, and libgit2 takes none for "no such version".
      try withUnsafeBytes(of: UInt8(0)) { nothing in
        input.ptr = (buffer.baseAddress ?? nothing.baseAddress)?.assumingMemoryBound(to: CChar.self)
        input.size = buffer.count
        return try body(&input)
      }
    }
  }
}
