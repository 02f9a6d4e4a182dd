"""The places of a facility and who is in them. Lists read the live views; each function says its number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.registry.queries import marks_of
from ansinh.clinical.wards import resources, rules
from ansinh.clinical.wards.models import KeptChoice
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock, yaml
from ansinh.kernel.context import Context
from ansinh.kernel.text import name_sort_text

Resource = dict[str, Any]
_OPEN_STAY = "('active', 'onhold', 'planned')"
_NO_BED = ", ".join(f"'{kind}'" for kind in rules.WITHOUT_BED)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who stays at the facility. place: Location id, "" without one; away: the day they left, "" when in."""

    id: str
    name: str
    birth: str
    gender: str
    stay: str
    kind: str
    since: str
    place: str = ""
    away: str = ""
    due: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed. resident: who has it, None when it is free. closed: nobody may be put into it."""

    id: str
    name: str
    closed: bool = False
    resident: Resident | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A room; extra: residents put into the room without a bed of their own."""

    id: str
    name: str
    area: Decimal | None = None
    beds: Sequence[Bed] = ()
    extra: Sequence[Resident] = ()

    @property
    def residents(self) -> list[Resident]:
        """Everybody who lives here, by bed."""
        return [bed.resident for bed in self.beds if bed.resident] + list(self.extra)

    @property
    def usable(self) -> int:
        """Beds that are not closed."""
        return sum(not bed.closed for bed in self.beds)

    @property
    def is_over(self) -> bool:
        """More people than beds."""
        return rules.is_over(len(self.residents), self.usable)

    @property
    def is_cramped(self) -> bool:
        """Less floor for each than the norm."""
        return rules.is_cramped(len(self.residents), self.area, space_norm())


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward with its rooms, in the order of their names. Empty rooms in a `WardBrief`."""

    id: str
    name: str
    rooms: Sequence[Room] = ()

    @property
    def residents(self) -> list[Resident]:
        """Everybody who lives here, by room and bed."""
        return [resident for room in self.rooms for resident in room.residents]


@dataclass(frozen=True, slots=True)
class Places:
    """Every ward, room and bed of a facility. parent: Location id → id of what it is part of."""

    wards: Sequence[Ward] = ()
    parent: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def ward(self, ward_id: str) -> Ward | None:
        """The ward with this id, the first one for "", None when there is none."""
        return next((ward for ward in self.wards if ward.id == ward_id or not ward_id), None)

    def ward_of(self, place: str) -> str:
        """Id of the ward that a bed or room lies in."""
        while parent := self.parent.get(place, ""):
            place = parent
        return place

    def words(self, place: str) -> str:
        """«Phòng 101, Giường 2» of a bed, «Phòng 101» of a room."""
        room = self.parent.get(place, "")
        parts = (
            [self.names.get(room, ""), self.names.get(place, "")]
            if self.parent.get(room)
            else [self.names.get(place, "")]
        )
        return ", ".join(filter(None, parts))


@cache
def space_norm() -> rules.SpaceNorm:
    """Floor for each person (definitions/catalogues/room-space.yaml)."""
    said = yaml.read(settings.DEFINITIONS / "catalogues" / "room-space.yaml")
    return rules.SpaceNorm(Decimal(str(said["usual"])), Decimal(str(said["day_and_night"])), said["source"])


def places(context: Context, facility: str) -> Places:
    """The tree of a facility, nobody in it. One query."""
    sql = """SELECT l.id, l.kind, l.parent_id, l.name, l.status, l.area FROM view_location l
             WHERE l.facility_id = :facility AND l.status <> 'inactive' AND l.kind IN ('wa', 'ro', 'bd')"""
    found = tables.rows(context, sql, {"facility": facility})
    found.sort(key=lambda row: rules.natural(row["name"] or ""))
    below: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        below.setdefault(row["parent_id"] or "", []).append(row)
    wards = [_ward(row, below) for row in found if row["kind"] == resources.WARD]
    parent = {row["id"]: row["parent_id"] or "" for row in found}
    return Places(wards, parent, {row["id"]: row["name"] or "" for row in found})


def _ward(row: Mapping[str, Any], below: Mapping[str, Sequence[Mapping[str, Any]]]) -> Ward:
    rooms = [_room(room, below) for room in below.get(row["id"], ()) if room["kind"] == resources.ROOM]
    return Ward(row["id"], row["name"] or "", rooms)


def _room(row: Mapping[str, Any], below: Mapping[str, Sequence[Mapping[str, Any]]]) -> Room:
    beds = [Bed(bed["id"], bed["name"] or "", bed["status"] != "active") for bed in below.get(row["id"], ())]
    area = Decimal(str(row["area"])) if row["area"] is not None else None
    return Room(row["id"], row["name"] or "", area, beds)


def used_places(context: Context, facility: str) -> dict[str, list[str]]:
    """Location id → ids of the people who have it now. One query."""
    found: dict[str, list[str]] = {}
    for row in tables.rows(context, _IN_BEDS, {"facility": facility}):
        found.setdefault(row["location_id"], []).append(row["patient_id"])
    return found


_IN_BEDS = f"""SELECT u.location_id, u.patient_id FROM view_bed_use u
    JOIN view_episode e ON e.id = u.episode_id AND {{reach:e}} AND e.status IN {_OPEN_STAY}
    WHERE {{reach:u}} AND u.facility_id = :facility AND u.place_status IN ('active', 'reserved')
      AND u.status IN ('in-progress', 'onleave')"""

_RESIDENTS = f"""SELECT e.patient_id, e.id AS stay, e.kind, e.start_date, p.full_name, p.birth_date, p.gender,
      u.location_id, u.leave_from, u.leave_due
    FROM view_episode e JOIN view_patient p ON p.id = e.patient_id AND {{reach:p}}
    LEFT JOIN view_bed_use u ON u.episode_id = e.id AND u.patient_id = e.patient_id AND {{reach:u}}
      AND u.place_status IN ('active', 'reserved') AND u.status IN ('in-progress', 'onleave')
    WHERE {{reach:e}} AND e.facility_id = :facility AND e.status IN {_OPEN_STAY}
      AND COALESCE(e.kind, '') NOT IN ({_NO_BED})"""


def residents_in(context: Context, facility: str, locations: Sequence[str]) -> list[Resident]:
    """Who lives in these beds and rooms. One query."""
    if not locations:
        return []
    params: dict[str, Any] = {"facility": facility}
    marks = marks_of("place", locations, params)
    found = tables.rows(context, f"{_RESIDENTS} AND u.location_id IN ({marks})", params)
    return _by_name(_resident(row) for row in found)


def without_place(context: Context, facility: str, most: int = 200) -> list[Resident]:
    """Who stays here and has no bed yet, newest stays first found, by name. One query."""
    sql = f"{_RESIDENTS} AND u.location_id IS NULL ORDER BY e.start_date DESC, e.id LIMIT :most"
    return _by_name(_resident(row) for row in tables.rows(context, sql, {"facility": facility, "most": most}))


def _resident(row: Mapping[str, Any]) -> Resident:
    due, today = row["leave_due"] or "", clock.today().isoformat()
    return Resident(
        id=row["patient_id"],
        name=row["full_name"] or "",
        birth=row["birth_date"] or "",
        gender=row["gender"] or "",
        stay=row["stay"],
        kind=row["kind"] or "",
        since=row["start_date"] or "",
        place=row["location_id"] or "",
        away=row["leave_from"] or "",
        due=due,
        overdue=bool(due) and due < today,
    )


def _by_name(residents: Iterable[Resident]) -> list[Resident]:
    return sorted(residents, key=lambda one: name_sort_text(one.name))


def locations_of(ward: Ward) -> list[str]:
    """Ids of the rooms and beds of a ward, and of the ward itself."""
    rooms = [room.id for room in ward.rooms]
    return [ward.id, *rooms, *(bed.id for room in ward.rooms for bed in room.beds)]


def occupied(context: Context, facility: str, ward: Ward) -> Ward:
    """The ward with its residents in their beds. One query."""
    found: dict[str, list[Resident]] = {}
    for resident in residents_in(context, facility, locations_of(ward)):
        found.setdefault(resident.place, []).append(resident)
    return Ward(ward.id, ward.name, [_occupied(room, found) for room in ward.rooms])


def _occupied(room: Room, found: Mapping[str, Sequence[Resident]]) -> Room:
    beds = [Bed(bed.id, bed.name, bed.closed, next(iter(found.get(bed.id, ())), None)) for bed in room.beds]
    # Two in one bed can only come from another system's records; nobody is left out of the list.
    doubled = [one for bed in room.beds for one in found.get(bed.id, ())[1:]]
    return Room(room.id, room.name, room.area, beds, [*found.get(room.id, ()), *doubled])


def residence(context: Context, stay_id: str) -> Resource | None:
    """The residence of a stay, None when no bed was ever given. One read."""
    return Repository(context).find("Encounter", resources.residence_id(stay_id))


def history(residence_of_stay: Resource, places_of_facility: Places) -> list[tuple[str, str, str]]:
    """(words of the place, from, to) of each bed, newest first."""
    uses = residence_of_stay.get("location", [])
    return [
        (
            places_of_facility.words(resources.place_of(use)),
            use.get("period", {}).get("start", ""),
            use.get("period", {}).get("end", ""),
        )
        for use in reversed(uses)
    ]


def day_of(moment: str) -> date:
    """The day in Vietnam of a FHIR dateTime."""
    return date.fromisoformat(clock.at_home(moment)[:10])


def kept_choice(context: Context, page: str) -> dict[str, str]:
    """The filters that this account left on a page, {} for none. One query."""
    found = KeptChoice.objects.filter(login=context.login, page=page).first() if context.login else None
    return dict(found.values) if found else {}
