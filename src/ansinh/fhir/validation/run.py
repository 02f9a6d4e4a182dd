"""One validation on its way: the resource, what is asked of it, and what was found."""

from collections.abc import Callable
from typing import Any

from ansinh.kernel.errors import Problem, Severity

type Exists = Callable[[str, str], bool]
type Check = Callable[[Any, str, "Run"], None]

MOST_PROBLEMS = 200
# A lenient node warns of these, and of what a claimed profile asks. Codes of required bindings never pass.
_MAY_PASS = frozenset({"dom-3", "ext-context", "ext-invariant", "ext-modifier"})
_NEVER = frozenset({"binding-required", "binding-missing"})


class Run:
    """root: the resource being validated; contained: what it contains, by id; exists: asks the store, or None;
    failures: how many errors there were so far, told or not; lenient: what a node may let pass is a warning;
    claiming: a profile that the resource itself claims is being checked."""

    __slots__ = ("claiming", "contained", "exists", "failures", "lenient", "problems", "root")

    def __init__(self, root: dict[str, Any], exists: Exists | None = None, *, lenient: bool = False):
        self.lenient = lenient
        self.claiming = False
        self.root = root
        self.exists = exists
        self.problems: list[Problem] = []
        self.failures = 0
        self.contained: dict[str, dict[str, Any]] = {}

    def error(self, code: str, message: str, path: str, key: str) -> None:
        """Something that refuses the resource. `message` ends without a full stop and says no value."""
        if self.lenient and key not in _NEVER and (self.claiming or key in _MAY_PASS):
            self.warning(code, message, path, key)
            return
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
