"""Where each subscription stands: the rows, and how a written Subscription changes them in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.store import database, journal
from ansinh.fhir.store.records import Change, microseconds
from ansinh.fhir.subscriptions import requests
from ansinh.fhir.subscriptions.owners import Owner, rights_of
from ansinh.kernel import clock

_COLUMNS = (
    "key, fhir_id, status, login, role, unit, actor, rights, heartbeat, end_us, since, events, delivered, "
    "failures, failing_us, next_us, sent_us, lease_us, error"
)
_WRITTEN = """
    INSERT INTO subscription_state
        (key, fhir_id, status, login, role, unit, actor, rights, heartbeat, end_us, since, events, delivered,
         failures, failing_us, next_us, sent_us, lease_us, error)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, 0, 0, 0, NULL, 0, 0, 0, '')
    ON CONFLICT (key) DO UPDATE SET
        status = excluded.status, login = excluded.login, role = excluded.role, unit = excluded.unit,
        actor = excluded.actor, rights = excluded.rights, heartbeat = excluded.heartbeat, end_us = excluded.end_us,
        failures = 0, failing_us = NULL, next_us = 0, error = '',
        since = CASE WHEN excluded.status = 'off' THEN NULL ELSE subscription_state.since END
"""


_DUE = f"""
    SELECT {_COLUMNS} FROM subscription_state WHERE lease_us <= %s AND next_us <= %s AND (
        status = 'requested'
        OR (status = 'active' AND delivered < events)
        OR (status = 'active' AND heartbeat > 0 AND sent_us + CAST(heartbeat AS BIGINT) * 1000000 <= %s)
        OR (status <> 'off' AND end_us <= %s)
    ) ORDER BY next_us, sent_us, key LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class State:
    """One row of subscription_state; the columns are told at `models.SubscriptionState`."""

    key: int
    id: str
    status: str
    login: str
    role: str
    unit: str
    actor: str
    rights: str
    heartbeat: int
    end_us: int | None
    since: int | None
    events: int
    delivered: int
    failures: int
    failing_us: int | None
    next_us: int
    sent_us: int
    lease_us: int
    error: str

    @property
    def owner(self) -> Owner:
        return Owner(self.login, self.role, self.unit, self.actor, self.rights)


class Keeping:
    """The projection that keeps a row for every Subscription that a person wrote; what this node itself writes
    into the resource (its status) is already in the row."""

    name = "subscriptions"

    def apply(self, changes: Sequence[Change]) -> None:
        """Within the write's transaction."""
        for change in changes:
            if change.type == "Subscription":
                _keep(change)


def _keep(change: Change) -> None:
    key = key_of("Subscription", change.id)
    if change.after is None:
        database.run("DELETE FROM subscription_state WHERE key = %s", [key])
        database.run("DELETE FROM subscription_event WHERE key = %s", [key])
        return
    by, after = change.by, change.after
    if by is None or by.role == "system":
        return
    status = "off" if after.get("status") == "off" else "requested"
    who = (by.login, by.role, by.unit, by.actor, rights_of(by))
    database.run(_WRITTEN, [key, change.id, status, *who, requests.heartbeat_of(after), requests.end_of(after)])


def of(ids: Sequence[str]) -> dict[str, State]:
    """The rows of these Subscriptions, by id; one query."""
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    found = database.fetch(
        f"SELECT {_COLUMNS} FROM subscription_state WHERE key IN ({marks})",
        [key_of("Subscription", one) for one in ids],
    )
    return {row[1]: State(*row) for row in found}


def counting() -> list[State]:
    """Those whose events count: active now, or interrupted since."""
    found = database.fetch(f"SELECT {_COLUMNS} FROM subscription_state WHERE since IS NOT NULL ORDER BY key")
    return [State(*row) for row in found]


def failing_since(before_us: int) -> list[State]:
    """Those in `error` since before this instant."""
    found = database.fetch(
        f"SELECT {_COLUMNS} FROM subscription_state WHERE status = 'error' AND failing_us < %s ORDER BY key",
        [before_us],
    )
    return [State(*row) for row in found]


def due(now_us: int, limit: int) -> list[State]:
    """Those with something to send or to end now, the longest waiting first."""
    found = database.fetch(_DUE, [now_us, now_us, now_us, now_us, limit])
    return [State(*row) for row in found]


def claim(state: State, until_us: int, now_us: int) -> bool:
    """Hold a subscription for one sender; False when another was faster."""
    with transaction.atomic():
        done = database.run(
            "UPDATE subscription_state SET lease_us = %s WHERE key = %s AND lease_us = %s AND lease_us <= %s",
            [until_us, state.key, state.lease_us, now_us],
        )
        return bool(done.rowcount == 1)


def delivered(state: State, lease_us: int, number: int) -> None:
    """The receiver has acknowledged everything up to `number`; it is free for the next sender."""
    now = now_us()
    with transaction.atomic():
        database.run(
            "UPDATE subscription_state SET delivered = %s, failures = 0, failing_us = NULL, next_us = 0, sent_us = %s, "
            "error = '', lease_us = 0 WHERE key = %s AND lease_us = %s",
            [number, now, state.key, lease_us],
        )


def failed(state: State, lease_us: int, next_us: int, error: str) -> None:
    """Nothing was acknowledged; try again at `next_us`."""
    now = now_us()
    with transaction.atomic():
        database.run(
            "UPDATE subscription_state SET failures = failures + 1, failing_us = coalesce(failing_us, %s), "
            "next_us = %s, error = %s, lease_us = 0 WHERE key = %s AND lease_us = %s",
            [now, next_us, error[:200], state.key, lease_us],
        )


def activate(state: State, lease_us: int) -> bool:
    """The handshake was answered: from here on events count, if they did not already. The caller is in a
    transaction. False when the Subscription was written again meanwhile."""
    now = now_us()
    done = database.run(
        "UPDATE subscription_state SET status = 'active', since = coalesce(since, %s), failures = 0, "
        "failing_us = NULL, next_us = 0, sent_us = %s, error = '', lease_us = 0 "
        "WHERE key = %s AND lease_us = %s AND status = 'requested'",
        [journal.position(), now, state.key, lease_us],
    )
    return bool(done.rowcount == 1)


def stop(state: State, status: str, error: str) -> bool:
    """Set `error` (events go on counting) or `off` (they do not). The caller is in a transaction. False when the
    Subscription was written again meanwhile."""
    done = database.run(
        "UPDATE subscription_state SET status = %s, error = %s, lease_us = 0, failing_us = coalesce(failing_us, %s), "
        "since = CASE WHEN %s = 'off' THEN NULL ELSE since END WHERE key = %s AND status = %s",
        [status, error[:200], now_us(), status, state.key, state.status],
    )
    return bool(done.rowcount == 1)


def now_us() -> int:
    """Microseconds since 1970."""
    return microseconds(clock.now())
