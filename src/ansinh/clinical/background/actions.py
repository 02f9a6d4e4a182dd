"""Writing problems, vaccinations, pregnancies; importing growth tables."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.background import resources, rules
from ansinh.clinical.background.resources import Shot
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
STEPS = ("list", "resolve", "again")


def author_of(context: Context) -> Resource:
    """Who acts, as a reference with a name; {} for machines."""
    staff = contacts.on_staff(context)
    return ({"reference": staff} if staff else {}) | ({"display": context.display} if context.display else {})


def step_problem(
    context: Context, *, person_id: str, condition_id: str, version: int, step: str, day: str = "", words: str = ""
) -> None:
    """Puts a diagnosis on the list of problems (`list`), ends a problem (`resolve`) or takes it up `again`.

    Raises Invalid for a day that has not come or lies before the diagnosis, NotFound, Stale.
    """
    repository = Repository(context)
    found = repository.read("Condition", condition_id)
    certainty = found.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    if found.get("subject", {}).get("reference") != f"Patient/{person_id}" or certainty == "entered-in-error":
        raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))
    if step == "list":
        after = resources.listed(found)
    elif step in STEPS:
        ended = day or clock.today().isoformat()
        _possible(ended, found.get("onsetDateTime") or found.get("recordedDate", ""))
        after = resources.stepped(found, "active" if step == "again" else "resolved", ended, nfc(words))
    else:
        raise NotFound(_("Không có bước này."))
    repository.update(after, if_match=version)


def _possible(day: str, begun: str) -> None:
    if day > clock.today().isoformat():
        raise Invalid(_("Ngày này chưa đến. Kiểm tra lại năm."), code="problem-future", field="day")
    if begun and day < begun[: len(day)]:
        raise Invalid(_("Ngày khỏi ở trước ngày ghi bệnh."), code="problem-order", field="day")


def vaccinate(context: Context, *, person_id: str, shot: Shot, entry_id: str = "") -> str:
    """Writes a vaccination; returns its id. Raises Invalid (no vaccine, before birth, lot past its day), NotFound,
    Conflict when sent twice."""
    if not nfc(shot.vaccine):
        raise Invalid(_("Cần ghi tên vắc-xin."), code="vaccine-empty", field="vaccine")
    card = registry.person(context, person_id)
    birth = card.draft.birth_date
    if birth and shot.day[: len(birth)] < birth[: len(shot.day)]:
        raise Invalid(_("Ngày này ở trước ngày sinh."), code="care-before-birth", field="day")
    if shot.expiry and shot.expiry < shot.day[:10] and not shot.elsewhere:
        raise Invalid(_("Lô này đã hết hạn vào ngày tiêm."), code="shot-expired", field="expiry")
    body = resources.immunization_resource(entry_id or new_id(), person_id, shot, at=clock.instant(),
                                           author=author_of(context))  # fmt: skip
    try:
        return str(Repository(context).create(body, id=body["id"]).resource["id"])
    except Conflict:
        raise Conflict(_("Mũi tiêm này đã được lưu từ lần gửi trước."), code="already-saved") from None


def note_pregnancy(
    context: Context, *, person_id: str, state: str, last_period: str = "", due: str = "", entry_id: str = ""
) -> str:
    """Writes what is known of a pregnancy. Raises Invalid for dates that cannot be, or for a man."""
    card = registry.person(context, person_id)
    if card.draft.gender == "male":
        raise Invalid(_("Hồ sơ ghi giới tính nam. Kiểm tra lại hồ sơ."), code="pregnancy-male")
    if state == "pregnant":
        days = [date.fromisoformat(day) if day else None for day in (last_period, due)]
        if problems := rules.pregnancy_problems(days[0], days[1], clock.today()):
            raise Invalid(problems[0].message, code="pregnancy", field=problems[0].expression, problems=problems)
    entry, repository = entry_id or new_id(), Repository(context)
    made = resources.pregnancy_resources(entry, person_id, state=state, last_period=last_period, due=due,
                                         at=clock.instant(), author=author_of(context))  # fmt: skip
    try:
        repository.carry_out([repository.to_create(one, id=one["id"]) for one in made])
    except Conflict:
        raise Conflict(_("Mục này đã được lưu từ lần gửi trước."), code="already-saved") from None
    return str(made[0]["id"])


def import_growth(context: Context, *, data: bytes, title: str, source: str) -> int:
    """Installs growth tables in place of those before; returns how many points. Raises Invalid with each problem."""
    if not nfc(source):
        raise Invalid(_("Cần ghi nguồn của bảng."), code="source", field="source")
    tables = rules.read_lms(data)
    Repository(context).save(resources.growth_library(data, nfc(title), nfc(source)))
    return sum(map(len, tables.values()))
