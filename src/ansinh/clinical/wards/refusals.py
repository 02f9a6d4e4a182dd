"""What is refused of beds at every door, page or machine: a place of another facility, a bed that somebody has.

The rules hold for every Encounter that names a Location of this node as the person's place now, whoever wrote it.
"""

from collections.abc import Iterator
from typing import Any

from ansinh.clinical.wards import resources
from ansinh.fhir.store import Repository
from ansinh.fhir.store.ownership import patient_of
from ansinh.fhir.store.rules import register
from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]

_TAKEN = """SELECT u.patient_id FROM view_bed_use u JOIN view_episode e ON e.id = u.episode_id AND {reach:e}
    WHERE {reach:u} AND u.location_id = :place AND u.id <> :own AND u.place_status IN ('active', 'reserved')
      AND u.status IN ('in-progress', 'onleave') AND e.status IN ('active', 'onhold', 'planned') LIMIT 1"""
_ELSEWHERE = """SELECT u.id FROM view_bed_use u JOIN view_episode e ON e.id = u.episode_id AND {reach:e}
    WHERE {reach:u} AND u.patient_id = :person AND u.id <> :own AND u.place_status IN ('active', 'reserved')
      AND u.status IN ('in-progress', 'onleave') AND e.status IN ('active', 'onhold', 'planned') LIMIT 1"""


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("Encounter", two_places)
    register("Encounter", place_problems, locked=True, concerns=names_places)


def names_places(encounter: Resource) -> bool:
    """Only Encounters that name places are judged by looking at others: visits are written as fast as before."""
    return bool(encounter.get("location"))


def two_places(encounter: Resource) -> Iterator[Problem]:
    """Somebody who lives in two places at once."""
    if sum(use.get("status") in resources.HELD for use in encounter.get("location", ())) > 1:
        message = phrase("Một người chỉ có một giường trong cùng một lúc.")
        yield Problem("business-rule", message, "Encounter.location", key="bed-two")


def place_problems(encounter: Resource) -> Iterator[Problem]:
    """A place that is closed, of another facility, or somebody else's; a second place for the same person."""
    if encounter["status"] not in resources.OPEN:
        return
    for index, use in enumerate(encounter.get("location", ())):
        place = resources.place_of(use)
        if use.get("status") in resources.HELD and place:
            where = f"Encounter.location[{index}].location"
            yield from _of_place(encounter, place, where)
            yield from _of_person(encounter, where)


def _of_place(encounter: Resource, place: str, where: str) -> Iterator[Problem]:
    location = Repository(system_context()).find("Location", place)
    if location is None:
        return  # the store says so itself
    facility = encounter.get("serviceProvider", {}).get("reference", "").partition("Organization/")[2]
    if resources.facility_of(location) != facility:
        message = phrase("Giường này thuộc cơ sở khác. Chuyển cơ sở thì kết thúc đợt ở đây và tiếp nhận ở nơi đến.")
        yield Problem("business-rule", message, where, key="bed-elsewhere")
    elif location.get("status") != "active":
        yield Problem("business-rule", phrase("Giường hoặc phòng này đang đóng."), where, key="bed-closed")
    if resources.kind_of(location) != resources.BED:
        return
    if tables.rows(system_context(), _TAKEN, {"place": place, "own": encounter["id"]}):
        message = phrase("Giường này đang có người. Chọn giường khác hoặc chuyển người kia trước.")
        yield Problem("business-rule", message, where, key="bed-taken")


def _of_person(encounter: Resource, where: str) -> Iterator[Problem]:
    person = patient_of(encounter)
    if person and tables.rows(system_context(), _ELSEWHERE, {"person": person, "own": encounter["id"]}):
        message = phrase("Người này đang có giường ở một đợt khác.")
        yield Problem("business-rule", message, where, key="bed-second")
