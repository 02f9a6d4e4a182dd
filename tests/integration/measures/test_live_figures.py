"""Measures over live views: the same queries as the examples, on the node's database, followed through writes."""

from dataclasses import replace

import pytest
from django.conf import settings

from ansinh.fhir.store import journal
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound, Refused
from ansinh.programme.measures import actions, counting, files, loading, queries, resources, rules, subjects

pytestmark = pytest.mark.django_db

IDS = sorted(path.parent.name for path in files.measure_files(settings.DEFINITIONS / "measures"))
MANAGED = "people-managed-electronically"
YEAR = rules.year(2025)


@pytest.mark.parametrize("measure_id", IDS)
def test_shipped_measure_runs_over_live_views_of_a_province(world, officer, measure_id):
    found = queries.result(officer, measure_id, world.province, YEAR)

    assert found.denominator >= found.numerator or found.measure.unit == "count"
    assert found.value is not None or found.reason
    for name in found.measure.stratifiers:
        queries.breakdown(officer, measure_id, world.province, YEAR, name)


def test_figure_moves_with_the_record_and_stays_at_its_position(world, mai, person_at):
    person_at(world.a)
    before = queries.result(mai, MANAGED, world.a, YEAR)
    person_at(world.a, checked="2025-06-01")

    after = queries.result(mai, MANAGED, world.a, YEAR)

    assert (after.numerator, after.denominator) == (before.numerator + 1, before.denominator + 1)
    again = queries.result(mai, MANAGED, world.a, YEAR, as_of=before.position)
    assert (again.numerator, again.denominator, again.position) == (
        before.numerator,
        before.denominator,
        before.position,
    )


def test_figure_of_the_province_is_the_sum_of_its_facilities(world, officer, person_at):
    for facility in (world.a, world.b):
        person_at(facility, checked="2025-06-01")
        person_at(facility)

    province = queries.result(officer, "stays-open", world.province, YEAR)

    parts = [queries.result(officer, "stays-open", each, YEAR) for each in (world.a, world.b)]
    assert [part.numerator for part in parts] == [2, 2]
    assert province.numerator == 4
    assert {each.facility_id for each in province.by_unit} >= {world.a, world.b}


def test_results_of_many_measures_share_one_position(world, officer):
    found = queries.results(officer, ["visits", "stays-open", "visits"], world.province, YEAR)

    assert list(found) == ["visits", "stays-open"]
    assert len({each.position for each in found.values()}) == 1


def test_trend_has_a_point_for_each_year_that_has_begun(world, mai, person_at):
    person_at(world.a, since="2023-05-01")

    points = queries.trend(mai, "stays-open", world.a, [2022, 2023, 2024, 2099])

    assert [(each.period.start.year, each.numerator) for each in points] == [(2022, 0), (2023, 1), (2024, 1)]


def test_small_facility_is_hidden_from_who_may_not_see_names(world, officer, mai, person_at):
    for _ in range(3):
        person_at(world.a)

    province = queries.result(officer, "stays-open", world.province, YEAR)
    shown = next(each for each in province.by_unit if each.facility_id == world.a)
    own = queries.result(mai, "stays-open", world.a, YEAR).by_unit[0]

    assert shown.hidden
    assert shown.numerator == 0
    assert not own.hidden
    assert own.numerator == 3


def test_breakdown_hides_small_strata_and_one_more(world, officer, mai, person_at):
    for _ in range(6):
        person_at(world.a, gender="female")
    person_at(world.a, gender="male")

    outside = queries.breakdown(officer, "stays-open", world.a, YEAR, "sex")
    inside = queries.breakdown(mai, "stays-open", world.a, YEAR, "sex")

    assert all(row.hidden for row in outside)
    assert [(row.stratum, row.numerator) for row in inside] == [("male", 1), ("female", 6)]


def test_breakdown_by_something_the_measure_has_not_is_not_found(world, officer):
    with pytest.raises(NotFound):
        queries.breakdown(officer, "staff-now", world.a, YEAR, "sex")


