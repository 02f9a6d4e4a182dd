"""Devices, goals, plans and a week's timetable of a few residents of each facility that rehabilitates.

The first gets a leg that is still in the workshop, the second walks with one and has reached a goal, the third's
crutches are due. All through the rooms' own `resources`; ids come from the person, so that nothing is doubled.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.clinical.devices import catalogue, supplies
from ansinh.clinical.devices import resources as devices
from ansinh.clinical.devices.actions import contact
from ansinh.clinical.devices.resources import Prescription
from ansinh.clinical.devices.rules.making import Step
from ansinh.clinical.devices.rules.stock import Receipt
from ansinh.clinical.devices.rules.terms import replacement, term_for
from ansinh.clinical.encounters.resources import Care, encounter_resource
from ansinh.clinical.rehab import booking, careplan, goals
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import GoalDraft, Measured
from ansinh.clinical.rehab.timetable import Booking
from ansinh.clinical.screening import resources as screening
from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.wards import rules as wards
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT, SYNTHETIC
from sample_data import LAST_DAY
from sample_data.people import Person

Resource = dict[str, Any]
HANDFUL = 3  # residents of each facility
KINDS = ("hospital", "nursing-centre", "social-protection-centre")
LEG = Prescription("leg-below-knee", "Chân giả dưới gối", "Cụt cẳng chân, mỏm cụt lành", side="right", payer="resident")
CRUTCH = Prescription("crutch", "Nạng", "Yếu hai chân, đi không vững", payer="resident")
MADE = ("casting", "rectification", "lamination", "assembly", "fitting", "quality")
PARTS = (
    Receipt("Bàn chân giả SACH số 25 (mẫu)", Decimal(6), "cái", lot="MAU-25", maker="Mẫu"),
    Receipt("Nhựa acrylic (mẫu)", Decimal(20), "kg", lot="MAU-07", expiry="2027-06-30", maker="Mẫu"),
)


class Rehabilitation:
    """Gives to the first residents of each facility, in the order in which people come."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def resources(self, person: Person) -> Iterator[Resource]:
        """The devices and the plan of one resident; the stock of the facility before the first of them."""
        place = person.place
        stay = next((n for n, one in enumerate(person.stays) if one.end is None), None)
        if stay is None or place.kind not in KINDS or person.stays[stay].kind in wards.WITHOUT_BED:
            return
        number = self._given[place.id]
        if number >= HANDFUL:
            return
        self._given[place.id] += 1
        told = [*(_stock(place.id) if number == 0 else ()), *STORIES[number](person, stay)]
        yield from ({**one, "meta": {"tag": [SYNTHETIC]}} for one in told)


def _stock(facility: str) -> Iterator[Resource]:
    for part in PARTS:
        yield supplies.receipt_resource(stable_id("synthetic-part", facility, part.lot), facility, "2026-10-05", part)


def _care(person: Person, stay: int, what: str, day: date) -> Care:
    """The n-th act of a story, at nine; never before the person came."""
    at = datetime.combine(max(day, person.stays[stay].start), time(9), VIETNAM).isoformat(timespec="seconds")
    stay_id = stable_id("stay", person.id, str(stay))
    return Care(
        stable_id("synthetic-rehab", person.id, what), person.id, person.place.id, at, stay=stay_id, inpatient=True
    )


def _ago(days: int) -> date:
    return LAST_DAY - timedelta(days=days)


def _prescribed(person: Person, stay: int, said: Prescription, day: date) -> Iterator[Resource]:
    care = _care(person, stay, f"prescribe {said.kind}", day)
    summary = f"Chỉ định: {catalogue.device_words(said.kind, said.side)}. {said.reason}"
    yield from contact(care, devices.PRESCRIPTION, summary)
    yield devices.request_resource(care, said)


def _ordered(request: Resource, care: Care, stages: tuple[str, ...], due: str = "") -> tuple[Resource, Resource]:
    """The work order with its steps, two days apart, and the device."""
    kind = catalogue.kind(devices.kind_of(request))
    order = devices.order_resource(request, care, kind.route if kind else "made", "Làm dụng cụ chỉnh hình", due)
    route = catalogue.workshop().route(devices.route_of(order))
    for number, stage in enumerate(stages, 1):
        at = (datetime.fromisoformat(care.moment) + timedelta(days=2 * number)).isoformat(timespec="seconds")
        following = next((one for one in route[route.index(stage) + 1 :]), "delivery")
        order = devices.stepped(order, Step(stage, at), None, following)
    return order, devices.device_resource(request, care, int(care.moment[:4]))


def _in_work(person: Person, stay: int) -> Iterator[Resource]:
    """A leg after lamination, due at the end of the month; a goal, a plan and the week's timetable."""
    *told, request = _prescribed(person, stay, LEG, _ago(16))
    yield from (*told, request)
    order, device = _ordered(request, _care(person, stay, "order", _ago(14)), MADE[:3], "2026-11-30")
    yield device
    yield order
    yield from _results(person, stay, "timed-up-and-go", ((20, "34.5"), (6, "28")))
    goal = GoalDraft(
        "Tự đứng lên và đi 3 m bằng chân giả và một gậy", "physical", "2027-02-28", "timed-up-and-go", Decimal(15)
    )
    yield _goal(person, goal, _ago(12), "28")
    yield _plan(person, stay)
    yield from _week(person)


