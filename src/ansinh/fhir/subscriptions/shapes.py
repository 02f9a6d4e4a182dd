"""What a letter brings beside the changed record: the `notificationShape` of its topic, in words of search.

    topic.shapes["EpisodeOfCare"] = (("_include", "EpisodeOfCare:patient"), …) ─► around(owner, topic, events)

Related records are as they are when the letter is written, and only those that the owner may see.
"""

from collections.abc import Sequence
from typing import Any

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.subscriptions.events import Event
from ansinh.fhir.subscriptions.topics import Topic
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Refused

Resource = dict[str, Any]
Around = dict[int, list[Resource]]

MOST = 50


def around(context: Context, topic: Topic | None, found: Sequence[Event]) -> Around:
    """Number of an event → the records around its own, at most 50; nothing for what the reader may not see, for
    deletions and where the topic has no shape. One search (and its includes) for each changed record."""
    if topic is None or not topic.shapes:
        return {}
    repository = Repository(context)
    known: dict[tuple[str, str], list[Resource]] = {}
    told = {}
    for event in found:
        if not event.seen or event.resource is None or event.type not in topic.shapes:
            continue
        place = event.type, event.id
        if place not in known:
            known[place] = _related(repository, place, topic.shapes[event.type])
        if known[place]:
            told[event.number] = known[place]
    return told


def _related(repository: Repository, place: tuple[str, str], shape: Sequence[tuple[str, str]]) -> list[Resource]:
    try:
        page = search(repository, place[0], [("_id", place[1]), *shape])
    except Refused:  # who may read one record may still not search its kind
        return []
    return page.included[:MOST]
