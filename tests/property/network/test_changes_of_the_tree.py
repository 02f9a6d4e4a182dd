"""Random changes of the register in any order: the tree stays possible, and no change rewrites a day before it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.network.facilities import actions, queries, rules
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.resources import organization_id
from ansinh.network.facilities.rules import AUTHORITY, Relation, Unit

FIRST = date(2020, 1, 1)
CODES = ("p", "q", "d", "e", "f", "g", "h")
START = Register(
    tuple(Unit(organization_id(code), code, code.upper(), "hospital") for code in CODES[:5]),
    tuple(
        Relation(f"r-{child}", organization_id(parent), organization_id(child), AUTHORITY, FIRST)
        for parent, child in (("p", "d"), ("q", "e"), ("d", "f"))
    ),
)
days = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=30 * number))
codes = st.sampled_from(CODES)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), codes, codes, days),
        st.tuples(st.just("transfer"), codes, codes, days),
        st.tuples(st.just("merge"), codes, codes, days),
        st.tuples(st.just("rename"), codes, codes, days),
        st.tuples(st.just("close"), codes, codes, days),
    ),
    max_size=8,
)


@dataclass
class Book:
    """The register in memory, in place of the database."""

    now: Register = START
    history: list[tuple[date, Register, Register]] = field(default_factory=list)

    def store(self, context, before, units, relations) -> None:
        if found := rules.problems(units, relations):
            raise Invalid(found[0].message, code=found[0].key, problems=found)
        self.now = Register(tuple(units), tuple(relations))

    def step(self, what: str, one: str, other: str, day: date) -> None:
        before, context = self.now, system_context()
        unit, second = organization_id(one), organization_id(other)
        change: dict[str, Callable] = {
            "add": lambda: actions.add_unit(context, code=one, name=one, kind="hospital", authority=second, start=day),
            "transfer": lambda: actions.transfer_unit(context, unit=unit, authority=second, start=day),
            "merge": lambda: actions.merge_unit(context, unit=unit, heir=second, start=day),
            "rename": lambda: actions.rename_unit(context, unit=unit, code=other, name=other, start=day),
            "close": lambda: actions.close_unit(context, unit=unit, last_day=day - timedelta(days=1)),
        }
        try:
            change[what]()
        except (Invalid, NotFound):
            assert self.now is before
        else:
            self.history.append((day, before, self.now))


def outline(register: Register, day: date) -> list[tuple[str, str]]:
    tree = rules.walk(rules.tree_at(register.units, register.relations, day))
    return sorted((node.parent, node.unit.id) for node in tree)


def run(book: Book, steps: list[tuple]) -> None:
    book.now, book.history = START, []
    for step in steps:
        book.step(*step)


def probes(around: date) -> list[date]:
    return [FIRST, around - timedelta(days=31), around - timedelta(days=1)]


@given(steps)
@settings(max_examples=60)
def test_tree_stays_possible_whatever_is_changed(steps):
    with pytest.MonkeyPatch.context() as patch:
        book = book_in(patch)
        run(book, steps)

        assert rules.problems(book.now.units, book.now.relations) == []
        for day in {day for day, _, _ in book.history}:
            placed = [unit for _, unit in outline(book.now, day)]
            assert sorted(placed) == sorted(unit.id for unit in book.now.units if unit.exists_on(day))


@given(steps)
@settings(max_examples=60)
def test_change_never_rewrites_a_day_before_it(steps):
    with pytest.MonkeyPatch.context() as patch:
        book = book_in(patch)
        run(book, steps)

        for day, before, after in book.history:
            for probe in probes(day):
                if probe < day:
                    assert outline(after, probe) == outline(before, probe)


@given(steps)
@settings(max_examples=60)
def test_unit_that_ended_is_carried_on_by_units_that_exist_or_by_nobody(steps):
    with pytest.MonkeyPatch.context() as patch:
        book = book_in(patch)
        run(book, steps)
        last = FIRST + timedelta(days=5000)
        known = {unit.id: unit for unit in book.now.units}

        for unit in book.now.units:
            heirs = rules.successors(unit.id, book.now.relations, last, whole=True)
            followed = [heir for heir in heirs if heir != unit.id]
            assert heirs
            assert all(heir in known for heir in followed)
            assert bool(followed) <= (unit.valid_to is not None)


def book_in(patch: pytest.MonkeyPatch) -> Book:
    made = Book()
    patch.setattr(queries, "register", lambda context: made.now)
    patch.setattr(queries, "people_in", lambda unit: 0)
    patch.setattr(actions, "_store", made.store)
    return made
