"""Which units stand below a unit today: rights follow the tree as it is now."""

from datetime import date, timedelta

import pytest

from ansinh.access.units import subtree
from ansinh.kernel import clock
from ansinh.network.facilities.resources import affiliation
from ansinh.network.facilities.rules import AUTHORITY, Relation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def stand(system):
    """`stand("a over b, b over c")`: authorities that hold since 2020, or between days."""

    def relate(text: str, start: date = date(2020, 1, 1), end: date | None = None, kind: str = AUTHORITY) -> None:
        for pair in text.split(", "):
            parent, _, child = pair.partition(" over ")
            for unit in (parent, child):
                system.save({"resourceType": "Organization", "id": unit, "name": unit})
            system.save(affiliation(Relation(f"{kind}-{parent}-{child}-{start}", parent, child, kind, start, end)))

    return relate


def test_unit_alone_reaches_itself(system):
    assert subtree("t-le") == {"t-le"}


def test_subtree_goes_to_any_depth_and_not_up_or_beside(stand):
    stand("t-a over t-b, t-b over t-c, t-c over t-d, t-a over t-e, t-x over t-a")

    assert subtree("t-b") == {"t-b", "t-c", "t-d"}
    assert subtree("t-a") == {"t-a", "t-b", "t-c", "t-d", "t-e"}


@pytest.mark.parametrize(
    ("start", "end", "reached"),
    [
        (0, None, True),
        (-1, 0, True),
        (0, 0, True),
        (1, None, False),
        (-9, -1, False),
    ],
)
def test_authority_counts_between_its_days_both_included(stand, start, end, reached):
    today = clock.today()
    stand("t-a over t-b", today + start * DAY, None if end is None else today + end * DAY)

    assert ("t-b" in subtree("t-a")) == reached


def test_unit_that_moved_is_reached_by_its_new_authority_only(stand):
    today = clock.today()
    stand("t-cu over t-co-so", date(2020, 1, 1), today - DAY)
    stand("t-moi over t-co-so", today)

    assert ("t-co-so" in subtree("t-cu"), "t-co-so" in subtree("t-moi")) == (False, True)


@pytest.mark.parametrize("kind", ["merged-into", "renamed-to"])
def test_what_an_ended_unit_kept_is_reached_by_who_goes_on_with_it(stand, kind):
    stand("t-a over t-b", kind=kind)

    assert subtree("t-a") == {"t-a", "t-b"}
    assert subtree("t-b") == {"t-b"}


@pytest.mark.parametrize("kind", ["split-into", "duties-to"])
def test_part_of_a_unit_or_of_its_duties_gives_no_reach(stand, kind):
    stand("t-a over t-b", kind=kind)

    assert subtree("t-a") == {"t-a"}


def test_circle_in_the_data_ends(stand):
    stand("t-a over t-b, t-b over t-c, t-c over t-a, t-a over t-a")

    assert subtree("t-b") == {"t-a", "t-b", "t-c"}
