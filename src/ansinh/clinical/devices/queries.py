"""What pages of devices show: the devices of a person, the board, the stock, who is due. Each says its queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.devices import catalogue, resources
from ansinh.clinical.devices.rules.making import DELIVERY
from ansinh.clinical.devices.rules.stock import Lot, Receipt
from ansinh.clinical.registry.queries import marks_of
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.naming import CS

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device of a person, from its prescription on. stage: code of what is next, "" before and after the workshop."""

    request: str
    words: str
    status: str
    authored: str
    stage: str = ""
    stage_words: str = ""
    due: str = ""
    given: str = ""
    ended: str = ""
    replace_on: str = ""
    source: str = ""

    @property
    def is_used(self) -> bool:
        return bool(self.given) and not self.ended


@dataclass(frozen=True, slots=True)
class Card:
    """A work order on the board."""

    id: str
    person: str
    name: str
    birth: str
    words: str
    stage: str
    due: str
    repair: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class DueLine:
    """Somebody whose device may be replaced within a year; the facts that the yearly list needs."""

    person: str
    name: str
    birth: str
    groups: str
    words: str
    given: str
    due: str
    source: str
    payer: str
    request: str


@dataclass(frozen=True, slots=True)
class Life:
    """One device whole: prescription, orders (the making first), device, use, parts used."""

    request: Resource
    orders: Sequence[Resource] = ()
    device: Resource | None = None
    use: Resource | None = None
    parts: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @property
    def order(self) -> Resource | None:
        """The order that is open, otherwise the one that made the device."""
        return next((one for one in self.orders if resources.is_open(one)), self.orders[0] if self.orders else None)


_LINES = """SELECT q.id, q.kind, q.side, q.status, q.authored, o.stage, o.status AS order_status, o.route, o.due,
       u.start AS given, u.end_ AS ended, u.due AS replace_on, u.source
    FROM view_device_request q
    LEFT JOIN view_device_order o ON o.request_id = q.id AND o.status = 'in-progress' AND {reach:o}
    LEFT JOIN view_device_use u ON u.request_id = q.id AND u.patient_id = :person AND {reach:u}
    WHERE {reach:q} AND q.patient_id = :person ORDER BY q.authored DESC, q.id"""


def devices(context: Context, person_id: str, language: str = "vi") -> list[DeviceLine]:
    """Every device of a person, the newest prescription first. One query."""
    return [_line(row, language) for row in tables.rows(context, _LINES, {"person": person_id})]


def _line(row: Mapping[str, Any], language: str) -> DeviceLine:
    stage = _next(row) if row["order_status"] else ""
    return DeviceLine(
        request=row["id"],
        words=catalogue.device_words(row["kind"] or "", row["side"] or "", language),
        status=row["status"] or "",
        authored=row["authored"] or "",
        stage=stage,
        stage_words=concepts.display(catalogue.STAGE, stage, language) if stage else "",
        due=row["due"] or "",
        given=row["given"] or "",
        ended=row["ended"] or "",
        replace_on=row["replace_on"] or "",
        source=row["source"] or "",
    )


def _next(row: Mapping[str, Any]) -> str:
    """The stage to be done: as written with the last step, before that the first of the route."""
    route = catalogue.workshop().route(row["route"] or "")
    return row["stage"] or (route[0] if route else DELIVERY)


def used_groups(context: Context, person_id: str, but: str = "") -> set[str]:
    """Groups of the devices that the person uses now, one prescription left out. One query."""
    lines = """SELECT q.kind FROM view_device_use u JOIN view_device_request q ON q.id = u.request_id AND {reach:q}
        WHERE {reach:u} AND u.patient_id = :person AND u.status = 'active' AND u.request_id <> :but"""
    kinds = (
        catalogue.kind(row["kind"] or "") for row in tables.rows(context, lines, {"person": person_id, "but": but})
    )
    return {kind.group for kind in kinds if kind}


_BOARD = """SELECT o.id, o.patient_id, o.words, o.code, o.route, o.stage, o.due, p.full_name, p.birth_date
    FROM view_device_order o JOIN view_patient p ON p.id = o.patient_id AND {reach:p}
    WHERE {reach:o} AND o.facility_id = :facility AND o.status = 'in-progress'
    ORDER BY COALESCE(o.due, '9999'), o.opened, o.id"""


def board(context: Context, facility: str, today: str) -> list[Card]:
    """Every open order of a workshop, what is due first in front. One query."""
    return [
        Card(
            id=row["id"],
            person=row["patient_id"],
            name=row["full_name"] or "",
            birth=row["birth_date"] or "",
            words=row["words"] or "",
            stage=_next(row),
            due=row["due"] or "",
            repair=row["code"] == resources.REPAIR_ORDER,
            late=bool(row["due"]) and row["due"] < today,
        )
        for row in tables.rows(context, _BOARD, {"facility": facility})
    ]


_STOCK = """SELECT s.id, s.words, s.quantity, s.unit, s.lot, s.serial, s.maker, s.expiry, s.price, s.at,
       (SELECT SUM(t.quantity) FROM view_supply t WHERE {reach:t} AND t.source_id = s.id) AS used
    FROM view_supply s WHERE {reach:s} AND s.facility_id = :facility AND s.patient_id IS NULL
    ORDER BY s.words, COALESCE(s.expiry, '9999'), s.at, s.id"""


