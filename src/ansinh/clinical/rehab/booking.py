"""Writing the timetable: sessions by hand, for some weeks, or as the plan wants them; all of them or none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.registry import queries as registry
from ansinh.clinical.rehab import reading, timetable
from ansinh.clinical.rehab.planning import living
from ansinh.clinical.rehab.timetable import Booking, Wanted
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date, nfc

Resource = dict[str, Any]
MOST_WEEKS = 12
_OVER = ("fulfilled", "cancelled", "noshow", "entered-in-error")


def appointment_resource(booking: Booking, discipline: str, words: str) -> Resource:
    """A session in the timetable as FHIR."""
    actors = [
        ("Patient", booking.person),
        ("Practitioner", booking.therapist),
        ("Location", booking.room),
        ("Device", booking.machine),
    ]
    return {
        "resourceType": "Appointment",
        "id": booking.id,
        "status": "booked",
        "serviceType": [{"coding": [{"system": CS("rehab-discipline"), "code": discipline}]}],
        "description": words,
        "start": booking.start.astimezone(clock.VIETNAM).isoformat(timespec="seconds"),
        "end": booking.end.astimezone(clock.VIETNAM).isoformat(timespec="seconds"),
        "participant": [
            {"actor": {"reference": f"{kind}/{actor}"}, "status": "accepted"} for kind, actor in actors if actor
        ],
    }


def book(context: Context, *, booking: Booking, discipline: str, words: str, weeks: int = 1) -> list[str]:
    """Writes a session, the same hour each of so many weeks; returns the ids.

    Raises Invalid outside working hours, in the past, after a death, or with what clashes; then nothing is written.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        message = _("Lặp lại từ 1 đến %(most)s tuần.") % {"most": MOST_WEEKS}
        raise Invalid(message, code="weeks-range", field="weeks")
    if concepts.lookup(CS("rehab-discipline"), discipline) is None:
        raise Invalid(_("Chọn chuyên ngành."), code="booking-discipline", field="discipline")
    living(context, booking.person)
    if booking.start < clock.now():
        raise Invalid(_("Giờ này đã qua."), code="booking-past", field="start")
    if not timetable.fits_hours(booking, reading.hours()):
        raise Invalid(_("Giờ này nằm ngoài giờ làm việc."), code="booking-hours", field="start")
    wanted = [replace(reading.shifted(booking, number), id=new_id()) for number in range(weeks)]
    return _write(context, [(one, discipline, words) for one in wanted])


def _write(context: Context, wanted: Sequence[tuple[Booking, str, str]]) -> list[str]:
    repository = Repository(context)
    with repository.transaction():
        for booking, discipline, words in wanted:
            _refuse_clash(context, booking)
            repository.create(appointment_resource(booking, discipline, words), id=booking.id)
    return [booking.id for booking, *_rest in wanted]


def _refuse_clash(context: Context, booking: Booking) -> None:
    day = booking.start.astimezone(clock.VIETNAM).date()
    found = timetable.clashes(booking, reading.bookings(context, day, 1), reading.hours().room_places)
    if found:
        said = " ".join(timetable.clash_words(found))
        message = _("%(day)s: %(clash)s") % {"day": format_date(day), "clash": said}
        raise Invalid(message, code="booking-clash", field="start")


def book_plan(
    context: Context, *, person_id: str, monday: date, therapist: str = "", room: str = ""
) -> tuple[list[str], list[Wanted]]:
    """Puts what the plan wants and the week does not have yet into the first free times; (ids, what did not fit).

    Home exercises are done at home. Raises Invalid without a plan or after a death, NotFound.
    """
    card = living(context, person_id)
    lines = [line for line in reading.planned(context, card) if line.kind != "exercise"]
    if not lines:
        raise Invalid(_("Kế hoạch chưa có việc nào để xếp lịch."), code="plan-empty")
    taken = reading.bookings(context, monday, 7)
    words = {line.id: line for line in lines}
    mine = reading.week(context, _facility(card), monday, person_id)
    wanted = []
    for line in lines:
        there = sum(slot.words == line.words and slot.discipline == line.discipline for slot in mine)
        if there < line.times:
            like = Booking("", clock.now(), clock.now(), person_id, therapist, room)
            wanted.append(Wanted(line.id, line.times - there, line.minutes, like))
    past = [_until_now(person_id, therapist, room, monday)]
    placed, left = timetable.propose(monday, wanted, [*taken, *past], reading.hours())
    made = [
        (replace(one, id=new_id()), words[one.id.partition("~")[0]].discipline, words[one.id.partition("~")[0]].words)
        for one in placed
    ]
    return _write(context, made), left


def _until_now(person_id: str, therapist: str, room: str, monday: date) -> Booking:
    """The part of the week that is over is taken: nobody is booked into the past."""
    start = datetime.combine(monday, time.min, clock.VIETNAM)
    return Booking("past", start, max(start, clock.now()), person_id, therapist, "", "")


def _facility(card: registry.PersonCard) -> str:
    return (card.stay.facility_id if card.stay else "") or card.draft.facility


def cancel(context: Context, *, person_id: str, booking_id: str, reason: str) -> None:
    """Takes a session out of the timetable. Raises Invalid without a reason, Conflict when it is over, NotFound."""
    repository = Repository(context)
    found = repository.read("Appointment", booking_id)
    if {"reference": f"Patient/{person_id}"} not in [one.get("actor") for one in found["participant"]]:
        raise NotFound(_("Không tìm thấy buổi này trong lịch."))
    repository.update(cancelled(found, reason))


def cancelled(appointment: Resource, reason: str) -> Resource:
    """The session taken out. Raises Invalid without a reason, Conflict for one that took place or stands no more."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi lý do hủy."), code="cancel-reason", field="reason")
    if appointment["status"] in _OVER:
        raise Conflict(_("Buổi này đã tập hoặc đã hủy từ trước."), code="booking-over")
    return appointment | {"status": "cancelled", "cancelationReason": {"text": nfc(reason)}}


def add_machine(context: Context, *, facility: str, name: str) -> str:
    """A machine that the facility books; returns its id. Raises Invalid without a name, NotFound."""
    if not nfc(name):
        raise Invalid(_("Cần ghi tên máy."), code="machine-name", field="name")
    if not context.reaches(facility):
        raise NotFound(_("Không tìm thấy cơ sở này."))
    body = {
        "resourceType": "Device",
        "status": "active",
        "deviceName": [{"name": nfc(name), "type": "user-friendly-name"}],
        "owner": {"reference": f"Organization/{facility}"},
    }
    return str(Repository(context).create(body).resource["id"])
