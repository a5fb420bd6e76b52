#!/usr/bin/env python3
"""Abuses a bridge of its own from one process while another client keeps asking.

`abuse.py [path of memtrace] [--connections 10000]`: each attack gets its right status or is cut off,
and meanwhile another client, in a process of its own, is answered within 100 ms.
Exit code 1 where either fails.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import resource
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import live_bridge
from live_bridge import LiveBridge, running

WITNESS_LIMIT = 0.100
CUT_OFF = 0
"""The "status" of a connection that ends without an answer."""

JSON_TYPE = b"Content-Type: application/json\r\n"


# --- One connection ---


class Wire:
    """A socket that sends what it likes and reads answers leniently."""

    def __init__(self, port: int, timeout: float = 15):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """A bridge that has had enough may close while we still send: that is no fault."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self.buffer += data
        return bool(data)

    def answer(self, method: str = "GET") -> tuple[int, bytes]:
        """The next answer's status and body; CUT_OFF where the connection ends instead."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                return CUT_OFF, self.buffer
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        lengths = [
            int(line.split(b":")[1]) for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")]
        if b"transfer-encoding: chunked" in head.lower() and method != "HEAD":
            return status, self.chunks()
        length = 0 if method == "HEAD" or status in (204, 304) else sum(lengths[:1])
        while len(self.buffer) < length and self.more():
            pass
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, body

    def chunks(self) -> bytes:
        """A body in chunks, to its end."""
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                if not self.more():
                    return body
            line, _, self.buffer = self.buffer.partition(b"\r\n")
            size = int(line, 16)
            while len(self.buffer) < size + 2 and self.more():
                pass
            body, self.buffer = body + self.buffer[:size], self.buffer[size + 2:]
            if size == 0:
                return body

    def is_closed(self, within: float = 5) -> bool:
        """Whether the other side ends the connection in time; takes what still comes."""
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.more():
                    return True
            except TimeoutError:
                break
        return False


def request(line: bytes, headers: bytes = b"", body: bytes = b"", host: bytes = b"localhost") -> bytes:
    return line + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n" + body


def post(body: bytes, path: bytes = b"/api/v1/memories", headers: bytes = JSON_TYPE) -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return request(b"POST " + path, headers + length, body)


def chunked(chunks: bytes) -> bytes:
    return request(
        b"POST /api/v1/memories", JSON_TYPE + b"Transfer-Encoding: chunked\r\n", chunks)


# --- Attacks that are one request: (name, bytes, the statuses that are right) ---

MEMORY = b'{"agent_id":"abuse","content":"x"}'


def requests() -> Iterator[tuple[str, bytes, set[int]]]:
    both = JSON_TYPE + b"Content-Length: 34\r\nTransfer-Encoding: chunked\r\n"
    yield "Content-Length and Transfer-Encoding", request(
        b"POST /api/v1/memories", both, b"0\r\n\r\n"), {400}
    yield "two Content-Lengths", request(
        b"POST /api/v1/memories", b"Content-Length: 34\r\nContent-Length: 35\r\n", MEMORY), {400}
    yield "two Content-Lengths in one", request(
        b"POST /api/v1/memories", b"Content-Length: 34, 35\r\n", MEMORY), {400}
    for length in (b"-1", b"+34", b"0x22", b"3 4", b"", b"99999999999999999999", b"34\x00"):
        wanted = {400, 413} if length[:1] == b"9" else {400}
        yield f"Content-Length {length!r}", request(
            b"POST /api/v1/memories", b"Content-Length: " + length + b"\r\n", MEMORY), wanted
    for coding in (b"gzip", b"chunked, gzip", b"identity", b"chunked, chunked", b"xchunked"):
        yield f"Transfer-Encoding {coding.decode()}", request(
            b"POST /api/v1/memories", b"Transfer-Encoding: " + coding + b"\r\n", b"0\r\n\r\n"), {
            400, 501}
    yield "Transfer-Encoding in HTTP/1.0", (
        b"POST /api/v1/memories HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), {400, 505}
    for size in (b"zz", b"-1", b"0x10", b"", b" 5", b"FFFFFFFFFFFFFFFFF", b"5 \n5"):
        wanted = {400, 413} if size[:1] == b"F" else {400}
        yield f"chunk size {size!r}", chunked(size + b"\r\nhello\r\n0\r\n\r\n"), wanted
    yield "chunk longer than it says", chunked(b"3\r\nhello\r\n0\r\n\r\n"), {400}
    yield "chunk extension without end", chunked(b"5;" + b"x" * 200_000), {400, 431}
    yield "obs-fold", request(b"GET /health", b"X-Long: a\r\n b\r\n"), {400}
    yield "space before the colon", request(b"GET /health", b"X-Odd : a\r\n"), {400}
    yield "NUL in a header", request(b"GET /health", b"X-Odd: a\x00b\r\n"), {400}
    yield "bare CR in a header", request(b"GET /health", b"X-Odd: a\rb\r\n"), {400}
    yield "no header name", request(b"GET /health", b": a\r\n"), {400}
    yield "gigantic header", request(b"GET /health", b"X: " + b"a" * 1_000_000 + b"\r\n"), {431}
    yield "header without end", b"GET /health HTTP/1.1\r\nX: " + b"a" * 200_000, {431}
    yield "a thousand headers", request(b"GET /health", b"X: a\r\n" * 1_000), {431}
    yield "gigantic target", request(b"GET /" + b"a" * 100_000), {414, 431}
    yield "no Host", b"GET /health HTTP/1.1\r\n\r\n", {400}
    yield "two Hosts", request(b"GET /health", b"Host: localhost\r\n"), {400}
    yield "a Host that is not ours", request(b"GET /health", host=b"evil.example:9100"), {403, 421}
    yield "a Host like ours", request(b"GET /health", host=b"localhost.evil.example"), {403, 421}
    yield "a Host with a user", request(b"GET /health", host=b"localhost@evil.example"), {
        400, 403, 421}
    yield "another site in the target", (
        b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n"), {400, 403, 421}
    yield "NUL in the path", request(b"GET /health\x00"), {400}
    yield "%00 in the path", request(b"GET /api/v1/agents/%00"), {400, 404}
    yield "%00 in a query", request(b"GET /api/v1/memories?agent_id=a%00"), {400}
    yield "..%2f", request(b"GET /api/v1/agents/..%2f..%2f..%2fetc%2fpasswd"), {400, 404}
    yield "../", request(b"GET /api/v1/../../../etc/passwd"), {400, 404}
    yield "a bad escape", request(b"GET /api/v1/agents/%zz"), {400}
    yield "half an escape", request(b"GET /api/v1/agents/%4"), {400}
    yield "overlong UTF-8 in the path", request(b"GET /api/v1/agents/%c0%af"), {400}
    yield "a surrogate in the path", request(b"GET /api/v1/agents/%ed%a0%80"), {400}
    yield "overlong UTF-8 in the body", post(b'{"agent_id":"a","content":"\xc0\xaf"}'), {400}
    yield "half a surrogate in the body", post(rb'{"agent_id":"a","content":"\ud800"}'), {400}
    yield "NUL in the body", post(b'{"agent_id":"a","content":"\x00"}'), {400}
    yield "duplicate keys", post(b'{"agent_id":"a","agent_id":"b","content":"x"}'), {400}
    yield "duplicate keys in metadata", post(
        b'{"agent_id":"a","content":"x","metadata":{"k":1,"\\u006b":2}}'), {400}
    yield "deep arrays", post(b"[" * 100_000), {400}
    yield "deep objects", post(b'{"a":' * 100_000), {400}
    yield "deep metadata", post(
        b'{"agent_id":"a","content":"x","metadata":' + b'{"a":' * 9 + b"1" + b"}" * 10), {400}
    yield "a body that is no object", post(b"[1]"), {400}
    yield "two bodies in one", post(MEMORY + MEMORY), {400}
    yield "NaN", post(b'{"agent_id":"a","content":"x","importance":NaN}'), {400}
    yield "a number without end", post(
        b'{"agent_id":"a","content":"x","importance":' + b"9" * 100_000 + b"}"), {400}
    yield "a batch of 1,001", post(
        b'{"memories":[' + b",".join([MEMORY] * 1_001) + b"]}"), {400, 413}
    yield "metadata of 1 MB", post(
        b'{"agent_id":"a","content":"x","metadata":{"k":"' + b"m" * 1_000_000 + b'"}}'), {400, 413}
    yield "content of 1 MB", post(
        b'{"agent_id":"a","content":"' + b"c" * 1_000_000 + b'"}'), {400, 413}
    yield "a body in another type", post(MEMORY, headers=b"Content-Type: text/plain\r\n"), {415}
    yield "a length of 100 MB", request(
        b"POST /api/v1/memories", JSON_TYPE + b"Content-Length: 104857600\r\n"), {413}
    yield "100 MB after asking", request(
        b"POST /api/v1/memories",
        JSON_TYPE + b"Expect: 100-continue\r\nContent-Length: 104857600\r\n"), {413, 417}
    yield "an unknown expectation", request(
        b"POST /api/v1/memories", b"Expect: tea\r\nContent-Length: 0\r\n"), {400, 417}
    yield "an unknown method", request(b"BREW /api/v1/memories"), {405, 501}
    yield "a wrong method", request(b"PATCH /api/v1/memories"), {405}
    yield "a method with an odd sign", request(b"GE(T /health"), {400, 405, 501}
    yield "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}
    yield "HTTP/9.9", b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n", {400, 505}
    yield "HTTP/0.9", b"GET /health\r\n\r\n", {400, 505, CUT_OFF}
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 505, {400, 408, CUT_OFF}
    yield "noise", bytes(range(256)) * 64, {400, CUT_OFF}


def attack(port: int, data: bytes, wanted: set[int]) -> str:
    """Sends it, then checks status, form and that the connection goes on only where it may."""
    with Wire(port) as wire:
        wire.send(data)
        status, body = wire.answer()
        if status not in wanted:
            return f"{status} {body[:80]!r}"
        if status >= 400 and not body.startswith(b'{"error":"'):
            return f"{status} without an error in JSON: {body[:80]!r}"
        wire.send(request(b"GET /health"))
        second, body = wire.answer()
        if second not in (200, CUT_OFF, 400, 408, 431):
            return f"{second} to the request after it: {body[:80]!r}"
    return ""


# --- Attacks of several moves ---


def slow_headers(port: int) -> str:
    """One byte a second, from 20 connections: cut off by the time-out for headers."""
    wires = [Wire(port) for _ in range(20)]
    began = time.monotonic()
    open_ones = set(wires)
    data = request(b"GET /health", b"X-Slow: " + b"a" * 200)
    for byte in range(len(data)):
        for wire in list(open_ones):
            wire.send(data[byte:byte + 1])
        readable, _, _ = select.select([wire.socket for wire in open_ones], [], [], 1)
        for wire in [wire for wire in open_ones if wire.socket in readable]:
            status, _ = wire.answer()
            if status not in (408, CUT_OFF):
                return f"{status} after {time.monotonic() - began:.0f} s"
            open_ones.discard(wire)
            wire.socket.close()
        if not open_ones or time.monotonic() - began > 20:
            break
    for wire in open_ones:
        wire.socket.close()
    return f"{len(open_ones)} still open after 20 s" if open_ones else ""


def half_closed(port: int) -> str:
    """A client that ends its side after the request is answered all the same."""
    for _ in range(100):
        with Wire(port) as wire:
            wire.send(request(b"GET /health"))
            wire.socket.shutdown(socket.SHUT_WR)
            if wire.answer()[0] != 200:
                return "no answer"
            if not wire.is_closed():
                return "left open"
    return ""


def resets(port: int) -> str:
    """Connections that are reset in the middle of everything."""
    for data in (b"", b"GET /hea", request(b"GET /health"), post(MEMORY)[:-5], request(b"GET /api/v1/memories?limit=1000")):
        for _ in range(100):
            with Wire(port) as wire:
                wire.send(data)
                wire.socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return ""


def pipeline(port: int) -> str:
    """200 requests at once are answered in their order."""
    with Wire(port) as wire:
        data = b"".join(
            request(b"GET /health") if number % 2 else request(b"GET /nothing/%d" % number)
            for number in range(200))
        wire.send(data)
        for number in range(200):
            status, body = wire.answer()
            if status != (200 if number % 2 else 404):
                return f"{status} to request {number}"
            if number % 2 == 0 and b"/nothing/%d" % number not in body:
                return f"another's answer to request {number}: {body[:80]!r}"
    return ""


def smuggled(port: int) -> str:
    """What follows a refused body is never taken for a request."""
    inner = request(b"POST /api/v1/agents", JSON_TYPE + b"Content-Length: 19\r\n",
                    b'{"name":"smuggled"}')
    for outer in (
        request(b"POST /api/v1/memories", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        request(b"POST /api/v1/memories", b"Transfer-Encoding:\x0bchunked\r\n"),
        request(b"POST /api/v1/memories", b"Content-Length: 0\r\nContent-Length: 4\r\n"),
    ):
        with Wire(port) as wire:
            wire.send(outer + b"0\r\n\r\n" + inner)
            while wire.answer()[0] != CUT_OFF:
                pass
    with Wire(port) as wire:
        wire.send(request(b"GET /api/v1/agents/smuggled"))
        return "an agent was registered" if wire.answer()[0] != 404 else ""


def endless_chunks(port: int) -> str:
    """100 MB in chunks are cut off soon after the limit of 4 MiB."""
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    with Wire(port) as wire:
        wire.send(chunked(b""))
        sent = 0
        for _ in range(1_600):
            try:
                wire.socket.sendall(chunk)
            except OSError:
                break
            sent += 65_536
            if select.select([wire.socket], [], [], 0)[0]:
                break
        status, _ = wire.answer()
        if status not in (413, CUT_OFF):
            return str(status)
        return f"took {sent >> 20} MB" if sent > 32 << 20 else ""


def large_body(port: int) -> str:
    """100 MB after their length: refused by the length, and not swallowed."""
    with Wire(port) as wire:
        wire.send(request(
            b"POST /api/v1/memories", JSON_TYPE + b"Content-Length: 104857600\r\n"))
        piece, sent = b"a" * 65_536, 0
        began = time.monotonic()
        while sent < 100 << 20 and time.monotonic() - began < 10:
            try:
                wire.socket.sendall(piece)
            except OSError:
                break
            sent += len(piece)
        status, _ = wire.answer()
        return "" if status in (413, CUT_OFF) else str(status)


def slow_readers(port: int) -> str:
    """Clients that ask for much and read nothing hold up nobody and cost little."""
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            wire = stack.enter_context(Wire(port))
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            wire.send(request(b"GET /api/v1/memories?limit=1000") * 20)
        time.sleep(3)
    return ""


LONG_RECORDS, LONG_TEXT = 190, 20_000


def long_records(port: int) -> None:
    """A list of some MB for the attacks below."""
    text = b"e" * LONG_TEXT
    rows = [b'{"agent_id":"long","content":"%b"}' % text] * LONG_RECORDS
    with Wire(port, timeout=60) as wire:
        wire.send(post(b'{"memories":[' + b",".join(rows) + b"]}"))
        assert wire.answer()[0] == 201


def unread_answers(bridge: LiveBridge) -> str:
    """20 clients that ask for all of it and read nothing cost what the sockets hold, and a slow one gets it whole."""
    ask = request(b"GET /api/v1/memories?agent_id=long&limit=1000")
    with contextlib.ExitStack() as stack:
        before = bridge.memory()
        for _ in range(20):
            wire = stack.enter_context(Wire(bridge.port))
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            wire.send(ask)
        time.sleep(2)
        grown = (bridge.memory() - before) >> 20
        if grown > 40:
            return f"{grown} MB for 20 answers of {LONG_RECORDS * LONG_TEXT >> 20} MB"
    with Wire(bridge.port, timeout=60) as wire:
        wire.send(ask)
        time.sleep(0.3)
        status, body = wire.answer()
        if status != 200 or len(json.loads(body)["memories"]) != LONG_RECORDS:
            return f"{status}, {len(body)} bytes"
    return ""


def long_needles(port: int) -> str:
    """Texts of one letter, looked for in texts of the same."""
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(port, timeout=60)) for _ in range(6)]
        for wire, length in zip(wires, (4_000, 10_000, 15_000, 19_000, 60_000, 60_000), strict=True):
            body = b'{"content_contains":"%b"}' % (b"e" * length + b"x")
            wire.send(post(body, b"/api/v1/search"))
        statuses = {wire.answer()[0] for wire in wires}
        return "" if statuses == {200} else str(statuses)


def large_bodies(port: int) -> str:
    """4 MiB of JSON that is nothing but structure."""
    bodies = [b'{"query":[' + b"[]," * 1_390_000 + b"[]]}", b'{"where":{"a":' + b" " * 4_190_000 + b"1}}"]
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(port, timeout=90)) for _ in range(4)]
        for number, wire in enumerate(wires):
            wire.send(post(bodies[number % 2], b"/api/v1/search"))
        statuses = [wire.answer()[0] for wire in wires]
        return "" if set(statuses) <= {200, 400, 503} else str(statuses)


def abandoned_work(port: int) -> str:
    """Clients that ask for long work and are gone: nobody waits for it, and the next one is served."""
    body = b'{"content_contains":"%b"}' % (b"e" * 10_000 + b"x")
    for _ in range(200):
        with Wire(port) as wire:
            wire.send(post(body, b"/api/v1/search"))
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with Wire(port, timeout=30) as wire:
        wire.send(post(b'{"query":"witness","limit":1}', b"/api/v1/search"))
        status, _ = wire.answer()
        return "" if status == 200 else str(status)


def many_connections(port: int, count: int) -> str:
    """They are all taken, and each is answered."""
    wires: list[Wire] = []
    try:
        for number in range(count):
            wires.append(Wire(port))
            if number % 100 == 0:
                time.sleep(0.005)
        for begin in range(0, count, 500):
            group = wires[begin:begin + 500]
            for wire in group:
                wire.send(request(b"GET /health"))
            for wire in group:
                status, body = wire.answer()
                if status != 200:
                    return f"{status} {body[:60]!r}"
        time.sleep(1)
    except OSError as error:
        return f"{len(wires)} connections, then {error}"
    finally:
        for wire in wires:
            wire.socket.close()
    return ""


# --- The other client ---


class Witness:
    """Another client in another process: asks now and then, and keeps the slowest answer."""

    def __init__(self, port: int):
        self.stop = multiprocessing.Event()
        self.results, sender = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(
            target=self.work, args=(port, self.stop, sender), daemon=True)
        self.process.start()
        sender.close()

    @staticmethod
    def work(port: int, stop: Event, sender: Any) -> None:
        slowest, count, fault = 0.0, 0, ""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.connect()
            while not stop.is_set():
                began = time.perf_counter()
                connection.request("GET", "/api/v1/agents/witness" if count % 2 else "/health")
                response = connection.getresponse()
                response.read()
                slowest = max(slowest, time.perf_counter() - began)
                if response.status != 200:
                    fault = f"the other client was answered {response.status}"
                count += 1
                time.sleep(0.005)
        except (OSError, http.client.HTTPException) as error:
            fault = f"the other client: {error!r}"
        connection.close()
        sender.send((slowest, count, fault))

    def end(self) -> tuple[float, int, str]:
        self.stop.set()
        result = self.results.recv() if self.results.poll(15) else (0, 0, "no witness")
        self.process.join(5)
        self.results.close()
        return result


class Report:
    def __init__(self) -> None:
        self.failures = 0

    def line(self, name: str, fault: str, slowest: float | None = None, note: str = "") -> None:
        if slowest is not None:
            note += f"  other client at most {slowest * 1000:.1f} ms"
            if slowest > WITNESS_LIMIT:
                fault = fault or "the other client waited too long"
        self.failures += bool(fault)
        print(f"{'FAILED' if fault else 'ok':7}{name:42}{fault}{note}", flush=True)

    def watched(self, name: str, port: int, attack: Callable[[], str]) -> None:
        """Up to three times, since other programs on a busy machine hold clients up as well."""
        for last in (False, False, True):
            witness = Witness(port)
            time.sleep(0.1)
            try:
                fault = attack()
            except OSError as error:
                fault = repr(error)
            slowest, count, complaint = witness.end()
            fault = fault or complaint or ("" if count else "no witness")
            if fault or last or slowest <= WITNESS_LIMIT:
                break
        self.line(name, fault, slowest)


def abuse(bridge: LiveBridge, connections: int, report: Report) -> None:
    port = bridge.port
    with Wire(port) as wire:
        body = b'{"memories":[' + b",".join(
            b'{"agent_id":"witness","content":"' + b"w" * 200 + b'"}' for _ in range(1000)) + b"]}"
        wire.send(post(body))
        assert wire.answer()[0] == 201
        wire.send(request(b"GET /api/v1/agents/witness"))
        assert wire.answer()[0] == 200
    long_records(port)
    # What the first commit and the first ranked search open stays open.
    with Wire(port, timeout=60) as wire:
        wire.send(post(b'{"query":"witness"}', b"/api/v1/search"))
        assert wire.answer()[0] == 200
    time.sleep(2)
    descriptors = bridge.open_descriptors()

    for name, data, wanted in requests():
        report.line(name, attack(port, data, wanted))
    report.watched("all of these again", port, lambda: "; ".join(
        fault for _, data, wanted in requests() if (fault := attack(port, data, wanted))))
    report.watched("requests hidden in bodies", port, lambda: smuggled(port))
    report.watched("200 requests at once", port, lambda: pipeline(port))
    report.watched("half-closed connections", port, lambda: half_closed(port))
    report.watched("reset connections", port, lambda: resets(port))
    report.watched("100 MB body", port, lambda: large_body(port))
    report.watched("100 MB in chunks", port, lambda: endless_chunks(port))
    report.watched("clients that do not read", port, lambda: slow_readers(port))
    report.watched("long answers that nobody reads", port, lambda: unread_answers(bridge))
    report.watched("long needles in long texts", port, lambda: long_needles(port))
    report.watched("4 MiB of structure", port, lambda: large_bodies(port))
    report.watched("work that nobody waits for", port, lambda: abandoned_work(port))
    report.watched("one byte a second", port, lambda: slow_headers(port))
    report.watched(
        f"{connections} connections", port, lambda: many_connections(port, connections))

    deadline = time.monotonic() + 10
    while bridge.open_descriptors() > descriptors and time.monotonic() < deadline:
        time.sleep(0.1)
    left = bridge.open_descriptors() - descriptors
    report.line("descriptors afterwards", f"{left} left open" if left > 0 else "")
    used = bridge.memory() / 1e6
    report.line("memory afterwards", "" if used < 250 else "too much", note=f"{used:.0f} MB")


def strangers(report: Report) -> None:
    """Bodies of whoever has no key are not read."""
    world = running("--quiet")
    world.bridge.key()
    with world as bridge:
        before = bridge.memory()
        with contextlib.ExitStack() as stack:
            wires = [stack.enter_context(Wire(bridge.port)) for _ in range(150)]
            for wire in wires:
                wire.send(request(b"POST /api/v1/memories", JSON_TYPE + b"Content-Length: 4000000\r\n"))
            piece = b"a" * 60_000
            for _ in range(20):
                for wire in wires:
                    with contextlib.suppress(OSError):
                        wire.socket.send(piece, socket.MSG_DONTWAIT)
            statuses = {wire.answer()[0] for wire in wires}
            grown = (bridge.memory() - before) >> 20
        fault = "" if statuses <= {401, CUT_OFF} and grown < 30 else f"{statuses}, {grown} MB"
        report.line("150 bodies of 4 MB without a key", fault)


def few_descriptors(report: Report) -> None:
    """Past 80 % of the descriptor limit the bridge says 503 and serves those that it has."""
    with running("--no-auth", "--quiet", descriptors=256) as bridge:
        first = Wire(bridge.port)
        wires = [Wire(bridge.port) for _ in range(300)]
        statuses = []
        for wire in [first, *wires]:
            wire.send(request(b"GET /health"))
            statuses.append(wire.answer()[0])
        for wire in wires:
            wire.socket.close()
        first.send(request(b"GET /health"))
        again = first.answer()[0]
        first.socket.close()
        served = statuses.count(200)
        fault = ""
        if not set(statuses) <= {200, 503, CUT_OFF} or not 150 <= served <= 210 or again != 200:
            fault = f"{served} of 301 served, {statuses.count(503)} told 503, then {again}"
        report.line("past 80 % of 256 descriptors", fault)
        time.sleep(0.5)
        with Wire(bridge.port) as wire:
            wire.send(request(b"GET /health"))
            report.line("and after they have gone", "" if wire.answer()[0] == 200 else "no answer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", nargs="?", default=live_bridge.BINARY)
    parser.add_argument("--connections", type=int, default=10_000)
    options = parser.parse_args()
    live_bridge.BINARY = os.path.abspath(options.binary)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    connections = min(options.connections, int(hard * 0.75))
    report = Report()
    with running("--no-auth", "--quiet", descriptors=hard) as bridge:
        abuse(bridge, connections, report)
        assert bridge.process
        report.line("still running", "" if bridge.process.poll() is None else "it has ended")
    strangers(report)
    few_descriptors(report)
    print(f"{report.failures} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