def test_people_behind_a_figure_are_named_with_what_is_missing(world, mai, person_at):
    person_at(world.a, name="Trần Thị Đủ", checked="2025-06-01")
    person_at(world.a, name="Y Bhin", birth="1950")

    everybody, more = queries.people(mai, MANAGED, world.a, YEAR)
    missing, _ = queries.people(mai, MANAGED, world.a, YEAR, "chua-dat")

    assert {each.name for each in everybody} == {"Trần Thị Đủ", "Y Bhin"}
    assert not more
    assert [each.name for each in missing] == ["Y Bhin"]
    assert len(missing[0].missing) == 2


def test_people_in_pages_of_fifty(world, mai, person_at):
    for _ in range(queries.PAGE + 1):
        person_at(world.a)

    first, more = queries.people(mai, "stays-open", world.a, YEAR)
    second, last = queries.people(mai, "stays-open", world.a, YEAR, page=2)

    assert (len(first), more, len(second), last) == (queries.PAGE, True, 1, False)
    assert not {each.subject_id for each in first} & {each.subject_id for each in second}


def test_people_are_refused_without_the_permission_and_unknown_elsewhere(world, officer, mai):
    with pytest.raises(Refused):
        queries.people(officer, MANAGED, world.a, YEAR)
    with pytest.raises(NotFound):
        queries.people(mai, MANAGED, world.b, YEAR)


def test_person_who_left_for_another_facility_is_counted_but_not_named(world, mai, system, person_at):
    patient = person_at(world.a, name="Người Đã Chuyển")
    moved = system.read("Patient", patient)
    moved["managingOrganization"] = {"reference": f"Organization/{world.b}"}
    system.update(moved)

    listed, _ = queries.people(mai, "stays-open", world.a, YEAR)

    assert [(each.name, each.person_id) for each in listed] == [("", "")]


def test_unknown_measure_and_unit_are_not_found(world, officer):
    with pytest.raises(NotFound):
        queries.result(officer, "no-such-measure", world.province, YEAR)
    with pytest.raises(NotFound):
        queries.result(officer, "visits", "no-such-unit", YEAR)


def test_freeze_twice_keeps_one_report_that_reads_back(world, system, person_at):
    for _ in range(6):
        person_at(world.a, checked="2025-06-01")
    at = journal.position()

    node = system_context()
    first = actions.freeze(node, measure_id=MANAGED, unit_id=world.a, period=YEAR, as_of=at)
    second = actions.freeze(node, measure_id=MANAGED, unit_id=world.a, period=YEAR, as_of=at)

    assert first == second
    read = resources.frozen(system.read("MeasureReport", first["id"]))
    assert (read.measure_id, read.position, read.period) == (MANAGED, at, YEAR)
    assert (read.total.numerator, read.total.denominator) == (6, 6)


def test_frozen_report_of_few_people_masks_the_facility(world, person_at):
    person_at(world.a)
    node = system_context()

    kept = actions.freeze(node, measure_id="stays-open", unit_id=world.province, period=YEAR)

    masked = [each for each in resources.frozen(kept).by_unit if each.facility_id == world.a]
    assert [(each.hidden, each.numerator) for each in masked] == [(True, 0)]


def test_old_figure_is_recomputed_by_the_definition_of_its_day(world, system, officer):
    before = counting.definitions(["visits"])["visits"]
    at = journal.position()
    stored = system.read("Measure", "visits")
    changed = resources.measure(replace(before, version="9.9"), source_of(stored) | {"version": "9.9"})
    system.update(changed)

    assert queries.result(officer, "visits", world.province, YEAR).measure.version == "9.9"
    assert queries.result(officer, "visits", world.province, YEAR, as_of=at).measure == before


def source_of(stored):
    import json

    return json.loads(next(each["valueString"] for each in stored["extension"] if each["url"] == resources.SOURCE))


