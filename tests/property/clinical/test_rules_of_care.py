"""What holds for every day, measurement, number and card, whatever is typed."""

import calendar
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansinh.clinical.encounters import rules as care
from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry import rules
from ansinh.clinical.registry.cards import parse_card
from ansinh.clinical.registry.retractions import Retraction, kind_of, retraction_of, taken_back
from ansinh.kernel.errors import Invalid
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS, EXT
from ansinh.kernel.text import nfc

TODAY = date(2026, 3, 15)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
BIRTHS = st.dates(date(1900, 1, 1), TODAY).flatmap(
    lambda day: st.sampled_from([4, 7, 10]).map(lambda length: day.isoformat()[:length])
)
DIGITS = st.text("0123456789", min_size=12, max_size=12)
WORDS = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x1EF9), min_size=1, max_size=8)


def accepted(rule, *given) -> bool:
    try:
        rule(*given)
    except Invalid:
        return False
    return True


# Days


@given(DAYS, st.integers(1, 36))
@example(date(2024, 8, 31), 6)
@example(date(2023, 12, 31), 2)
@example(date(2024, 2, 29), 12)
def test_next_check_is_that_many_months_later_on_the_same_day_or_the_last(done, months):
    due = care.next_check(done, months)

    assert (due.year * 12 + due.month) - (done.year * 12 + done.month) == months
    assert due.day == min(done.day, calendar.monthrange(due.year, due.month)[1])


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), BIRTHS)
def test_stay_may_begin_on_any_day_of_a_life_up_to_today(start, birth):
    first = date.fromisoformat((birth + "-01-01")[:10] if len(birth) == 4 else (birth + "-01")[:10])

    assert accepted(rules.stay_start, start, birth, TODAY) == (first <= start <= TODAY)


@given(DAYS, DAYS, st.sampled_from([4, 7, 10]))
def test_stay_may_end_on_any_day_from_its_start_up_to_today(start, end, precision):
    known = start.isoformat()[:precision]

    ends = accepted(rules.stay_end, end, known, TODAY)

    assert ends == (end <= TODAY and end.isoformat() >= known)
    if start <= end <= TODAY:
        assert ends


@given(BIRTHS, st.dates(TODAY, date(2090, 1, 1)))
def test_age_grows_by_at_most_one_year_in_a_year_and_never_shrinks(birth, day):
    now, tomorrow = rules.age(birth, day), rules.age(birth, day + timedelta(days=1))

    assert 0 <= tomorrow.years - now.years <= 1
    assert tomorrow.months >= now.months
    assert now.exact == (len(birth) == 10)
    assert len(birth) == 4 or now.years == now.months // 12


@given(st.dates(date(1900, 1, 1), TODAY))
def test_age_on_a_birthday_is_the_number_of_years(born):
    assume((born.month, born.day) != (2, 29))

    assert rules.age(born.isoformat(), born.replace(year=born.year + 40)).years == 40
    assert rules.age(born.isoformat(), born.replace(year=born.year + 40) - timedelta(days=1)).years == 39


@given(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), BIRTHS)
def test_care_happens_between_birth_and_now(moment, birth):
    now = datetime(2026, 3, 15, 8, 0, tzinfo=UTC)

    possible = moment <= now + timedelta(minutes=5) and moment.date().isoformat()[: len(birth)] >= birth

    assert accepted(care.moment_of_care, moment, birth, now) == possible


@given(st.sampled_from(["", "2026-01-01"]) | DAYS.map(str), st.sampled_from(["", "2026-03-20"]) | DAYS.map(str), DAYS)
def test_card_is_in_exactly_one_state_on_a_day(start, end, on):
    state, day = rules.coverage_state(start, end, on), on.isoformat()

    if not (start or end):
        assert state == "unknown"
    elif start > day:
        assert state == "future"
    elif end and end < day:
        assert state == "ended"
    else:
        assert state == ("soon" if end and date.fromisoformat(end) - on <= timedelta(days=30) else "valid")


