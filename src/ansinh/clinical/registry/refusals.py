"""What is refused of people and stays at every door, page or machine: the rules of this app, asked of FHIR resources.

Names are not judged here: another system's names are what they are. A stay is judged within its Patient record only:
whether two records are one person is for people to say (docs/adr/0012-rules-of-the-house.md).
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from ansinh.clinical.registry import resources, rules
from ansinh.clinical.registry.retractions import retraction_of
from ansinh.fhir.model import dates
from ansinh.fhir.store import Repository
from ansinh.fhir.store.ownership import patient_of
from ansinh.fhir.store.rules import register
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.naming import BHYT, CCCD, CMND
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

Resource = dict[str, Any]

_NUMBERS: dict[str, Callable[[str], str]] = {
    CCCD: rules.citizen_number,
    CMND: rules.old_citizen_number,
    BHYT: rules.insurance_card,
}
_EPOCH = date(1970, 1, 1).toordinal()
_OTHER_OPEN_STAY = """SELECT v.id FROM view_episode v
    WHERE {{reach:v}} AND v.patient_id = :person AND v.id <> :own AND v.status IN ({}) LIMIT 1""".format(
    ", ".join(f"'{status}'" for status in resources.OPEN_STAY)
)


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("Patient", patient_problems)
    register("Coverage", coverage_problems)
    register("EpisodeOfCare", stay_problems)
    # Once more within the transaction, where the person may have come into being with the stay.
    register("EpisodeOfCare", stay_problems, locked=True)
    register("EpisodeOfCare", second_open_stay, locked=True)
    register("EpisodeOfCare", retracted_stay_revived, locked=True)


def patient_problems(patient: Resource) -> Iterator[Problem]:
    """Numbers of papers that cannot be, a birth that cannot be."""
    yield from _numbers(patient)
    birth = patient.get("birthDate", "")
    # The oldest who live are a rule for the living: archives hold people who died long ago.
    if birth and not (patient.get("deceasedBoolean") or patient.get("deceasedDateTime")):
        yield from _told(lambda: rules.birth_date(birth, clock.today()), "Patient.birthDate")


def coverage_problems(coverage: Resource) -> Iterator[Problem]:
    """A number of a health-insurance card that cannot be."""
    return _numbers(coverage)


def _numbers(resource: Resource) -> Iterator[Problem]:
    for index, identifier in enumerate(resource.get("identifier", ())):
        rule, value = _NUMBERS.get(identifier.get("system")), identifier.get("value")
        if rule is None or not isinstance(value, str):
            continue
        place = f"{resource['resourceType']}.identifier[{index}].value"
        found = list(_told(partial(rule, value), place))
        if not found and rule(value) != value:
            message = phrase("Số giấy tờ phải viết liền, không có dấu cách, dấu chấm hay chữ thường.")
            found = [Problem("value", message, place, key="number-spaced")]
        yield from found


def stay_problems(stay: Resource) -> Iterator[Problem]:
    """An admission in the future or before birth, a discharge before admission or in the future; for one that was
    entered in error, a reason that is missing: its dates may be what was wrong."""
    if stay["status"] == "entered-in-error":
        yield from _without_reason(stay)
        return
    start, end = (stay.get("period", {}).get(name, "") for name in ("start", "end"))
    status, today = stay["status"], clock.today()
    if start and status not in ("planned", "waitlist", "cancelled"):
        birth = _birth_of(stay)
        day = _day(start, _day(birth) if birth else date.min)
        yield from _told(lambda: rules.stay_start(day, birth, today), "EpisodeOfCare.period.start")
    if end:
        begun = _day(start) if start else date.min
        latest = today if status == "finished" else date.max
        told = begun.isoformat() if start else ""
        yield from _told(lambda: rules.stay_end(_day(end, begun), told, latest), "EpisodeOfCare.period.end")


def second_open_stay(stay: Resource) -> Iterator[Problem]:
    """Another stay of the same Patient record that has not ended, whoever may see it."""
    person = patient_of(stay)
    if stay["status"] not in resources.OPEN_STAY or not person:
        return
    if tables.rows(system_context(), _OTHER_OPEN_STAY, {"person": person, "own": stay["id"]}):
        message = phrase("Người này đang có một đợt tiếp nhận chưa kết thúc. Hãy kết thúc đợt đó trước.")
        yield Problem("business-rule", message, "EpisodeOfCare.status", key="stay-open")


def _without_reason(stay: Resource) -> Iterator[Problem]:
    why = retraction_of(stay)
    if why is None or not nfc(why.reason):
        message = phrase("Đợt ghi nhầm cần có lý do, trong phần mở rộng retraction.")
        yield Problem("required", message, "EpisodeOfCare.extension", key="retraction-reason")


def retracted_stay_revived(stay: Resource) -> Iterator[Problem]:
    """A stay that was entered in error stays so: what is right is a stay of its own."""
    before = Repository(system_context()).find("EpisodeOfCare", stay["id"])
    if before and retraction_of(before) and not retraction_of(stay):
        message = phrase("Đợt này đã được đánh dấu ghi nhầm. Hãy ghi một đợt mới.")
        yield Problem("business-rule", message, "EpisodeOfCare.status", key="stay-retracted")


def _told(judge: Callable[[], object], place: str) -> Iterator[Problem]:
    """The refusal of a rule, at its place in the resource."""
    try:
        judge()
    except Invalid as error:
        yield Problem("value", error.message, place, key=error.code)


def _birth_of(stay: Resource) -> str:
    person = patient_of(stay)
    found = Repository(system_context()).find("Patient", person) if person else None
    return found.get("birthDate", "") if found else ""


def _day(value: str, not_before: date = date.min) -> date:
    """A day in Vietnam that a FHIR date or time can mean: the first that is not before another, else its last."""
    first, last = (_in_vietnam(moment) for moment in dates.bounds(value))
    return max(first, min(last, not_before))


def _in_vietnam(microseconds: int) -> date:
    """The day by the clock of today (UTC+7), as the engine reads dates: that of 1950 in Sài Gòn was another."""
    days = (timedelta(microseconds=microseconds) + timedelta(hours=7)).days
    return date.fromordinal(min(_EPOCH + days, date.max.toordinal()))
