"""The language of scopes of SMART App Launch 2: read, narrow, and turn into what a Context may.

    patient/Observation.rs?category=http://…|laboratory     level / type . c r u d s ? one code that records must bear
    user/*.cruds    system/Patient.rs    launch    launch/patient    offline_access    online_access

Version 1's words (`patient/*.read`) are read as v2's. What this node would not hold is refused: conditions other than one
code with its system, and conditions on writing. Source: http://hl7.org/fhir/smart-app-launch/STU2/scopes-and-launch-context.html
"""  # noqa: E501

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.index.parameters import parameters
from ansinh.kernel.context import Context, Only
from ansinh.kernel.errors import Invalid

PLAIN = frozenset({"launch", "launch/patient", "offline_access", "online_access"})
LEVELS = ("patient", "user", "system")
_FORM = re.compile(r"(patient|user|system)/([A-Za-z]+|\*)\.([a-z*]+)(?:\?(.+))?")
_OLD = {"read": "rs", "write": "cud", "*": "cruds"}
_VERBS = {
    "c": frozenset({"create"}),
    "r": frozenset({"read", "history"}),
    "u": frozenset({"update"}),
    "d": frozenset({"delete"}),
    "s": frozenset({"search"}),
}
_ROLE, _PERSON = "~role/", "~person/"
# They tell others of records by another way than reading, with rights looked up by account alone.
_NEVER = frozenset({"Subscription"})


@dataclass(frozen=True, slots=True)
class Scope:
    """level, type (`*` for any), verbs of the Context, and (parameter, system, code) where records must bear one."""

    level: str
    type: str
    verbs: frozenset[str]
    code: tuple[str, str, str] | None = None


def read(text: str) -> Scope | None:
    """One scope; None for a plain word (`launch`). Raises Invalid for one that does not exist, or is not held here."""
    if text in PLAIN:
        return None
    found = _FORM.fullmatch(unquote(text) if "%" in text else text)
    if found is None:
        raise _unknown(text)
    level, kind, letters, condition = found.groups()
    letters = _OLD.get(letters, letters)
    if (kind != "*" and not is_type(kind)) or not _in_order(letters):
        raise _unknown(text)
    verbs = frozenset(verb for letter in letters for verb in _VERBS[letter])
    return Scope(level, kind, verbs, _code(text, kind, letters, condition) if condition else None)


def known(text: str) -> bool:
    """True for a scope that this node grants."""
    try:
        read(text)
    except Invalid:
        return False
    return True


def covered(asked: str, most: Iterable[str]) -> bool:
    """True when a scope asks for no more than one of those that an app was registered with."""
    if asked in PLAIN:
        return asked in set(most)
    wanted = read(asked)
    return wanted is not None and any(_covers(one, wanted) for one in map(read, most) if one is not None)


def granted(context: Context, texts: Sequence[str], person: str = "") -> Context:
    """What an app may: what its user may, of what was granted. With a scope of level patient, of that person only; a
    token without a person then sees nobody. Never more than the user's."""
    from dataclasses import replace

    scopes = [one for one in map(read, texts) if one is not None]
    of_person = any(one.level == "patient" for one in scopes)
    may: dict[str, frozenset[str]] = {}
    for one in scopes:
        for kind in [one.type] if one.type != "*" else [*context.may]:
            if kind not in _NEVER:
                may[kind] = may.get(kind, frozenset()) | (_held(context, kind) & one.verbs)
    if "*" in may:
        may |= {kind: frozenset() for kind in _NEVER}
    codes = _codes(scopes)
    only = Only(person or "-" if of_person else "", codes) if of_person or codes else None
    return replace(context, may=may, permissions=frozenset(), only=only)


def bound(texts: Iterable[str], assignment: int, person: str) -> list[str]:
    """Scopes with the words that bind a grant to a role and a person: they never leave the node."""
    return [*texts, f"{_ROLE}{assignment}", *([f"{_PERSON}{person}"] if person else [])]


def binding(texts: Iterable[str]) -> tuple[list[str], int | None, str]:
    """(scopes as the app knows them, role, person) of what a grant or a token keeps."""
    known_to_app, role, person = [], None, ""
    for one in texts:
        if one.startswith(_ROLE):
            role = int(one.removeprefix(_ROLE))
        elif one.startswith(_PERSON):
            person = one.removeprefix(_PERSON)
        else:
            known_to_app.append(one)
    return known_to_app, role, person


def is_binding(text: str) -> bool:
    """True for a word that only the node itself may write."""
    return text.startswith("~")


def _held(context: Context, kind: str) -> frozenset[str]:
    verbs = context.may.get(kind, context.may.get("*", frozenset()))
    return frozenset(verb for letters in _VERBS.values() for verb in letters) if "*" in verbs else verbs


def _in_order(letters: str) -> bool:
    """`rs` and not `sr`: the specification has one order and no letter twice."""
    return bool(letters) and letters == "".join(letter for letter in "cruds" if letter in letters)


def _code(text: str, kind: str, letters: str, condition: str) -> tuple[str, str, str]:
    given = parse_qsl(condition, keep_blank_values=True)
    name, value = given[0] if len(given) == 1 else ("", "")
    system, bar, code = value.partition("|")
    known_here = kind != "*" and name in parameters(kind) and parameters(kind)[name].type == "token"
    if not (known_here and bar and system and code) or "," in value or set(letters) - {"r", "s"}:
        raise Invalid(
            f"Nút này chưa giữ được điều kiện của phạm vi «{text[:100]}»: chỉ nhận một mã dạng tham-số=hệ|mã, để đọc.",
            code="scope-condition",
        )
    return name, system, code


def _codes(scopes: Sequence[Scope]) -> frozenset[tuple[str, str, str, str]]:
    """Conditions of the types of which no scope gives all."""
    whole = {one.type for one in scopes if one.code is None and one.verbs & _VERBS["r"] | one.verbs & _VERBS["s"]}
    if "*" in whole:
        return frozenset()
    return frozenset((one.type, *one.code) for one in scopes if one.code is not None and one.type not in whole)


def _covers(most: Scope, wanted: Scope) -> bool:
    same = most.level == wanted.level and most.type in ("*", wanted.type) and wanted.verbs <= most.verbs
    return same and most.code in (None, wanted.code)


def words(texts: Iterable[str]) -> Mapping[str, str]:
    """Each scope with what it means, for the person who is asked."""
    return {text: text for text in texts}


def _unknown(text: str) -> Invalid:
    return Invalid(f"Không có phạm vi «{text[:100]}».", code="scope-unknown")