# Measurements

PULSE = Vital("pulse", "Mạch", "8867-4", "lần/phút", "/min", Decimal(20), Decimal(300))
UPPER = Vital("systolic", "Tâm thu", "8480-6", "mmHg", "mm[Hg]", Decimal(40), Decimal(300))
LOWER = Vital("diastolic", "Tâm trương", "8462-4", "mmHg", "mm[Hg]", Decimal(20), Decimal(200))
VITALS = {one.name: one for one in (PULSE, UPPER, LOWER)}
VALUES = st.decimals(-1000, 1000, places=1)


@given(VALUES)
def test_measurement_is_believed_within_its_limits_and_named_outside(value):
    told = care.vital_problems({"pulse": value}, VITALS)

    assert [problem.expression for problem in told] == ([] if PULSE.min <= value <= PULSE.max else ["pulse"])


@given(VALUES | st.none(), VALUES | st.none())
def test_pressure_needs_both_figures_the_upper_above_the_lower(upper, lower):
    given_ = {name: value for name, value in (("systolic", upper), ("diastolic", lower)) if value is not None}

    keys = {problem.key for problem in care.vital_problems(given_, VITALS)}

    assert ("pressure-half" in keys) == (len(given_) == 1)
    assert ("pressure-order" in keys) == (len(given_) == 2 and upper <= lower)


@given(st.decimals(1, 400, places=1), st.decimals(30, 250, places=1))
def test_body_mass_index_is_weight_over_height_squared(weight, height):
    found = care.bmi(weight, height)

    assert abs(found * height * height / 10000 - weight) <= Decimal("0.05") * height * height / 10000 + Decimal("0.001")
    assert care.bmi(weight, None) is care.bmi(None, height) is None


# Numbers and names


@given(DIGITS, st.lists(st.sampled_from([" ", ".", "\u00a0", "\t"]), min_size=11, max_size=11))
def test_citizen_number_is_the_same_with_spaces_and_dots(number, between):
    written = "".join(a + b for a, b in zip(number, [*between, ""], strict=True))

    assert rules.citizen_number(written) == number


@given(st.text("0123456789 .", max_size=20))
def test_citizen_number_of_another_length_is_refused_with_what_was_counted(text):
    count = sum(char.isdigit() for char in text)
    if count == 12:
        assert len(rules.citizen_number(text)) == 12
    else:
        with pytest.raises(Invalid) as refusal:
            rules.citizen_number(text)
        assert refusal.value.code == ("cccd-digits" if count == 0 else "cccd-length")


