"""Notification Bundles as the backport has them for R4: a history whose first entry is the status (Parameters)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from ansinh.fhir.subscriptions import names
from ansinh.fhir.subscriptions.events import Event
from ansinh.kernel import clock

Resource = dict[str, Any]

_METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE"}
_STATUSES = {"create": "201", "update": "200", "delete": "204"}


def status(
    base: str,
    subscription: Resource,
    *,
    state: str,
    kind: str,
    count: int,
    content: str,
    events: Sequence[Event] = (),
    error: str = "",
    around: Mapping[int, Sequence[Resource]] | None = None,
) -> Resource:
    """SubscriptionStatus as Parameters. around: related records of each event, by its number.

    base: address of the door. kind: handshake, heartbeat, event-notification, query-status or query-event. count:
    events since the start. An `empty` content names no topic and no record.
    """
    place = f"{base}/Subscription/{subscription['id']}"
    parts: list[Resource] = [{"name": "subscription", "valueReference": {"reference": place}}]
    if content != "empty" and "criteria" in subscription:
        parts.append({"name": "topic", "valueCanonical": subscription["criteria"]})
    parts += [
        {"name": "status", "valueCode": state},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(count)},
        *(_event(base, event, content, (around or {}).get(event.number, ())) for event in events),
    ]
    if error:
        parts.append({"name": "error", "valueCodeableConcept": {"text": error}})
    return {
        "resourceType": "Parameters",
        "id": str(uuid4()),
        "meta": {"profile": [names.STATUS]},
        "parameter": parts,
    }


def bundle(
    base: str,
    told: Resource,
    subscription: str,
    content: str,
    events: Sequence[Event] = (),
    around: Mapping[int, Sequence[Resource]] | None = None,
) -> Resource:
    """The Bundle that is sent: `told` (of `status`), then an entry for each event, unless the content is `empty`; with
    `full-resource` also the records around them, each once.

    subscription: its id.
    """
    first = {
        "fullUrl": f"urn:uuid:{told['id']}",
        "resource": told,
        "request": {"method": "GET", "url": f"{base}/Subscription/{subscription}/$status"},
        "response": {"status": "200"},
    }
    rest = [] if content == "empty" else [_entry(base, event, content) for event in events if event.seen]
    return {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "meta": {"profile": [names.NOTIFICATION]},
        "type": "history",
        "timestamp": clock.instant(),
        "entry": [first, *rest, *(_related(base, events, around or {}) if content == "full-resource" else ())],
    }


def _event(base: str, event: Event, content: str, around: Sequence[Resource]) -> Resource:
    parts: list[Resource] = [
        {"name": "event-number", "valueString": str(event.number)},
        {"name": "timestamp", "valueInstant": clock.instant(event.at)},
    ]
    if content != "empty" and event.seen:
        focus = {"reference": f"{base}/{event.type}/{event.id}"}
        parts.append({"name": "focus", "valueReference": focus})
        parts += [{"name": "additional-context", "valueReference": {"reference": _place(base, one)}} for one in around]
    return {"name": "notification-event", "part": parts}


def _related(base: str, events: Sequence[Event], around: Mapping[int, Sequence[Resource]]) -> Iterator[Resource]:
    """Entries of related records, without those that the events are about."""
    seen = {f"{base}/{event.type}/{event.id}" for event in events}
    for event in events:
        for one in around.get(event.number, ()):
            place = _place(base, one)
            if place not in seen:
                seen.add(place)
                yield {
                    "fullUrl": place,
                    "resource": one,
                    "request": {"method": "GET", "url": place.removeprefix(f"{base}/")},
                    "response": {
                        "status": "200",
                        "etag": f'W/"{one["meta"]["versionId"]}"',
                        "lastModified": one["meta"]["lastUpdated"],
                    },
                }


def _place(base: str, resource: Resource) -> str:
    return f"{base}/{resource['resourceType']}/{resource['id']}"


def _entry(base: str, event: Event, content: str) -> Resource:
    place = f"{event.type}/{event.id}"
    entry: Resource = {"fullUrl": f"{base}/{place}"}
    if content == "full-resource" and event.resource is not None:
        entry["resource"] = event.resource
    return entry | {
        "request": {"method": _METHODS[event.method], "url": event.type if event.method == "create" else place},
        "response": {
            "status": _STATUSES[event.method],
            "etag": f'W/"{event.version}"',
            "lastModified": clock.instant(event.at),
        },
    }
