"""What a request may say, asked with clients that people use: httpx, the standard library, curl."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess

import httpx
import pytest
from live_bridge import LiveBridge


@pytest.fixture(scope="module")
def client(bridge: LiveBridge):
    with httpx.Client(base_url=bridge.url) as live:
        for customer in ("c1", "c2"):
            session = live.post(
                "/api/v1/sessions", json={"agent_id": "a1", "metadata": {"customer_id": customer}}).json()
            for tags in (["x"], ["x", "y"]):
                made = live.post("/api/v1/memories", json={
                    "agent_id": "a1", "session_id": session["id"], "content": f"of {customer}", "tags": tags})
                assert made.status_code == 201
        yield live


def test_a_misspelt_filter_never_answers_for_everybody(client: httpx.Client):
    for path, params in [
        ("sessions", {"customer_id": "c1"}), ("sessions", {"where": "c1"}), ("memories", {"tags[]": ["x", "y"]}),
        ("memories", {"sessionId": "s"}), ("memories", {"agent_id": ["a1", "a2"]}),
        ("sessions", {"where.customer_id": "c1", "metadata.customer_id": "c1"}), ("agents", {"name": "a1"}),
    ]:
        answer = client.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 400, (path, params)
        assert answer.json()["error"]
    for path, body, meant in [
        ("search", {"q": "c1"}, "'query'"), ("search", {"customer_id": "c1"}, "'where.customer_id'"),
        ("sessions/search", {"filter": {"customer_id": "c1"}}, "known"),
        ("context", {"metadatas": {"customer_id": "c1"}}, "'metadata'"),
        ("sessions/search", {"where": {"a": 1}, "metadata": {"b": 1}}, "the same"),
    ]:
        answer = client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 400, (path, body)
        assert meant in answer.json()["error"] or "'where." in answer.json()["error"]


def test_what_httpx_and_curl_make_of_lists_and_slashes(client: httpx.Client, bridge: LiveBridge):
    both = client.get("/api/v1/memories", params={"tags": ["x", "y"], "where.customer_id": "c1"})
    assert both.json()["count"] == 1
    assert client.get("/api/v1/memories/", params={"metadata.customer_id": "c2"}).json()["count"] == 2
    printed = subprocess.run(
        ["curl", "-sG", f"{bridge.url}/api/v1/sessions/", "--data-urlencode", "where.customer_id=c1"],
        capture_output=True, text=True, timeout=20, check=True).stdout
    assert json.loads(printed)["count"] == 1


def test_a_zipped_body_is_named(client: httpx.Client):
    body = gzip.compress(b'{"agent_id":"a1","content":"zipped"}')
    answer = client.post("/api/v1/memories", content=body, headers={
        "content-type": "application/json", "content-encoding": "gzip"})
    assert answer.status_code == 415
    assert "Content-Encoding" in answer.json()["hint"]


def test_numbers_are_those_of_json(client: httpx.Client):
    for body in [{"importance": "0x1p-1"}, {"importance": "nan"}]:
        answer = client.post("/api/v1/memories", json={"agent_id": "a1", "content": "c", **body})
        assert answer.status_code == 400, body
    assert client.get("/api/v1/memories", params={"limit": "0x10"}).status_code == 400
    content = '{"agent_id":"a1","content":"c","metadata":{"n":1e999}}'
    answer = client.post(
        "/api/v1/memories", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text


def test_a_page_of_another_local_server_changes_nothing(client: httpx.Client, bridge: LiveBridge):
    body = b'{"agent_id":"a1","content":"from a page"}'
    for headers, status in [
        ({"Origin": "http://localhost:3000"}, 403), ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": bridge.url}, 201), ({"Sec-Fetch-Site": "none"}, 201), ({}, 201),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=20)
        connection.request("POST", "/api/v1/memories", body, headers)
        assert connection.getresponse().status == status, headers
        connection.close()


def test_a_long_list_comes_whole_to_every_client(client: httpx.Client, bridge: LiveBridge):
    rows = [{"agent_id": "long", "content": f"{number} " + "x" * 9_000} for number in range(200)]
    assert client.post("/api/v1/memories", json={"memories": rows}).status_code == 201
    path = "/api/v1/memories?agent_id=long&limit=1000&order=asc"
    answer = client.get(path)
    assert [row["content"] for row in answer.json()["memories"]] == [row["content"] for row in rows]
    assert client.get(path.replace("1000", "1")).headers.get("content-length")
    connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=20)
    for _ in range(2):
        connection.request("GET", path)
        assert connection.getresponse().read() == answer.content
    connection.close()
    old = subprocess.run(
        ["curl", "-s0", f"{bridge.url}{path}"], capture_output=True, timeout=20, check=True)
    assert old.stdout == answer.content
