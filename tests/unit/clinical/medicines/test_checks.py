"""What stands against a medicine, and what does not. The substances are invented."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.medicines.rules import checks, knowledge
from ansinh.clinical.medicines.rules.checks import Allergy, Drug, Weighing
from ansinh.kernel.errors import Invalid

FILE = {
    "id": "vi-du", "version": "1", "title": "Ví dụ", "source": "Dữ liệu bịa để thử",
    "substances": [
        {"name": "chất a", "also": ["a-lin", "A Lin muối"], "classes": ["nhóm một"]},
        {"name": "chất b", "classes": ["nhóm một"]},
        {"name": "chất c", "classes": ["nhóm hai"]},
    ],
    "interactions": [
        {"between": ["chất a", "nhóm hai"], "severity": "major", "says": "không dùng cùng.", "source": "Bịa 1"},
        {"between": ["chất b", "chất d"], "severity": "minor", "says": "theo dõi.", "source": "Bịa 2"},
    ],
    "doses": [{"substance": "chất a", "most_per_kg": 10, "unit": "mg", "ages": {"to": 12}, "source": "Bịa 3"}],
}  # fmt: skip
KNOWN = knowledge.read(FILE)
NOTHING = knowledge.Knowledge()
A, B, C, D = (Drug(x.upper(), f"Thuốc {x.upper()} 5 mg", (f"chất {x}",)) for x in "abcd")
LIN = Drug("LIN", "Alin forte", ("A-Lin",))


def kinds(drug, allergies=(), present=(), known=KNOWN):
    told = [Allergy("x", one) for one in allergies]
    running = [(one.code, one) for one in present]
    return [(one.kind, one.stops) for one in checks.findings(drug, told, running, known)]


@pytest.mark.parametrize(
    ("drug", "allergy", "found"),
    [
        (A, "chất a", [("allergy", True)]), (A, "Chất A", [("allergy", True)]), (A, "CHAT A", [("allergy", True)]),
        (A, "a-lin", [("allergy", True)]), (LIN, "chất a", [("allergy", True)]), (A, "nhóm một", [("allergy", True)]),
        (A, "Thuốc A 5 mg", [("allergy", True)]), (A, "chất a 500 mg, nổi mẩn", [("allergy", True)]),
        (A, "chất b", [("class", False)]), (A, "chất c", []), (A, "chất", []), (A, "phấn hoa", []), (D, "chất a", []),
    ],
)  # fmt: skip
def test_allergy_is_found_by_substance_other_name_class_or_medicine(drug, allergy, found):
    assert kinds(drug, [allergy]) == found


def test_allergy_is_found_by_name_without_any_knowledge():
    assert kinds(A, ["chat a"], known=NOTHING) == [("allergy", True)]
    assert kinds(A, ["chất b"], known=NOTHING) == []


def test_severe_allergy_to_another_of_the_class_stops():
    (found,) = checks.against_allergies(A, [Allergy("x", "chất b", severe=True)], KNOWN)

    assert (found.kind, found.stops) == ("class", True)


@pytest.mark.parametrize(
    ("drug", "present", "found"),
    [
        (A, [LIN], [("duplicate", True)]), (A, [A], [("duplicate", True)]), (A, [B], []),
        (A, [C], [("interaction", True)]), (C, [A], [("interaction", True)]), (C, [LIN], [("interaction", True)]),
        (B, [D], [("interaction", False)]), (D, [B], [("interaction", False)]), (D, [C], []),
        (A, [LIN, C], [("duplicate", True), ("interaction", True)]),
    ],
)  # fmt: skip
def test_double_and_interaction_are_found_both_ways_round(drug, present, found):
    assert kinds(drug, present=present) == found


def test_each_finding_names_both_medicines_and_its_source():
    (found,) = checks.findings(A, [], [("o", C)], KNOWN)

    assert (str(found.message), found.source, found.other) == (
        "Thuốc A 5 mg và Thuốc C 5 mg: không dùng cùng.", "Bịa 1", "o",
    )  # fmt: skip


@given(st.sampled_from([A, B, C, D, LIN]), st.sampled_from([A, B, C, D, LIN]))
def test_an_interaction_is_the_same_whoever_comes_first(one, other):
    def between(first, second):
        found = checks.findings(first, [], [("o", second)], KNOWN)
        return {(each.kind, each.stops, each.source) for each in found}

    assert between(one, other) == between(other, one)


# --- doses by weight ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per_kg", "weight", "dose", "measured", "keys"),
    [
        (10, 20, 200, 20, []), (10, 20, 215, 20, []), (10, 21, 210, 20, []),
        (10, 20, 2000, 20, ["dose-differs"]), (10, 60, 600, 20, ["weight-differs"]),
        (10, 60, 200, 20, ["weight-differs", "dose-differs"]), (10, 20, 200, None, ["weight-none"]),
        (0, 20, 200, 20, ["dose-zero"]), (10, -20, 200, 20, ["dose-zero"]),
    ],
)  # fmt: skip
def test_dose_by_the_wrong_weight_is_told(per_kg, weight, dose, measured, keys):
    weighing = Weighing(Decimal(per_kg), Decimal(weight), Decimal(dose))
    known = None if measured is None else Decimal(measured)

    assert [one.key for one in checks.weighing_problems(weighing, known)] == keys


@pytest.mark.parametrize(("per_kg", "years", "found"), [(11, 5, 1), (10, 5, 0), (11, 12, 0), (11, None, 0)])
def test_dose_above_what_the_file_allows_at_an_age_is_told(per_kg, years, found):
    weighing = Weighing(Decimal(per_kg), Decimal(20), Decimal(220))
    age = None if years is None else Decimal(years)

    assert len(list(checks.most_per_kg(LIN, weighing, age, KNOWN))) == found


# --- the file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": ""}, "id"), ({"source": None}, "source"), ({"màu": 1}, "màu"), ({"substances": "a"}, "substances"),
        ({"substances": [{"name": ""}]}, "substances[0].name"),
        ({"substances": [{"name": "a", "also": "b"}]}, "substances[0].also"),
        ({"interactions": [{"between": ["a"], "severity": "major", "says": "x", "source": "y"}]},
         "interactions[0].between"),
        ({"interactions": [{"between": ["a", "b"], "severity": "nặng", "says": "x", "source": "y"}]},
         "interactions[0].severity"),
        ({"interactions": [{"between": ["a", "b"], "severity": "major", "says": "x"}]}, "interactions[0].source"),
        ({"interactions": ["a"]}, "interactions[0].says"),
        ({"doses": [{"substance": "a", "most_per_kg": "nhiều", "unit": "mg", "source": "y"}]}, "doses[0].most_per_kg"),
        ({"doses": [{"substance": "a", "most_per_kg": 1, "unit": "thìa", "source": "y"}]}, "doses[0].unit"),
        ({"doses": [{"most_per_kg": 1, "unit": "mg", "source": "y"}]}, "doses[0].substance"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_place(change, place):
    with pytest.raises(Invalid) as refused:
        knowledge.read({**FILE, **change})

    assert place in [one.expression for one in refused.value.problems]


@pytest.mark.parametrize("document", [None, [], "chữ", 5])
def test_file_that_is_no_list_of_parts_is_refused(document):
    with pytest.raises(Invalid):
        knowledge.read(document)


def test_two_files_are_joined():
    other = knowledge.read({**FILE, "id": "khác", "substances": [{"name": "chất a", "classes": ["nhóm ba"]}],
                            "interactions": [], "doses": []})  # fmt: skip
    joined = KNOWN | other

    assert joined.kinds("a-lin") == {"chat a", "nhom mot", "nhom ba"}
    assert len(joined.interactions) == 2
