// swift-tools-version: 6.2
import PackageDescription

/// One strict list for every target: what compiles here has no warnings and hides its imports.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// libgit2 and what it needs go into the program, from Debian's archives: it starts sooner, and runs where there are none.
let archives: [LinkerSetting] = [
  "git2", "mbedtls", "mbedx509", "mbedcrypto", "ssh2", "http_parser", "pcre2-8", "z", "crypto",
].map { .linkedLibrary(":lib\($0).a") }

let package = Package(
  name: "memtrace-git",
  products: [
    .library(name: "Memtrace", targets: ["Memtrace"]),
    .executable(name: "memtrace", targets: ["MemtraceCLI"]),
  ],
  targets: [
    .systemLibrary(name: "CGit2", providers: [.apt(["libgit2-dev"])]),
    .target(name: "System", dependencies: ["CLinux"], swiftSettings: strict),
    .target(
      name: "Git", dependencies: ["CGit2", "CLinux", "System"], swiftSettings: strict,
      linkerSettings: archives),
    .target(
      name: "Memtrace", dependencies: ["Git", "System", "CLinux", "Templates"],
      swiftSettings: strict),
    .target(
      name: "Templates", path: "templates", sources: ["Templates.swift", "PageParts.swift"],
      resources: [
        .embedInCode("repository"), .embedInCode("hooks"), .embedInCode("context"),
        .embedInCode("python/memtrace.py"), .embedInCode("python/openai_session.py"),
        .embedInCode("python/langgraph_store.py"), .embedInCode("python/adk_memory.py"),
        .embedInCode("python/anthropic_memory_tool.py"),
        .embedInCode("python/agent_framework_history.py"), .embedInCode("service"),
        .embedInCode("ci"), .embedInCode("page"),
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CLinux"),
    .target(
      name: "MemtraceHTTP", dependencies: ["Memtrace", "System", "CLinux", "Templates"],
      swiftSettings: strict),
    .target(name: "MemtraceMCP", dependencies: ["Memtrace", "System"], swiftSettings: strict),
    .executableTarget(
      name: "MemtraceCLI", dependencies: ["Memtrace", "MemtraceHTTP", "MemtraceMCP", "System"],
      swiftSettings: strict),
    .executableTarget(
      name: "memtrace-bench", dependencies: ["Memtrace"], path: "Tests/Benchmarks/Scan",
      swiftSettings: strict),
    .testTarget(name: "SystemTests", dependencies: ["System"], swiftSettings: strict),
    .testTarget(name: "GitTests", dependencies: ["Git", "System"], swiftSettings: strict),
    .testTarget(
      name: "MemtraceTests", dependencies: ["Memtrace", "System"], swiftSettings: strict),
    .target(name: "Faults", path: "Tests/Faults", exclude: ["faults.c"], swiftSettings: strict),
    .testTarget(
      name: "StoreTests", dependencies: ["Memtrace", "System", "MemtraceCLI", "Faults"],
      swiftSettings: strict),
    .testTarget(
      name: "HTTPTests", dependencies: ["MemtraceHTTP", "System"], swiftSettings: strict),
    .testTarget(
      name: "SyncTests", dependencies: ["Memtrace", "Git", "System", "MemtraceCLI", "Faults"],
      swiftSettings: strict),
    .testTarget(name: "CLITests", dependencies: ["MemtraceCLI"], swiftSettings: strict),
  ]
)
