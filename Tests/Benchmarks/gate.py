#!/usr/bin/env python3
"""Measures the gate beside detect-secrets: what each finds of keys, and how often each takes ordinary text for one.

usage: gate.py [--texts FILE]...        FILE: one JSON string a line, ordinary text without secrets

Needs a release build and a Python with detect-secrets (Tests/Python/requirements.txt). Without --texts the rows of
Tests/Benchmarks/corpus are the ordinary text.
"""

import argparse
import base64
import json
import pathlib
import random
import string
import subprocess
import tempfile
import time

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

HERE = pathlib.Path(__file__).resolve().parent
MEMTRACE = HERE.parent.parent / ".build/release/memtrace"
BENCH = HERE.parent.parent / ".build/release/memtrace-bench"
WORD = string.ascii_letters + string.digits
GAP = "\n" + "- " * 40 + "\n"


def keys(drawn):
    """Keys as their companies publish them, in sentences that people write."""
    def some(letters, count):
        return "".join(drawn.choices(letters, k=count))
    hexes, url = "0123456789abcdef", WORD + "_-"
    shapes = {
        "GitHub": lambda: "ghp_" + some(WORD, 36), "GitLab": lambda: "glpat-" + some(url, 20),
        "AWS": lambda: "AKIA" + some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        "Stripe": lambda: "sk_live_" + some(WORD, 24), "SendGrid": lambda: f"SG.{some(url, 22)}.{some(url, 43)}",
        "Slack": lambda: f"xoxb-{some(string.digits, 12)}-{some(string.digits, 12)}-{some(WORD, 24)}",
        "npm": lambda: "npm_" + some(WORD, 36), "Twilio": lambda: "SK" + some(hexes, 32),
        "Mailchimp": lambda: some(hexes, 32) + "-us14", "Square": lambda: "sq0csp-" + some(url, 43),
        "Telegram": lambda: f"{some('123456789', 9)}:AA{some(url, 33)}", "PyPI": lambda: "pypi-AgEIcHlwaS5vcmc" + some(url, 80),
        "OpenAI": lambda: f"sk-{some(WORD, 20)}T3BlbkFJ{some(WORD, 20)}", "Anthropic": lambda: f"sk-ant-api03-{some(url, 93)}AA",
        "Google": lambda: "AIza" + some(url, 35), "Shopify": lambda: "shpat_" + some(hexes, 32),
        "JWT": lambda: ".".join(base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in
                                ['{"alg":"HS256","typ":"JWT"}', f'{{"sub":"{some(WORD, 20)}"}}', some(WORD, 32)]),
        "Discord": lambda: f"M{some(WORD, 23)}.{some(url, 6)}.{some(url, 27)}", "DigitalOcean": lambda: "dop_v1_" + some(hexes, 64),
        "Hugging Face": lambda: "hf_" + some(string.ascii_letters, 34), "URL": lambda: f"https://ana:{some(WORD, 12)}@example.com/x",
        "password": lambda: f"password: {some(WORD, 10)}1", "private key": lambda: f"-----BEGIN RSA PRIVATE KEY-----\n{some(WORD, 64)}\n-----END RSA PRIVATE KEY-----",
    }
    frames = ["The customer sent {} by mail.", "It fails with {}, see the log", "key is {}"]
    return [(name, drawn.choice(frames).format(make())) for name, make in shapes.items() for _ in range(100)]


def ours(texts):
    done = subprocess.run([MEMTRACE, "-C", "/", "--json", "gate", "test"], input=GAP.join(texts).encode(), capture_output=True, check=True)
    places, start = [], 0
    for text in texts:
        places.append((start, start + len(text.encode())))
        start = places[-1][1] + len(GAP)
    starts = sorted(one["start"] for one in json.loads(done.stdout)["findings"])
    return [any(begin <= at < end for at in starts) for begin, end in places]


def theirs(texts):
    """As it scans a file with its default settings."""
    lines, owner = [], []
    for number, text in enumerate(texts):
        for line in text.splitlines() or [""]:
            lines.append(line)
            owner.append(number)
    hits = [False] * len(texts)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, default_settings():
        file.write("\n".join(lines) + "\n")
        file.flush()
        secrets = SecretsCollection()
        secrets.scan_file(file.name)
    for _, secret in secrets:
        hits[owner[secret.line_number - 1]] = True
    return hits


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", action="append", type=pathlib.Path, default=[])
    options = parser.parse_args()
    ordinary = {path.stem: [json.loads(line) for line in path.open()] for path in options.texts}
    if not ordinary:
        rows = subprocess.run([HERE / "corpus", "500"], check=True, capture_output=True, text=True).stdout
        ordinary["corpus"] = [json.loads(row)["content"] for row in rows.splitlines()]
    cases = keys(random.Random(1))
    texts = [text for _, text in cases]
    found = {"memtrace": ours(texts), "detect-secrets": theirs(texts)}
    print("| | memtrace | detect-secrets |\n|---|---|---|")
    print(f"| of {len(texts)} texts with a key in one of {len({name for name, _ in cases})} formats |",
          " | ".join(f"{sum(hits)} found" for hits in found.values()), "|")
    wrong = {"memtrace": 0, "detect-secrets": 0}
    for name, texts in ordinary.items():
        row = []
        for whose, scan in [("memtrace", ours), ("detect-secrets", theirs)]:
            hits = sum(scan(texts))
            wrong[whose] += hits
            row.append(f"{hits} taken for one")
        print(f"| {name}: {len(texts):,} texts without |", " | ".join(row), "|")
    print("| precision |", " | ".join(f"{sum(hits) / max(1, sum(hits) + wrong[whose]):.3f}" for whose, hits in found.items()), "|")

    print("\n| | bytes a text | memtrace | detect-secrets |\n|---|---|---|---|")
    for name, texts in ordinary.items():
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\x1e".join(texts))
            file.flush()
            done = subprocess.run([BENCH, "gate", file.name, "5"], check=True, capture_output=True, text=True)
        taken = sorted(map(float, done.stdout.split()))[2] / len(texts)
        start = time.perf_counter()
        sample = texts[:500]
        theirs(sample)
        other = (time.perf_counter() - start) / len(sample)
        print(f"| {name} | {sum(len(text.encode()) for text in texts) // len(texts)} | {taken * 1e6:.2f} µs | {other * 1e6:,.0f} µs |")


main()
