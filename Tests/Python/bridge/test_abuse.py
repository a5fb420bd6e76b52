"""Everything hostile that one client can do, while another is served: see `abuse.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from live_bridge import BINARY, LONG

SCRIPT = Path(__file__).parent.parent / "abuse.py"


def test_hostile_clients_get_their_status_and_others_are_served():
    connections = "10000" if LONG else "2000"
    done = subprocess.run(
        [sys.executable, SCRIPT, BINARY, "--connections", connections],
        capture_output=True, text=True, timeout=300)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert done.returncode == 0 and not failed, "\n".join([*failed, done.stderr[-2000:]])
