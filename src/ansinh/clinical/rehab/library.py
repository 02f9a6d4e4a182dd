"""The library of assessments of this node: groups, what is better, and changes that matter (assessments.yaml)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.rehab.outcomes import Better, Mcid
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.resources import UNIT
from ansinh.clinical.screening.rules.extensions import SCORE
from ansinh.fhir.validation.responses.extensions import extensions, value
from ansinh.fhir.validation.responses.items import flat
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import TEXT, misfits

_FILE = "assessments"
_GROUP = {"title": TEXT, "title_en": TEXT, "tools": [TEXT]}
_MCID = {"code": TEXT, "value": TEXT, "who": TEXT, "source": TEXT}
_SHAPE = {"id": TEXT, "title": TEXT, "source": TEXT, "groups": [_GROUP], "better": {...: TEXT}, "mcid": [_MCID]}


@dataclass(frozen=True, slots=True)
class Group:
    """Tools that belong together. tools: ids of questionnaires, in order."""

    title: str
    title_en: str
    tools: Sequence[str]

    def words(self, language: str) -> str:
        """What the group is called."""
        return self.title_en if language == "en" else self.title


@dataclass(frozen=True, slots=True)
class Library:
    """groups in order; better: code of a total → higher or lower; mcid: every known difference."""

    groups: Sequence[Group]
    better: Mapping[str, Better]
    mcid: Sequence[Mcid]

    @property
    def tools(self) -> list[str]:
        """Ids of all questionnaires, in order."""
        return [tool for group in self.groups for tool in group.tools]

    def mcids_of(self, code: str) -> list[Mcid]:
        """What is known of one measure."""
        return [one for one in self.mcid if one.code == code]


@cache
def library() -> Library:
    """The file of this node. Raises Invalid naming what is wrong with it."""
    return read(yaml.read(settings.DEFINITIONS / "catalogues" / f"{_FILE}.yaml"))


@cache
def units() -> Mapping[str, Mapping[str, str]]:
    """Code of a measure → unit in which its form gives it (Coding of UCUM); points have none."""
    folder = settings.DEFINITIONS / "questionnaires"
    return dict(unit for tool in library().tools for unit in _units(read_questionnaire(folder / f"{tool}.yaml")))


def _units(form: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for score in extensions(form, SCORE):
        if unit := value(score, "unit"):
            yield value(score, "code")["code"], unit
    for item in flat(form["item"]):
        if unit := value(item, UNIT):
            yield from ((coding["code"], unit) for coding in item.get("code", ()))


def read(said: Any) -> Library:
    """What a file says; an MCID needs a number, whom it was found for, and its source. Raises Invalid."""
    for place, what in misfits(said, _SHAPE):
        raise Invalid(f"{_FILE}.yaml, {place or 'tệp'}: {what}.", field=place)
    for code, way in said["better"].items():
        if way not in ("higher", "lower"):
            raise Invalid(f"{_FILE}.yaml, better.{code}: phải là higher hoặc lower.", field=f"better.{code}")
    known = [_mcid(number, one, said["better"]) for number, one in enumerate(said["mcid"])]
    return Library([Group(**one) for one in said["groups"]], said["better"], known)


def _mcid(number: int, one: Mapping[str, str], better: Mapping[str, str]) -> Mcid:
    place = f"mcid[{number}]"
    if one["code"] not in better:
        raise Invalid(f"{_FILE}.yaml, {place}: mã {one['code']} chưa có ở phần better.", field=place)
    try:
        value = Decimal(one["value"])
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise Invalid(f"{_FILE}.yaml, {place}: value phải là số lớn hơn 0.", field=place)
    return Mcid(one["code"], value, one["who"], one["source"])
