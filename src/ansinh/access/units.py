"""The part of the organisation tree that rights need: which units stand below a unit today.

Rights follow the tree as it is today (reports follow the tree of their period: network.facilities). Read from the
live views of Organization and OrganizationAffiliation, kept until the journal moves past what was read.
"""

from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context

# What a unit that ended kept is its heir's: who merged with another, or was renamed, goes on with the records.
_EDGES = """
    SELECT parent_id, child_id FROM view_organization_affiliation
    WHERE from_date <= :today AND (relation IN ('merged-into', 'renamed-to')
      OR (relation = 'authority' AND (to_date IS NULL OR to_date >= :today)))
"""


def subtree(unit: str) -> frozenset[str]:
    """The unit, every unit under its authority today and the ended units that went into one of these, at any depth.

    Cycles in the data do no harm.
    """
    children: dict[str, list[str]] = {}
    for edge in tables.rows(system_context(), _EDGES, {"today": clock.today().isoformat()}):
        children.setdefault(edge["parent_id"], []).append(edge["child_id"])
    reached, open_units = {unit}, [unit]
    while open_units:
        new = [child for child in children.get(open_units.pop(), ()) if child not in reached]
        reached.update(new)
        open_units.extend(new)
    return frozenset(reached)
