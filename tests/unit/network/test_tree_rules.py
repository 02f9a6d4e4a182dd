"""The dated tree: what stood under what, who followed whom, what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.network.facilities import rules
from ansinh.network.facilities.rules import Cycle, Relation, Unit

D = date
OLD = D(2020, 1, 1)


def unit(code: str, **kwargs) -> Unit:
    return Unit(id=code, code=code, name=code.title(), kind="department", **kwargs)


def authority(child: str, parent: str, start: date = OLD, end: date | None = None) -> Relation:
    return Relation(f"{child}-{parent}-{start}", parent, child, "authority", start, end)


def follows(kind: str, old: str, new: str, start: date, duty: str = "") -> Relation:
    return Relation(f"{old}-{kind}-{new}", new, old, kind, start, duty=duty)


# A province whose labour department ended, whose duties went to two others, and which then joined another province.
UNITS = [
    unit("dak-nong", valid_to=D(2025, 6, 30)),
    unit("lam-dong"),
    unit("labour", valid_to=D(2025, 2, 28)),
    unit("health", valid_to=D(2025, 6, 30)),
    unit("police", valid_to=D(2025, 6, 30)),
    unit("health-new"),
    unit("police-new"),
    unit("centre"),
    unit("rehab"),
]
RELATIONS = [
    authority("labour", "dak-nong", end=D(2025, 2, 28)),
    authority("health", "dak-nong", end=D(2025, 6, 30)),
    authority("police", "dak-nong", end=D(2025, 6, 30)),
    authority("health-new", "lam-dong"),
    authority("police-new", "lam-dong"),
    authority("centre", "labour", end=D(2025, 2, 28)),
    authority("centre", "health", D(2025, 3, 1), D(2025, 6, 30)),
    authority("centre", "health-new", D(2025, 7, 1)),
    authority("rehab", "labour", end=D(2025, 2, 28)),
    authority("rehab", "police", D(2025, 3, 1), D(2025, 6, 30)),
    authority("rehab", "police-new", D(2025, 7, 1)),
    follows("duties-to", "labour", "health", D(2025, 3, 1), "care"),
    follows("duties-to", "labour", "police", D(2025, 3, 1), "drugs"),
    follows("merged-into", "dak-nong", "lam-dong", D(2025, 7, 1)),
    follows("merged-into", "health", "health-new", D(2025, 7, 1)),
    follows("merged-into", "police", "police-new", D(2025, 7, 1)),
]


def outline(day: date) -> list[str]:
    return ["  " * node.depth + node.unit.id for node in rules.walk(rules.tree_at(UNITS, RELATIONS, day))]


def test_tree_before_the_reorganisation_has_the_labour_department():
    assert outline(D(2024, 1, 1)) == [
        "dak-nong", "  labour", "    centre", "    rehab", "  health", "  police",
        "lam-dong", "  health-new", "  police-new",
    ]  # fmt: skip


def test_tree_after_the_merger_stands_under_the_new_province():
    assert outline(D(2025, 7, 1)) == ["lam-dong", "  health-new", "    centre", "  police-new", "    rehab"]


@pytest.mark.parametrize(
    ("day", "above"),
    [
        (D(2025, 2, 28), ["labour", "dak-nong"]),
        (D(2025, 3, 1), ["health", "dak-nong"]),
        (D(2025, 6, 30), ["health", "dak-nong"]),
        (D(2025, 7, 1), ["health-new", "lam-dong"]),
    ],
)
def test_ancestors_change_on_the_day_of_the_change(day, above):
    assert rules.ancestors("centre", RELATIONS, day) == above


def test_tree_leaves_a_unit_as_root_when_its_authority_does_not_exist_that_day():
    units = [unit("ended", valid_to=D(2021, 1, 1)), unit("left")]

    tree = rules.tree_at(units, [authority("left", "ended")], D(2022, 1, 1))

    assert [node.unit.id for node in tree] == ["left"]


def test_successors_with_a_duty_follow_only_its_branch():
    assert rules.successors("labour", RELATIONS, D(2025, 4, 1)) == ("health", "police")
    assert rules.successors("labour", RELATIONS, D(2025, 4, 1), "drugs") == ("police",)
    assert rules.successors("labour", RELATIONS, D(2026, 1, 1), "drugs") == ("police-new",)


def test_successors_before_the_change_are_the_unit_itself():
    assert rules.successors("labour", RELATIONS, D(2025, 2, 28)) == ("labour",)


def test_successors_of_a_unit_that_nobody_took_a_duty_from_is_itself():
    assert rules.successors("labour", RELATIONS, D(2026, 1, 1), "unknown duty") == ("labour",)


def test_successors_whole_ignores_a_mere_handing_on_of_duties():
    assert rules.successors("labour", RELATIONS, D(2026, 1, 1), whole=True) == ("labour",)


def test_successors_in_a_circle_are_refused():
    circle = [follows("merged-into", "a", "b", OLD), follows("merged-into", "b", "a", OLD)]

    with pytest.raises(Cycle) as caught:
        rules.successors("a", circle, D(2026, 1, 1))

    assert "vòng" in caught.value.message


def test_tree_in_a_circle_is_refused():
    units = [unit("a"), unit("b")]

    with pytest.raises(Cycle):
        rules.tree_at(units, [authority("a", "b"), authority("b", "a")], D(2026, 1, 1))
    with pytest.raises(Cycle):
        rules.ancestors("a", [authority("a", "b"), authority("b", "a")], D(2026, 1, 1))


def test_counted_of_an_ended_province_is_what_stood_under_it_and_lives_on():
    found = {item.id for item in rules.counted(UNITS[0], UNITS, RELATIONS, D(2026, 12, 31))}

    assert {"centre", "rehab", "health-new", "police-new"} <= found
    assert "labour" not in found


def test_counted_of_the_heir_is_what_stands_under_it_now():
    found = {item.id for item in rules.counted(UNITS[1], UNITS, RELATIONS, D(2026, 12, 31))}

    assert found == {"lam-dong", "health-new", "police-new", "centre", "rehab"}


def test_counted_of_a_facility_is_itself():
    centre = next(item for item in UNITS if item.id == "centre")

    assert [item.id for item in rules.counted(centre, UNITS, RELATIONS, D(2024, 1, 1))] == ["centre"]


def test_predecessors_are_the_relations_that_flowed_in():
    found = rules.predecessors("lam-dong", RELATIONS, D(2026, 1, 1))

    assert [item.child for item in found] == ["dak-nong"]
    assert rules.predecessors("lam-dong", RELATIONS, D(2025, 6, 30)) == ()


def keys(units, relations) -> list[str]:
    return [problem.key for problem in rules.problems(units, relations)]


def test_problems_of_a_whole_tree_are_none():
    assert rules.problems(UNITS, RELATIONS) == []


@pytest.mark.parametrize(
    ("units", "relations", "key"),
    [
        ([unit("a"), unit("a")], [], "unit-duplicate"),
        ([unit("a", valid_from=D(2025, 1, 2), valid_to=D(2025, 1, 1))], [], "unit-dates"),
        ([unit("a")], [authority("a", "ghost")], "relation-unknown"),
        ([unit("a")], [authority("a", "a")], "relation-self"),
        ([unit("a"), unit("b")], [authority("a", "b", D(2025, 2, 1), D(2025, 1, 1))], "relation-dates"),
        ([unit("a"), unit("b", valid_to=D(2024, 1, 1))], [authority("a", "b", D(2024, 6, 1))], "relation-lifetime"),
        ([unit("a"), unit("b", valid_to=D(2024, 1, 1))], [authority("a", "b", D(2023, 6, 1))], "relation-lifetime"),
        ([unit("a"), unit("b")], [follows("merged-into", "a", "b", D(2025, 7, 1))], "succession-end"),
        (
            [unit("a", valid_to=D(2025, 6, 30)), unit("b", valid_from=D(2026, 1, 1))],
            [follows("merged-into", "a", "b", D(2025, 7, 1))],
            "succession-heir",
        ),
        (
            [unit("a"), unit("b"), unit("c")],
            [authority("a", "b"), authority("a", "c", D(2024, 1, 1))],
            "authority-overlap",
        ),
        ([unit("a"), unit("b")], [authority("a", "b"), authority("b", "a")], "tree-cycle"),
        (
            [unit("a"), unit("b")],
            [follows("duties-to", "a", "b", OLD), follows("duties-to", "b", "a", OLD)],
            "succession-cycle",
        ),
    ],
)
def test_problems_of_an_impossible_tree_are_named(units, relations, key):
    assert key in keys(units, relations)


def test_problems_allow_two_authorities_that_meet_without_overlap():
    units = [unit("a"), unit("b"), unit("c")]
    relations = [authority("a", "b", OLD, D(2023, 12, 31)), authority("a", "c", D(2024, 1, 1))]

    assert rules.problems(units, relations) == []


@given(parents=st.lists(st.integers(0, 9), min_size=2, max_size=10), day=st.dates(OLD, D(2030, 1, 1)))
def test_tree_without_circles_places_every_unit_once(parents, day):
    """Each unit's parent has a smaller number, so there is no circle; number 0 is the root."""
    units = [unit(f"u{number}") for number in range(len(parents))]
    relations = [authority(f"u{n}", f"u{parent % n}") for n, parent in enumerate(parents) if n]

    placed = [node.unit.id for node in rules.walk(rules.tree_at(units, relations, day))]

    assert sorted(placed) == sorted(item.id for item in units)
    assert rules.problems(units, relations) == []
    below = {item.id for item in rules.below(units[0], units, relations, day)}
    assert below == set(placed)


@given(moves=st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 3)), max_size=6), probe=st.integers(0, 2500))
def test_moving_a_unit_never_gives_it_two_authorities(moves, probe):
    """Transfers at any days, each ending the one before, leave exactly one authority from the first day on."""
    relations: list[Relation] = [authority("a", "p0")]
    for offset, parent in sorted(dict(moves).items()):
        start = OLD + timedelta(days=offset)
        last = relations[-1]
        relations[-1] = replace(last, end=start - timedelta(days=1))
        relations.append(authority("a", f"p{parent}", start))
    units = [unit("a"), *(unit(f"p{number}") for number in range(4))]

    holding = [item for item in relations if item.holds_on(OLD + timedelta(days=probe))]

    assert rules.problems(units, relations) == []
    assert len(holding) == 1