def _walking(person: Person, stay: int) -> Iterator[Resource]:
    """A leg given last year, results that rose, a goal that was reached."""
    yield from _device(person, stay, LEG, _ago(420), MADE)
    yield from _results(person, stay, "six-minute-walk", ((430, "120"), (300, "190"), (40, "265")))
    goal = GoalDraft("Tự đi 250 m bằng chân giả trong sân", "physical", "2026-12-31", "six-minute-walk", Decimal(250))
    yield goals.judged(_goal(person, goal, _ago(300), "190"), "achieved", _ago(35).isoformat())


def _crutches(person: Person, stay: int) -> Iterator[Resource]:
    """Crutches whose year is over within a month."""
    yield from _device(person, stay, CRUTCH, _ago(345), ("assembly", "fitting", "quality"))


STORIES = (_in_work, _walking, _crutches)


def _device(person: Person, stay: int, said: Prescription, day: date, stages: tuple[str, ...]) -> Iterator[Resource]:
    """A device prescribed, made and given on `day` (later for those who came later)."""
    *told, request = _prescribed(person, stay, said, day - timedelta(days=20))
    yield from (*told, request | {"status": "completed"})
    order, device = _ordered(request, _care(person, stay, f"order {said.kind}", day - timedelta(days=18)), stages)
    care = _care(person, stay, f"give {said.kind}", max(day, date.fromisoformat(order["lastModified"][:10])))
    yield device | {"status": "active"}
    yield devices.finished(order, care.moment)
    kind = catalogue.kind(said.kind)
    given = date.fromisoformat(care.moment[:10])
    term = term_for(catalogue.terms().terms, said.payer, kind.group if kind else "", (), given)
    use = devices.use_resource(request, care.moment, None, replacement(term, given))
    at = {"url": EXT("device-encounter"), "valueReference": {"reference": f"Encounter/{care.id}"}}
    yield from contact(care, devices.GIVEN, f"Giao {catalogue.device_words(said.kind, said.side)}.")
    yield use | {"extension": [*use["extension"], at]}
    yield supplies.given_resource(care, device, "")


@cache
def _tool(name: str) -> Resource:
    return read_questionnaire(Path(settings.DEFINITIONS) / "questionnaires" / f"{name}.yaml")


def _results(person: Person, stay: int, name: str, results: tuple[tuple[int, str], ...]) -> Iterator[Resource]:
    """Measured totals, each so many days ago."""
    tool, link = _tool(name), "time" if name == "timed-up-and-go" else "distance"
    for days, number in results:
        care = _care(person, stay, f"{name} {days}", _ago(days))
        items = [{"linkId": f"{name}.{link}", "answer": [{"valueDecimal": Decimal(number)}]}]
        session = screening.Session(care.part("response"), care.patient, care.facility, care.moment, care.id, care.stay)
        response = screening.response(session, tool, items)
        score = rules.score(tool, response)
        assert score is not None
        yield encounter_resource(care, "rehab-assessment", "Lượng giá chức năng")
        yield response
        yield screening.total_observation(session, tool, score, None)


def _goal(person: Person, draft: GoalDraft, day: date, now: str) -> Resource:
    units = {"timed-up-and-go": ("giây", "s", "lower"), "six-minute-walk": ("m", "m", "higher")}
    words, code, better = units[draft.measure]
    coding = {"system": CS("assessment"), "code": draft.measure}
    measured = Measured(coding, {"display": words, "code": code}, better, Decimal(now))  # type: ignore[arg-type]
    goal_id = stable_id("synthetic-goal", person.id, draft.measure)
    return goals.goal_resource(goal_id, person.id, draft, day.isoformat(), measured, None)


def _lines(person: Person) -> list[Activity]:
    goal = stable_id("synthetic-goal", person.id, "timed-up-and-go")
    said = (
        ("technique", "17.0041", "Tập đi với thanh song song", 3, 30),
        ("technique", "17.0039", "Tập đứng thăng bằng tĩnh và động", 2, 30),
        ("exercise", "bridge", "Nâng hông khi nằm ngửa", 7, 10),
        ("exercise", "sit-to-stand", "Đứng lên ngồi xuống", 7, 10),
    )
    return [
        Activity(stable_id("synthetic-line", person.id, code), "physical", kind, code, words, times, minutes, (goal,))
        for kind, code, words, times, minutes in said
    ]


def _plan(person: Person, stay: int) -> Resource:
    plan = careplan.plan_resource(person.id, stable_id("stay", person.id, str(stay)), _ago(12).isoformat(), None)
    for line in _lines(person):
        plan = careplan.with_activity(plan, line)
    return plan


def _week(person: Person) -> Iterator[Resource]:
    """The techniques of the plan in the week after LAST_DAY."""
    monday = LAST_DAY - timedelta(days=LAST_DAY.weekday()) + timedelta(days=7)
    for line in _lines(person)[:2]:
        for number in range(line.times):
            hour = 8 if line.times == 3 else 10
            start = datetime.combine(monday + timedelta(days=2 * number), time(hour), VIETNAM)
            slot = stable_id("synthetic-slot", person.id, line.code, str(number))
            session = Booking(slot, start, start + timedelta(minutes=line.minutes), person.id)
            yield booking.appointment_resource(session, line.discipline, line.words)
