"""Rules of the house: what rooms above ask of a resource beyond the standard, at every door alike.

    register("Patient", check)                     check(resource) -> problems; run with the standard
    register("EpisodeOfCare", check, locked=True)  run within the write's transaction, when nobody else writes
    guard("Observation", seal_of, check)           asked before what is there changes, when a record of its own seals it

The engine knows none of them by name; rooms register theirs when the node starts. A rule that looks at other records
is `locked`, so that what it saw is still so when the resource is written. A problem of severity `error` refuses the
write as a breach of the standard does. Writers without validation (the node's own loaders) are not asked.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, Problem

Resource = dict[str, Any]
Check = Callable[[Resource], Iterable[Problem]]
Concerns = Callable[[Resource], bool]
SealOf = Callable[[Resource], tuple[str, str] | None]
GuardCheck = Callable[[Resource, Resource, Resource | None, Context], Iterable[Problem]]
Find = Callable[[str, str], Resource | None]

_plain: dict[str, list[Check]] = {}
_locked: dict[str, list[Check]] = {}
_concerns: dict[Check, Concerns] = {}
_guards: dict[str, list[tuple[SealOf, GuardCheck]]] = {}


def register(resource_type: str, check: Check, *, locked: bool = False, concerns: Concerns | None = None) -> None:
    """Ask `check` of every resource of this type that is about to be written. Registering twice asks once.

    concerns: which resources a locked rule is about, told from the resource alone; the others are written together
    with their neighbours, as fast as resources without a locked rule.
    """
    checks = (_locked if locked else _plain).setdefault(resource_type, [])
    if check not in checks:
        checks.append(check)
    if concerns is not None:
        _concerns[check] = concerns


def guard(resource_type: str, seal_of: SealOf, check: GuardCheck) -> None:
    """Ask `check(seal, before, after, context)` before a resource of this type changes or is deleted (after: None).

    seal_of: (type, id) of the record that would seal the one that is there, None for none; where no such record
    stands, nothing is asked. Both are read under the journal's lock, so nobody seals and changes at the same time.
    """
    if (seal_of, check) not in _guards.setdefault(resource_type, []):
        _guards[resource_type].append((seal_of, check))


def is_guarded(resource_type: str) -> bool:
    """True when a change of what is there may be refused by what seals it."""
    return resource_type in _guards


def check_change(before: Resource, after: Resource | None, context: Context, find: Find) -> None:
    """Ask the guards. Raises `Invalid`; `find` reads a current resource within the write's transaction."""
    found: list[Problem] = []
    for seal_of, check in _guards.get(before["resourceType"], ()):
        place = seal_of(before)
        if place is not None and (seal := find(*place)) is not None:
            found.extend(check(seal, before, after, context))
    refuse(found)


def problems(resource: Resource) -> list[Problem]:
    """What the rules that need no lock find."""
    return [problem for check in _plain.get(resource["resourceType"], ()) for problem in check(resource)]


def looks_at_others(resource: Resource) -> bool:
    """True when a rule about this resource must see the database under the journal's lock."""
    return bool(_asked(resource))


def check_others(resource: Resource) -> None:
    """Ask the locked rules. Raises `Invalid` with every error; the caller holds the journal's head."""
    refuse([problem for check in _asked(resource) for problem in check(resource)])


def _asked(resource: Resource) -> list[Check]:
    """The locked rules that this resource concerns."""
    checks = _locked.get(resource["resourceType"], ())
    return [check for check in checks if check not in _concerns or _concerns[check](resource)]


def refuse(found: list[Problem]) -> None:
    """Raises `Invalid` with all problems when one of them is an error."""
    errors = [problem for problem in found if problem.severity in ("error", "fatal")]
    if errors:
        raise Invalid(errors[0].message, field=errors[0].expression or None, problems=found)
