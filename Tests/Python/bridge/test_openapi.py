"""/openapi.json: its examples obey its schemas, and so do real answers, without a field that it does not name."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from live_bridge import LiveBridge, running

METHODS = {"get", "put", "post", "delete"}


class Described:
    """The document of a bridge, and what it says of an answer."""

    def __init__(self, bridge: LiveBridge, key: str):
        self.bridge, self.key = bridge, key
        self.document: dict = self.ask("GET", "/openapi.json")[1]
        self.strict = closed(self.document["components"])
        self.seen: set[tuple[str, str, str]] = set()

    def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None,
        kind: str = "application/json",
    ) -> tuple[int, Any]:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": kind, "x-api-key": self.key if key is None else key}
        if key == "":
            del headers["x-api-key"]
        request = urllib.request.Request(self.bridge.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text, form = answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            status, text, form = error.code, error.read().decode(), error.headers
        is_json = form.get_content_type() == "application/json"
        return status, json.loads(text) if is_json else text

    def faults(self, schema: dict, value: Any) -> list[str]:
        whole = {**closed(schema), "components": self.strict}
        check = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{list(error.instance_path)}: {error.message}" for error in check.iter_errors(value)]

    def response(self, operation: dict, status: str) -> dict:
        found = operation["responses"][status]
        name = found.get("$ref", "").removeprefix("#/components/responses/")
        return self.document["components"]["responses"][name] if name else found

    def operations(self) -> Iterator[tuple[str, str, dict]]:
        for path, item in self.document["paths"].items():
            for method in METHODS & set(item):
                yield path, method, item[method]

    def check(self, method: str, pattern: str, status: int, path: str = "", **more: Any) -> Any:
        """Asks, and holds the answer against what the document says of it."""
        given, answer = self.ask(method, path or pattern, **more)
        operation = self.document["paths"][pattern][method.lower()]
        assert given == status, (method, path, given, answer)
        assert str(status) in operation["responses"], (method, pattern, status)
        self.seen.add((method.lower(), pattern, str(status)))
        for media in self.response(operation, str(status)).get("content", {}).values():
            faults = self.faults(media["schema"], answer)
            assert not faults, (method, pattern, status, faults, answer)
        return answer


def closed(schema: Any) -> Any:
    """The same schema, with no room for a property that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


@pytest.fixture(scope="module")
def described() -> Iterator[Described]:
    world = running("--quiet")
    key = world.bridge.key("described")
    with world as bridge:
        yield Described(bridge, key)


def named(media: dict) -> list[Any]:
    return [item["value"] for item in media.get("examples", {}).values()] + (
        [media["example"]] if "example" in media else [])


