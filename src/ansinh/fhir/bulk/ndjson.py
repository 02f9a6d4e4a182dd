"""NDJSON files of a job: one record a line, a new file when one is full; can be taken up where they were left."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

MOST_LINES = 500_000


@dataclass(slots=True)
class Files:
    """Files of one folder. `state` is what to keep so that `Files(folder, state)` goes on exactly there."""

    folder: Path
    state: list[dict[str, Any]] = field(default_factory=list)
    most_lines: int = MOST_LINES
    _open: dict[str, BinaryIO] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Cut off what was written after the state was kept: it is written again."""
        sizes = {entry["name"]: entry["size"] for entry in self.state}
        for path in self.folder.glob("*.ndjson"):
            if path.name not in sizes:
                path.unlink()
            elif path.stat().st_size > sizes[path.name]:
                os.truncate(path, sizes[path.name])

    def write(self, stem: str, lines: Iterable[bytes], **told: Any) -> None:
        """Append lines (without line ends) to the file of `stem`; `told` is kept with a new file."""
        lines = list(lines)
        while lines:
            entry = self._entry(stem, told)
            room = self.most_lines - entry["count"]
            data = b"\n".join(lines[:room]) + b"\n"
            self._file(entry).write(data)
            entry["count"] += len(lines[:room])
            entry["size"] += len(data)
            lines = lines[room:]

    def keep(self) -> None:
        """Bring everything to the disk; what `state` says is then true after a crash."""
        for file in self._open.values():
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Keep and close."""
        for name in list(self._open):
            self._close(name)

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of what an error left open; nothing of it is kept."""
        for file in self._open.values():
            file.close()
        self._open = {}

    def _close(self, name: str) -> None:
        with self._open.pop(name) as file:
            file.flush()
            os.fsync(file.fileno())

    def _entry(self, stem: str, told: dict[str, Any]) -> dict[str, Any]:
        own = [entry for entry in self.state if entry["stem"] == stem]
        if own and own[-1]["count"] < self.most_lines:
            return own[-1]
        name = f"{stem}-{len(own) + 1}.ndjson"
        self.state.append({"stem": stem, "name": name, "count": 0, "size": 0, **told})
        return self.state[-1]

    def _file(self, entry: dict[str, Any]) -> BinaryIO:
        name = entry["name"]
        if name not in self._open:
            for other in [other for other in self._open if other.startswith(f"{entry['stem']}-")]:
                self._close(other)
            descriptor = os.open(self.folder / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            self._open[name] = os.fdopen(descriptor, "wb", buffering=1 << 20)
        return self._open[name]
