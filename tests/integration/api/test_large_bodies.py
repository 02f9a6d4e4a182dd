"""Large bodies at the door: what they held is given back, whatever became of them."""

import pytest
from django.db import connection

from ansinh.api import admission
from ansinh.fhir.store import database, postgresql

pytestmark = pytest.mark.django_db

LONG = "ă" * admission.SMALL


@pytest.fixture
def bodies(monkeypatch):
    """A line of its own, where nobody waits."""
    made = admission.Bodies(patience=0)
    monkeypatch.setattr(admission, "bodies", made)
    return made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Basic", "code": {"text": LONG}}, 201),
        ({"resourceType": "Basic", "code": {"text": LONG}, "wrong": 1}, 422),
        (b"{" + LONG.encode(), 400),
        (b"[]" + b" " * admission.SMALL, 400),
    ],
)
def test_body_taken_or_refused_gives_its_weight_back(node, bodies, body, status):
    answer = node.call("POST", "/Basic", body)

    assert answer.status_code == status
    assert bodies.held == 0


def test_body_that_finds_no_room_is_told_to_come_again_and_nothing_is_saved(node, bodies):
    bodies.enter(admission.MOST)

    answer = node.call("PUT", "/Basic/late", {"resourceType": "Basic", "id": "late", "code": {"text": LONG}})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert answer.json["issue"][0]["code"] == "transient"
    assert node.get("/Basic/late").status_code == 404
    assert bodies.held == admission.MOST


def test_small_body_is_taken_while_large_ones_fill_the_line(node, bodies):
    bodies.enter(admission.MOST)

    assert node.call("POST", "/Basic", {"resourceType": "Basic", "code": {"text": "nhỏ"}}).status_code == 201


class _Raw:
    """A driver's connection, as far as closing it goes."""

    ansinh_swollen = False


class _Connection:
    """Django's connection, as far as closing it goes."""

    def __init__(self, swollen, inside):
        self.connection, self.in_atomic_block, self.vendor, self.closed = _Raw(), inside, "postgresql", False
        self.connection.ansinh_swollen = swollen

    def close(self):
        self.closed = True

    def close_if_unusable_or_obsolete(self):
        pass


@pytest.mark.parametrize(
    ("swollen", "inside", "closed"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_connection_is_closed_only_when_swollen_and_outside_of_a_transaction(monkeypatch, swollen, inside, closed):
    made = _Connection(swollen, inside)
    monkeypatch.setattr(database, "connections", {"default": made})

    database.leave_fresh()

    assert made.closed is closed


@pytest.mark.parametrize(("length", "swollen"), [(1000, False), (postgresql.LARGE + 1, True)])
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no buffers to send")
def test_write_marks_the_connection_when_it_is_large(monkeypatch, length, swollen):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "ansinh_swollen", False, raising=False)
    text = "".join(f"{number:08d}" for number in range(length // 8 + 1))

    database.run("SELECT length(x) FROM unnest(%s::text[]) AS x", [postgresql.array("text", [text])])

    assert connection.connection.ansinh_swollen is swollen
