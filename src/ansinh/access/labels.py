"""Which records bear which security label, as data: `definitions/labels/labels.yaml`, told to the store at the start.

A coding anywhere in a resource that the file names puts the label on it, whoever writes it. See `fhir.store.labelling`.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.fhir.index.numbers import LABEL_BITS
from ansinh.fhir.store import labelling
from ansinh.fhir.store.labelling import Label
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import COUNT, DAY, FLAG, TEXT, misfits

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRICTED = "R"
_CODES = {"system": TEXT, "prefixes?": [TEXT], "codes?": [TEXT]}
_LABEL = {"bit": COUNT, "code": TEXT, "title": TEXT, "of_person?": FLAG, "codes?": [_CODES]}
_FILE = {"id": TEXT, "title": TEXT, "source": TEXT, "valid_from?": DAY, "labels": [_LABEL]}


@cache
def labels() -> tuple[Label, ...]:
    """The labels of this node."""
    return read(Path(settings.DEFINITIONS) / "labels" / "labels.yaml")


def register() -> None:
    """Tell the store."""
    labelling.register(labels())


def read(path: Path) -> tuple[Label, ...]:
    """Raises Invalid naming the file for anything that is no list of labels: a slip must not open anything."""
    data = yaml.document(path)
    for place, what in misfits(data, _FILE):
        raise Invalid(f"Tệp nhãn {path.name}: {place or 'tệp'}: {what}.", code="label-file", field=place)
    found = tuple(_label(one) for one in data["labels"])
    bits, codes = {one.bit for one in found}, {one.code for one in found}
    if len(bits) != len(found) or len(codes) != len(found) or max(bits, default=0) >= LABEL_BITS:
        text = f"Tệp nhãn {path.name}: mỗi nhãn một mã và một bit khác nhau, từ 0 đến {LABEL_BITS - 1}."
        raise Invalid(text, code="label-file", field="labels")
    return found


def _label(data: dict[str, Any]) -> Label:
    rules = data.get("codes", [])
    texts = [text for rule in rules for text in (*rule.get("prefixes", ()), *rule.get("codes", ()))]
    return Label(
        bit=data["bit"],
        system=CONFIDENTIALITY if data["code"] == RESTRICTED else ACT,
        code=data["code"],
        display=data["title"],
        of_person=data.get("of_person") is True,
        hint="|".join(f'"{re.escape(text)}' for text in texts),
        applies=_applies(rules),
    )


def _applies(rules: list[dict[str, Any]]) -> Callable[[Any], bool]:
    prefixes = [(rule["system"], tuple(rule.get("prefixes", ()))) for rule in rules]
    codes = {(rule["system"], code) for rule in rules for code in rule.get("codes", ())}

    def applies(resource: Any) -> bool:
        return any(
            (system, code) in codes or any(system == one and code.startswith(starts) for one, starts in prefixes)
            for system, code in _codings(resource)
        )

    return applies


def _codings(node: Any) -> Iterator[tuple[str, str]]:
    """System and code of every coding in a resource, contained ones included."""
    if isinstance(node, dict):
        system, code = node.get("system"), node.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield system, code
        for value in node.values():
            yield from _codings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _codings(value)
