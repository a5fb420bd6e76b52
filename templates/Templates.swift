// What `init` and `template` write out, embedded so that one file can be installed.

/// One embedded file.
public struct Template: Sendable {
  /// What `memtrace template NAME` calls it.
  public let name: String
  /// Where it goes, relative to the folder that receives it.
  public let path: String
  /// One line on what it is for.
  public let summary: String
  private let contents: @Sendable () -> [UInt8]

  public var bytes: [UInt8] { contents() }

  /// Embedding flattens folders, so this table is what knows them.
  public static let all: [Template] = [
    Template(
      name: "repository/README.md", path: "README.md",
      summary: "for the person who opens a memory repository",
      contents: { PackageResources.repository_README_md }),
    Template(
      name: "repository/gitattributes", path: ".gitattributes",
      summary: "line ends, and the merge and diff drivers of record files",
      contents: { PackageResources.gitattributes }),
    Template(
      name: "hooks/pre-commit", path: "hooks/pre-commit",
      summary: "tells memtrace that a person's commit is under way",
      contents: { PackageResources.pre_commit }),
    Template(
      name: "hooks/post-commit", path: "hooks/post-commit",
      summary: "tells memtrace that it has ended", contents: { PackageResources.post_commit }),
    Template(
      name: "context/context.md", path: ".memtrace/templates/context.md",
      summary: "what an agent reads of a customer: edit it to change the text",
      contents: { PackageResources.context_md }),
    Template(
      name: "context/context.txt", path: ".memtrace/templates/context.txt",
      summary: "the same without Markdown", contents: { PackageResources.context_txt }),
    Template(
      name: "context/words.en.json", path: ".memtrace/templates/words.en.json",
      summary: "English words by which contexts tell issues, closings, departments, wishes",
      contents: { PackageResources.words_en_json }),
    Template(
      name: "context/words.es.json", path: ".memtrace/templates/words.es.json",
      summary: "Spanish words by which contexts tell issues, closings, departments, wishes",
      contents: { PackageResources.words_es_json }),
    Template(
      name: "context/words.de.json", path: ".memtrace/templates/words.de.json",
      summary: "German words by which contexts tell issues, closings, departments, wishes",
      contents: { PackageResources.words_de_json }),
    Template(
      name: "context/words.fr.json", path: ".memtrace/templates/words.fr.json",
      summary: "French words by which contexts tell issues, closings, departments, wishes",
      contents: { PackageResources.words_fr_json }),
    Template(
      name: "context/words.pt.json", path: ".memtrace/templates/words.pt.json",
      summary: "Portuguese words by which contexts tell issues, closings, departments, wishes",
      contents: { PackageResources.words_pt_json }),
    Template(
      name: "python/memtrace.py", path: "memtrace.py",
      summary: "the Python client of the bridge, in one file",
      contents: { PackageResources.memtrace_py }),
    Template(
      name: "python/openai_session.py", path: "openai_session.py",
      summary: "the OpenAI Agents SDK's Session, on memtrace.py",
      contents: { PackageResources.openai_session_py }),
    Template(
      name: "python/langgraph_store.py", path: "langgraph_store.py",
      summary: "LangGraph's BaseStore, on memtrace.py",
      contents: { PackageResources.langgraph_store_py }),
    Template(
      name: "python/adk_memory.py", path: "adk_memory.py",
      summary: "the BaseMemoryService of Google's ADK, on memtrace.py",
      contents: { PackageResources.adk_memory_py }),
    Template(
      name: "python/anthropic_memory_tool.py", path: "anthropic_memory_tool.py",
      summary: "Claude's memory tool, on memtrace.py",
      contents: { PackageResources.anthropic_memory_tool_py }),
    Template(
      name: "python/agent_framework_history.py", path: "agent_framework_history.py",
      summary: "the HistoryProvider of Microsoft's agent-framework, on memtrace.py",
      contents: { PackageResources.agent_framework_history_py }),
    Template(
      name: "ci/memtrace-review-github.yml", path: ".github/workflows/memtrace-review.yml",
      summary: "GitHub: what a pull request adds, checked and told in a comment",
      contents: { PackageResources.memtrace_review_github_yml }),
    Template(
      name: "ci/memtrace-review-gitlab.yml", path: ".gitlab/memtrace-review.yml",
      summary: "GitLab: what a merge request adds, checked and told in a note",
      contents: { PackageResources.memtrace_review_gitlab_yml }),
    Template(
      name: "service/memtrace.service", path: "memtrace.service",
      summary: "the bridge as a hardened systemd service",
      contents: { PackageResources.memtrace_service }),
    Template(
      name: "service/memtrace-nginx.conf", path: "memtrace-nginx.conf",
      summary: "nginx with TLS in front of the bridge",
      contents: { PackageResources.memtrace_nginx_conf }),
    Template(
      name: "service/memtrace.Caddyfile", path: "memtrace.Caddyfile",
      summary: "Caddy with TLS in front of the bridge",
      contents: { PackageResources.memtrace_Caddyfile }),
    Template(
      name: "service/Containerfile", path: "Containerfile",
      summary: "the bridge as a container image, from Debian's base",
      contents: { PackageResources.Containerfile }),
    Template(
      name: "service/compose.yaml", path: "compose.yaml",
      summary: "the container with TLS in front of it",
      contents: { PackageResources.compose_yaml }),
    Template(
      name: "service/memtrace-alerts.yaml", path: "memtrace-alerts.yaml",
      summary: "alert rules for Prometheus",
      contents: { PackageResources.memtrace_alerts_yaml }),
    Template(
      name: "service/memtrace-skill.md", path: ".claude/skills/memtrace/SKILL.md",
      summary: "tells Claude Code when and how to use the memory",
      contents: { PackageResources.memtrace_skill_md }),
  ]

  public static func named(_ name: String) -> Template? {
    all.first { $0.name == name }
  }
}
