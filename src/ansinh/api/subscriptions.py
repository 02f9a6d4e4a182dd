"""Subscriptions at the door: how they stand, what they told, and which topics there are.

`$status` and `$events` show what the caller may see; delivery itself is the worker's (`fhir.subscriptions`).
"""

from typing import Any

import falcon

from ansinh.api import answers, requests
from ansinh.api.operations import Operation
from ansinh.api.operations.arguments import Arguments, arguments, text
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.subscriptions import events, names, notifications, shapes, state
from ansinh.fhir.subscriptions.requests import CONTENTS, content_of
from ansinh.fhir.subscriptions.shapes import Around
from ansinh.fhir.subscriptions.state import State
from ansinh.fhir.subscriptions.topics import topics
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed

_MOST = 1000
_LAST = 2**62


class StatusOfAll:
    """`/fhir/Subscription/$status`: of those named by `id`, or of all that the caller may see."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """A searchset of status Parameters; `id` and `status` narrow it, several values are alternatives."""
        given = arguments(request)
        criteria = [("_count", str(_MOST))] + [("_id", ",".join(_listed(given, "id")))] * ("id" in given)
        found = search(Repository(request.context.actor), "Subscription", criteria).resources
        _answer(request, response, found, set(_listed(given, "status")))

    on_post = on_get


class StatusOfOne:
    """`/fhir/Subscription/{id}/$status`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str) -> None:
        """A searchset of one status."""
        _answer(request, response, [Repository(request.context.actor).read("Subscription", identity)], set())

    on_post = on_get


class Events:
    """`/fhir/Subscription/{id}/$events`: what was told before, as far as the caller may see it."""

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str) -> None:
        """`eventsSinceNumber` and `eventsUntilNumber` are both included; at most 100 events an answer."""
        context: Context = request.context.actor
        subscription = Repository(context).read("Subscription", identity)
        given = arguments(request)
        content = text(given, "content", content_of(subscription) or "id-only")
        if content not in CONTENTS:
            raise Malformed(f"content là một trong {', '.join(CONTENTS)}.", field="content")
        first, last = _number(given, "eventsSinceNumber", 1), _number(given, "eventsUntilNumber", _LAST)
        one = state.of([identity]).get(identity)
        found = events.between(context, one.key, first, last) if one else []
        base = answers.base_of(request)
        topic = topics().get(subscription.get("criteria", "")) if content != "empty" else None
        around = shapes.around(context, topic, found)
        told = _status(base, subscription, one, "query-event", content, found, around)
        answers.send(response, notifications.bundle(base, told, identity, content, found, around))

    on_post = on_get


def _answer(
    request: falcon.Request, response: falcon.Response, subscriptions: list[dict[str, Any]], wanted: set[str]
) -> None:
    base = answers.base_of(request)
    states = state.of([one["id"] for one in subscriptions])
    told = [_status(base, one, states.get(one["id"]), "query-status", "id-only", []) for one in subscriptions]
    shown = [one for one in told if not wanted or _code(one) in wanted]
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one, "search": {"mode": "match"}} for one in shown]
    bundle = {"resourceType": "Bundle", "type": "searchset", "timestamp": clock.instant(), "total": len(shown)}
    answers.send(response, bundle | ({"entry": entries} if entries else {}))


def _status(
    base: str,
    subscription: dict[str, Any],
    one: State | None,
    kind: str,
    content: str,
    found: list[events.Event],
    around: Around | None = None,
) -> dict[str, Any]:
    return notifications.status(
        base,
        subscription,
        state=one.status if one else subscription.get("status", "off"),
        kind=kind,
        count=one.events if one else 0,
        content=content,
        events=found,
        error=one.error if one else "",
        around=around,
    )


def _code(told: dict[str, Any]) -> str:
    return next(part["valueCode"] for part in told["parameter"] if part["name"] == "status")


def _listed(given: Arguments, name: str) -> list[str]:
    """Values of a parameter that may repeat or hold commas; ids and codes only."""
    found = [part for value in given.get(name, []) if isinstance(value, str) for part in value.split(",") if part]
    if not all(part.replace("-", "").replace(".", "").isalnum() for part in found):
        raise Malformed(f"Tham số «{name}» không đúng dạng.", field=name)
    return found


def _number(given: Arguments, name: str, default: int) -> int:
    return requests.whole_number({name: str(given[name][-1])}, name, default) if name in given else default


def announced() -> dict[str, Any]:
    """What the CapabilityStatement says of Subscription: its profile, and the topics of this node."""
    return {
        "extension": [{"url": names.TOPIC_OF_SERVER, "valueCanonical": url} for url in sorted(topics())],
        "supportedProfile": [names.PROFILE],
    }


TABLE = (
    Operation("status", "Subscription/$status", "Subscription", StatusOfAll(), names.STATUS_OPERATION),
    Operation("status", "Subscription/{identity}/$status", "Subscription", StatusOfOne(), names.STATUS_OPERATION),
    Operation("events", "Subscription/{identity}/$events", "Subscription", Events(), names.EVENTS_OPERATION),
)
"""Mounted and announced with the other operations."""
