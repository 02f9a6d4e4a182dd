"""A facility declares what it does; an administrator imports a list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, NotFound, Stale
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import nfc
from ansinh.network.capability import queries, resources, rules
from ansinh.network.capability.rules import Item
from ansinh.network.facilities import queries as facilities


def declare(
    context: Context,
    *,
    facility: str,
    catalogue: str,
    chosen: Iterable[str],
    evidence: Mapping[str, str] | None = None,
    start: date | None = None,
    read_at: str = "",
) -> int:
    """Declare exactly `chosen` of a catalogue from a day on (today without one); returns how many items changed.

    Only differences are written: what is no longer chosen ends the day before, what is new begins.
    read_at: `stamp` of the declarations the form was drawn from; raises Stale when they changed since.
    Raises NotFound, Invalid (a code that the catalogue has not on that day, a day to come).
    """
    day = start or clock.today()
    if not context.reaches(facility):
        raise NotFound("Không tìm thấy đơn vị.")
    unit = facilities.register(context).unit(facility)
    listed = queries.catalogue(context, catalogue)
    chosen = set(chosen)
    _check(listed, chosen, day)
    repository = Repository(context)
    with repository.transaction():
        present = queries.declarations(context, facility).get(catalogue, [])
        if read_at and read_at != stamp(present):
            raise Stale(_("Danh sách này vừa được người khác sửa. Hãy xem lại rồi lưu."), code="declaration-stale")
        words = {code: nfc(text) for code, text in (evidence or {}).items()}
        change = rules.difference(listed, present, chosen, words, day)
        items = {item.code: item for item in listed.items}
        for code in change.begun:
            declared = resources.service(
                listed, items[code], facility=facility, start=day, evidence=words.get(code, ""), display=unit.name
            )
            repository.create(declared, id=new_id())
        for gone in change.ended:
            stored = repository.read("HealthcareService", gone.id)
            repository.update(resources.ended(stored, day - timedelta(days=1)))
        for changed in change.evidence:
            stored = repository.read("HealthcareService", changed.id)
            repository.update(resources.with_evidence(stored, changed.evidence))
    return change.count


def import_catalogue(
    context: Context, *, catalogue: str, items: Sequence[Item], start: date, source: str, confirmed: bool = True
) -> int:
    """Replace the items of a catalogue from a day on; returns how many hold then. Older days keep the older list.

    Raises Invalid (no item, a code twice, no source), NotFound.
    """
    if not items:
        raise Invalid(_("Danh mục nhập phải có ít nhất một dòng."), code="catalogue-empty", field="rows")
    codes = [item.code for item in items]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Invalid(
            _("Mã bị trùng trong danh mục: %(codes)s.") % {"codes": ", ".join(twice[:5])},
            code="catalogue-duplicate",
            field="rows",
        )
    if not source.strip():
        raise Invalid(_("Cần ghi văn bản ban hành danh mục."), code="catalogue-source", field="source")
    repository = Repository(context)
    with repository.transaction():
        stored = queries.catalogue(context, catalogue)
        renewed = rules.Catalogue(
            id=stored.id,
            title=stored.title,
            english=stored.english,
            system=stored.system,
            source=nfc(source),
            confirmed=confirmed,
            note="",
            kinds=stored.kinds,
            items=rules.renewed(stored, items, start),
        )
        repository.save(resources.value_set(renewed))
    return len(renewed.on(start))


def stamp(declarations: Iterable[rules.Declaration]) -> str:
    """What a form remembers of the declarations it was drawn from; never "", also where nothing was declared yet."""
    lines = sorted(f"{item.id} {item.valid_to or ''} {item.evidence}" for item in declarations)
    return sha256("\n".join(lines).encode()).hexdigest()[:32]


def _check(listed: rules.Catalogue, chosen: set[str], day: date) -> None:
    if day > clock.today():
        raise Invalid(_("Ngày bắt đầu chưa đến."), code="declaration-future", field="start")
    known = {item.code for item in listed.on(day)}
    if unknown := sorted(chosen - known):
        raise Invalid(
            _("Danh mục không có mã: %(codes)s.") % {"codes": ", ".join(unknown[:5])},
            code="declaration-unknown",
            field="chosen",
        )
