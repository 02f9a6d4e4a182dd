"""Changes of the register: found, move, close, merge, rename. Each is dated and all or nothing.

What would make the tree impossible (two authorities on one day, a unit under itself, a day outside a lifetime) is
refused with the sentence of the rule, and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.text import format_date, nfc
from ansinh.network.facilities import queries, rules
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.resources import (
    affiliation,
    changed_organization,
    organization,
    organization_id,
    relation_id,
)
from ansinh.network.facilities.rules import AUTHORITY, Relation, Unit

_DAY = timedelta(days=1)


def add_unit(
    context: Context,
    *,
    code: str,
    name: str,
    kind: str,
    authority: str,
    start: date,
    english: str = "",
    source: str = "",
) -> str:
    """Found a unit under an authority from a day on; returns its id. Raises Invalid, NotFound."""
    before = queries.register(context)
    if any(unit.code == code for unit in before.units):
        raise Invalid(_("Mã đơn vị «%(code)s» đã có.") % {"code": code}, code="unit-code-taken", field="code")
    unit = Unit(organization_id(code), code, nfc(name), kind, valid_from=start, english=nfc(english))
    units, relations = [*before.units, unit], list(before.relations)
    if authority:
        before.unit(authority)
        relations.append(_relation(AUTHORITY, unit.id, authority, start, source=source))
    _store(context, before, units, relations)
    return unit.id


def transfer_unit(
    context: Context, *, unit: str, authority: str, start: date, source: str = "", verified: bool = True
) -> None:
    """Put a unit under another authority from a day on; the authority before ends the day before. Raises Invalid."""
    before = queries.register(context)
    before.unit(unit), before.unit(authority)
    relations = _moved(before.relations, unit, authority, start, source, verified)
    _store(context, before, before.units, relations)


def close_unit(context: Context, *, unit: str, last_day: date) -> None:
    """End a unit. Refused while units stand under it or people still stay there. Raises Invalid."""
    before = queries.register(context)
    closing = before.unit(unit)
    _refuse_closed(closing)
    if under := [u for u in rules.below(closing, before.units, before.relations, last_day + _DAY) if u.id != unit]:
        raise Invalid(
            _("Còn %(count)d đơn vị trực thuộc sau ngày %(day)s: hãy chuyển các đơn vị đó trước.")
            % {"count": len(under), "day": format_date(last_day)},
            code="unit-has-children",
            field="day",
        )
    if people := queries.people_in(unit):
        raise Invalid(
            _("Còn %(count)d người đang ở cơ sở: hãy chuyển hoặc cho ra trước khi đóng.") % {"count": people},
            code="unit-has-people",
            field="day",
        )
    ended = replace(closing, valid_to=last_day)
    units = [ended if item.id == unit else item for item in before.units]
    _store(context, before, units, _ended(before.relations, unit, last_day))


def merge_unit(context: Context, *, unit: str, heir: str, start: date, source: str = "", verified: bool = True) -> None:
    """Let a unit go into another from a day on; what stood under it stands under the heir. Raises Invalid."""
    before = queries.register(context)
    before.unit(heir)
    _succeed(context, before, list(before.units), before.unit(unit), heir, "merged-into", start, source, verified)


def rename_unit(
    context: Context, *, unit: str, code: str, name: str, start: date, english: str = "", source: str = ""
) -> str:
    """Give a unit a new name and code from a day on: a new unit follows it. Returns the new id. Raises Invalid."""
    before = queries.register(context)
    old = before.unit(unit)
    if any(item.code == code for item in before.units):
        raise Invalid(_("Mã đơn vị «%(code)s» đã có.") % {"code": code}, code="unit-code-taken", field="code")
    new = replace(
        old, id=organization_id(code), code=code, name=nfc(name), english=nfc(english), valid_from=start, valid_to=None
    )
    over = rules.authority_on(unit, before.relations, start)
    extra = [_relation(AUTHORITY, new.id, over.parent, start, source=source)] if over else []
    units = [*before.units, new]
    _succeed(context, before, units, old, new.id, "renamed-to", start, source, True, extra)
    return new.id


def _succeed(
    context: Context,
    before: Register,
    units: list[Unit],
    old: Unit,
    heir: str,
    kind: str,
    start: date,
    source: str,
    verified: bool,
    extra: Sequence[Relation] = (),
) -> None:
    _refuse_closed(old)
    relations = list(before.relations)
    for child in [r for r in before.relations if r.kind == AUTHORITY and r.parent == old.id and r.holds_on(start)]:
        relations = _moved(relations, child.child, heir, start, source, verified)
    relations = _ended(relations, old.id, start - _DAY)
    relations += [_relation(kind, old.id, heir, start, source=source, verified=verified), *extra]
    ended = replace(old, valid_to=start - _DAY)
    _store(context, before, [ended if item.id == old.id else item for item in units], relations)


def _moved(
    relations: Sequence[Relation], unit: str, authority: str, start: date, source: str, verified: bool
) -> list[Relation]:
    later = [item for item in relations if item.kind == AUTHORITY and item.child == unit and item.start >= start]
    if later:
        raise Invalid(
            _("Đơn vị đã có thay đổi cơ quan quản lý từ %(day)s; ngày chuyển phải sau ngày đó.")
            % {"day": format_date(later[-1].start)},
            code="transfer-too-early",
            field="day",
        )
    current = rules.authority_on(unit, relations, start)
    if current and current.parent == authority:
        raise Invalid(_("Đơn vị đang thuộc chính cơ quan này."), code="transfer-same", field="authority")
    new = _relation(AUTHORITY, unit, authority, start, source=source, verified=verified)
    return [*_ended(relations, unit, start - _DAY), new]


def _ended(relations: Sequence[Relation], unit: str, last_day: date) -> list[Relation]:
    """The authority over a unit ends on a day, where it would have gone on."""
    return [
        replace(item, end=last_day)
        if item.kind == AUTHORITY and item.child == unit and item.holds_on(last_day + _DAY)
        else item
        for item in relations
    ]


def _relation(kind: str, child: str, parent: str, start: date, *, source: str = "", verified: bool = True) -> Relation:
    identifier = relation_id(kind, child, parent, start)
    return Relation(identifier, parent, child, kind, start, source=nfc(source), verified=verified)


def _refuse_closed(unit: Unit) -> None:
    if unit.valid_to:
        raise Invalid(
            _("Đơn vị đã kết thúc từ %(day)s.") % {"day": format_date(unit.valid_to)}, code="unit-ended", field="day"
        )


def _store(context: Context, before: Register, units: Sequence[Unit], relations: Sequence[Relation]) -> None:
    """Check the new tree whole, then write what differs from the old one."""
    if found := rules.problems(units, relations):
        raise Invalid(found[0].message, code=found[0].key, problems=found)
    repository = Repository(context)
    known_units = {unit.id: unit for unit in before.units}
    known_relations = {item.id: item for item in before.relations}
    moved = {item.child for item in relations if known_relations.get(item.id) != item}
    with repository.transaction():
        for unit in units:
            if unit != known_units.get(unit.id) or unit.id in moved:
                _store_unit(repository, unit, unit.id in known_units, relations)
        for item in relations:
            if known_relations.get(item.id) != item:
                repository.save(affiliation(item))


def _store_unit(repository: Repository, unit: Unit, is_known: bool, relations: Sequence[Relation]) -> None:
    today = clock.today()
    over = rules.authority_on(unit.id, relations, min(today, unit.valid_to or today))
    parent = over.parent if over else ""
    if is_known:
        repository.save(changed_organization(repository.read("Organization", unit.id), unit, parent))
    else:
        repository.save(organization(unit, parent=parent, kind_display=queries.kind_name(unit.kind)))
