"""`includeAssociatedData`: the Provenance of what is exported, and of nothing else.

Bulk Data Access IG 2.0.0: LatestProvenanceResources (the most recent one of each record), RelevantProvenanceResources
(all of them). What is exported is told by the same conditions as the export itself, whichever records those are.
"""

from collections.abc import Sequence

from ansinh.fhir.bulk.narrowing import Narrowing, Sql
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.store import reach
from ansinh.kernel.context import Context


def condition(context: Context, exported: Sequence[Narrowing], until: int, since: int | None, *, latest: bool) -> Sql:
    """SQL on `resource r`: a Provenance about a record that the export of these types up to `until` holds.

    since: the export holds only what was written behind this position; its Provenance may be older. latest: of each
    record the one recorded last, among those within reach.
    """
    target, recorded = (parameters("Provenance")[code].number for code in ("target", "recorded"))
    held, values = _held(context, exported, until, since)
    found = (
        f"SELECT o.rid, o.target, p.key, d.lo FROM ix_ref o JOIN resource p ON p.rid = o.rid "
        f"LEFT JOIN ix_date d ON d.rid = o.rid AND d.param = {recorded} "
        f"WHERE o.param = {target} AND p.deleted = 0 AND p.rid <= {until} AND {reach.condition(context, 'p.org')} "
        f"AND o.target IN ({held})"
    )
    if not latest:
        return f"r.rid IN (SELECT f.rid FROM ({found}) f)", values
    newest = "row_number() OVER (PARTITION BY f.target ORDER BY coalesce(f.lo, 0) DESC, f.rid DESC)"
    return (
        f"r.rid IN (SELECT n.rid FROM (SELECT f.rid, {newest} AS place FROM ({found}) f) n WHERE n.place = 1)",
        values,
    )


def _held(context: Context, exported: Sequence[Narrowing], until: int, since: int | None) -> Sql:
    """SELECT of the keys of what the export holds."""
    parts, values = [], []
    for one in exported:
        sql, own = one.sql(context, until)
        parts.append(f"r.type = {type_number(one.kind)} AND {sql}")
        values += own
    kinds = " OR ".join(f"({part})" for part in parts) or "1 = 0"
    behind = "" if since is None else f" AND r.position > {since}"
    where = f"r.deleted = 0 AND r.rid <= {until}{behind} AND {reach.condition(context, 'r.org')} AND ({kinds})"
    return f"SELECT r.key FROM resource r WHERE {where}", values
