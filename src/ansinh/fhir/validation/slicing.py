"""Which slice a value belongs to, and whether each slice has its number of values.

Discriminators are read from the slice itself: a fixed value or pattern at the path, a required binding, the URL of
an extension's profile, the types of a choice, presence, a profile, what a reference names (`resolving`). Where that
cannot be decided the slicing is left unchecked.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.validation.bindings import verdict
from ansinh.fhir.validation.parts import Found, Part, includes, same
from ansinh.fhir.validation.resolving import Undecided, kinds_at, kinds_of, profile_test, type_test, wanted_profiles
from ansinh.fhir.validation.run import Run

type Test = Callable[[Found], bool]
type CheckValue = Callable[[Part, Found, Run], None]


def check_slices(part: Part, found: list[Found], path: str, run: Run, check_value: CheckValue) -> None:
    """Give each value to its slice; check the numbers, then each value against its slice with `check_value`."""
    slicing = part.element.slicing
    assert slicing is not None
    tests = [(piece, slice_test(piece, slicing.discriminators, run)) for piece in part.slices]
    try:
        taken = _shared_out(tests, found)
    except Undecided:
        return
    for piece in part.slices:
        mine = [index for index, owner in taken.items() if owner is piece]
        _check_number(piece, len(mine), path, run)
        for index in mine:
            check_value(piece, found[index], run)
    if slicing.rules == "closed":
        for index, item in enumerate(found):
            if index not in taken:
                run.error(
                    "structure", "Giá trị không thuộc nhóm nào của hồ sơ mẫu (profile)", item.path, "slice-closed"
                )


def _shared_out(tests: list[tuple[Part, Test | None]], found: list[Found]) -> dict[int, Part]:
    """Position of a value → the first slice that it belongs to. Raises `Undecided`."""
    taken: dict[int, Part] = {}
    for piece, test in tests:
        if test is None:
            raise Undecided
        taken.update({index: piece for index, item in enumerate(found) if index not in taken and test(item)})
    return taken


def _check_number(piece: Part, count: int, path: str, run: Run) -> None:
    element = piece.element
    name = element.slice_name
    if count < element.min:
        run.error("required", f"Thiếu «{name}»: cần ít nhất {element.min}", path, "slice-min")
    elif element.max is not None and count > element.max:
        run.error("structure", f"Thừa «{name}»: nhiều nhất {element.max}", path, "slice-max")


def slice_test(piece: Part, discriminators: Iterable[tuple[str, str]], run: Run) -> Test | None:
    """Whether a value belongs to the slice; None when the slice does not say by what."""
    tests = [_one_test(piece, kind, path, run) for kind, path in discriminators]
    if not tests or any(test is None for test in tests):
        return None
    decided = [test for test in tests if test is not None]
    return lambda item: all(test(item) for test in decided)


def _one_test(piece: Part, kind: str, path: str, run: Run) -> Test | None:
    resolved = path == "resolve()" or path.endswith(".resolve()")
    steps = [step for step in path.removesuffix("resolve()").split(".") if step not in ("$this", "")]
    if any("(" in step for step in steps):
        return None
    if kind == "profile" or (kind == "type" and resolved):
        test = _beyond_test(piece, kind, steps, run, resolved=resolved)
        # A slice that names a type and no profile of it takes whatever is of the type.
        return test if test or resolved else _kind_test(piece, steps)
    if kind == "type":
        return _kind_test(piece, steps)
    if resolved:
        return None
    if kind in ("value", "pattern"):
        return _value_test(piece, steps)
    if kind == "exists":
        return _exists_test(piece, steps)
    return None


def _kind_test(piece: Part, steps: list[str]) -> Test | None:
    types = set(kinds_at(piece, steps))
    return (lambda item: any(one in types for one in kinds_of(item, steps))) if types else None


def _beyond_test(piece: Part, kind: str, steps: list[str], run: Run, *, resolved: bool) -> Test | None:
    parts = [piece]
    for step in steps:
        parts = [child for part in parts for child in part.children if child.element.name == step]
    parts = [part for part in parts if wanted_profiles(part)]
    if not parts:
        return None
    tests = [
        type_test(part, run) if kind == "type" else profile_test(part, run, _meets, resolved=resolved) for part in parts
    ]
    return lambda item: any(test(value) for value in values_at(item.value, steps) for test in tests)


def _meets(value: Any, url: str, run: Run) -> bool:
    """True when a value conforms to a profile. Raises `Undecided` for a profile that nobody here knows."""
    from ansinh.fhir.validation.profiles import profile_check  # the two describe each other

    structure = definitions().structure(url)
    if structure is None:
        raise Undecided
    if not structure.is_profile:
        return True
    trial = Run(run.root)
    trial.contained = run.contained
    profile_check(structure)(value, structure.type, trial)
    return not trial.failures


def _value_test(piece: Part, steps: list[str]) -> Test | None:
    wanted = list(_expected(piece, steps))
    if not wanted:
        return None
    return lambda item: any(test(value) for value in values_at(item.value, steps) for test in wanted)


def _expected(part: Part, steps: list[str]) -> Iterator[Callable[[Any], bool]]:
    """What the slice wants at the end of `steps`: its own fixed value or pattern, or those of parts below."""
    element = part.element
    for whole, test in ((element.fixed, same), (element.pattern, includes)):
        if whole is not None:
            for value in values_at(whole, steps):
                yield partial(_agrees, test, value)
            return
    if steps == ["url"] and (url := _extension_url(part)):
        yield lambda found: found == url
        return
    if not steps:
        if element.binding and element.binding.strength == "required":
            yield partial(_is_bound, element.binding.value_set)
        return
    for child in part.children:
        if child.element.name == steps[0]:
            for below in (child, *child.slices):
                yield from _expected(below, steps[1:])


def _agrees(test: Callable[[Any, Any], bool], wanted: Any, value: Any) -> bool:
    return test(value, wanted)


def _extension_url(part: Part) -> str:
    for kind in part.element.types:
        for url in kind.profiles:
            structure = definitions().structure(url)
            fixed = structure.element("Extension.url") if structure else None
            return str(fixed.fixed) if fixed and fixed.fixed else url
    return ""


def _is_bound(url: str, value: Any) -> bool:
    if isinstance(value, str):
        return verdict(url, "", value) is True
    codings = value.get("coding", [value]) if isinstance(value, dict) else []
    return any(verdict(url, str(item.get("system", "")), str(item.get("code", ""))) is True for item in codings)


def _exists_test(piece: Part, steps: list[str]) -> Test | None:
    parts = [piece]
    for step in steps:
        parts = [child for part in parts for child in part.children if child.element.name == step]
    if not parts:
        return None
    wanted = parts[0].element.max != 0
    return lambda item: bool(list(values_at(item.value, steps))) is wanted


def values_at(value: Any, steps: list[str]) -> Iterator[Any]:
    """Values along a plain path; lists are walked through, choice elements found under any of their names."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        step = steps[0]
        for key, below in value.items():
            if key == step or (key.startswith(step) and key[len(step) :] in definitions().type_names):
                yield from values_at(below, steps[1:])
