"""Posts that go on at the unit that followed theirs (`facilities.handover`)."""

from datetime import date
from typing import Any

from django.utils.translation import ngettext

from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.ids import stable_id
from ansinh.network.facilities.handover import Handover, Keeper
from ansinh.network.workforce import queries, resources
from ansinh.network.workforce.rules import Post

_TYPE = "PractitionerRole"


def keeper() -> Keeper:
    """This room's part of a handover."""
    return Keeper(_words, _count_left, _count_handed, _do, _undo)


def _words(count: int) -> str:
    words: Any = ngettext("%(count)d vị trí việc làm", "%(count)d vị trí việc làm", count)
    return str(words % {"count": count})


def _left(context: Context, handover: Handover) -> list[Post]:
    """Posts that nobody has ended: held beyond the unit's last day."""
    return [post for post in queries.posts(context, handover.old) if post.end is None or post.end > handover.last_day]


def _handed(context: Context, handover: Handover) -> list[tuple[Post, dict[str, Any]]]:
    """Posts that ended with the unit, each with its going on at the heir, where that stands as it was made."""
    ended = [post for post in queries.posts(context, handover.old) if post.end == handover.last_day]
    ids = [post.id for post in ended] + [_id(post.id, handover) for post in ended]
    stored = Repository(context).read_many(_TYPE, ids)
    pairs = [(post, stored.get(_id(post.id, handover))) for post in ended]
    return [(post, on) for post, on in pairs if on and _is_as_made(stored[post.id], on)]


def _is_as_made(old: dict[str, Any], on: dict[str, Any]) -> bool:
    """Nobody has changed or ended at the heir what was handed on."""
    return "end" not in on["period"] and _kept(old) == _kept(on)


def _kept(role: dict[str, Any]) -> dict[str, Any]:
    """What of a post is the same at both units."""
    return {key: value for key, value in role.items() if key not in ("id", "meta", "organization", "period", "active")}


def _count_left(context: Context, handover: Handover) -> int:
    return len(_left(context, handover))


def _count_handed(context: Context, handover: Handover) -> int:
    return len(_handed(context, handover))


def _do(repository: Repository, handover: Handover) -> int:
    posts = _left(repository.context, handover)
    for post in posts:
        stored = repository.read(_TYPE, post.id)
        start = max(handover.day, post.start or date.min)
        period = {"start": start.isoformat()} | ({"end": post.end.isoformat()} if post.end else {})
        goes_on = _kept(stored) | {
            "id": _id(post.id, handover),
            "active": True,
            "organization": {"reference": f"Organization/{handover.heir}"},
            "period": period,
        }
        repository.update(goes_on)  # the same again after it was taken back
        repository.update(resources.ended_role(stored, handover.last_day))
    return len(posts)


def _undo(repository: Repository, handover: Handover) -> int:
    found = _handed(repository.context, handover)
    for post, on in found:
        stored = repository.read(_TYPE, post.id)
        repository.update({**stored, "active": True, "period": {"start": stored["period"]["start"]}})
        repository.delete(_TYPE, on["id"])
    return len(found)


def _id(post: str, handover: Handover) -> str:
    return stable_id(_TYPE, post, handover.heir, handover.day.isoformat())
