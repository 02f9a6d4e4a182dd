"""Reads for the pages of accounts: lists, one account, units and staff to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from ansinh.access import authority
from ansinh.access.models import Assignment, User
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.text import collation_key, fold

PAGE = 50
_UNITS = "SELECT id, name, english FROM view_organization WHERE valid_to IS NULL OR valid_to >= :today"
_STAFF = """
    SELECT DISTINCT practitioner_id, practitioner_name FROM view_practitioner_role
    WHERE practitioner_id IS NOT NULL AND (to_date IS NULL OR to_date >= :today)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of accounts. more: there are others that were not read."""

    accounts: tuple[User, ...]
    more: bool


def accounts(context: Context, *, text: str = "", role: str = "", open_only: bool = True, after: str = "") -> Found:
    """Accounts that this reader sees, by login name. text: words of name or login, in any order, without marks."""
    rows = _visible(context).filter(username__gt=after)
    for word in fold(text).split():
        rows = rows.filter(search_text__contains=word)
    if role:
        rows = rows.filter(assignments__role=role)
    if open_only:
        rows = rows.filter(is_active=True)
    read = list(rows.order_by("username").distinct()[: PAGE + 1])
    return Found(tuple(read[:PAGE]), len(read) > PAGE)


def account(context: Context, account_id: int) -> User:
    """One account. Raises NotFound for one that is not there or that this reader does not see."""
    found = _visible(context).filter(pk=account_id).distinct().first()
    if found is None:
        raise NotFound("Không có tài khoản này.")
    return found


def unit_names(today: str, *, english: bool = False) -> Mapping[str, str]:
    """Name of each unit that exists, in English where it has one."""
    rows = tables.rows(system_context(), _UNITS, {"today": today})
    return {row["id"]: (english and row["english"]) or row["name"] for row in rows}


def units_to_choose(context: Context, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Units at which this reader may give roles, in order; the whole node first for who looks after it."""
    within = [(unit, name) for unit, name in names.items() if context.reaches(unit)]
    return sorted(within, key=lambda one: collation_key(one[1]))


def staff_to_choose(context: Context, units: set[str], today: str) -> list[tuple[str, str]]:
    """(id, name) of who holds a post at one of these units within this reader's reach."""
    within = sorted(unit for unit in units if unit and context.reaches(unit))
    if not within:
        return []
    names = [f"unit{number}" for number in range(len(within))]
    sql = f"{_STAFF} AND facility_id IN ({', '.join(f':{name}' for name in names)})"
    rows = tables.rows(system_context(), sql, {"today": today, **dict(zip(names, within, strict=True))})
    return sorted(
        ((row["practitioner_id"], row["practitioner_name"] or "") for row in rows),
        key=lambda one: collation_key(one[1]),
    )


def staff_accounts(context: Context) -> list[tuple[str, str]]:
    """(id of the account as text, name) of who holds or held a role within reach, in order."""
    found = _visible(context).order_by().distinct().values_list("pk", "full_name")
    return sorted(((str(pk), name) for pk, name in found), key=lambda one: collation_key(one[1]))


def _visible(context: Context) -> QuerySet[User]:
    """Every account for who looks after the node; else those that hold or held a role within reach."""
    mine = User.objects.prefetch_related(Prefetch("assignments", Assignment.objects.order_by("from_date", "pk")))
    if authority.everywhere(context):
        return mine
    return mine.filter(Q(assignments__unit__in=context.reach))
