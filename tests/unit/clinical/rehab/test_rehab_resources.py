"""A session as FHIR: one Encounter with its length, one Procedure for each technique."""

from dataclasses import replace
from datetime import UTC, datetime

from ansinh.clinical.encounters.resources import Care
from ansinh.clinical.rehab import resources
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.kernel.naming import CS, EXT

CARE = Care("e1", "p1", "f1", "2026-03-15T08:00:00+07:00", "Practitioner/d1", "KTV An")
SESSION = Session(
    datetime(2026, 3, 15, 1, tzinfo=UTC),
    45,
    (Technique("17.0046", "Tập đi trên máy thảm lăn", 20, 3), Technique("17.0011", "Hồng ngoại")),
    "fair",
    4,
    "Hôm nay mệt hơn",
)


def test_session_is_an_encounter_with_start_and_end():
    encounter = resources.all_resources(CARE, SESSION, "Buổi phục hồi chức năng")[0]

    assert encounter["type"][0]["coding"][0]["code"] == "rehab-session"
    assert encounter["period"] == {"start": "2026-03-15T08:00:00+07:00", "end": "2026-03-15T08:45:00+07:00"}
    assert [one["url"] for one in encounter["extension"]] == [EXT("session-tolerance"), EXT("session-note")]


def test_each_technique_is_a_procedure_of_the_session():
    procedures = resources.all_resources(CARE, SESSION, "x")[1:3]

    assert [one["code"]["coding"][0] for one in procedures] == [
        {"system": CS("technique"), "code": "17.0046", "display": "Tập đi trên máy thảm lăn"},
        {"system": CS("technique"), "code": "17.0011", "display": "Hồng ngoại"},
    ]
    assert {one["encounter"]["reference"] for one in procedures} == {"Encounter/e1"}
    assert procedures[0]["performer"] == [{"actor": {"reference": "Practitioner/d1", "display": "KTV An"}}]
    assert procedures[0]["performedPeriod"]["end"].startswith("2026-03-15T08:45")


def test_minutes_and_repetitions_are_written_where_counted():
    first, second = resources.all_resources(CARE, SESSION, "x")[1:3]

    assert {one["url"] for one in first["extension"]} == {EXT("duration"), EXT("repetitions")}
    assert "extension" not in second


def test_pain_of_nothing_is_still_written_and_unknown_pain_is_not():
    painless = resources.all_resources(CARE, replace(SESSION, pain=0), "x")
    unknown = resources.all_resources(CARE, replace(SESSION, pain=None), "x")

    assert painless[-1]["valueQuantity"]["value"] == 0
    assert [one["resourceType"] for one in unknown] == ["Encounter", "Procedure", "Procedure"]


def test_session_by_somebody_not_in_the_staff_register_names_them():
    procedure = resources.all_resources(replace(CARE, actor=""), SESSION, "x")[1]

    assert procedure["performer"] == [{"actor": {"display": "KTV An"}}]


def test_session_by_a_machine_has_no_performer():
    procedure = resources.all_resources(replace(CARE, actor="system", actor_name=""), SESSION, "x")[1]

    assert "performer" not in procedure
