// The schemas of answers.

extension OpenAPI {
  /// Parsed once; the text is ours, so that it parses.
  static let schemas: JSON = (try? JSON(parsing: text)) ?? [:]

  private static let text = #"""
    {
      "Error": {
        "type": "object", "required": ["error"],
        "properties": {
          "error": {"type": "string"}, "hint": {"type": "string"},
          "id": {"type": "string", "description": "of a duplicate: the first one's id"},
          "faults": {"type": "array", "items": {
            "type": "object", "required": ["field", "problem"],
            "properties": {"field": {"type": "string"}, "problem": {"type": "string"}}}}
        },
        "examples": [{"error": "session not found", "hint": "memtrace session list"}]
      },
      "Memory": {
        "type": "object",
        "required": ["id", "time", "org_id", "agent_id", "memory_type", "event_type", "content"],
        "properties": {
          "id": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
          "org_id": {"type": "string"}, "agent_id": {"type": "string"},
          "session_id": {"type": "string"},
          "memory_type": {"enum": ["episodic", "session", "decision", "entity"]},
          "event_type": {"type": "string"}, "content": {"type": "string"},
          "metadata": {"type": "object"}, "tags": {"type": "array", "items": {"type": "string"}},
          "dedup_key": {"type": "string"}, "importance": {"type": "number", "minimum": 0, "maximum": 1},
          "parent_id": {"type": "string"},
          "duplicate_of": {"type": "string"}, "review": {"type": "object"}, "score": {"type": "number"}
        },
        "examples": [{
          "id": "mem_01JD8Z0H3Q5V7X9Y1B2C3D4E5F", "time": "2026-11-22T14:03:11.123Z",
          "org_id": "acme", "agent_id": "internet-support", "memory_type": "episodic",
          "event_type": "general", "content": "Router needs a firmware update"}]
      },
      "MemoryWritten": {"anyOf": [
        {"$ref": "#/components/schemas/Memory"},
        {"type": "object", "required": ["memories", "count"], "properties": {
          "memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
          "count": {"type": "integer"}}}]},
      "MemoryList": {
        "type": "object", "required": ["memories", "count", "has_more"],
        "properties": {
          "memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
          "count": {"type": "integer"}, "has_more": {"type": "boolean"}}
      },
      "SearchResult": {
        "type": "object", "required": ["results", "count", "query_time_ms"],
        "properties": {
          "results": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
          "count": {"type": "integer"}, "query_time_ms": {"type": "integer"}}
      },
      "Agent": {
        "type": "object", "required": ["id", "org_id", "name", "created_at"],
        "properties": {
          "id": {"type": "string"}, "org_id": {"type": "string"}, "name": {"type": "string"},
          "description": {"type": "string"}, "config": {"type": "object"},
          "created_at": {"type": "string", "format": "date-time"},
          "last_active_at": {"type": "string", "format": "date-time"}}
      },
      "AgentList": {
        "type": "object", "required": ["agents", "count"],
        "properties": {
          "agents": {"type": "array", "items": {"$ref": "#/components/schemas/Agent"}},
          "count": {"type": "integer"}}
      },
      "AgentStats": {
        "type": "object",
        "required": ["agent_id", "memory_count", "memories_24h", "errors_24h", "session_count",
          "active_sessions", "memory_types"],
        "properties": {
          "agent_id": {"type": "string"}, "memory_count": {"type": "integer"},
          "memories_24h": {"type": "integer"}, "errors_24h": {"type": "integer"},
          "session_count": {"type": "integer"}, "active_sessions": {"type": "integer"},
          "last_active_at": {"type": "string", "format": "date-time"},
          "memory_types": {"type": "object", "additionalProperties": {"type": "integer"}}}
      },
      "Session": {
        "type": "object",
        "required": ["id", "org_id", "agent_id", "status", "created_at", "updated_at"],
        "properties": {
          "id": {"type": "string"}, "org_id": {"type": "string"}, "agent_id": {"type": "string"},
          "status": {"enum": ["active", "closed"]}, "metadata": {"type": "object"},
          "created_at": {"type": "string", "format": "date-time"},
          "updated_at": {"type": "string", "format": "date-time"},
          "closed_at": {"type": "string", "format": "date-time"}}
      },
      "SessionList": {
        "type": "object", "required": ["sessions", "count", "has_more"],
        "properties": {
          "sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}},
          "count": {"type": "integer"}, "has_more": {"type": "boolean"}}
      },
      "Context": {
        "type": "object", "required": ["context", "memory_count", "omitted", "tokens", "omitted_by"],
        "properties": {
          "session_id": {"type": "string"},
          "session_ids": {"type": "array", "items": {"type": "string"}},
          "context": {"type": "string"}, "memory_count": {"type": "integer"},
          "omitted": {"type": "integer"}, "tokens": {"type": "integer"},
          "omitted_by": {"type": "object", "additionalProperties": {"type": "integer"}}}
      },
      "Status": {
        "type": "object", "required": ["uncommitted", "agents", "sessions", "memories"],
        "properties": {
          "replica": {"type": ["string", "null"]}, "branch": {"type": ["string", "null"]},
          "head": {"type": ["string", "null"]}, "uncommitted": {"type": "integer"},
          "agents": {"type": "integer"}, "sessions": {"type": "integer"},
          "memories": {"type": "integer"}}
      },
      "Log": {
        "type": "object", "required": ["commits", "has_more"],
        "properties": {
          "commits": {"type": "array", "items": {
            "type": "object", "required": ["id", "time", "author", "subject", "records"],
            "properties": {"id": {"type": "string"}, "records": {"type": "integer"}}}},
          "has_more": {"type": "boolean"}}
      },
      "Sync": {
        "type": "object", "required": ["received", "sent", "merged", "conflicts", "attempts"],
        "properties": {
          "received": {"type": "integer"}, "sent": {"type": "integer"},
          "merged": {"type": "integer"}, "conflicts": {"type": "integer"},
          "attempts": {"type": "integer"}, "commit": {"type": ["string", "null"]}}
      },
      "Health": {
        "type": "object", "required": ["status", "service", "uptime", "version"],
        "properties": {"status": {"const": "ok"}, "service": {"const": "memtrace"},
          "uptime": {"type": "integer"}, "version": {"type": "string"}}
      },
      "Ready": {
        "type": "object", "required": ["status"], "properties": {"status": {"const": "ready"}}
      },
      "Document": {"type": "object", "required": ["openapi", "paths"]}
    }
    """#
}
