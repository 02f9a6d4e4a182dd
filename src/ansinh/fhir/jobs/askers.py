"""Who asked for a job, kept as data: a job may do what its asker was allowed when asking and still is when it runs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansinh.kernel.context import EVERYWHERE, Context, Only, system_context
from ansinh.kernel.errors import Refused

Asker = dict[str, Any]
_ALL = frozenset({"*"})
_find: Callable[[str, str, str], Context | None] | None = None


def contexts_by(find: Callable[[str, str, str], Context | None]) -> None:
    """Tell how to find today's Context of (login, role, unit); None when the account no longer has that role there.

    The engine knows no accounts; the room of access registers this when the node starts.
    """
    global _find
    _find = find


def asker_of(context: Context) -> Asker:
    """The rights to keep with a job. Raises `Refused` for a caller who could not be found again."""
    if not context.login and context.role != "system":
        raise Refused("Việc chạy lâu phải do một tài khoản yêu cầu.", code="no-account")
    return {
        "actor": context.actor,
        "role": context.role,
        "unit": context.unit,
        "reach": sorted(context.reach),
        "may": {kind: sorted(verbs) for kind, verbs in context.may.items()},
        "permissions": sorted(context.permissions),
        "purpose": context.purpose,
        "persons": context.persons,
        "login": context.login,
        "only": [context.only.person, sorted(context.only.codes)] if context.only else None,
    }


def context_of(asker: Asker) -> Context:
    """What the asker may do now, never more than when asking. Raises `Refused` when the rights are gone."""
    then = Context(
        actor=asker["actor"],
        role=asker["role"],
        unit=asker["unit"],
        reach=frozenset(asker["reach"]),
        may={kind: frozenset(verbs) for kind, verbs in asker["may"].items()},
        permissions=frozenset(asker["permissions"]),
        purpose=asker["purpose"],
        persons=asker["persons"],
        login=asker["login"],
        only=_only(asker.get("only")),
    )
    return narrowed(then, _now(then))


def _only(kept: Any) -> Only | None:
    return (
        Only(kept[0], frozenset((kind, name, system, code) for kind, name, system, code in kept[1])) if kept else None
    )


def _now(then: Context) -> Context:
    if then.role == "system" and not then.login:
        return system_context(then.purpose, then.unit)
    now = _find(then.login, then.role, then.unit) if _find else None
    if now is None:
        raise Refused("Người yêu cầu việc này không còn giữ vai trò đó.", code="rights-gone")
    return now


def narrowed(then: Context, now: Context) -> Context:
    """What both allow."""
    return Context(
        actor=then.actor,
        role=then.role,
        unit=then.unit,
        reach=_reach(then.reach, now.reach),
        may=_may(then.may, now.may),
        permissions=_common(then.permissions, now.permissions),
        purpose=then.purpose,
        persons=then.persons and now.persons,
        login=then.login,
        only=then.only,
    )


def _reach(then: frozenset[str], now: frozenset[str]) -> frozenset[str]:
    if EVERYWHERE in then:
        return now
    return then if EVERYWHERE in now else then & now


def _may(then: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {kind: _common(_verbs(then, kind), _verbs(now, kind)) for kind in {*then, *now}}


def _verbs(may: Mapping[str, frozenset[str]], kind: str) -> frozenset[str]:
    return may.get(kind, may.get("*", frozenset()))


def _common(then: Iterable[str], now: Iterable[str]) -> frozenset[str]:
    """Both sets; `*` stands for everything."""
    then, now = frozenset(then), frozenset(now)
    if then >= _ALL:
        return now
    return then if now >= _ALL else then & now
