"""What stays with a person: problems from visits, vaccinations, growth by imported tables, pregnancy; all undone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.background import actions, queries
from ansinh.clinical.background.resources import Shot
from ansinh.clinical.corrections import actions as corrections
from ansinh.clinical.encounters import actions as care
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import timeline
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

LMS = "indicator;sex;days;l;m;s\n" + "".join(
    f"{name};2;{days};1;{median};0,1\n"
    for name, median in (("weight-for-age", 12), ("height-for-age", 90))
    for days in (0, 4000)
)


def diagnosed(context, person, code="I10", *, long_term=False):
    notes = care.Notes(clock.now(), codes=(code,), long_term=long_term)
    care.record_visit(context, person_id=person, notes=notes)
    return condition(context, person)


def condition(context, person):
    sql = "SELECT c.id FROM view_condition c WHERE {reach:c} AND c.patient_id = :person"
    return Repository(context).read("Condition", tables.rows(context, sql, {"person": person})[0]["id"])


def step(context, person, found, what, **more):
    actions.step_problem(
        context,
        person_id=person,
        condition_id=found["id"],
        version=int(found["meta"]["versionId"]),
        step=what,
        **more,
    )
    return condition(context, person)


def lists(context, person):
    return [[one.code for one in part] for part in queries.problems(context, person, "vi")]


@pytest.fixture
def girl(lan) -> str:
    """Lê Thị Bé, born four years ago to the day, in stay."""
    birth = clock.today().replace(year=clock.today().year - 4, day=1).isoformat()
    draft = PersonDraft("Lê Thị Bé", "female", birth)
    return registry_actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))


def test_diagnosis_of_a_visit_becomes_a_problem_is_resolved_and_comes_again(binh, an):
    found = diagnosed(binh, an)
    assert lists(binh, an) == [[], ["I10"], []]

    found = step(binh, an, found, "list")
    assert lists(binh, an) == [["I10"], [], []]
    found = step(binh, an, found, "resolve", words="Huyết áp ổn định")
    assert lists(binh, an) == [[], [], ["I10"]]
    assert found["abatementDateTime"] == clock.today().isoformat()

    found = step(binh, an, found, "again")
    assert lists(binh, an) == [["I10"], [], []]
    assert "abatementDateTime" not in found


@pytest.mark.parametrize(("days", "key"), [(1, "problem-future"), (-400, "problem-order")])
def test_problem_cannot_end_tomorrow_nor_before_it_was_written(binh, an, days, key):
    found = diagnosed(binh, an)
    day = (clock.today() + timedelta(days=days)).isoformat()

    with pytest.raises(Invalid) as refused:
        step(binh, an, found, "resolve", day=day)

    assert refused.value.code == key
    assert condition(binh, an)["meta"]["versionId"] == found["meta"]["versionId"]


def test_problem_of_somebody_else_is_not_found(binh, cuc, an, girl):
    found = diagnosed(binh, an)

    for context, person in ((binh, girl), (cuc, an)):
        with pytest.raises(NotFound):
            step(context, person, found, "resolve")


def test_vaccination_stands_on_page_and_timeline_and_can_be_taken_back(lan, girl, client_of):
    today = clock.today().isoformat()
    made = actions.vaccinate(lan, person_id=girl, shot=Shot("Sởi – Rubella", today, "L7", dose=2))

    page = client_of("lan").get(reverse("person_background", args=[girl])).content.decode()
    assert "Sởi – Rubella" in page
    assert "L7" in page
    kinds = [entry.kind for entry in timeline.timeline(lan, girl, kind="vaccination").entries]
    assert kinds == ["vaccination"]

    gone = corrections.retract(
        lan, person_id=girl, resource_type="Immunization", entry_id=made, reason="Ghi nhầm người"
    )
    assert gone == 1
    assert queries.shots(lan, girl) == []


@pytest.mark.parametrize(
    ("shot", "key"),
    [
        (Shot("", "2026-01-01"), "vaccine-empty"),
        (Shot("A", "1990-01-01"), "care-before-birth"),
        (Shot("A", "2026-02-01", "L", expiry="2026-01-31"), "shot-expired"),
    ],
)
def test_vaccination_that_cannot_be_is_refused(lan, girl, shot, key):
    with pytest.raises(Invalid) as refused:
        actions.vaccinate(lan, person_id=girl, shot=shot)

    assert refused.value.code == key
    assert queries.shots(lan, girl) == []


def test_vaccination_of_tomorrow_is_refused_at_the_door(lan, girl):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    with pytest.raises(Invalid) as refused:
        actions.vaccinate(lan, person_id=girl, shot=Shot("A", tomorrow))

    assert [one.key for one in refused.value.problems] == ["shot-future"]


def test_growth_has_z_scores_once_tables_are_imported(lan, binh, girl, client_of):
    notes = care.Notes(clock.now(), {"weight": Decimal("14.4"), "height": Decimal(90)})
    care.record_visit(lan, person_id=girl, notes=notes)
    birth = Repository(lan).read("Patient", girl)["birthDate"]
    assert [one.z for one in queries.growth(lan, girl, birth, "female")["weight-for-age"]] == [None]

    assert actions.import_growth(binh, data=LMS.encode(), title="Bảng thử", source="Dữ liệu giả") == 4

    found = queries.growth(lan, girl, birth, "female")
    assert [round(one.z, 6) for one in found["weight-for-age"]] == [2.0]
    assert [round(one.z, 6) for one in found["height-for-age"]] == [0.0]
    page = client_of("lan").get(reverse("person_background", args=[girl])).content.decode()
    assert "+2,00" in page
    assert "Bảng thử" in page


def test_table_with_one_bad_line_is_refused_whole(binh):
    with pytest.raises(Invalid) as refused:
        actions.import_growth(binh, data=(LMS + "weight-for-age;3;5;1;1;1\n").encode(), title="A", source="B")

    assert [one.expression for one in refused.value.problems] == ["6"]
    assert queries.growth_tables() == {}


def test_pregnancy_says_weeks_and_is_taken_back_whole(lan, girl, client_of):
    begun = clock.today() - timedelta(days=73)
    due = clock.today() + timedelta(days=207)
    made = actions.note_pregnancy(
        lan, person_id=girl, state="pregnant", last_period=begun.isoformat(), due=due.isoformat()
    )

    assert "10 tuần 3 ngày" in client_of("lan").get(reverse("person_background", args=[girl])).content.decode()
    gone = corrections.retract(lan, person_id=girl, resource_type="Observation", entry_id=made, reason="Ghi nhầm")
    assert gone == 3
    assert queries.pregnancy(lan, girl) is None


def test_pregnancy_of_a_man_or_of_impossible_days_is_refused(lan, an, girl):
    future = (clock.today() + timedelta(days=5)).isoformat()
    with pytest.raises(Invalid, match="giới tính nam"):
        actions.note_pregnancy(lan, person_id=an, state="pregnant", due=future)
    with pytest.raises(Invalid) as refused:
        actions.note_pregnancy(lan, person_id=girl, state="pregnant", last_period=future)

    assert [one.key for one in refused.value.problems] == ["period-range"]


def test_measurement_of_a_visit_cannot_be_taken_back_alone(lan, girl):
    care.record_visit(lan, person_id=girl, notes=care.Notes(clock.now(), {"weight": Decimal(14)}))
    sql = "SELECT o.id FROM view_observation o WHERE {reach:o} AND o.patient_id = :person"
    weight = tables.rows(lan, sql, {"person": girl})[0]["id"]

    with pytest.raises(Exception, match="ghi nhầm"):
        corrections.retract(lan, person_id=girl, resource_type="Observation", entry_id=weight, reason="Sai")


@pytest.mark.parametrize("name", ["shot_new", "pregnancy_new"])
def test_forms_answer_keep_what_was_typed_and_save(client_of, girl, name):
    client, address = client_of("lan"), reverse(name, args=[girl])
    assert client.get(address).status_code == 200
    wrong = {"entry_id": "00000000-0000-7000-8000-0000000000aa", "vaccine": "Bạch hầu", "day": "41/01/2026",
             "state": "pregnant", "due": "hôm sau"}  # fmt: skip
    refused = client.post(address, wrong)
    assert refused.status_code == 422
    assert "41/01/2026" in refused.content.decode() or "hôm sau" in refused.content.decode()

    due = (clock.today() + timedelta(days=100)).strftime("%d/%m/%Y")
    assert client.post(address, wrong | {"day": "05/03/2026", "due": due}).status_code == 302


def test_problem_page_resolves(client_of, binh, an):
    found = diagnosed(binh, an, long_term=True)
    client, address = client_of("binh"), reverse("problem_step", args=[an, found["id"]])
    assert "Đã khỏi" in client.get(address + "?viec=resolve").content.decode()

    data = {"version": found["meta"]["versionId"], "step": "resolve", "day": clock.today().strftime("%d/%m/%Y")}
    assert client.post(address, data).status_code == 302
    assert lists(binh, an) == [[], [], ["I10"]]
