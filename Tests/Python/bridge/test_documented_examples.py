"""docs/HTTP.md: every example runs as written, and every route has one."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

from live_bridge import LiveBridge, running

DOCUMENT = Path(__file__).parents[3] / "docs/HTTP.md"
# Says after each answer what was asked and what came.
CURL = r"""curl() { command curl --max-time 20 -w '\n@@ %{http_code} %{method} %{url_effective}\n' "$@"; }"""


def routes(bridge: LiveBridge, key: str) -> dict[tuple[str, str], set[int]]:
    """Method and pattern of each route, and the statuses of its successes."""
    request = urllib.request.Request(f"{bridge.url}/openapi.json", headers={"x-api-key": key})
    with urllib.request.urlopen(request) as answer:
        paths = json.load(answer)["paths"]
    return {
        (method.upper(), path): {int(status) for status in item[method]["responses"] if status < "3"}
        for path, item in paths.items() for method in item}


def route(found: dict[tuple[str, str], set[int]], method: str, url: str) -> tuple[str, str]:
    path = unquote(urlsplit(url).path)
    fitting = [
        pattern for wanted, pattern in found
        if wanted == method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", pattern), path)]
    assert fitting, f"{method} {path} is no route"
    return method, min(fitting, key=lambda pattern: pattern.count("{"))


def test_every_example_works_and_every_route_has_one():
    world = running("--quiet")
    key = world.bridge.key("examples")
    origin = Path(world.folder.name) / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(origin)], check=True)
    world.bridge.verb("remote", "add", "origin", str(origin))
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
    setting = next(block for block in blocks if "curl" not in block)
    examples = [block for block in blocks if "curl" in block]
    assert set(re.findall(r"^(\w+)=", setting, re.M)) == {"URL", "KEY", "JSON"}
    media = re.search(r"^JSON='(.*)'$", setting, re.M)
    assert media
    with world as bridge:
        known = routes(bridge, key)
        shown: set[tuple[str, str]] = set()
        values = {**bridge.environment, "URL": bridge.url, "KEY": key, "JSON": media[1]}
        for example in examples:
            done = subprocess.run(
                ["bash", "-euc", f"{CURL}\n{example}"], env=values, capture_output=True, text=True,
                timeout=60)
            assert done.returncode == 0, f"{example}\n{done.stdout}\n{done.stderr}"
            body, _, line = done.stdout.rpartition("\n@@ ")
            status, method, url = line.split()
            what = route(known, method, url)
            assert int(status) in known[what], f"{example}\n{done.stdout}"
            shown.add(what)
            if what == ("POST", "/api/v1/memories") and "id" in json.loads(body):
                values["MEMORY"] = json.loads(body)["id"]
            if what == ("POST", "/api/v1/sessions"):
                values["SESSION"] = json.loads(body)["id"]
        assert known.keys() - shown == set(), "routes without an example"
