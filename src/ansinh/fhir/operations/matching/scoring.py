"""How alike two people are, 0 to 100, and the grade of it. Pure; the order of the two does not matter."""

from dataclasses import dataclass
from typing import Any, Literal

from ansinh.fhir.operations.matching.people import Person
from ansinh.fhir.operations.matching.weights import Weights
from ansinh.kernel.closeness import distance_at_most_one

Grade = Literal["certain", "probable", "possible", "certainly-not"]


@dataclass(frozen=True, slots=True)
class Match:
    """A Patient on record; score 0 to 100."""

    patient: dict[str, Any]
    score: int
    grade: Grade


def score(a: Person, b: Person, weights: Weights) -> tuple[int, Grade]:
    """Points and grade. Sharing a number proves, unless name and birth contradict it."""
    numbers, proof = _numbers(a, b, weights)
    parts = _names(a, b, weights), _births(a.birth, b.birth, weights), _genders(a, b, weights)
    points = numbers + sum(parts) + _phones(a, b, weights) + _addresses(a, b, weights)
    points = max(0, min(100 if proof else weights.without_proof, points))
    return points, grade(points, weights)


def grade(points: int, weights: Weights) -> Grade:
    """The grade of a score."""
    if points >= weights.grades["certain"]:
        return "certain"
    if points >= weights.grades["probable"]:
        return "probable"
    return "possible" if points >= weights.grades["possible"] else "certainly-not"


def _numbers(a: Person, b: Person, weights: Weights) -> tuple[int, bool]:
    """Points of the numbers of known systems: the best agreement if there is one, else what contradicts."""
    points: list[int] = []
    for known in weights.numbers.values():
        ours, theirs = _keys(a, known), _keys(b, known)
        if not ours or not theirs:
            continue
        if ours & theirs:
            points.append(known.same)
        elif any(distance_at_most_one(one, two) for one in ours for two in theirs):
            points.append(known.near)
        else:
            points.append(known.differs)
    best = max(points, default=0)
    proof = any(known.same == best for known in weights.numbers.values()) and best >= 60
    return (best, True) if proof else (sum(points), False)


def _keys(person: Person, known: Any) -> set[str]:
    return {known.key(value) for system, value in person.numbers if system == known.system}


def _names(a: Person, b: Person, weights: Weights) -> int:
    pairs = [weights.name[_name(one, two)] for one in a.names for two in b.names]
    return max(pairs, default=0)


def _name(one: str, two: str) -> str:
    if one == two:
        return "same"
    ours, theirs = one.split(), two.split()
    if sorted(ours) == sorted(theirs):
        return "reordered"
    if min(len(one), len(two)) >= 5 and distance_at_most_one(one, two):
        return "near"
    return "outer" if (ours[0], ours[-1]) == (theirs[0], theirs[-1]) else "different"


def _births(a: str, b: str, weights: Weights) -> int:
    if not a or not b:
        return 0
    known = min(len(a), len(b))
    if a[:known] == b[:known]:
        return weights.birth[{10: "day", 7: "month", 4: "year"}[known]]
    if len(a) == len(b) == 10 and a == f"{b[:4]}-{b[8:]}-{b[5:7]}":
        return weights.birth["swapped"]
    apart = abs(int(a[:4]) - int(b[:4]))
    return weights.birth[{0: "same_year", 1: "next_year"}.get(apart, "different")]


def _genders(a: Person, b: Person, weights: Weights) -> int:
    if not a.gender or not b.gender:
        return 0
    return weights.gender["same" if a.gender == b.gender else "different"]


def _phones(a: Person, b: Person, weights: Weights) -> int:
    return weights.phone["same"] if set(a.phones) & set(b.phones) else 0


def _addresses(a: Person, b: Person, weights: Weights) -> int:
    shared, all_words = a.address & b.address, a.address | b.address
    if not shared:
        return 0
    if a.address == b.address:
        return weights.address["same"]
    return weights.address["alike"] if 2 * len(shared) >= len(all_words) else 0
