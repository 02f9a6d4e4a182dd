"""Allergies as people write them down, and files of knowledge that name the same substance differently. Invented."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.medicines.rules import checks, knowledge
from ansinh.clinical.medicines.rules.checks import Allergy, Drug
from ansinh.kernel.errors import Invalid

HEAD = {"id": "vi-du", "version": "1", "title": "Ví dụ", "source": "Dữ liệu bịa để thử"}
ONE = knowledge.read(HEAD | {"substances": [{"name": "alin", "also": ["a-lin muối"], "classes": ["nhóm một"]}]})
NOTHING = knowledge.Knowledge()
LISTED = Drug("A", "Biệt dược 500 mg", ("Alin",))
UNLISTED = Drug("", "Alin 500 mg (viên)", ("Alin 500 mg (viên)",))


def found(drug, text, known=NOTHING, *, severe=False):
    return [(one.kind, one.stops) for one in checks.against_allergies(drug, [Allergy("x", text, severe)], known)]


@pytest.mark.parametrize(
    "text",
    ["alin", "ALIN", "Alin; nổi mẩn", "alin, khó thở", "alin (mày đay)", "alin.", "betin/alin", "«Alin»",
     "betin + alin", "alin\nphản vệ năm 2020", "  alin  ", "Nổi mẩn: alin"],
)  # fmt: skip
@pytest.mark.parametrize("drug", [LISTED, UNLISTED], ids=["listed", "by name"])
def test_allergy_is_found_however_it_is_written_down(text, drug):
    assert found(drug, text) == [("allergy", True)]


@pytest.mark.parametrize("text", ["dị ứng alin", "uống alin thì nổi mẩn", "Alin 500 mg 2 viên"])
def test_substance_of_the_list_is_found_within_a_sentence(text):
    assert found(LISTED, text) == [("allergy", True)]


@pytest.mark.parametrize("text", ["", "  ", "...", "ali", "alinin", "lin", "phấn hoa", "tôm, cua"])
@pytest.mark.parametrize("drug", [LISTED, UNLISTED], ids=["listed", "by name"])
def test_note_that_names_another_thing_or_nothing_stops_nothing(text, drug):
    assert found(drug, text, ONE) == []


@pytest.mark.parametrize("text", ["nhóm một", "Nhóm Một (mẩn ngứa)", "dị ứng nhóm một"])
def test_class_is_found_among_other_words(text):
    assert found(LISTED, text, ONE) == [("allergy", True)]


@given(st.text(max_size=30), st.sampled_from([" ", ", ", "; ", " (", "/", "\n"]))
def test_words_after_the_substance_never_hide_it(words, mark):
    assert ("allergy", True) in found(LISTED, f"alin{mark}{words}")


def test_every_allergy_is_told_not_only_the_first():
    told = [Allergy("1", "alin"), Allergy("2", "a-lin muối"), Allergy("3", "phấn hoa")]

    assert [one.other for one in checks.against_allergies(LISTED, told, ONE)] == ["1", "2"]


def test_finding_that_stops_is_an_error_of_the_form_and_the_other_a_warning():
    stops, tells = (checks.Finding("allergy", "Lời", stop).problem("override") for stop in (True, False))

    assert (stops.severity, tells.severity) == ("error", "warning")
    assert (stops.key, stops.expression) == ("medicine-allergy", "override")


# --- files joined ---------------------------------------------------------------------------------------------


def read(substances=(), interactions=()):
    pairs = [{"between": [*pair], "severity": "major", "says": "không.", "source": "Bịa"} for pair in interactions]
    return knowledge.read(HEAD | {"substances": [*substances], "interactions": pairs})


FILES = [
    read([{"name": "alin", "also": ["a-lin"], "classes": ["nhóm một"]}]),
    read([{"name": "a-lin", "also": ["alinum"], "classes": ["nhóm hai"]}], [("alinum", "betin")]),
    read([], [("a-lin", "cetin")]),
    read([{"name": "betin"}, {"name": "cetin", "also": ["xê tin"]}]),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_nothing_is_lost_whatever_file_was_installed_first(order):
    joined = NOTHING
    for number in order:
        joined = joined | FILES[number]
    drug, betin, cetin = (Drug(name, name, (name,)) for name in ("Alin", "Betin", "Xê tin"))

    assert joined.name("alin") == joined.name("a-lin") == joined.name("alinum")
    assert {"nhom mot", "nhom hai"} <= joined.kinds("alinum")
    kinds = [one.kind for one in checks.findings(drug, [], [("1", betin), ("2", cetin)], joined)]
    assert kinds == ["interaction", "interaction"]


def test_file_that_says_two_names_are_one_joins_what_two_others_kept_apart():
    apart = read([{"name": "alin", "classes": ["nhóm một"]}, {"name": "betin", "classes": ["nhóm hai"]}])

    joined = apart | read([{"name": "cetin", "also": ["alin", "betin"]}])

    assert joined.name("alin") == joined.name("betin") == joined.name("cetin")
    assert {"nhom mot", "nhom hai"} <= joined.kinds("cetin")


def test_names_that_have_nothing_in_common_stay_apart():
    joined = read([{"name": "alin", "also": ["a"]}]) | read([{"name": "betin", "also": ["b"]}])

    assert {joined.name(one) for one in ("alin", "a")} == {"alin"}
    assert {joined.name(one) for one in ("betin", "b")} == {"betin"}


@pytest.mark.parametrize("part", ["substances", "interactions", "doses"])
def test_part_that_is_named_and_left_empty_is_no_part(part):
    assert knowledge.read(HEAD | {part: None}) == NOTHING


@pytest.mark.parametrize(
    ("ages", "right"),
    [
        (None, True), ({}, True), ({"to": 12}, True), ({"from": 2}, True), ({"from": 0, "to": 0.5}, True),
        ({"from": None, "to": 12}, True), ("trẻ em", False), ([1], False), ({"from": "hai"}, False),
        ({"to": "mười"}, False), ({"from": 12, "to": 2}, False), ({"from": 2, "to": 2}, False), ({"from": -1}, False),
        ({"to": "Infinity"}, False),
    ],
)  # fmt: skip
def test_ages_of_a_dose_are_numbers_in_order(ages, right):
    dose = {"substance": "alin", "most_per_kg": 1, "unit": "mg", "source": "Bịa", "ages": ages}
    if right:
        assert len(knowledge.read(HEAD | {"doses": [dose]}).doses) == 1
        return
    with pytest.raises(Invalid) as refused:
        knowledge.read(HEAD | {"doses": [dose]})
    assert [one.expression for one in refused.value.problems] == ["doses[0].ages"]


@pytest.mark.parametrize("most", [0, -1, "nhiều", None, True, "NaN", "Infinity", [], {}])
def test_most_of_a_dose_is_a_number_above_nought(most):
    dose = {"substance": "alin", "most_per_kg": most, "unit": "mg", "source": "Bịa"}

    with pytest.raises(Invalid) as refused:
        knowledge.read(HEAD | {"doses": [dose]})

    assert [one.expression for one in refused.value.problems] == ["doses[0].most_per_kg"]
