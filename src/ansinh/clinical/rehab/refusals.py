"""What is refused of the timetable at every door: somebody, a therapist, a machine twice at once, a room too full."""

from collections.abc import Iterator
from typing import Any

from ansinh.clinical.rehab import reading, timetable
from ansinh.clinical.rehab.timetable import Booking
from ansinh.fhir.store.rules import register
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Problem

Resource = dict[str, Any]
_HELD = ("booked", "arrived", "fulfilled")


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("Appointment", clash_problems, locked=True, concerns=is_held)


def is_held(appointment: Resource) -> bool:
    """Only what takes a time."""
    return appointment.get("status") in _HELD and bool(appointment.get("start") and appointment.get("end"))


def clash_problems(appointment: Resource) -> Iterator[Problem]:
    """Every clash with what stands in the timetable of this node."""
    booking = booking_of(appointment)
    others = reading.bookings(system_context(), booking.start.date(), 1)
    for name in timetable.clashes(booking, others, reading.hours().room_places):
        yield Problem("business-rule", timetable.CLASHES[name], "Appointment.start", key=f"clash-{name}")


def booking_of(appointment: Resource) -> Booking:
    """Who takes part, and when."""
    found: dict[str, str] = {}
    for one in appointment.get("participant", []):
        kind, _slash, actor = one.get("actor", {}).get("reference", "").partition("/")
        found.setdefault(kind, actor)
    return Booking(
        id=appointment["id"],
        start=reading.moment(appointment["start"]),
        end=reading.moment(appointment["end"]),
        person=found.get("Patient", ""),
        therapist=found.get("Practitioner", ""),
        room=found.get("Location", ""),
        machine=found.get("Device", ""),
    )
