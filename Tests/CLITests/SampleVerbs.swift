// A small verb table with one field of every kind.

import Memtrace

/// Verbs that look like the real ones, so that these tests stand still when those change.
let sampleVerbs: [VerbDescription] = [
  VerbDescription(
    name: "init", group: "Repository", summary: "Make a folder a memory repository",
    fields: [
      Field("directory", .path, positional: true, "The folder; this one by default"),
      Field("org", .text, default: "default", "Whose memory it is"),
    ],
    examples: ["memtrace init support-memory --org acme"]),
  VerbDescription(
    name: "session create", group: "Sessions", summary: "Open a session",
    fields: [
      Field("agent_id", .id("agent"), required: true, flag: "agent", "Who opens it").author,
      Field("metadata", .object, flag: "meta", "What it is about"),
    ],
    examples: ["memtrace session create --agent internet-bot --meta customer_id=C-77"]),
  VerbDescription(
    name: "session show", group: "Sessions", summary: "Show one session",
    fields: [Field("session_id", .id("session"), required: true, positional: true, "Which one")],
    examples: ["memtrace session show sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD"]),
  VerbDescription(
    name: "remember", group: "Memory", summary: "Store a memory",
    fields: [
      Field("content", .body, required: true, positional: true, "What to remember"),
      Field("agent_id", .id("agent"), required: true, flag: "agent", "Who remembers").author,
      Field("session_id", .id("session"), flag: "session", "The session that it belongs to"),
      Field(
        "memory_type", .choice(["episodic", "session", "decision", "entity"]), flag: "type",
        default: "episodic", "What kind of memory"),
      Field("tags", .list, flag: "tag", "A word to find it by"),
      Field("importance", .number(0...1), default: .number("0.5"), "How much it matters"),
      Field("metadata", .object, flag: "meta", "More about it"),
      Field("dedup_key", .text, "A second memory with this key is refused"),
    ],
    examples: [
      "memtrace remember \"Router LED is red\" --agent internet-bot --tag router"
    ]),
  VerbDescription(
    name: "decide", group: "Memory", summary: "Store a decision with its reasons",
    fields: [
      Field("decision", .body, required: true, positional: true, "What was decided"),
      Field("reasoning", .body, required: true, "Why"),
      Field("agent_id", .id("agent"), required: true, flag: "agent", "Who decides").author,
    ],
    examples: []),
  VerbDescription(
    name: "recall", group: "Memory", summary: "List memories",
    fields: [
      Field("agent_id", .id("agent"), flag: "agent", "Only this agent's"),
      Field("session_id", .id("session"), flag: "session", "Only this session's"),
      Field("since", .moment, "Not older than this"),
      Field("limit", .integer(1...1_000), default: 100, "At most so many"),
      Field("offset", .integer(0...Int.max), default: 0, "Leave out the first ones"),
      Field("order", .choice(["asc", "desc"]), default: "desc", "Oldest or newest first"),
    ],
    examples: ["memtrace recall --agent internet-bot --since 7d"]),
  VerbDescription(
    name: "check", group: "Repository", summary: "Look for damage",
    fields: [Field("repair", .flag, "Mend what can be mended")],
    examples: ["memtrace check"]),
  VerbDescription(
    name: "completions", group: "Setup", summary: "Print completions for a shell",
    fields: [
      Field(
        "shell", .choice(["bash", "zsh", "fish"]), required: true, positional: true, "Which shell")
    ],
    examples: ["memtrace completions bash > ~/.local/share/bash-completion/completions/memtrace"]),
]
