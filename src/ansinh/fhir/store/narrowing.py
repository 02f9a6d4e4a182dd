"""What an app was let see of what its user may (`Context.only`): one person, and of some types only certain codes.

Beside `reach`, and asked wherever reach is: one condition for everything that searches, counts, includes, exports or
tells history; one question for a record that is named. What it cannot decide it refuses.
"""

from collections.abc import Iterable
from itertools import groupby

from ansinh.fhir.index.numbers import key, param, token, type_name, type_number
from ansinh.fhir.store import database
from ansinh.fhir.store.records import Row
from ansinh.kernel.context import Only


def condition(only: Only, column: str) -> str:
    """SQL that holds for the rows that the app may see. column: owner of a row that has a `rid` beside it."""
    rid = f"{column.lstrip('+').rpartition('.')[0]}.rid"
    parts = []
    if only.person:
        own = f"SELECT q.rid FROM resource q WHERE q.patient_key = {key('Patient', only.person)}"
        parts.append(f"({column} IS NULL OR {rid} IN ({own}))")
    for kind, codes in _by_type(only):
        other = f"EXISTS (SELECT 1 FROM resource q WHERE q.rid = {rid} AND q.type <> {type_number(kind)})"
        parts.append(f"({other} OR {rid} IN (SELECT x.rid FROM ix_token x WHERE {_bears(codes)}))")
    return " AND ".join(parts) or "1 = 1"


def keeps(only: Only, row: Row) -> bool:
    """True for a stored record that the app may see."""
    if not keeps_person(only, row.patient_key, row.org):
        return False
    codes = dict(_by_type(only)).get(type_name(row.type))
    if codes is None:
        return True
    asked = f"SELECT 1 FROM ix_token x WHERE x.rid = %s AND ({_bears(codes)}) LIMIT 1"
    return bool(database.fetch(asked, [row.rid]))


def keeps_person(only: Only, patient_key: int | None, org: int | None) -> bool:
    """True for what is about the one person, or belongs to nobody."""
    return not only.person or org is None or patient_key == key("Patient", only.person)


def _by_type(only: Only) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    return [(kind, list(codes)) for kind, codes in groupby(sorted(only.codes), key=lambda one: one[0])]


def _bears(codes: Iterable[tuple[str, str, str, str]]) -> str:
    """Numbers alone: nothing of what an app asked for stands in the text."""
    return " OR ".join(
        f"(x.param = {param(kind, parameter)} AND x.tok = {token(system, code)})"
        for kind, parameter, system, code in codes
    )