def test_every_request_and_every_response_has_an_example_that_obeys_its_schema(described: Described):
    for path, method, operation in described.operations():
        for parameter in operation.get("parameters", []):
            assert not described.faults(parameter["schema"], parameter["example"]), parameter
        bodies = operation.get("requestBody", {}).get("content", {})
        answers = [
            media for status in operation["responses"]
            for media in described.response(operation, status).get("content", {}).values()]
        for media in [*bodies.values(), *answers]:
            examples = named(media)
            assert examples, (path, method, media)
            for example in examples:
                assert not described.faults(media["schema"], example), (path, method, example)
    schemas = described.document["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema["examples"], name
        for example in schema["examples"]:
            assert not described.faults({"$ref": f"#/components/schemas/{name}"}, example), name


def test_an_unknown_field_would_be_noticed(described: Described):
    answer = copy.deepcopy(described.document["components"]["schemas"]["Status"]["examples"][0])
    answer["surprise"] = 1
    assert described.faults({"$ref": "#/components/schemas/Status"}, answer)


def test_a_family_of_query_parameters_is_described(described: Described):
    for path in ("sessions", "memories"):
        names = [p["name"] for p in described.document["paths"][f"/api/v1/{path}"]["get"]["parameters"]]
        assert "where.customer_id" in names


def test_real_answers_have_no_field_that_is_not_described(described: Described):
    check, api = described.check, "/api/v1"
    for page in ["/health", "/ready", "/metrics", "/openapi.json", "/docs", "/"]:
        check("GET", page, 200)
    check("GET", f"{api}/log", 200)
    empty = check("GET", f"{api}/status", 200)
    assert empty["head"] is None or isinstance(empty["head"], str)

    agent = {"name": "billing-support", "description": "Charges", "config": {"team": "B"}}
    check("POST", f"{api}/agents", 201, body=agent)
    check("POST", f"{api}/agents", 409, body=agent)
    session = check("POST", f"{api}/sessions", 201, body={
        "agent_id": "internet-support", "metadata": {"customer_id": "cust_1", "visits": 3}})["id"]
    note = check("POST", f"{api}/memories", 201, body={
        "agent_id": "internet-support", "session_id": session, "content": "Router needs firmware",
        "tags": ["router"], "importance": 0.8, "dedup_key": "once", "metadata": {"a": {"b": [1]}}})
    check("POST", f"{api}/memories", 409, body={
        "agent_id": "internet-support", "session_id": session, "content": "again", "dedup_key": "once"})
    check("POST", f"{api}/memories", 201, body={"memories": [
        {"agent_id": "tv-support", "session_id": session, "content": "Firmware updated",
         "parent_id": note["id"], "event_type": "resolved"},
        {"agent_id": "billing-support", "session_id": session, "content": "Credit of 15 dollars",
         "memory_type": "decision", "event_type": "decision", "metadata": {"reasoning": "overcharged"}}]})
    check("GET", f"{api}/memories", 200, f"{api}/memories?limit=2&since=7d&order=asc")
    check("GET", f"{api}/memories/{{memory_id}}", 200, f"{api}/memories/{note['id']}")
    check("POST", f"{api}/search", 200, body={"content_contains": "firmware"})
    ranked = check("POST", f"{api}/search", 200, body={"query": "router firmware", "explain": True})
    assert ranked["results"][0]["explanation"]["terms"]
    by_key = f"{api}/memories/{{memory_id}}"
    fact = {"agent_id": "internet-support", "content": "Firmware 2.1"}
    check("PUT", by_key, 201, f"{api}/memories/firmware", body=fact)
    put = check("PUT", by_key, 200, f"{api}/memories/firmware", body={**fact, "content": "Firmware 2.3"})
    check("PUT", by_key, 400, f"{api}/memories/firmware", body={"content": "by nobody"})
    everything = check("GET", f"{api}/memories", 200, f"{api}/memories?include=all")["memories"]
    assert {memory.get("state") for memory in everything} == {None, "corrected"}
    check("DELETE", by_key, 204, f"{api}/memories/{put['id']}?reason=wrong")
    wide = "%F1%A5%89%84"
    check("DELETE", by_key, 204, f"{api}/memories/{put['id']}?reason={wide * 4_096}")
    check("GET", f"{api}/sessions", 200, f"{api}/sessions?where.customer_id={wide * 4_096}")
    check("GET", f"{api}/sessions", 400, f"{api}/sessions?where.customer_id={wide * 4_097}")
    check("GET", f"{api}/memories", 200, f"{api}/memories?tags={','.join(['%61' * 20 + 'b'] * 1_000)}")
    check("DELETE", by_key, 404, f"{api}/memories/mem_01M63F8CMTYH5CY7PF37C4YEA0")
    assert check("GET", by_key, 200, f"{api}/memories/{put['id']}")["state"] == "retracted"
    said = check("POST", f"{api}/reviews", 201, body={"record_ids": [note["id"]], "review": "pending"})
    assert said["count"] == 1
    assert check("GET", f"{api}/reviews", 200)["items"][0]["record"]["id"] == note["id"]
    check("POST", f"{api}/reviews", 201, body={"record_ids": note["id"], "review": "approved"})
    check("POST", f"{api}/reviews", 404, body={"record_ids": ["mem_nothing"], "review": "approved"})
    assert check("GET", by_key, 200, f"{api}/memories/{note['id']}")["review"]["review"] == "approved"
    check("POST", f"{api}/memories", 201, body={
        "agent_id": "internet-support", "session_id": session, "content": "No signal on one box", "tags": ["issue"]})
    assert check("GET", f"{api}/open", 200)["items"][0]["customer"] == "cust_1"
    assert check("GET", f"{api}/stats", 200, f"{api}/stats?since=1h")["records"] >= 4
    check("GET", f"{api}/agents", 200)
    one = f"{api}/agents/{{agent_id}}"
    for tail in ["", "/memories", "/stats"]:
        check("GET", one + tail, 200, f"{api}/agents/billing-support{tail}")
        check("GET", one + tail, 404, f"{api}/agents/nobody{tail}")
    check("GET", f"{api}/sessions", 200, f"{api}/sessions?metadata.customer_id=cust_1&status=active")
    check("POST", f"{api}/sessions/search", 200, body={"metadata": {"customer_id": "cust_1"}})
    one = f"{api}/sessions/{{session_id}}"
    check("GET", one, 200, f"{api}/sessions/{session}")
    check("GET", one + "/memories", 200, f"{api}/sessions/{session}/memories")
    for form in ["markdown", "plain", "json"]:
        check("POST", one + "/context", 200, f"{api}/sessions/{session}/context", body={
            "format": form, "max_tokens": 120})
    check("POST", f"{api}/context", 200, body={"where": {"customer_id": "cust_1"}})
    check("POST", f"{api}/context", 200, body={"session_id": session})
    assert check("PUT", one, 200, f"{api}/sessions/{session}", body={"status": "closed"})["closed_at"]
    for tail in ["", "/memories"]:
        check("GET", one + tail, 404, f"{api}/sessions/sess_nowhere{tail}")
    check("POST", one + "/context", 404, f"{api}/sessions/sess_nowhere/context", body={})
    check("PUT", one, 404, f"{api}/sessions/sess_nowhere", body={"status": "closed"})

    check("POST", f"{api}/sync", 409, body={})
    hub = described.bridge.repository.parent / "hub.git"
    subprocess.run(["git", "init", "--quiet", "--bare", hub], check=True)
    described.bridge.verb("remote", "add", "origin", str(hub))
    sent = check("POST", f"{api}/sync", 200, body={"remote": "origin"})
    assert sent["sent"] > 0 and sent["commit"]
    day = check("GET", f"{api}/diff", 200, f"{api}/diff?range=yesterday")
    assert day["totals"]["decisions"] == 1 and day["customers"][0]["identity"] == "cust_1"
    check("GET", f"{api}/diff", 404, f"{api}/diff?range=nothing")
    after = check("GET", f"{api}/status", 200)
    assert after["last_sync"] and after["remote"] == "origin" and after["ahead"] == 0
    assert check("GET", f"{api}/log", 200, f"{api}/log?limit=1")["commits"][0]["records"] >= 0
    described.bridge.verb("remote", "add", "gone", str(hub.parent / "nowhere"))
    check("POST", f"{api}/sync", 502, body={"remote": "gone"})
    check("DELETE", f"{api}/agents/{{agent_id}}", 204, f"{api}/agents/tv-support")

    check("GET", f"{api}/memories", 400, f"{api}/memories?limit=0&since=soon")
    check("POST", f"{api}/search", 400, body=b"[]")
    check("POST", f"{api}/search", 413, body=b" " * (5 << 20))
    check("POST", f"{api}/search", 415, body=b"a", kind="text/plain")
    check("GET", f"{api}/memories/{{memory_id}}", 404, f"{api}/memories/nothing")
    check("GET", f"{api}/log", 414, f"{api}/log?{'x' * 90_000}")
    for key, status in [("", 401), ("mtk_none", 401), (described.bridge.key("r", "read"), 403)]:
        check("POST", f"{api}/agents", status, body=agent, key=key)
    check("GET", "/openapi.json", 401, key="")

    succeeded = {(m, p) for m, p, status in described.seen if status.startswith("2")}
    assert succeeded == {(m, p) for p, m, _ in described.operations()}


def test_the_table_of_fields_in_the_document_says_the_same(described: Described):
    text = (Path(__file__).resolve().parents[3] / "docs" / "HTTP.md").read_text()
    schemas: dict[str, list[str]] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for name, schema in value.get("properties", {}).items():
                schemas.setdefault(name, []).append(json.dumps(schema))
            if "in" in value and "schema" in value:
                schemas.setdefault(value["name"], []).append(json.dumps(value["schema"]))
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                collect(item)

    collect(described.document)
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.+) \| (.*) \|$", text.split("## Fields")[1].split("## Errors")[0], re.M)
    assert len(rows) == 19
    for names, _, limits in rows:
        wanted = re.findall(r"`(.+?)`", limits) + [
            number for number in re.findall(r"\b\d+\b", re.sub(r"`.+?`", "", limits)) if int(number) > 8 and "KiB" not in limits]
        for name in re.findall(r"`(\w+)`", names):
            assert all(any(want in schema for schema in schemas[name]) for want in wanted), (name, wanted, schemas[name][:2])
