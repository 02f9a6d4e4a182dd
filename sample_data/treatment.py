"""Medicines, results and vaccinations of a handful of residents of each facility. Invented medicines, no real ones.

The names are of no medicine («Thuốc mẫu A»), so that nobody takes a dose of the sample for advice; ranges are those
that an invented laboratory writes on its reports.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ansinh.clinical.background import resources as background
from ansinh.clinical.laboratory import resources as laboratory
from ansinh.clinical.laboratory.rules.reports import Limits, Measured, Report, Whose, with_flag
from ansinh.clinical.medicines import resources as medicines
from ansinh.clinical.medicines.resources import Ordered, Regimen
from ansinh.clinical.medicines.rules.lists import Item
from ansinh.clinical.wards import rules as wards
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import LOINC, SYNTHETIC
from sample_data import LAST_DAY
from sample_data.people import Person

Resource = dict[str, Any]

HANDFUL = 4  # residents of each facility
LABORATORY = "Phòng xét nghiệm mẫu"
LIST = (
    Item("MAU-A", "Thuốc mẫu A 5 mg", ("chất mẫu a",), "viên", barcode="8930000000017"),
    Item("MAU-B", "Thuốc mẫu B 200 mg", ("chất mẫu b",), "viên", barcode="8930000000024"),
    Item("MAU-C", "Thuốc mẫu C 10 mg", ("chất mẫu c",), "viên", controlled="psychotropic", barcode="8930000000031"),
)
HOURS = (("08:00", "20:00"), ("08:00",), ("20:00",))
TESTS = (("2823-3", "Kali", "mmol/L", 4.2, 0.3, Limits(Decimal("3.5"), Decimal("5.0"), text="3.5-5.0")),
         ("14682-9", "Creatinin", "µmol/L", 82, 9, Limits(Decimal(60), Decimal(110), text="60-110")))  # fmt: skip


class Treatment:
    """Gives to the first residents of each facility, in the order in which people come."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()

    def resources(self, person: Person) -> Iterator[Resource]:
        """What one resident takes and was measured; the list of the facility before the first of them."""
        stay = next((stay for stay in person.stays if stay.end is None), None)
        if stay is None or stay.kind in wards.WITHOUT_BED or self._given[person.place.id] >= HANDFUL:
            return
        number = self._given[person.place.id]
        self._given[person.place.id] += 1
        made = [*(self._list(person.place.id) if number == 0 else ()), *self._of(person, number, stay.start)]
        yield from ({**one, "meta": {"tag": [SYNTHETIC]}} for one in made)

    def _list(self, facility: str) -> Iterator[Resource]:
        return (medicines.medication_resource(facility, item) for item in LIST)

    def _of(self, person: Person, number: int, since: date) -> Iterator[Resource]:
        rng = random.Random(f"{self._seed}/{person.id}/treatment")
        begun = max(since, LAST_DAY - timedelta(days=40 + 10 * number))
        yield from _orders(person, number, begun)
        yield from _reports(rng, person, number, begun)
        if number == 1:
            yield medicines.allergy_resource(
                stable_id("synthetic-allergy", person.id), person.id, "chất mẫu c", severe=True, reaction="Nổi mẩn",
                onset="", at=_at(begun, 9), author={},
            )  # fmt: skip
        shot = background.Shot("Vắc-xin mẫu", (LAST_DAY - timedelta(days=60 + number)).isoformat(), "LO-1", dose=1)
        if since.isoformat() < shot.day:
            yield background.immunization_resource(
                stable_id("synthetic-shot", person.id), person.id, shot, at=f"{shot.day}T09:00:00+07:00", author={}
            )


def _orders(person: Person, number: int, begun: date) -> Iterator[Resource]:
    for place in (0, 2) if number == 0 else (number % 2,):
        item, hours = LIST[place], HOURS[place]
        ordered = Ordered(
            stable_id("synthetic-order", person.id, item.code), person.id, person.place.id, _at(begun, 10), {}
        )
        regimen = Regimen(Decimal(1), item.unit, hours, start=begun.isoformat(), route="oral", route_words="Uống")
        request = medicines.request_resource(ordered, item.code, item.name, regimen, None)
        yield request
        for day in (LAST_DAY - timedelta(days=ago) for ago in (2, 1, 0)):
            if day < begun:
                continue
            for hour in hours:
                slot = datetime.combine(day, time.fromisoformat(hour), VIETNAM).isoformat(timespec="seconds")
                yield medicines.dose_resource(
                    request, slot, outcome="given", at=slot, author={}, witness=None, reason=None
                )


def _reports(rng: random.Random, person: Person, number: int, begun: date) -> Iterator[Resource]:
    for order in range(3):
        day = begun + timedelta(days=12 * order)
        if day > LAST_DAY:
            return
        last = number == 2 and order == 2
        lines = tuple(_measured(rng, *test, shift=9 if last else 0) for test in TESTS)
        told = Report(
            f"{number + 1}{order + 1:03d}", Whose(), "Sinh hóa máu", _at(day, 7), lines, laboratory=LABORATORY
        )
        filed = laboratory.Filed(
            stable_id("synthetic-report", person.id, str(order)), person.id, person.place.id, _at(day, 15)
        )
        report, *results = laboratory.report_resources(told, filed)
        signed = order == 0
        yield from results
        yield laboratory.reviewed(report, by={"display": "Bác sĩ mẫu"}, at=_at(day, 16)) if signed else report
        if critical := laboratory.critical_lines(results):
            due = (day + timedelta(days=1)).isoformat()
            yield laboratory.task_resource(
                report, facility=person.place.id, at=_at(day, 15), due=due, critical=critical
            )


def _measured(
    rng: random.Random, code: str, name: str, unit: str, usual: float, spread: float, limits: Limits, *, shift: float
) -> Measured:
    value = Decimal(str(round(usual + (rng.random() - 0.5 + shift) * 2 * spread, 1)))
    return with_flag(Measured(code, name, value, unit, LOINC, flag="HH" if shift else "", limits=limits), None)


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), VIETNAM).isoformat(timespec="seconds")