def stock(context: Context, facility: str, *, only_left: bool = True) -> list[Lot]:
    """Parts of a workshop by name, what expires first in front. One query."""
    lots = [_lot(row) for row in tables.rows(context, _STOCK, {"facility": facility})]
    return [lot for lot in lots if lot.left > 0] if only_left else lots


def _lot(row: Mapping[str, Any]) -> Lot:
    receipt = Receipt(
        name=row["words"] or "",
        quantity=plain(row["quantity"]),
        unit=row["unit"] or "",
        lot=row["lot"] or "",
        serial=row["serial"] or "",
        expiry=row["expiry"] or "",
        price=None if row["price"] is None else plain(row["price"]),
        maker=row["maker"] or "",
    )
    return Lot(row["id"], receipt, plain(row["used"] or 0), row["at"] or "")


def plain(stored: Any) -> Decimal:
    """A number of a database without the zeros it may add."""
    value = Decimal(str(stored))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


_DUE = """SELECT u.patient_id, u.request_id, u.start, u.due, u.source, q.kind, q.side, q.payer,
       p.full_name, p.birth_date
    FROM view_device_use u
    JOIN view_patient p ON p.id = u.patient_id AND {reach:p} AND COALESCE(p.deceased, 1 = 0) = (1 = 0)
    LEFT JOIN view_device_request q ON q.id = u.request_id AND {reach:q}
    WHERE {reach:u} AND p.facility_id = :facility AND u.status = 'active' AND u.due BETWEEN :first AND :last
    ORDER BY u.due, p.full_name, u.id"""


def due_in(context: Context, facility: str, year: int, language: str = "vi") -> list[DueLine]:
    """Whose devices are due in a year, or were due before and are still in use. Two queries."""
    rows = tables.rows(context, _DUE, {"facility": facility, "first": "0000", "last": f"{year}-12-31"})
    groups = _groups(context, [row["patient_id"] for row in rows], language)
    return [
        DueLine(
            person=row["patient_id"],
            name=row["full_name"] or "",
            birth=row["birth_date"] or "",
            groups="; ".join(groups.get(row["patient_id"], ())),
            words=catalogue.device_words(row["kind"] or "", row["side"] or "", language),
            given=(row["start"] or "")[:10],
            due=row["due"],
            source=row["source"] or "",
            payer=concepts.display(catalogue.PAYER, row["payer"], language) if row["payer"] else "",
            request=row["request_id"] or "",
        )
        for row in rows
    ]


def _groups(context: Context, people: Sequence[str], language: str) -> dict[str, list[str]]:
    if not people:
        return {}
    params: dict[str, Any] = {}
    marks = marks_of("id", dict.fromkeys(people), params)
    sql = f"""SELECT g.id, g.group_code FROM view_patient_group g WHERE {{reach:g}} AND g.id IN ({marks})
              AND g.to_date IS NULL ORDER BY g.group_code"""
    found: dict[str, list[str]] = {}
    for row in tables.rows(context, sql, params):
        words = concepts.display(CS("beneficiary-group"), row["group_code"] or "", language)
        found.setdefault(row["id"], []).append(words)
    return found


def request_of(context: Context, person_id: str, request_id: str) -> Resource:
    """The prescription of this person; NotFound for anybody else's."""
    request = Repository(context).read("DeviceRequest", request_id)
    if request.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy dụng cụ này trong hồ sơ."))
    return request


def life(context: Context, person_id: str, request_id: str) -> Life:
    """Everything of one device. Six queries."""
    repository = Repository(context)
    request = request_of(context, person_id, request_id)
    sql = """SELECT o.id FROM view_device_order o WHERE {reach:o} AND o.request_id = :request
        ORDER BY o.opened, o.id"""
    ids = [row["id"] for row in tables.rows(context, sql, {"request": request_id})]
    found = repository.read_many("Task", ids)
    return Life(
        request=request,
        orders=[found[one] for one in ids if one in found],
        device=repository.find("Device", resources.device_id(request_id)),
        use=repository.find("DeviceUseStatement", resources.use_id(request_id)),
        parts=_parts(context, ids),
    )


def _parts(context: Context, orders: Sequence[str]) -> list[dict[str, Any]]:
    if not orders:
        return []
    params: dict[str, Any] = {}
    marks = marks_of("order", orders, params)
    sql = f"""SELECT t.id, t.words, t.quantity, t.unit, t.at, s.lot, s.serial, s.price FROM view_supply t
              LEFT JOIN view_supply s ON s.id = t.source_id AND {{reach:s}}
              WHERE {{reach:t}} AND t.order_id IN ({marks}) ORDER BY t.at, t.id"""
    rows = tables.rows(context, sql, params)
    return [row | {"quantity": plain(row["quantity"])} for row in rows]


def order_named(context: Context, order_id: str) -> tuple[str, str]:
    """(person, prescription) of a work order; NotFound for what is none."""
    sql = "SELECT o.patient_id, o.request_id FROM view_device_order o WHERE {reach:o} AND o.id = :order"
    rows = tables.rows(context, sql, {"order": order_id})
    if not rows:
        raise NotFound(_("Không tìm thấy phiếu làm dụng cụ này."))
    return rows[0]["patient_id"], rows[0]["request_id"]