BAD = """
id: {id}
version: "1"
title: {{vi: Một, en: One}}
unit: count
direction: increase
question: Bao nhiêu?
population: Mọi người.
numerator: Người.
views: [{view}]
sql: |
  SELECT f.id AS facility_id, p.{column} AS subject_id, 1 AS numerator, 0 AS denominator
  FROM facility f JOIN {view} p ON p.facility_id = f.id {where}
sources: [Kế hoạch]
examples: [{{title: t, from: 2025-01-01, to: 2025-12-31, expect: []}}]
"""


@pytest.mark.parametrize(
    ("view", "column", "where"),
    [
        ("patientt", "id", "WHERE {reach:p}"),
        ("patient", "no_such_column", "WHERE {reach:p}"),
        ("patient", "id", ""),
        ("patient", "id", "WHERE {reach:p} AND ("),
    ],
    ids=["unknown view", "unknown column", "no reach", "broken SQL"],
)
def test_load_refuses_a_bad_file_by_name_and_still_loads_the_good_ones(world, system, tmp_path, view, column, where):
    (tmp_path / "stratifiers.yaml").write_text("{}", encoding="utf-8")
    values = {"good-one": ("patient", "id", "WHERE {reach:p}"), "bad-one": (view, column, where)}
    for name, (its_view, its_column, its_where) in values.items():
        (tmp_path / name).mkdir()
        text = BAD.format(id=name, view=its_view, column=its_column, where=its_where)
        (tmp_path / name / "measure.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        loading.load_measures(system, tmp_path)

    assert "bad-one/measure.yaml: sql" in caught.value.message
    assert system.find("Measure", "good-one")
    assert system.find("Measure", "bad-one") is None


def test_load_twice_writes_nothing_new(world, system):
    before = journal.position()

    loaded = loading.load_measures(system, settings.DEFINITIONS / "measures")

    assert sorted(loaded) == IDS
    assert journal.position() == before
    assert loading.known_measures(settings.DEFINITIONS / "measures") == frozenset(IDS)


def line(subject, **more):
    return {"subject_id": subject, "numerator": 1, "missing": ""} | more


def names_behind(context, measure_id, *rows):
    return [each.name for each in subjects.named(context, queries.definition(context, measure_id), rows)]


def test_facility_behind_a_figure_is_called_by_its_name(world, officer):
    named = names_behind(officer, "facilities-primary-care-ready", line(world.a), line("no-such-unit"))

    assert named == [queries.unit_name(officer, world.a), ""]


def test_technique_behind_a_figure_has_its_code_and_its_name(world, system, officer):
    system.create(
        {
            "resourceType": "ValueSet",
            "status": "active",
            "identifier": [{"system": "https://ansinh.vn/fhir/CodeSystem/catalogue", "value": "thu"}],
            "compose": {"include": [{"system": "urn:thu", "concept": [{"code": "99.1", "display": "Tập đứng"}]}]},
        }
    )
    rows = [line(f"{world.a}/{code}", item=code) for code in ("99.1", "99.2")]

    assert names_behind(officer, "rehab-catalogue-coverage", *rows) == ["99.1 – Tập đứng", "99.2"]


def test_task_and_post_behind_a_figure_are_told_without_naming_anybody(world, system, officer):
    task = {"resourceType": "Task", "status": "requested", "intent": "plan", "description": "Nâng cấp khoa"}
    posts = "https://ansinh.vn/fhir/CodeSystem/staff-post"
    role = {
        "resourceType": "PractitionerRole",
        "practitioner": {"display": "Trần Thị Tên"},
        "organization": {"reference": f"Organization/{world.a}"},
        "code": [{"coding": [{"system": posts, "code": "nurse"}]}],
    }
    task["owner"] = role["organization"]
    kept = [system.create(each).resource["id"] for each in (task, role)]

    assert names_behind(officer, "facility-investment", line(kept[0])) == ["Nâng cấp khoa"]
    assert names_behind(officer, "staff-now", line(kept[1], person_id=kept[1])) == ["Điều dưỡng"]
    listed = subjects.named(officer, queries.definition(officer, "staff-now"), [line(kept[1], person_id=kept[1])])
    assert listed[0].person_id == ""
