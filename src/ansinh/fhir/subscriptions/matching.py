"""Does a change concern a topic, and a subscriber's filters? Pure: two states of one resource in, yes or no out."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ansinh.fhir.path import PathError
from ansinh.fhir.search import reference
from ansinh.fhir.search.query import Query
from ansinh.fhir.subscriptions.topics import Topic, Trigger

logger = logging.getLogger("ansinh.subscriptions")

Resource = dict[str, Any]
Filters = Mapping[str, Sequence[Query]]


def triggers(topic: Topic, kind: str, interaction: str, before: Resource | None, after: Resource | None) -> bool:
    """True when one of the topic's triggers fires. before, after: the states; None where there was or is none."""
    return any(fires(one, interaction, before, after) for one in topic.triggers if one.resource == kind)


def passes(filters: Filters, kind: str, before: Resource | None, after: Resource | None) -> bool:
    """True when every filter of this type holds. A deletion is filtered by the state before it."""
    judged = after if after is not None else before
    return judged is not None and all(holds(query, judged) for query in filters.get(kind, ()))


def fires(trigger: Trigger, interaction: str, before: Resource | None, after: Resource | None) -> bool:
    """True when the interaction is one of the trigger's and its criteria hold."""
    return (
        interaction in trigger.interactions
        and _queries_hold(trigger, before, after)
        and _path_holds(trigger, before, after)
    )


def holds(query: Query, resource: Resource) -> bool:
    """True when the resource alone would be found by the search."""
    return bool(reference.run(query, [resource]))


def _queries_hold(trigger: Trigger, before: Resource | None, after: Resource | None) -> bool:
    verdicts = []
    if trigger.previous is not None:
        verdicts.append(trigger.for_create if before is None else holds(trigger.previous, before))
    if trigger.current is not None:
        verdicts.append(trigger.for_delete if after is None else holds(trigger.current, after))
    if not verdicts:
        return True
    return all(verdicts) if trigger.require_both else any(verdicts)


def _path_holds(trigger: Trigger, before: Resource | None, after: Resource | None) -> bool:
    if trigger.path is None:
        return True
    focus = after if after is not None else before
    try:
        return trigger.path(focus, environment={"previous": before, "current": after}) == [True]
    except PathError as error:
        logger.warning("subscription criterion failed on %s: %s", trigger.resource, type(error).__name__)
        return False
