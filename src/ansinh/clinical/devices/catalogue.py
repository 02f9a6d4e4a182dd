"""Kinds, routes, checks and terms of devices as this node has them (definitions/codesystems, catalogues)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.devices.rules.making import Check, Kind
from ansinh.clinical.devices.rules.terms import Term, Travel
from ansinh.fhir.terminology import concepts
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import CS
from ansinh.kernel.shapes import COUNT, DAY, FLAG, TEXT, WORDS, misfits

KIND, STAGE, PAYER, SIDE = CS("device-kind"), CS("device-stage"), CS("device-payer"), CS("device-side")
REPAIR = "repair"
_CHECK = {"code": TEXT, "label": TEXT, "label_en": TEXT, "routes": [TEXT]}
_WORKSHOP = {
    "id": TEXT, "title": TEXT, "source": TEXT, "routes": {...: [TEXT]}, "checks": [_CHECK],
    "follow_up_days": COUNT, "follow_up_basis": TEXT,
}  # fmt: skip
_TERM = {
    "scheme": TEXT, "groups": [TEXT], "source": TEXT, "valid_from": DAY, "valid_to?": DAY, "months?": COUNT,
    "once?": FLAG, "together?": [[TEXT]],
}  # fmt: skip
_TRAVEL = {"per_km": COUNT, "most": COUNT, "source": TEXT, "valid_from": DAY, "valid_to?": DAY}
_TERMS = {
    "id": TEXT, "title": TEXT, "missing": TEXT, "terms": [_TERM], "travel": [_TRAVEL], "merit_groups": [TEXT],
    "merit_source": WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workshop:
    """How things are made here. routes: name → stages in order, delivery left out."""

    routes: Mapping[str, Sequence[str]]
    checks: Sequence[Check]
    follow_up_days: int
    follow_up_basis: str

    def route(self, name: str) -> Sequence[str]:
        """The stages of a route; of one that the file has no more, none."""
        return self.routes.get(name, ())

    def checks_of(self, route: str) -> list[Check]:
        """What is looked at before a device of this route leaves."""
        return [check for check in self.checks if route in check.routes]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of replacement, travel rates, and whom the decree on people with merit names."""

    terms: Sequence[Term]
    travel: Sequence[Travel]
    merit_groups: frozenset[str]
    merit_source: str
    missing: str


@cache
def workshop() -> Workshop:
    """definitions/catalogues/devices.yaml. Raises Invalid naming what is wrong with it."""
    said = _file("devices", _WORKSHOP)
    checks = [Check(**one) for one in said["checks"]]
    return Workshop(said["routes"], checks, said["follow_up_days"], said["follow_up_basis"])


@cache
def terms() -> Terms:
    """definitions/catalogues/device-terms.yaml. Raises Invalid naming what is wrong with it."""
    return read_terms(_file("device-terms", _TERMS))


def read_terms(said: Mapping[str, Any]) -> Terms:
    """The terms of a file that has the shape; a term says how long, or that it is given once."""
    for number, one in enumerate(said["terms"]):
        if bool(one.get("months")) == bool(one.get("once")):
            place = f"terms[{number}]"
            raise Invalid(f"device-terms.yaml, {place}: cần months (số tháng) hoặc once: true.", field=place)
    return Terms(
        [Term(**one) for one in said["terms"]],
        [Travel(**one) for one in said["travel"]],
        frozenset(said["merit_groups"]),
        said.get("merit_source", ""),
        said["missing"],
    )


def _file(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    said = yaml.read(settings.DEFINITIONS / "catalogues" / f"{name}.yaml")
    for place, what in misfits(said, shape):
        raise Invalid(f"{name}.yaml, {place or 'tệp'}: {what}.", field=place)
    return said


def kind(code: str) -> Kind | None:
    """A kind of device, None for an unknown code."""
    found = concepts.lookup(KIND, code)
    if found is None:
        return None
    said = found.properties
    return Kind(
        code, said.get("group", code), said.get("route", "made"), bool(said.get("sided")), said.get("training", "")
    )


def choices(system: str, language: str = "vi") -> list[tuple[str, str]]:
    """(code, words) of a list, in its order."""
    return [(one.code, one.words(language)) for one in concepts.members(system)]


def scheme_of(payer: str) -> str:
    """Which set of terms a payer follows; "" for none."""
    found = concepts.lookup(PAYER, payer)
    return str(found.properties.get("scheme", "")) if found else ""


def device_words(kind_code: str, side: str = "", language: str = "vi") -> str:
    """«Chân giả dưới gối, bên trái»."""
    words = concepts.display(KIND, kind_code, language)
    return f"{words}, {concepts.display(SIDE, side, language).lower()}" if side else words
