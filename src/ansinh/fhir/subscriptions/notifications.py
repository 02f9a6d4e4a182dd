"""Notification Bundles as the backport has them for R4: a history whose first entry is the status (Parameters)."""

from collections.abc import Sequence
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
) -> Resource:
    """SubscriptionStatus as Parameters.

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
        *(_event(base, event, content) for event in events),
    ]
    if error:
        parts.append({"name": "error", "valueCodeableConcept": {"text": error}})
    return {
        "resourceType": "Parameters",
        "id": str(uuid4()),
        "meta": {"profile": [names.STATUS]},
        "parameter": parts,
    }


def bundle(base: str, told: Resource, subscription: str, content: str, events: Sequence[Event] = ()) -> Resource:
    """The Bundle that is sent: `told` (of `status`), then an entry for each event, unless the content is `empty`.

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
        "entry": [first, *rest],
    }


def _event(base: str, event: Event, content: str) -> Resource:
    parts: list[Resource] = [
        {"name": "event-number", "valueString": str(event.number)},
        {"name": "timestamp", "valueInstant": clock.instant(event.at)},
    ]
    if content != "empty" and event.seen:
        focus = {"reference": f"{base}/{event.type}/{event.id}"}
        parts.append({"name": "focus", "valueReference": focus})
    return {"name": "notification-event", "part": parts}


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
