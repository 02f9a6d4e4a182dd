"""What $match says of two descriptions of people: a table of pairs and the grade that each must have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.operations.matching import people, scoring
from ansinh.fhir.operations.matching.weights import patient_weights
from ansinh.kernel.naming import BHYT, CCCD, CMND

WEIGHTS = patient_weights()
SAU = {
    "name": [{"text": "Trần Thị Sáu", "family": "Trần", "given": ["Thị", "Sáu"]}],
    "birthDate": "1948-03-05",
    "gender": "female",
    "identifier": [{"system": CCCD, "value": "037148001234"}, {"system": BHYT, "value": "CC1373712345678"}],
    "telecom": [{"system": "phone", "value": "0912345678"}],
    "address": [{"text": "Thôn 3, xã Nho Quan, Ninh Bình"}],
}


def described(name="Trần Thị Sáu", birth="1948-03-05", gender="female", phone="", address="", **numbers) -> dict:
    systems = {"cccd": CCCD, "bhyt": BHYT, "cmnd": CMND}
    return {
        "name": [{"text": name}] if isinstance(name, str) else [name],
        "birthDate": birth,
        "gender": gender,
        "identifier": [{"system": systems[key], "value": value} for key, value in numbers.items()],
        "telecom": [{"system": "phone", "value": phone}],
        "address": [{"text": address}],
    }


@pytest.mark.parametrize(
    ("other", "grade"),
    [
        # a number that both have proves, however the rest is written
        (described(cccd="037148001234"), "certain"),
        (described(cccd="037 148 001 234", name="TRAN THI SAU"), "certain"),
        (described(cccd="037148001234", birth="", gender=""), "certain"),
        (described(bhyt="3712345678"), "certain"),
        (described(bhyt="DN4373712345678"), "certain"),
        # unless the person described is somebody else: a number typed wrong, a card lent
        (described(cccd="037148001234", name="Lê Văn Bảy", birth="1990-01-01", gender="male"), "certainly-not"),
        (described(cccd="037148001234", name="Lê Văn Bảy"), "probable"),
        # name and birth date make it likely, never certain
        (described(), "probable"),
        (described(name="tran thi sau"), "probable"),
        (described(name="Sáu Trần Thị"), "probable"),
        (described(name={"given": ["Sáu"], "family": "Trần Thị"}), "probable"),
        (described(name={"family": "Trần", "given": ["Thị", "Sáu"]}), "probable"),
        (described(birth="1948", phone="+84 912 345 678"), "probable"),
        (described(birth="1948-03"), "probable"),
        (described(phone="0912.345.678", address="thôn 3 xã Nho Quan, Ninh Bình"), "probable"),
        # less is known, or something speaks against it
        (described(birth="1948"), "probable"),
        (described(birth="1948", gender=""), "probable"),
        (described(birth=""), "possible"),
        (described(birth="", gender=""), "possible"),
        (described(birth="", phone="0912345678"), "possible"),
        (described(birth="1948-05-03"), "probable"),
        (described(birth="1948-05-03", gender=""), "probable"),
        (described(name="Trần Thị Sấu"), "probable"),
        (described(name="Trần Thị Sáo"), "probable"),
        (described(name="Trần Mai Sáu"), "possible"),
        (described(cccd="037148001243"), "probable"),
        (described(cccd="001155009999"), "possible"),
        (described(cccd="001155009999", birth="1948"), "possible"),
        (described(gender="male"), "possible"),
        (described(birth="1949-03-05"), "certainly-not"),
        (described(birth="1960-01-01"), "certainly-not"),
        (described(name="Lê Thị Sáu"), "certainly-not"),
        (described(name="Lê Văn Bảy", phone="0912345678", address="Thôn 3, xã Nho Quan, Ninh Bình"), "certainly-not"),
        ({}, "certainly-not"),
    ],
)
def test_match_pair_has_the_grade_of_the_table(other, grade):
    points, found = scoring.score(people.read(SAU, WEIGHTS), people.read(other, WEIGHTS), WEIGHTS)

    assert (found, points) == (grade, points)


_words = st.sampled_from(["Trần", "Tran", "Thị", "Sáu", "Sấu", "Văn", "H'Ly", "Y", "Nguyễn"])
_people = st.fixed_dictionaries(
    {
        "name": st.lists(st.builds(lambda words: {"text": " ".join(words)}, st.lists(_words, min_size=1, max_size=4))),
        "birthDate": st.sampled_from(["", "1948", "1948-03", "1948-03-05", "1948-05-03", "1949", "nonsense"]),
        "gender": st.sampled_from(["male", "female", "unknown", None]),
        "identifier": st.lists(
            st.builds(
                lambda system, value: {"system": system, "value": value},
                st.sampled_from([CCCD, BHYT, CMND, "other"]),
                st.sampled_from(["037148001234", "037148001243", "CC1373712345678", "3712345678"]),
            ),
            max_size=3,
        ),
    }
)


@given(_people, _people)
def test_score_is_the_same_both_ways_and_within_bounds(one, two):
    a, b = people.read(one, WEIGHTS), people.read(two, WEIGHTS)

    points, grade = scoring.score(a, b, WEIGHTS)

    assert (points, grade) == scoring.score(b, a, WEIGHTS)
    assert 0 <= points <= 100
    assert grade == scoring.grade(points, WEIGHTS)


@given(_people)
def test_score_with_a_shared_number_and_all_else_equal_is_the_highest(one):
    a = people.read(one, WEIGHTS)
    known = [pair for pair in a.numbers if pair[0] in (CCCD, BHYT, CMND)]

    points, _ = scoring.score(a, a, WEIGHTS)

    assert points == 100 if known else points <= WEIGHTS.without_proof
