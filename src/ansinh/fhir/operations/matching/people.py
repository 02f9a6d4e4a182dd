"""A Patient as what comparison needs: folded names, numbers, phones, address. Pure; odd shapes are passed over."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.operations.matching.weights import Weights
from ansinh.kernel.text import fold

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SEPARATORS = re.compile(r"[\s.\-()]")
_PUNCTUATION = re.compile(r"[^\w\s']")


@dataclass(frozen=True, slots=True)
class Person:
    """names: folded, each once, family before given where the record does not say it in one text. numbers: (system,
    value) as written, without spaces. phones: digits in national form. birth: with the precision known, or ""."""

    names: tuple[str, ...] = ()
    birth: str = ""
    gender: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    address: frozenset[str] = frozenset()

    @property
    def can_be_sought(self) -> bool:
        """True when there is something to look for by: a name, a number or a phone."""
        return bool(self.names or self.numbers or self.phones)


def read(patient: dict[str, Any], weights: Weights) -> Person:
    """The person that a Patient describes."""
    birth = patient.get("birthDate")
    gender = patient.get("gender")
    return Person(
        names=tuple(dict.fromkeys(name for one in _objects(patient, "name") if (name := _name(one)))),
        birth=birth if isinstance(birth, str) and _DATE.fullmatch(birth) else "",
        gender=gender if gender in ("male", "female") else "",
        numbers=tuple(dict.fromkeys(_numbers(patient))),
        phones=tuple(dict.fromkeys(phone(one, weights) for one in _phones(patient))),
        address=frozenset(word for one in _objects(patient, "address") for word in _address(one)),
    )


def phone(text: str, weights: Weights) -> str:
    """National form: `+84 912-…` → `0912…`."""
    digits = _SEPARATORS.sub("", text)
    for prefix in (f"+{weights.country}", f"00{weights.country}"):
        if weights.country and digits.startswith(prefix):
            return weights.trunk + digits[len(prefix) :]
    return digits


def _name(name: dict[str, Any]) -> str:
    text = name.get("text")
    if not isinstance(text, str) or not text.strip():
        text = " ".join(_texts([name.get("family"), *_list(name.get("given"))]))
    return fold(_PUNCTUATION.sub(" ", text.replace("’", "'")))


def _numbers(patient: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _objects(patient, "identifier"):
        system, value = one.get("system"), one.get("value")
        if isinstance(value, str) and value.strip():
            yield system if isinstance(system, str) else "", re.sub(r"\s", "", value)


def _phones(patient: dict[str, Any]) -> Iterator[str]:
    for one in _objects(patient, "telecom"):
        if one.get("system") in ("phone", "sms", None) and isinstance(one.get("value"), str) and one["value"].strip():
            yield one["value"]


def _address(address: dict[str, Any]) -> list[str]:
    parts = [address.get(key) for key in ("city", "district", "state")]
    whole = _texts([address.get("text")]) or _texts(_list(address.get("line")))
    return fold(_PUNCTUATION.sub(" ", " ".join([*whole, *_texts(parts)]))).split()


def _objects(resource: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [one for one in _list(resource.get(key)) if isinstance(one, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value.strip()]
