"""Putting people into beds, moving them, letting them go and come back. Each is one intent in one transaction."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.encounters.queries import diagnosis
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard, Stay
from ansinh.clinical.wards import queries, resources, rules
from ansinh.clinical.wards.models import KeptChoice
from ansinh.clinical.wards.resources import Leave
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
MOST_BEDS = 60  # of one room, in one go: a slip of the finger must not make a thousand


class RoomFull(Conflict):
    """Every bed of the room has somebody. It is allowed (there are nights like that) when it is said on purpose."""

    def __init__(self) -> None:
        super().__init__(
            _("Phòng này đã đủ người so với số giường. Chọn giường trống ở phòng khác, hoặc xác nhận vẫn xếp."),
            code="room-full",
            field="place",
        )


def assign_place(
    context: Context, *, person_id: str, place: str, moment: datetime, confirmed_full: bool = False
) -> str:
    """Puts a person into a bed (or a room, without a bed of their own), or moves them there; returns the Encounter id.

    Raises Invalid (no open stay, stay without bed, dates, bed taken, closed or of another facility), RoomFull unless
    `confirmed_full`, NotFound.
    """
    repository = Repository(context)
    card, stay = _staying(context, person_id)
    location = repository.find("Location", place) if place else None
    if location is None or resources.kind_of(location) not in (resources.BED, resources.ROOM):
        raise Invalid(_("Chọn giường hoặc phòng."), code="place-required", field="place")
    if resources.kind_of(location) == resources.ROOM and not confirmed_full:
        _refuse_full(context, stay.facility_id, location["id"], person_id)
    with repository.transaction():
        current = queries.residence(context, stay.id)
        at = _instant(moment)
        if current is None:
            rules.moment_of_change(moment, _start_of(stay), clock.now())
            label = concepts.display(CS("encounter-type"), resources.RESIDENCE)
            body = resources.residence_resource(stay.id, card.id, stay.facility_id, label, place, at)
            return _told_at_form(lambda: repository.create(body, id=body["id"]).resource["id"])
        _in_order(current, moment)
        now = resources.held(current)
        if now is not None and resources.place_of(now) == place:
            raise Invalid(_("Người này đang ở đúng chỗ đó rồi."), code="place-same", field="place")
        after = resources.moved(current, place, at)
        return _told_at_form(lambda: _update(repository, current, after))


def start_leave(
    context: Context, *, person_id: str, moment: datetime, due: date | None, reason: str, companion: str = ""
) -> str:
    """Lets a person go for a while; the bed is kept. Raises Invalid, Conflict when they are away already, NotFound."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi lý do đi vắng."), code="leave-reason", field="reason")
    rules.leave_due(moment.astimezone(clock.VIETNAM).date(), due)
    repository = Repository(context)
    with repository.transaction():
        current = _residence(context, person_id)
        if current["status"] == "onleave":
            raise Conflict(_("Người này đang đi vắng. Ghi ngày về trước."), code="leave-already")
        _in_order(current, moment)
        leave = Leave(_instant(moment), due.isoformat() if due else "", nfc(reason), nfc(companion))
        return _update(repository, current, resources.on_leave(current, leave))


def end_leave(context: Context, *, person_id: str, moment: datetime) -> str:
    """The person is back. Raises Conflict when they were not away, Invalid for a time before they left, NotFound."""
    repository = Repository(context)
    with repository.transaction():
        current = _residence(context, person_id)
        if current["status"] != "onleave":
            raise Conflict(_("Người này không ở trạng thái đi vắng."), code="leave-none")
        _in_order(current, moment)
        return _update(repository, current, resources.back(current, _instant(moment)))