@given(st.sampled_from(["male", "female"]), st.integers(1900, 2026), DIGITS)
def test_number_that_fits_sex_and_year_raises_no_doubt_and_any_other_does(gender, year, rest):
    century = (year // 100 - 19) * 2 + (gender == "female")
    number = f"{rest[:3]}{century}{year % 100:02d}{rest[6:]}"

    assert rules.citizen_number_doubts(number, gender, str(year)) == []
    other = {"male": "female", "female": "male"}[gender]
    keys = {doubt.key for doubt in rules.citizen_number_doubts(number, other, str(year + 1))}
    assert keys == {"cccd-sex", "cccd-birth-year"}
    assert all(doubt.severity == "warning" for doubt in rules.citizen_number_doubts(number, other, ""))


@given(st.text("0123456789", min_size=9, max_size=9), st.sampled_from(["0", "84", "+84", "(+84) ", "+84-"]))
def test_telephone_number_is_stored_in_national_form(digits, prefix):
    assume(digits[0] != "0")

    assert rules.phone(prefix + digits) == "0" + digits


@given(st.text("ABCDEFGHKQT", min_size=2, max_size=2), st.integers(1, 5), DIGITS)
def test_insurance_card_is_stored_without_spaces_in_capitals(letters, level, digits):
    card = f"{letters}{level}{digits}"

    assert rules.insurance_card(f" {card[:2].lower()} {card[2]}-{card[3:5]}.{card[5:]} ") == card
    assert rules.insurance_card(card) == card


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_name_in_any_unicode_form_is_stored_once(words):
    assume(not rules.looks_garbled(" ".join(words)))
    stored = rules.full_name(" ".join(words))

    for form in ("NFC", "NFD"):
        assert rules.full_name(unicodedata.normalize(form, "  ".join(words)) + " ") == stored
    assert rules.full_name(stored) == stored == nfc(stored)


@given(st.integers(2000, 2099))
def test_record_number_is_short_stable_and_free_of_letters_that_are_misread(year):
    one, other = new_id(), new_id()

    number = rules.record_number(one, year)

    assert number == rules.record_number(one, year) != rules.record_number(other, year)
    assert (number[:3], len(number)) == (f"{year % 100:02d}-", 9)
    assert not set(number[3:]) & set("01OIL")


# Cards


@given(
    DIGITS,
    st.lists(WORDS, min_size=2, max_size=4),
    st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    st.sampled_from([("Nam", "male"), ("Nữ", "female")]),
    st.dates(date(2021, 1, 1), TODAY),
    st.sampled_from(["NFC", "NFD"]),
    st.lists(st.text("abc0 ", max_size=4), max_size=3),
)
def test_card_gives_back_what_was_printed_on_it(number, words, born, sex, issued, form, rest):
    name = " ".join(words)
    assume(not rules.looks_garbled(name))
    printed = [number, "", name, f"{born:%d%m%Y}", sex[0], "Thôn 1, Xã A", f"{issued:%d%m%Y}", *rest]

    card = parse_card(unicodedata.normalize(form, "|".join(printed)) + "\r\n", TODAY)

    where = "address" if issued >= date(2025, 7, 1) else "old_address"
    assert card.kind == "citizen"
    assert card.fields["citizen_number"] == number
    assert card.fields["birth_date"] == born.isoformat()
    assert card.fields["gender"] == sex[1]
    assert card.fields[where] == "Thôn 1, Xã A"
    assert nfc(card.fields["full_name"]).casefold() == nfc(name).casefold()


# Entered in error

RESOURCES = st.fixed_dictionaries(
    {
        "resourceType": st.sampled_from(["Encounter", "EpisodeOfCare"]),
        "id": st.just("x"),
        "status": st.sampled_from(["active", "finished", "planned"]),
        "extension": st.lists(st.sampled_from([{"url": "a"}, {"url": EXT("discharge-reason")}]), max_size=2),
    }
)
OURS = CS("encounter-type")
WHY = st.builds(Retraction, st.text(min_size=1), st.just("2026-03-15T08:00:00+07:00"), st.sampled_from(["", "P/1"]))


@given(RESOURCES, WHY, WHY)
def test_entry_that_is_taken_back_says_why_and_loses_nothing(entry, why, later):
    gone = taken_back(entry, why)

    assert retraction_of(entry) is None
    assert retraction_of(gone) == why
    assert retraction_of(taken_back(gone, later)) == later
    assert [one for one in gone["extension"] if one["url"] != EXT("retraction")] == entry["extension"]
    assert {key: gone[key] for key in gone if key not in ("status", "extension")} == {
        key: entry[key] for key in entry if key not in ("status", "extension")
    }


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({"resourceType": "EpisodeOfCare", "type": [{"coding": [{"code": "inpatient"}]}]}, "stay"),
        ({"resourceType": "Encounter", "type": [{"coding": [{"system": "x", "code": "visit"}]}]}, ""),
        ({"resourceType": "Encounter", "type": [{"coding": [{"system": OURS, "code": "visit"}]}]}, "visit"),
        ({"resourceType": "Encounter", "type": [{"text": "Khám"}]}, ""),
        ({"resourceType": "Encounter"}, ""),
    ],
)  # fmt: skip
def test_kind_of_an_entry_is_read_from_our_own_list_alone(entry, kind):
    assert kind_of(entry) == kind
