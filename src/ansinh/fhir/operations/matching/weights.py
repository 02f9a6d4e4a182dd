"""The weights of a comparison, read from `definitions/matching/patient.yaml`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid

_FOLDER = Path(__file__).resolve().parents[5] / "definitions" / "matching"
_POINTS = {
    "name_points": ("same", "reordered", "near", "outer", "different"),
    "birth_points": ("day", "month", "year", "swapped", "same_year", "next_year", "different"),
    "gender_points": ("same", "different"),
    "phone_points": ("same",),
    "address_points": ("same", "alike"),
    "grades": ("certain", "probable", "possible"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """An identifier system: points when equal, when one slip apart (`near`), when different. `tail`: how many last
    characters count, 0 for all."""

    system: str
    same: int
    near: int = 0
    differs: int = 0
    tail: int = 0

    def key(self, value: str) -> str:
        """The part of a number that is compared."""
        return value[-self.tail :] if self.tail else value


@dataclass(frozen=True, slots=True)
class Weights:
    """Points by what is alike; `country` and `trunk` make one form of a phone number; without_proof: the highest
    score of a pair that shares no number; grades: grade → lowest score."""

    numbers: Mapping[str, Number]
    name: Mapping[str, int]
    birth: Mapping[str, int]
    gender: Mapping[str, int]
    phone: Mapping[str, int]
    address: Mapping[str, int]
    country: str
    trunk: str
    without_proof: int
    grades: Mapping[str, int]


@cache
def patient_weights() -> Weights:
    """The weights for people. Raises Invalid with the place of what is wrong in the file."""
    return weights_of(yaml.read(_FOLDER / "patient.yaml"))


def weights_of(data: Any) -> Weights:
    """Checked weights. Raises Invalid."""
    if not isinstance(data, dict):
        raise _wrong("patient.yaml")
    for part, names in _POINTS.items():
        found = data.get(part)
        if not isinstance(found, dict) or set(found) != set(names) or not all(map(_is_points, found.values())):
            raise _wrong(part)
    numbers = data.get("identifiers")
    if not isinstance(numbers, list) or not _is_points(data.get("without_proof")):
        raise _wrong("identifiers, without_proof")
    phone = data.get("phone") or {}
    return Weights(
        numbers={one.system: one for one in map(_number, numbers)},
        name=data["name_points"],
        birth=data["birth_points"],
        gender=data["gender_points"],
        phone=data["phone_points"],
        address=data["address_points"],
        country=str(phone.get("country", "")),
        trunk=str(phone.get("trunk", "")),
        without_proof=data["without_proof"],
        grades=data["grades"],
    )


def _number(row: Any) -> Number:
    try:
        return Number(**row)
    except TypeError as error:
        raise _wrong("identifiers") from error


def _is_points(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -100 <= value <= 100


def _wrong(place: str) -> Invalid:
    return Invalid(f"Tệp trọng số đối chiếu chưa dùng được, tại {place}.", code="matching-file", field=place)