def close_residence(repository: Repository, stay: Resource) -> None:
    """A stay that ended gives its bed back: at the end of its last day, or now when that is today."""
    current = repository.find("Encounter", resources.residence_id(stay["id"]))
    if current is None or current["status"] not in resources.OPEN:
        return
    end = clock.at_home(stay.get("period", {}).get("end", ""))[:10] or clock.today().isoformat()
    day_over = datetime.combine(date.fromisoformat(end), datetime.max.time(), clock.VIETNAM)
    at = _instant(min(day_over, clock.now()))
    repository.update(resources.ended(current, max(at, resources.last_change(current), key=clock.at_home)))


def record_death(
    context: Context, *, person_id: str, moment: datetime, place: str, cause: str = "", note: str = ""
) -> str:
    """Ends the stay because the person died, with hour, place and cause; returns the id of the stay.

    cause: ICD-10 or "". Raises Invalid (in the future, before the last change of bed), NotFound, Conflict.
    """
    card, stay = _staying(context, person_id)
    if not nfc(place):
        raise Invalid(_("Cần ghi nơi mất."), code="death-place", field="place")
    repository = Repository(context)
    with repository.transaction():
        current = queries.residence(context, stay.id)
        last = _moment(resources.last_change(current)) if current else _start_of(stay)
        rules.moment_of_change(moment, last, clock.now())
        day = moment.astimezone(clock.VIETNAM).date().isoformat()
        registry_actions.discharge(
            context, person_id=card.id, stay_id=stay.id, end=day, reason=_died(), version=stay.version
        )
        patient = repository.read("Patient", card.id)
        repository.update(patient | {"deceasedDateTime": _instant(moment)})
        entry = resources.death_observation(card.id, _instant(moment), nfc(place), _cause(cause), nfc(note))
        repository.create(entry, id=entry["id"])
    return stay.id


def _cause(code: str) -> tuple[str, str]:
    """(ICD-10 code, words) of a cause of death; ("", "") when it is not known yet."""
    if not code:
        return "", ""
    found = diagnosis(code, clock.today())
    if found is None:
        raise Invalid(_("Mã bệnh không có trong danh mục ICD-10."), code="icd-unknown", field="cause")
    return found.code, found.display


def _died() -> str:
    """The reason of discharge that means a death (CodeSystem discharge-reason)."""
    return next(one.code for one in concepts.members(CS("discharge-reason")) if one.properties.get("deceased"))


# --- rooms ---------------------------------------------------------------------------------------------------


def add_room(
    context: Context, *, facility: str, ward: str, ward_name: str, name: str, beds: int, area: float | None = None
) -> str:
    """Makes a room with its beds in a ward (a new one when `ward` is ""), and returns the room's id.

    Raises Invalid (no name, too many beds, a name that the ward has already), NotFound for another facility.
    """
    if not context.reaches(facility):
        raise NotFound(_("Không tìm thấy cơ sở này."))
    name, ward_name = nfc(name), nfc(ward_name)
    known = queries.places(context, facility)
    _check_room(known, ward, ward_name, name, beds)
    repository = Repository(context)
    with repository.transaction():
        ward = ward or _make(repository, facility, resources.WARD, ward_name)
        room = _make(repository, facility, resources.ROOM, name, ward, area)
        for number in range(1, beds + 1):
            _make(repository, facility, resources.BED, _("Giường %(number)d") % {"number": number}, room)
    return room


def _check_room(known: queries.Places, ward: str, ward_name: str, name: str, beds: int) -> None:
    chosen = known.ward(ward) if ward else None
    if ward and chosen is None:
        raise NotFound(_("Không tìm thấy khoa này."))
    if not ward and not ward_name:
        raise Invalid(_("Chọn khoa có sẵn hoặc ghi tên khoa mới."), code="ward-required", field="ward_name")
    if not ward and any(one.name.casefold() == ward_name.casefold() for one in known.wards):
        raise Invalid(_("Đã có khoa tên này. Hãy chọn nó trong danh sách."), code="ward-twice", field="ward_name")
    if not name:
        raise Invalid(_("Cần ghi tên phòng."), code="room-name", field="name")
    if chosen and any(room.name.casefold() == name.casefold() for room in chosen.rooms):
        raise Invalid(_("Khoa này đã có phòng tên như vậy."), code="room-twice", field="name")
    if not 0 <= beds <= MOST_BEDS:
        words = _("Số giường của một phòng từ 0 đến %(most)d.") % {"most": MOST_BEDS}
        raise Invalid(words, code="room-beds", field="beds")


