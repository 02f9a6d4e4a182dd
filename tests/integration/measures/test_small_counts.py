"""Few people: what readers who may not see names are shown, and that nothing follows from what they are shown.

Rows are counts at three centres of one province, counted by hand from as many people with an open stay.
"""

import pytest

from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries, rules

pytestmark = pytest.mark.django_db
A, B, C = (
    organization_id(code) for code in ("bv-chinh-hinh-tam-diep", "tt-phcn-tam-than-ninh-binh", "tt-dieu-duong-nho-quan")
)
PROVINCE = organization_id("ubnd-ninh-binh")
YEAR = rules.year(2025)


@pytest.fixture
def filled(world, person_at):
    """People with an open stay at the three centres."""

    def fill(*counts, **more):
        for centre, number in zip((A, B, C), counts, strict=True):
            for _ in range(number):
                person_at(centre, **more)

    return fill


def shown(context, measure="stays-open") -> dict[str, int]:
    """Facility → the count that is shown; facilities with nobody are left out."""
    found = queries.result(context, measure, PROVINCE, YEAR)
    return {each.facility_id: each.numerator for each in found.by_unit if not each.hidden and each.numerator}


@pytest.mark.parametrize(
    ("counts", "seen"),
    [
        ((6, 7, 8), {A: 6, B: 7, C: 8}),
        ((5, 6, 0), {A: 5, B: 6}),
        ((4, 6, 8), {C: 8}),  # with 6 shown too, 18 less 14 would tell the four
        ((1, 2, 8), {C: 8}),
        ((0, 0, 3), {}),
        ((0, 6, 1), {}),
        ((0, 0, 0), {}),
    ],
)
def test_outsider_sees_no_facility_of_a_few_people_nor_one_that_follows(filled, officer, counts, seen):
    filled(*counts)

    assert shown(officer) == seen
    whole = queries.result(officer, "stays-open", PROVINCE, YEAR).numerator
    assert whole == sum(counts), "the figure of the province itself is what a report is for"
    untold = whole - sum(seen.values())
    hidden = [count for centre, count in zip((A, B, C), counts, strict=True) if count and centre not in seen]
    assert untold == 0 or len(hidden) > 1 or len(seen) == 0


def test_manager_sees_the_own_few_people_and_no_others(filled, mai):
    """Mai may see names at A: what she knows of A tells her nothing more of B than the two that are hidden hold."""
    filled(2, 3, 9)

    assert shown(mai) == {A: 2}


def test_share_of_a_few_people_is_hidden_with_its_denominator(filled, officer):
    filled(3, 8, 9, checked="2025-06-01")

    found = queries.result(officer, "people-managed-electronically", PROVINCE, YEAR)

    hidden = {each.facility_id: (each.numerator, each.denominator, each.value) for each in found.by_unit if each.hidden}
    assert hidden == {A: (0, 0, None), B: (0, 0, None)}
    assert (found.numerator, found.denominator) == (20, 20)


def test_measure_that_is_not_about_people_hides_nothing(world, officer):
    found = queries.result(officer, "facilities-primary-care-ready", PROVINCE, YEAR)

    assert found.denominator in range(1, 7)
    assert not any(each.hidden for each in found.by_unit)
