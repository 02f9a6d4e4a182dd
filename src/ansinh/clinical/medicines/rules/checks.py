"""What stands against a medicine: an allergy, the same substance twice, an interaction, a dose by a wrong weight. Pure.

Without an installed file of knowledge, allergies and doubles are still found by the names of substances.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ansinh.clinical.medicines.rules.knowledge import STOPPING, Knowledge
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold, format_number

# Conventions of the project, to catch slips of typing; they say nothing about what is right for a person.
WEIGHT_SLIP = Decimal("0.1")  # a weight that differs by more from the one measured last is asked about
DOSE_SLIP = Decimal("0.1")  # a dose that differs by more from what its own figures give is asked about


_SHORTEST = 3  # letters of a word that is looked for in the name of a medicine


@dataclass(frozen=True, slots=True)
class Drug:
    """A medicine: code of the list, name, substances by name."""

    code: str
    name: str
    substances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allergy:
    """What somebody does not bear: a substance, a class or a medicine by name."""

    id: str
    substance: str
    severe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands against an order. kind: `allergy`, `class`, `duplicate`, `interaction`, `dose`;
    stops: not without a reason; other: id of the record that it comes from."""

    kind: str
    message: str
    stops: bool
    source: str = ""
    other: str = ""

    def problem(self, place: str = "") -> Problem:
        """As an error of a form."""
        severity = "error" if self.stops else "warning"
        return Problem("business-rule", self.message, place, severity, key=f"medicine-{self.kind}")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Weighing:
    """A dose reckoned from a weight: mg (or another unit) for each kg, the weight used, the dose that came out."""

    per_kg: Decimal
    weight: Decimal
    dose: Decimal
    unit: str = "mg"


def findings(
    drug: Drug, allergies: Sequence[Allergy], present: Iterable[tuple[str, Drug]], known: Knowledge
) -> list[Finding]:
    """Everything that stands against a medicine. present: (id of the order, its medicine) of orders that run."""
    running = list(present)
    return [
        *against_allergies(drug, allergies, known),
        *_twice(drug, running, known),
        *_interactions(drug, running, known),
    ]


def against_allergies(drug: Drug, allergies: Iterable[Allergy], known: Knowledge) -> Iterator[Finding]:
    """An allergy to the substance, its name or its class stops; one to another of the same class is told."""
    names = {known.name(one) for one in drug.substances} | {known.name(drug.name)}
    kinds = frozenset().union(*(known.kinds(one) for one in drug.substances)) if drug.substances else frozenset()
    for allergy in allergies:
        words = {"medicine": drug.name, "substance": allergy.substance}
        if known.name(allergy.substance) in kinds | names or _named(allergy.substance, drug, kinds | names):
            message = phrase("%(medicine)s: người này dị ứng %(substance)s.", **words)
            yield Finding("allergy", message, True, other=allergy.id)
        elif known.kinds(allergy.substance) & kinds:
            message = phrase("%(medicine)s cùng nhóm với %(substance)s mà người này dị ứng.", **words)
            yield Finding("class", message, allergy.severe, other=allergy.id)


def _named(text: str, drug: Drug, names: Iterable[str]) -> bool:
    """True when a text names a substance or class among other words («chất a 500 mg; nổi mẩn»), or the name of the
    medicine names what the text says («chất a» of «Chất A 500 mg»): of machines' orders the name is all there is."""
    said, name = _words(text), _words(drug.name)
    parts = (_words(part) for part in re.split(r"[^\w\s.-]+|\n", text))
    return any(_words(one).strip() and _words(one) in said for one in names) or any(
        len(part.strip()) >= _SHORTEST and part in name for part in parts
    )


def _words(text: str) -> str:
    """Folded words with a space before, between and after, whatever stands between them."""
    return f" {' '.join(re.findall(r'[^\W_]+', fold(text)))} "


def _twice(drug: Drug, present: Iterable[tuple[str, Drug]], known: Knowledge) -> Iterator[Finding]:
    own = {known.name(one) for one in drug.substances}
    for order, other in present:
        shared = own & {known.name(one) for one in other.substances}
        if shared or other.code == drug.code:
            message = phrase(
                "%(medicine)s: đang có y lệnh %(other)s cùng hoạt chất.", medicine=drug.name, other=other.name
            )
            yield Finding("duplicate", message, True, other=order)


def _interactions(drug: Drug, present: Iterable[tuple[str, Drug]], known: Knowledge) -> Iterator[Finding]:
    own = frozenset().union(*(known.kinds(one) for one in drug.substances)) if drug.substances else frozenset()
    for order, other in present:
        theirs = frozenset().union(*(known.kinds(one) for one in other.substances)) if other.substances else frozenset()
        for pair in known.interactions:
            if (pair.one in own and pair.other in theirs) or (pair.other in own and pair.one in theirs):
                message = phrase("%(medicine)s và %(other)s: %(says)s", medicine=drug.name, other=other.name,
                                 says=pair.says)  # fmt: skip
                yield Finding("interaction", message, pair.severity in STOPPING, pair.source, order)


def weighing_problems(weighing: Weighing, measured: Decimal | None) -> Iterator[Problem]:
    """A dose by the wrong weight: not the weight measured last, or not the product of its own figures."""
    words = {
        "used": format_number(weighing.weight),
        "dose": format_number(weighing.dose),
        "unit": weighing.unit,
        "right": format_number((weighing.per_kg * weighing.weight).normalize() + 0),
    }
    if min(weighing.per_kg, weighing.weight, weighing.dose) <= 0:
        yield Problem("value", phrase("Liều mỗi kg, cân nặng và liều phải lớn hơn 0."), "weight", key="dose-zero")
        return
    if measured is None:
        message = phrase("Chưa có cân nặng nào trong hồ sơ. Hãy cân rồi kê theo cân nặng.")
        yield Problem("business-rule", message, "weight", key="weight-none")
    elif abs(weighing.weight - measured) > measured * WEIGHT_SLIP:
        message = phrase("Liều tính theo %(used)s kg, lần cân gần nhất là %(measured)s kg. Hãy cân lại hoặc sửa.",
                         measured=format_number(measured), **words)  # fmt: skip
        yield Problem("business-rule", message, "weight", key="weight-differs")
    right = weighing.per_kg * weighing.weight
    if abs(weighing.dose - right) > right * DOSE_SLIP:
        message = phrase("Với cân nặng này liều là %(right)s %(unit)s, phiếu ghi %(dose)s %(unit)s.", **words)
        yield Problem("business-rule", message, "dose", key="dose-differs")


def most_per_kg(drug: Drug, weighing: Weighing, years: Decimal | None, known: Knowledge) -> Iterator[Finding]:
    """A dose for each kg above what the file of knowledge allows at this age."""
    own = {known.name(one) for one in drug.substances}
    for one in known.doses:
        fits = one.substance in own and one.unit == weighing.unit
        aged = years is not None and one.age_from <= years and (one.age_to is None or years < one.age_to)
        if fits and (aged or (not one.age_from and one.age_to is None)) and weighing.per_kg > one.most_per_kg:
            message = phrase(
                "%(medicine)s: %(per)s %(unit)s/kg một lần, quá mức %(most)s %(unit)s/kg.",
                medicine=drug.name, per=format_number(weighing.per_kg), unit=one.unit,
                most=format_number(one.most_per_kg),
            )  # fmt: skip
            yield Finding("dose", message, True, one.source)