def set_open(context: Context, *, facility: str, place: str, is_open: bool) -> None:
    """Closes a bed or room, or opens it again. Raises Conflict while somebody is in it, NotFound."""
    repository = Repository(context)
    location = repository.find("Location", place)
    if location is None or resources.facility_of(location) != facility or not context.reaches(facility):
        raise NotFound(_("Không tìm thấy giường hoặc phòng này."))
    with repository.transaction():
        if not is_open and place in queries.used_places(context, facility):
            raise Conflict(_("Đang có người ở đây. Chuyển người đó trước rồi đóng."), code="place-used")
        repository.update(
            location | {"status": "active" if is_open else "suspended"}, if_match=int(location["meta"]["versionId"])
        )


def _make(
    repository: Repository, facility: str, kind: str, name: str, parent: str = "", area: float | None = None
) -> str:
    body = resources.location_resource(new_id(), facility, kind, name, parent, area)
    return str(repository.create(body, id=body["id"]).resource["id"])


def keep_choice(context: Context, page: str, values: dict[str, str]) -> None:
    """Remember the filters of a page for this account; machines have none."""
    if context.login and queries.kept_choice(context, page) != values:
        KeptChoice.objects.update_or_create(login=context.login, page=page, defaults={"values": values})


# --- what all have in common ---------------------------------------------------------------------------------


def _staying(context: Context, person_id: str) -> tuple[PersonCard, Stay]:
    """The person and the open stay that has a bed."""
    card = registry.person(context, person_id)
    stay = card.stay
    if stay is None:
        raise Invalid(_("Người này chưa được tiếp nhận. Hãy tiếp nhận trước."), code="stay-none", field="place")
    if stay.kind_code in rules.WITHOUT_BED:
        raise Invalid(
            _("Diện tiếp nhận này không ở lại cơ sở nên không xếp giường."), code="stay-no-bed", field="place"
        )
    return card, stay


def _residence(context: Context, person_id: str) -> Resource:
    _card, stay = _staying(context, person_id)
    found = queries.residence(context, stay.id)
    if found is None:
        raise Invalid(_("Người này chưa được xếp giường. Xếp giường trước."), code="bed-none")
    return found


def _refuse_full(context: Context, facility: str, room_id: str, person_id: str) -> None:
    places, used = queries.places(context, facility), queries.used_places(context, facility)
    room = next((room for ward in places.wards for room in ward.rooms if room.id == room_id), None)
    if room is None:
        return
    people = {one for place in (room.id, *(bed.id for bed in room.beds)) for one in used.get(place, ())}
    if rules.is_over(len(people | {person_id}), room.usable):
        raise RoomFull


def _in_order(current: Resource, moment: datetime) -> None:
    rules.moment_of_change(moment, _moment(resources.last_change(current)), clock.now())


def _start_of(stay: Stay) -> datetime:
    return datetime.combine(date.fromisoformat(stay.start[:10]), datetime.min.time(), clock.VIETNAM)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.VIETNAM)


def _instant(moment: datetime) -> str:
    return moment.astimezone(clock.VIETNAM).isoformat(timespec="seconds")


def _update(repository: Repository, before: Resource, after: Resource) -> str:
    return str(repository.update(after, if_match=int(before["meta"]["versionId"])).resource["id"])


def _told_at_form(write: Any) -> str:
    """What the house refuses of the bed, at the form's own field."""
    try:
        return str(write())
    except Conflict:
        raise Conflict(_("Có người vừa xếp giường cho người này. Hãy mở lại trang."), code="bed-raced") from None
    except Invalid as error:
        raise Invalid(error.message, code=error.problems[0].key, field="place") from None
