// The schemas of answers: every field that an answer can have.

extension OpenAPI {
  /// Each with its examples. Parsed once; the text is ours, so that it parses.
  static let schemas: JSON = {
    let written = (try? JSON(parsing: text)) ?? [:]
    var all = written.members ?? []
    if let hit = searchHit(written) { all.append(.init("SearchHit", hit)) }
    return .object(
      all.map { schema in
        let examples = answers(of: schema.key).map(\.value)
        guard !examples.isEmpty else { return schema }
        let members = schema.value.members ?? []
        return .init(schema.key, .object(members + [.init("examples", .array(examples))]))
      })
  }()

  /// A memory and what a ranked search adds.
  private static func searchHit(_ schemas: JSON) -> JSON? {
    guard let memory = schemas["Memory"], let more = schemas["Ranking"]?["properties"]?.members
    else { return nil }
    return .object(
      (memory.members ?? []).map { member in
        guard member.key == "properties" else { return member }
        return .init("properties", .object((member.value.members ?? []) + more))
      })
  }

  private static let text = #"""
    {
      "Error": {
        "type": "object", "required": ["error"],
        "properties": {
          "error": {"type": "string", "description": "what went wrong, for a person"},
          "hint": {"type": "string", "description": "what to do next"},
          "id": {"type": "string", "description": "of a duplicate: the first one's id"},
          "faults": {"type": "array", "description": "each rule that is broken", "items": {
            "type": "object", "required": ["field", "problem"],
            "properties": {"field": {"type": "string"}, "problem": {"type": "string"}}}}
        }
      },
      "Masked": {
        "type": "array", "description": "of a write: what its texts held and is stored as a placeholder",
        "items": {"type": "string", "enum": ["secret", "private_key", "password", "card", "iban",
          "national_id", "email", "phone"]}
      },
      "Memory": {
        "type": "object",
        "required": ["id", "time", "org_id", "agent_id", "memory_type", "event_type", "content"],
        "properties": {
          "id": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
          "org_id": {"type": "string"}, "agent_id": {"type": "string"},
          "session_id": {"type": "string"},
          "memory_type": {"type": "string", "enum": ["episodic", "session", "decision", "entity"]},
          "event_type": {"type": "string"}, "content": {"type": "string"},
          "metadata": {"type": "object", "description": "of a decision: reasoning is in it"},
          "tags": {"type": "array", "items": {"type": "string"}},
          "dedup_key": {"type": "string"},
          "importance": {"type": "number", "minimum": 0, "maximum": 1},
          "parent_id": {"type": "string", "description": "the record that it answers or corrects"},
          "state": {"type": "string", "description": "why it does not count; absent where it does",
            "enum": ["pending", "rejected", "duplicate", "corrected", "retracted", "erased"]},
          "review": {"$ref": "#/components/schemas/Review"},
          "superseded_by": {"type": "string", "description": "what stands in its place"},
          "duplicate_of": {"type": "string",
            "description": "the first memory with its agent, session and dedup_key"},
          "says_again": {"type": "string",
            "description": "what was rejected or retracted and this says again: it waits for a verdict"},
          "rule": {"type": "string",
            "description": "beside says_again: the rule or reason for which a verdict is asked in any case"},
          "hint": {"type": "string", "description": "of a write: what its parent_id names is not here"},
          "masked": {"$ref": "#/components/schemas/Masked"}
        }
      },
      "Review": {
        "type": "object", "description": "what somebody said about a record",
        "required": ["id", "time", "reviewer", "review", "record_id"],
        "properties": {
          "id": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
          "reviewer": {"type": "string"},
          "said_by": {"type": "string",
            "description": "who had said it, where an undo of the reviewer says it again"},
          "review": {"type": "string",
            "enum": ["approved", "rejected", "pending", "retracted", "restored"]},
          "record_id": {"type": "string"}, "reason": {"type": "string"},
          "session_id": {"type": "string"}}
      },
      "Reviews": {
        "type": "object", "required": ["reviews", "count"],
        "properties": {
          "reviews": {"type": "array", "items": {"$ref": "#/components/schemas/Review"}},
          "count": {"type": "integer", "description": "0 where all of it held already"}}
      },
      "ReviewItems": {
        "type": "object", "required": ["items", "count"],
        "properties": {
          "items": {"type": "array", "items": {
            "type": "object", "required": ["record", "state", "age_s"],
            "properties": {
              "record": {"$ref": "#/components/schemas/Memory"},
              "state": {"type": "string",
                "enum": ["pending", "approved", "rejected", "retracted"]},
              "rule": {"type": "string", "description": "why it waits, or what was said"},
              "age_s": {"type": "integer"}}}},
          "count": {"type": "integer"}}
      },
      "OpenItems": {
        "type": "object", "required": ["items", "count"],
        "properties": {
          "items": {"type": "array", "items": {
            "type": "object", "required": ["age_s", "record"],
            "properties": {
              "age_s": {"type": "integer"}, "customer": {"type": "string"},
              "waits_for": {"type": "string", "description": "a department or an agent; absent for anybody"},
              "handed_over_by": {"type": "string"}, "hand_over_id": {"type": "string"},
              "record": {"$ref": "#/components/schemas/Memory"}}}},
          "count": {"type": "integer"}}
      },
      "DiffWarning": {
        "type": "object", "required": ["kind", "text"],
        "properties": {
          "kind": {"type": "string",
            "enum": ["pending", "policy", "review", "changed", "removed", "configuration"]},
          "record_id": {"type": "string"}, "text": {"type": "string"}}
      },
      "Difference": {
        "type": "object", "required": ["customers", "warnings", "totals"],
        "properties": {
          "customers": {"type": "array", "items": {
            "type": "object",
            "required": ["sessions", "decisions", "memories", "removed", "reviews", "warnings"],
            "properties": {
              "identity": {"type": "string", "description": "absent for what is about nobody"},
              "sessions": {"type": "array", "items": {"type": "string"}},
              "decisions": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
              "memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
              "removed": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
              "reviews": {"type": "array", "items": {"$ref": "#/components/schemas/Review"}},
              "warnings": {"type": "array",
                "items": {"$ref": "#/components/schemas/DiffWarning"}}}}},
          "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/DiffWarning"}},
          "totals": {"type": "object", "additionalProperties": {"type": "integer"}}}
      },
      "Statistics": {
        "type": "object", "required": ["agents", "records", "sessions", "active", "corrections"],
        "properties": {
          "agents": {"type": "array", "items": {
            "type": "object", "required": ["id", "memories", "decisions", "sessions", "last_active_at"],
            "properties": {
              "id": {"type": "string"}, "memories": {"type": "integer"},
              "decisions": {"type": "integer"}, "sessions": {"type": "integer"},
              "last_active_at": {"type": "string", "format": "date-time"}}}},
          "records": {"type": "integer"}, "sessions": {"type": "integer"},
          "active": {"type": "integer"}, "corrections": {"type": "integer"}}
      },
      "Ranking": {
        "type": "object", "description": "what search adds to a memory where query is given",
        "properties": {
          "score": {"type": "number"},
          "explanation": {
            "type": "object", "description": "with explain: how the score came about",
            "required": ["words", "trigrams", "feedback", "session", "terms", "factors"],
            "properties": {
              "words": {"type": "number"}, "trigrams": {"type": "number"},
              "feedback": {"type": "number"}, "session": {"type": "number"},
              "terms": {"type": "array", "items": {
                "type": "object", "required": ["term", "idf", "frequency"],
                "properties": {"term": {"type": "string"}, "idf": {"type": "number"},
                  "frequency": {"type": "number"}}}},
              "factors": {"type": "object", "additionalProperties": {"type": "number"}}}}
        }
      },
      "MemoryWritten": {"anyOf": [
        {"$ref": "#/components/schemas/Memory"}, {"$ref": "#/components/schemas/MemoryBatch"}]},
      "MemoryBatch": {
        "type": "object", "required": ["memories", "count"],
        "properties": {
          "memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
          "count": {"type": "integer"}, "masked": {"$ref": "#/components/schemas/Masked"}}
      },
      "MemoryList": {
        "type": "object", "required": ["memories", "count", "has_more"],
        "properties": {
          "memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}},
          "count": {"type": "integer"}, "has_more": {"type": "boolean"}}
      },
      "SearchResult": {
        "type": "object", "required": ["results", "count", "query_time_ms"],
        "properties": {
          "results": {"type": "array", "items": {"$ref": "#/components/schemas/SearchHit"}},
          "count": {"type": "integer"}, "query_time_ms": {"type": "integer"},
          "hint": {"type": "string", "description": "how the query was read, where that matters"}}
      },
      "Agent": {
        "type": "object", "required": ["id", "org_id", "name", "created_at"],
        "properties": {
          "id": {"type": "string"}, "org_id": {"type": "string"}, "name": {"type": "string"},
          "description": {"type": "string"}, "config": {"type": "object"},
          "created_at": {"type": "string", "format": "date-time"},
          "last_active_at": {"type": "string", "format": "date-time"},
          "masked": {"$ref": "#/components/schemas/Masked"}}
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
          "memories_24h": {"type": "integer"},
          "errors_24h": {"type": "integer", "description": "memories of the event_type error"},
          "session_count": {"type": "integer"}, "active_sessions": {"type": "integer"},
          "last_active_at": {"type": "string", "format": "date-time"},
          "memory_types": {"type": "object", "additionalProperties": {"type": "integer"}}}
      },
      "Session": {
        "type": "object",
        "required": ["id", "org_id", "agent_id", "status", "created_at", "updated_at"],
        "properties": {
          "id": {"type": "string"}, "org_id": {"type": "string"}, "agent_id": {"type": "string"},
          "status": {"type": "string", "enum": ["active", "closed"]},
          "metadata": {"type": "object"},
          "created_at": {"type": "string", "format": "date-time"},
          "updated_at": {"type": "string", "format": "date-time"},
          "closed_at": {"type": "string", "format": "date-time"},
          "masked": {"$ref": "#/components/schemas/Masked"}}
      },
      "SessionList": {
        "type": "object", "required": ["sessions", "count", "has_more"],
        "properties": {
          "sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}},
          "count": {"type": "integer"}, "has_more": {"type": "boolean"}}
      },
      "Context": {
        "type": "object", "required": ["context", "memory_count", "omitted", "tokens", "omitted_by"],
        "oneOf": [{"required": ["session_id"]}, {"required": ["session_ids"]}],
        "properties": {
          "session_id": {"type": "string", "description": "where one session was asked for"},
          "session_ids": {"type": "array", "items": {"type": "string"},
            "description": "where the sessions of a customer were asked for"},
          "context": {"type": "string", "description": "the text, or JSON in a string"},
          "memory_count": {"type": "integer", "description": "records in the text"},
          "omitted": {"type": "integer", "description": "records left out of it"},
          "tokens": {"type": "integer", "description": "of the text, by our estimate"},
          "omitted_by": {"type": "object", "additionalProperties": {"type": "integer"},
            "description": "how many were left out of each section"}}
      },
      "Status": {
        "type": "object",
        "required": ["org_id", "replica", "branch", "head", "ahead", "behind", "uncommitted",
          "waiting_for", "waiting_since", "changed", "quarantined", "locks", "index",
          "attributes", "rescued", "housekeeping_failure", "remote", "last_sync", "last_sync_failure", "sync_failures",
          "clock_skew_ms", "agents", "sessions", "memories", "signs_as", "scope", "needs"],
        "properties": {
          "org_id": {"type": "string"},
          "replica": {"type": ["string", "null"], "description": "null before the first write"},
          "branch": {"type": ["string", "null"], "description": "null where HEAD is detached"},
          "head": {"type": ["string", "null"], "description": "the newest commit"},
          "ahead": {"type": ["integer", "null"], "description": "commits that the remote has not"},
          "behind": {"type": ["integer", "null"], "description": "commits that are not here"},
          "uncommitted": {"type": "integer", "description": "records that wait for their commit"},
          "changed": {"type": ["array", "null"], "items": {"type": "string"},
            "description": "record files that a person changed"},
          "quarantined": {"type": "integer", "description": "damaged lines set aside"},
          "locks": {"type": "array", "items": {"type": "string"},
            "description": "lock files of Git that are there now"},
          "index": {"type": "string", "enum": ["current", "stale", "missing", "unreadable"],
            "description": "Git's index beside the newest commit"},
          "remote": {"type": ["string", "null"]},
          "attributes": {"type": ["string", "null"],
            "description": "an attribute of Git for which nothing can be written: filter=lfs"},
          "waiting_for": {"type": ["string", "null"],
            "description": "why they wait; null where none does"},
          "waiting_since": {"type": ["string", "null"], "format": "date-time",
            "description": "when the oldest of them was recorded"},
          "rescued": {"type": "array", "items": {"type": "string"},
            "description": "references that keep records which stand on no branch"},
          "housekeeping_failure": {"type": ["string", "null"],
            "description": "why objects could not be packed the last time"},
          "last_sync": {"type": ["string", "null"], "format": "date-time",
            "description": "the last one that succeeded"},
          "last_sync_failure": {"type": ["string", "null"],
            "description": "why the last one failed; null after a good one"},
          "sync_failures": {"type": "integer", "description": "how many failed since one succeeded"},
          "clock_skew_ms": {"type": "integer",
            "description": "by how much the newest record lies in the future"},
          "agents": {"type": "integer"}, "sessions": {"type": "integer"},
          "memories": {"type": "integer"},
          "signs_as": {"type": ["string", "null"],
            "description": "whose name stands under what the caller says of records"},
          "scope": {"type": ["string", "null"],
            "description": "what the caller's key may do; null where no key is asked for"},
          "needs": {"type": "array", "items": {"type": "string"},
            "description": "what needs a person, each with what to do"}}
      },
      "Log": {
        "type": "object", "required": ["commits", "has_more"],
        "properties": {
          "commits": {"type": "array", "items": {
            "type": "object", "required": ["id", "time", "author", "subject", "records"],
            "properties": {
              "id": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
              "author": {"type": "string"}, "subject": {"type": "string"},
              "records": {"type": "integer", "description": "lines added to files of records"},
              "replicas": {"type": "array", "items": {"type": "string"},
                "description": "whose files they were added to"}}}},
          "has_more": {"type": "boolean"}}
      },
      "Sync": {
        "type": "object",
        "required": ["remote", "branch", "received", "sent", "merged", "conflicts", "attempts",
          "commit", "removed"],
        "properties": {
          "remote": {"type": "string"}, "branch": {"type": "string"},
          "received": {"type": "integer", "description": "records that were not here"},
          "sent": {"type": "integer", "description": "records that the remote had not"},
          "merged": {"type": "integer", "description": "merge commits made"},
          "conflicts": {"type": "integer",
            "description": "records written differently on two sides, both kept"},
          "attempts": {"type": "integer", "description": "more than 1 after a lost race"},
          "commit": {"type": ["string", "null"], "description": "the newest commit after it"},
          "removed": {"type": "integer", "description": "records that the remote's side took out"},
          "removals": {"type": "string", "description": "how many, by whom and in which commit"},
          "proposal": {"type": "object",
            "description": "what became of the branch that memtrace propose made, where there is one"}}
      },
      "Health": {
        "type": "object", "required": ["status", "service", "uptime", "version"],
        "properties": {"status": {"type": "string", "const": "ok"},
          "service": {"type": "string", "const": "memtrace"},
          "uptime": {"type": "integer", "description": "whole seconds"},
          "version": {"type": "string"}}
      },
      "Ready": {
        "type": "object", "required": ["status"],
        "properties": {"status": {"type": "string", "const": "ready"}}
      },
      "Metrics": {"type": "string", "description": "Prometheus text"},
      "Document": {
        "type": "object", "required": ["openapi", "info", "paths", "components"],
        "properties": {"openapi": {"type": "string"}, "info": {"type": "object"},
          "paths": {"type": "object"}, "components": {"type": "object"},
          "security": {"type": "array", "items": {"type": "object"}}}
      }
    }
    """#
}
