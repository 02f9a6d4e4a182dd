"""Reads: catalogues of the node, what a facility declares, how much of a catalogue that covers."""

from datetime import date

from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.network.capability import rules
from ansinh.network.capability.resources import CATALOGUE, catalogue_from, catalogue_id, declaration_from_row
from ansinh.network.capability.rules import Catalogue, Coverage, Declaration

ORDER = ("licence", "primary-care", "commune", "rehab", "provincial-specialist")

_IDS = "SELECT DISTINCT catalogue FROM view_catalogue_item"
_DECLARED = """
    SELECT id, catalogue, code, valid_from, valid_to, evidence FROM view_healthcare_service
    WHERE facility_id = :facility ORDER BY valid_from
"""


def catalogues(context: Context, kind: str = "") -> list[Catalogue]:
    """Every catalogue of the node in the order of the pages; with `kind`, those meant for such a facility."""
    names = {row["catalogue"] for row in tables.rows(context, _IDS)} | set(ORDER)
    order = {name: index for index, name in enumerate(ORDER)}
    stored = Repository(context).read_many("ValueSet", [catalogue_id(name) for name in names])
    found = sorted((catalogue_from(item) for item in stored.values()), key=lambda c: (order.get(c.id, 99), c.title))
    return [item for item in found if not kind or not item.kinds or kind in item.kinds]


def catalogue(context: Context, name: str) -> Catalogue:
    """One catalogue. Raises NotFound."""
    stored = Repository(context).find("ValueSet", catalogue_id(name))
    if stored is None or not any(part.get("system") == CATALOGUE for part in stored.get("identifier", [])):
        raise NotFound("Không tìm thấy danh mục.")
    return catalogue_from(stored)


def declarations(context: Context, facility_id: str) -> dict[str, list[Declaration]]:
    """Everything that a facility declares or declared, by catalogue: one query."""
    found: dict[str, list[Declaration]] = {}
    for row in tables.rows(context, _DECLARED, {"facility": facility_id}):
        found.setdefault(row["catalogue"], []).append(declaration_from_row(row))
    return found


def coverage(context: Context, facility_id: str, name: str, at: date | None = None) -> Coverage:
    """How much of a catalogue a facility declares on a day. `percent` is None while the catalogue has no item."""
    declared = declarations(context, facility_id).get(name, [])
    return rules.coverage(catalogue(context, name), declared, at or clock.today())


def coverages(
    context: Context, facility_id: str, kind: str, at: date | None = None
) -> list[tuple[Catalogue, Coverage]]:
    """Each catalogue meant for the facility with its coverage on a day."""
    declared, day = declarations(context, facility_id), at or clock.today()
    return [(item, rules.coverage(item, declared.get(item.id, []), day)) for item in catalogues(context, kind)]
