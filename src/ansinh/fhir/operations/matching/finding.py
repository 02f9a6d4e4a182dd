"""Finding those who may be the person: a few bounded searches by the index, then comparison of what they found."""

from collections.abc import Iterator
from typing import Any

from ansinh.fhir.operations.matching import people, scoring
from ansinh.fhir.operations.matching.people import Person
from ansinh.fhir.operations.matching.scoring import Match
from ansinh.fhir.operations.matching.weights import Weights, patient_weights
from ansinh.fhir.search import Params, search
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Invalid

_EACH = 200  # rows of one search; a name that more people share needs a number or a birth date to tell them apart
_MOST_NAMES = 3
_MOST_NUMBERS = 6


def match(
    repository: Repository, patient: dict[str, Any], *, certain_only: bool = False, count: int = 20
) -> list[Match]:
    """Those within the reader's reach who may be the person, the likeliest first, at most `count`.

    certain_only: the one certain match; none when there are several, as then none of them is certain. At most 20
    searches, each bounded; never a scan of everybody. Raises Invalid when the Patient has nothing to look for by.
    """
    weights = patient_weights()
    wanted = people.read(patient, weights)
    if not wanted.can_be_sought:
        raise Invalid(
            "Cần ít nhất họ tên, một số định danh hoặc số điện thoại để đối chiếu.", code="too-little", field="resource"
        )
    graded = [_graded(wanted, one, weights) for one in _candidates(repository, wanted, weights)]
    likely = sorted((one for one in graded if one.grade != "certainly-not"), key=lambda one: -one.score)
    if certain_only:
        certain = [one for one in likely if one.grade == "certain"]
        return certain if len(certain) == 1 else []
    return likely[:count]


def _graded(wanted: Person, patient: dict[str, Any], weights: Weights) -> Match:
    return Match(patient, *scoring.score(wanted, people.read(patient, weights), weights))


def _candidates(repository: Repository, wanted: Person, weights: Weights) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for asked in dict.fromkeys(_questions(wanted, weights)):
        for patient in search(repository, "Patient", [*asked, ("_count", str(_EACH))]).resources:
            found.setdefault(patient["id"], patient)
    return list(found.values())


def _questions(wanted: Person, weights: Weights) -> Iterator[tuple[tuple[str, str], ...]]:
    """Each is one search that the index answers."""
    for system, value in wanted.numbers[:_MOST_NUMBERS]:
        yield (("identifier", f"{_escaped(system)}|{_escaped(value)}" if system else _escaped(value)),)
        known = weights.numbers.get(system)
        if known is not None and known.tail and len(value) >= known.tail:
            yield (("identifier-end", _escaped(known.key(value))),)
    for number in wanted.phones[:_MOST_NUMBERS]:
        forms = dict.fromkeys((number, *_international(number, weights)))
        yield (("phone", ",".join(map(_escaped, forms))),)
    for name in wanted.names[:_MOST_NAMES]:
        yield from _by_name(name, wanted)
    if len(wanted.birth) == 10:
        yield from _by_birth(wanted)


def _by_name(name: str, wanted: Person) -> Iterator[tuple[tuple[str, str], ...]]:
    words = name.split()
    all_words = tuple(("name", _escaped(word)) for word in dict.fromkeys(words))
    outer = tuple(("name", _escaped(word)) for word in dict.fromkeys((words[0], words[-1])))
    if not wanted.birth:
        yield all_words
        return
    years: Params = [("birthdate", wanted.birth[:4])]
    yield (*all_words, *years)
    yield (*outer, *years)
    yield all_words


def _by_birth(wanted: Person) -> Iterator[tuple[tuple[str, str], ...]]:
    """Born on the day, for a slip in the name; or on the day with day and month changed about."""
    gender = (("gender", wanted.gender),) if wanted.gender else ()
    yield (("birthdate", wanted.birth), *gender)
    swapped = f"{wanted.birth[:4]}-{wanted.birth[8:]}-{wanted.birth[5:7]}"
    if wanted.names and int(wanted.birth[8:]) <= 12 and swapped != wanted.birth:
        yield (("birthdate", swapped), ("name", _escaped(wanted.names[0].split()[-1])))


def _international(number: str, weights: Weights) -> Iterator[str]:
    if weights.country and number.startswith(weights.trunk):
        yield f"+{weights.country}{number[len(weights.trunk) :]}"


def _escaped(text: str) -> str:
    """A value whose commas, bars, dollars and backslashes are no separators."""
    for mark in ("\\", ",", "|", "$"):
        text = text.replace(mark, f"\\{mark}")
    return text
