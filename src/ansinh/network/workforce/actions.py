"""Staff take up posts and leave them."""

from datetime import date

from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date, nfc
from ansinh.network.facilities import queries as facilities
from ansinh.network.workforce import queries, resources


def take_up_post(
    context: Context,
    *,
    facility: str,
    full_name: str,
    post: str,
    start: date,
    level: str = "",
    licence: str = "",
    practitioner: str = "",
) -> str:
    """A new staff member, or `practitioner` who works here already, takes up a post; returns the post's id.

    Raises Invalid (no name, an unknown post, the same post twice, a day outside the facility's life), NotFound.
    """
    queries.refuse_beyond_reach(context, facility)
    unit = facilities.register(context).unit(facility)
    if not unit.exists_on(start):
        raise Invalid(_("Cơ sở không hoạt động vào ngày này."), code="post-day", field="start")
    concept = concepts.lookup(resources.POST, post, start)
    if concept is None or concept.properties.get("abstract"):
        raise Invalid(_("Không có vị trí việc làm này."), code="post-unknown", field="post")
    repository = Repository(context)
    with repository.transaction():
        name = nfc(full_name)
        if practitioner:
            name = repository.read("Practitioner", practitioner)["name"][0]["text"]
            _refuse_twice(context, facility, practitioner, post, start)
        elif not name:
            raise Invalid(_("Cần ghi họ và tên."), code="post-name", field="full_name")
        else:
            practitioner = new_id()
            person = resources.practitioner(id=practitioner, full_name=name, licence=licence.strip())
            repository.create(person, id=practitioner)
        role = resources.role(
            id="", practitioner=practitioner, name=name, facility=facility, post=post,
            post_text=concept.display, start=start, level=level,
        )  # fmt: skip
        return repository.create(role, id=new_id()).resource["id"]


def end_post(context: Context, *, facility: str, post_id: str, last_day: date, version: int | None = None) -> None:
    """Somebody leaves a post after `last_day`. Raises Invalid, NotFound, Stale."""
    stored = queries.stored_post(context, facility, post_id)
    period = stored.get("period", {})
    if period.get("end"):
        raise Invalid(
            _("Vị trí này đã kết thúc từ %(day)s.") % {"day": format_date(period["end"])},
            code="post-ended",
            field="day",
        )
    if period.get("start", "") > last_day.isoformat():
        raise Invalid(_("Ngày kết thúc không được trước ngày bắt đầu."), code="post-dates", field="day")
    if last_day > clock.today():
        raise Invalid(_("Ngày này chưa đến. Kiểm tra lại năm."), code="post-future", field="day")
    Repository(context).update(resources.ended_role(stored, last_day), if_match=version)


def _refuse_twice(context: Context, facility: str, practitioner: str, post: str, start: date) -> None:
    for held in queries.posts(context, facility):
        if held.practitioner == practitioner and held.post == post and (held.end is None or held.end >= start):
            raise Invalid(_("Người này đang giữ chính vị trí đó."), code="post-twice", field="post")
