"""What holds for every card, name and pair of people."""

import string
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.registry import rules
from ansinh.clinical.registry.cards import parse_card
from ansinh.clinical.registry.likeness import Identity, likeness
from ansinh.kernel.errors import Invalid
from ansinh.kernel.ids import new_id

TODAY = date(2026, 3, 15)
NAMES = st.sampled_from(["Nguyễn Văn An", "Y Bhin", "H'Ly", "Trần Thị Bình", "Nguyễn Vân An", "Đạo"])
BIRTHS = st.dates(date(1900, 1, 1), TODAY).map(lambda d: d.isoformat())
PARTIAL = st.tuples(BIRTHS, st.sampled_from([4, 7, 10, 0])).map(lambda pair: pair[0][: pair[1]])
PEOPLE = st.builds(
    Identity,
    name=NAMES,
    birth=PARTIAL,
    gender=st.sampled_from(["male", "female", "unknown", ""]),
    commune=st.sampled_from(["", "14533", "24611"]),
    citizen_number=st.sampled_from(["", "036050000001", "036050000010", "036190000001"]),
)


@given(PEOPLE, PEOPLE)
def test_likeness_does_not_depend_on_the_order(a, b):
    assert likeness(a, b) == likeness(b, a)


@given(PEOPLE)
def test_likeness_of_a_person_with_themself_is_shown(a):
    assert likeness(a, a).worth_showing


def outcome(text: str) -> list[str]:
    """Kind of the card, or every sentence of its refusal."""
    try:
        return [parse_card(text, TODAY).kind]
    except Invalid as refusal:
        return [refusal.message, *(problem.message for problem in refusal.problems)]


@given(st.text(max_size=300) | st.lists(st.text(max_size=12), max_size=20).map("|".join))
def test_any_text_is_a_card_or_an_explained_refusal(text):
    assert all(outcome(text))


@given(
    number=st.text(string.digits, min_size=12, max_size=12),
    name=NAMES,
    birth=BIRTHS,
    address=st.text("ABC xyz,ăâđ", max_size=40),
)
def test_citizen_card_printed_and_scanned_says_the_same(number, name, birth, address):
    packed = birth[8:] + birth[5:7] + birth[:4]

    card = parse_card(f"{number}||{name.upper()}|{packed}|Nữ|{address}|20042022", TODAY)

    assert card.fields["citizen_number"] == number
    assert card.fields["full_name"].casefold() == name.casefold()
    assert card.fields["birth_date"] == birth


@given(PARTIAL.filter(bool))
def test_age_is_never_negative_and_never_above_the_oldest(birth):
    assert 0 <= rules.age(birth, TODAY).years <= rules.OLDEST


def test_record_numbers_of_many_people_do_not_collide():
    numbers = {rules.record_number(new_id(), 2026) for _ in range(5000)}

    assert len(numbers) > 4990
