"""Claude's memory tool, kept by Memtrace: put this file and memtrace.py beside your program.

    memory = MemtraceMemoryTool(Memtrace(url, key), metadata={"customer_id": "cust_12345"})
    client.beta.messages.run_tools(model=…, messages=…, tools=[memory]).until_done()

`/memories` is a view: each file is the newest memory of its path, so every search and context of the repository finds
what Claude noted. What is changed or deleted is retracted: in none of them any more, and still in the history.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from anthropic.tools import BetaAbstractMemoryTool, BetaLocalFilesystemMemoryTool

from memtrace import Memtrace, MemtraceError, Value, Values


class MemtraceMemoryTool(BetaAbstractMemoryTool):
    """A `BetaAbstractMemoryTool`. Any number of processes may share one; of two edits at once none is lost."""

    def __init__(
        self, client: Memtrace, *, agent_id: str = "claude", name: str = "memories",
        metadata: dict[str, Any] | None = None, **options: Any,
    ):
        """Tools of another `name` have other files; `metadata` says whom they are about."""
        super().__init__(**options)
        self._values = Values(
            client, agent_id, {"memory_tool": name}, kind="memory_file", metadata=metadata)

    def clear_all_memory(self) -> str:
        """Takes all files away."""
        self._values.remove([memory.id for memory in self._values.memories()])
        return "All memory cleared"

    def _run(self, command: Any) -> Any:
        """Has Anthropic's own tool run the command in a folder that shows the files, then keeps what changed.

        Folders are those of their files: an empty one is not kept.
        """
        while True:
            seen = {value.metadata["path"]: value for value in self._values.read()}
            with TemporaryDirectory(prefix="memories-") as folder:
                tool = BetaLocalFilesystemMemoryTool(folder)
                root = Path(folder) / "memories"
                before = {path: value for path, value in seen.items() if _show(root, path, value.value)}
                answer = tool.execute(command)
                after = {
                    file.relative_to(root).as_posix(): file.read_bytes().decode()
                    for file in root.rglob("*") if file.is_file()}
            changed = {
                path: text for path, text in after.items()
                if path not in before or before[path].value != text}
            if self._keep(changed, before, after):
                return answer

    view = create = str_replace = insert = delete = rename = _run

    def _keep(self, changed: dict[str, str], before: dict[str, Value], after: dict[str, str]) -> bool:
        """Keeps new and changed files before it takes others away; false where another was quicker."""
        for path, text in changed.items():
            if not self._values.replace(
                    text, _tag(path), metadata={"path": path}, over=before.get(path)):
                return False
        gone: list[str] = []
        for path in before.keys() - after.keys():
            versions = [memory.id for memory in self._values.memories(tags=[_tag(path)])]
            if versions and versions[-1] > before[path].ids[-1]:
                return False
            gone += versions
        try:
            self._values.remove(gone)
        except MemtraceError as error:
            # Another agent's, and only people may take it away: then it has no second name either.
            if error.status_code == 403:
                self._values.remove(
                    memory.id for path in changed for memory in self._values.memories(tags=[_tag(path)]))
            raise
        return True


def _show(root: Path, path: str, text: str) -> bool:
    """Writes a file into the folder; false for what can be none there, whoever recorded it."""
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or PurePosixPath(path).is_absolute():
        return False
    try:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    except (OSError, ValueError):
        return False
    return True


def _tag(path: str) -> str:
    return "file." + hashlib.sha256(path.encode()).hexdigest()[:32]
