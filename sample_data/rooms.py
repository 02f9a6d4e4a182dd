"""Wards, rooms and beds of the synthetic facilities, and who of those still there lies in which.

Rooms are made as people need them, four beds to a room, eight rooms to a ward; the n-th resident of a facility has
the same bed whatever the number of people is.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from ansinh.clinical.wards import resources, rules
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import SYNTHETIC
from sample_data.people import Person

Resource = dict[str, Any]
BEDS, ROOMS = 4, 8
AREA = 28.0  # m² of a room: seven for each of four
WARDS = {
    "hospital": ("Khoa Phục hồi chức năng", "Khoa Nội", "Khoa Chỉnh hình"),
    "nursing-centre": ("Khu chăm sóc A", "Khu chăm sóc B", "Khu điều dưỡng"),
    "mental-rehab-centre": ("Khu ổn định", "Khu theo dõi", "Khu nữ"),
}
_OTHERS = ("Khu A", "Khu B", "Khu C")


class Rooms:
    """Gives beds in the order in which people come."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._made: set[str] = set()

    def resources(self, person: Person) -> Iterator[Resource]:
        """The residence of somebody whose stay goes on, after the Locations it is the first to need."""
        number = next((n for n, stay in enumerate(person.stays) if stay.end is None), None)
        if number is None or person.stays[number].kind in rules.WITHOUT_BED:
            return
        facility, place = person.place.id, self._taken[person.place.id]
        self._taken[facility] += 1
        yield from self._new(_path(facility, person.place.kind, place))
        stay = stable_id("stay", person.id, str(number))
        at = datetime.combine(person.stays[number].start, time(9), VIETNAM).isoformat(timespec="seconds")
        bed = _bed(facility, place)
        yield _tagged(resources.residence_resource(stay, person.id, facility, "Lưu trú tại cơ sở", bed, at))

    def _new(self, path: list[Resource]) -> Iterator[Resource]:
        for location in path:
            if location["id"] not in self._made:
                self._made.add(location["id"])
                yield _tagged(location)


def _path(facility: str, kind: str, place: int) -> list[Resource]:
    """Ward, room and bed of the place with this number, the outer ones first; the whole room's beds at once."""
    ward, room = place // (BEDS * ROOMS), place // BEDS
    ward_id, room_id = _id(facility, "ward", ward), _id(facility, "room", room)
    names = WARDS.get(kind, _OTHERS)
    name = names[ward % len(names)] + (f" {ward // len(names) + 1}" if ward >= len(names) else "")
    first = place - place % BEDS
    return [
        resources.location_resource(ward_id, facility, resources.WARD, name),
        resources.location_resource(
            room_id, facility, resources.ROOM, f"Phòng {ward + 1}{room % ROOMS + 1:02d}", ward_id, AREA
        ),
        *(
            resources.location_resource(
                _bed(facility, first + bed), facility, resources.BED, f"Giường {bed + 1}", room_id
            )
            for bed in range(BEDS)
        ),
    ]


def _bed(facility: str, place: int) -> str:
    return _id(facility, "bed", place)


def _id(facility: str, kind: str, number: int) -> str:
    return stable_id("synthetic-place", facility, kind, str(number))


def _tagged(resource: Resource) -> Resource:
    return {**resource, "meta": {"tag": [SYNTHETIC]}}
