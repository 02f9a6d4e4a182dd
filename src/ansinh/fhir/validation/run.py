"""One validation on its way: the resource, what is asked of it, and what was found."""

from collections.abc import Callable
from typing import Any

from ansinh.kernel.errors import Problem, Severity

type Exists = Callable[[str, str], bool]
type Check = Callable[[Any, str, "Run"], None]

MOST_PROBLEMS = 200


class Run:
    """root: the resource being validated; contained: what it contains, by id; exists: asks the store, or None;
    failures: how many errors there were so far, told or not."""

    __slots__ = ("contained", "exists", "failures", "problems", "root")

    def __init__(self, root: dict[str, Any], exists: Exists | None = None):
        self.root = root
        self.exists = exists
        self.problems: list[Problem] = []
        self.failures = 0
        self.contained: dict[str, dict[str, Any]] = {}

    def error(self, code: str, message: str, path: str, key: str) -> None:
        """Something that refuses the resource. `message` ends without a full stop and says no value."""
        self.failures += 1
        self._add(code, message, path, key, "error")

    def warning(self, code: str, message: str, path: str, key: str) -> None:
        """Something to know that refuses nothing."""
        self._add(code, message, path, key, "warning")

    def _add(self, code: str, message: str, path: str, key: str, severity: Severity) -> None:
        # A hostile body could hold a million mistakes; nobody reads more than the first pages.
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, f"{message} (tại {path}).", path, severity, key))

    def take(self, other: "Run") -> None:
        """What was found in a resource within this one."""
        self.failures += other.failures
        self.problems.extend(other.problems[: MOST_PROBLEMS - len(self.problems)])
