"""The list of problems, and what a step makes of one; weeks of a pregnancy that is, was, or was forgotten."""

from datetime import date

import pytest

from ansinh.clinical.background import resources
from ansinh.clinical.background.queries import Pregnancy, Problem, sorted_out

VISIT = {"coding": [{"code": "encounter-diagnosis"}]}


def problem(code="I10", display="Tăng huyết áp", *, long_term=False, status="active", recorded="2026-03-10"):
    return Problem(f"{code}-{display}-{recorded}-{status}-{long_term}", code, display, long_term, status, recorded)


def parts(*every):
    """What stands in each part: (listed, other, resolved), by code or else words."""
    return tuple([one.code or one.display for one in part] for part in sorted_out(every))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", (["I10"], [], [])), ("recurrence", (["I10"], [], [])), ("relapse", (["I10"], [], [])),
        ("resolved", ([], [], ["I10"])), ("remission", ([], [], ["I10"])), ("inactive", ([], [], ["I10"])),
    ],
)  # fmt: skip
def test_problem_stands_where_its_state_says(status, expected):
    assert parts(problem(long_term=True, status=status)) == expected


def test_each_code_stands_once_in_its_part_the_latest_first():
    newer, older = problem(recorded="2026-03-10"), problem(recorded="2025-01-01")

    assert sorted_out([newer, older]) == ([], [newer], [])


def test_what_is_on_the_list_is_no_other_diagnosis_besides():
    assert parts(problem(), problem(long_term=True, recorded="2025-01-01")) == (["I10"], [], [])


def test_words_without_a_code_hide_no_other_words_without_one():
    listed = problem("", "Đau lưng mạn", long_term=True)

    assert parts(listed, problem("", "Mất ngủ"), problem("", "Đau lưng mạn")) == (["Đau lưng mạn"], ["Mất ngủ"], [])


def test_problem_that_was_resolved_and_came_again_stands_in_both():
    assert parts(problem(), problem(status="resolved", recorded="2020-01-01")) == ([], ["I10"], ["I10"])


def test_resolved_visit_diagnosis_does_not_hide_the_active_one_of_the_list():
    assert parts(problem(status="resolved"), problem(long_term=True)) == (["I10"], [], ["I10"])


# --- steps --------------------------------------------------------------------------------------------------------


def condition(**more):
    return {"resourceType": "Condition", "id": "c", "category": [VISIT]} | more


def test_listed_problem_keeps_the_category_of_its_visit_behind():
    after = resources.listed(condition())

    assert [one["coding"][0]["code"] for one in after["category"]] == ["problem-list-item", "encounter-diagnosis"]
    assert resources.listed(after) == after


def test_resolved_problem_has_its_day_and_active_again_has_none():
    ended = resources.stepped(condition(note=[{"text": "Cũ"}]), "resolved", "2026-03-01", "Khỏi hẳn")
    assert (ended["clinicalStatus"]["coding"][0]["code"], ended["abatementDateTime"]) == ("resolved", "2026-03-01")
    assert [one["text"] for one in ended["note"]] == ["Cũ", "Khỏi hẳn"]

    again = resources.stepped(ended, "active", "2026-04-01")

    assert again["clinicalStatus"]["coding"][0]["code"] == "active"
    assert "abatementDateTime" not in again
    assert again["note"] == ended["note"]
    assert ended["abatementDateTime"] == "2026-03-01"


# --- vaccinations --------------------------------------------------------------------------------------------------


def shot(**more):
    author = {"reference": "Practitioner/d"}
    made = resources.Shot("Viêm gan B", "2026-03-01", **more)
    return resources.immunization_resource("s", "p", made, at="2026-03-10T08:00:00+07:00", author=author)


def test_vaccination_done_here_names_who_did_it_and_its_lot():
    body = shot(lot="L1", expiry="2027-01-31", dose=2, site="Cánh tay trái", note="Sốt nhẹ")

    assert (body["primarySource"], body["performer"]) == (True, [{"actor": {"reference": "Practitioner/d"}}])
    assert (body["lotNumber"], body["expirationDate"]) == ("L1", "2027-01-31")
    assert body["protocolApplied"] == [{"doseNumberPositiveInt": 2}]
    assert (body["site"]["text"], body["note"]) == ("Cánh tay trái", [{"text": "Sốt nhẹ"}])


def test_vaccination_told_of_names_nobody_here():
    body = shot(elsewhere=True)

    assert body["primarySource"] is False
    assert "performer" not in body
    assert body["reportOrigin"]["text"]


@pytest.mark.parametrize("absent", ["lotNumber", "expirationDate", "protocolApplied", "site", "note"])
def test_what_is_not_known_of_a_vaccination_is_not_written(absent):
    assert absent not in shot()


# --- pregnancy -----------------------------------------------------------------------------------------------------


def said(**more):
    told = {"state": "pregnant", "last_period": "2026-01-01", "due": "2026-10-08"} | more
    return resources.pregnancy_resources("e", "p", at="2026-03-10T08:00:00+07:00", author={}, **told)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, [resources.STATUS, resources.LAST_PERIOD, resources.DUE]), ({"due": ""}, [resources.STATUS,
         resources.LAST_PERIOD]), ({"state": "ended", "due": "", "last_period": ""}, [resources.STATUS]),
    ],
)  # fmt: skip
def test_only_what_is_known_of_a_pregnancy_is_written(more, codes):
    assert [one["code"]["coding"][0]["code"] for one in said(**more)] == codes


def test_everything_that_was_said_of_a_pregnancy_goes_together():
    made = said()
    ids = {one["id"] for one in made}

    for one in made:
        assert {found for _type, found in resources.of_same_pregnancy(one)} == ids - {one["id"]}


@pytest.mark.parametrize(
    ("state", "last_period", "weeks"),
    [
        ("pregnant", "2026-01-01", (9, 5)), ("pregnant", "2026-03-10", (0, 0)), ("ended", "2026-01-01", None),
        ("pregnant", "", None), ("pregnant", "2026-01", None), ("pregnant", "2026-03-11", None),
        ("pregnant", "2025-05-04", (44, 2)), ("pregnant", "2025-05-03", None),
    ],
)  # fmt: skip
def test_weeks_are_counted_only_while_there_is_a_pregnancy_to_count(state, last_period, weeks):
    known = Pregnancy("o", resources.STATES[state], "2026-03-10", last_period)

    assert known.weeks(date(2026, 3, 10)) == weeks
