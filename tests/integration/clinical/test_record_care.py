"""Visits, checks and sessions written and read back: together or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters import queries as care_queries
from ansinh.clinical.encounters.actions import Notes
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry import record, timeline
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.rehab import actions as rehab
from ansinh.clinical.rehab import queries as rehab_queries
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.fhir.store import Repository, journal
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.text import fold

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
NOTES = Notes(
    moment=MOMENT,
    measures={"systolic": Decimal(150), "diastolic": Decimal(90), "weight": Decimal("60.5"), "height": Decimal(160)},
    complaint="Đau đầu",
    codes=("I10",),
    long_term=True,
    note="Huyết áp cao",
    advice="Ăn nhạt",
)
SESSION = Session(MOMENT, 45, (Technique("17.0046", ""),), "good", 3, "Tập tốt")


def problems(act, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        act(*args, **kwargs)
    return [(problem.expression, problem.key) for problem in refusal.value.problems]


def test_visit_is_read_back_on_the_person_page(lan, an):
    care.record_visit(lan, person_id=an, notes=NOTES)

    values = {trend.code: trend for trend in record.trends(lan, an)}
    (problem,) = record.problems(lan, an)
    (visit, *_stay) = timeline.timeline(lan, an).entries

    assert (values["85354-9"].points[0][1], values["85354-9"].second) == (Decimal(150), (Decimal(90),))
    assert values["39156-5"].points[0][1] == Decimal("23.6")
    assert (problem.code, problem.long_term) == ("I10", True)
    assert (visit.kind, visit.at) == ("visit", "2026-03-10T08:30:00+07:00")
    assert visit.lines[0].startswith("Chiều cao 160 cm") or "Huyết áp 150/90 mmHg" in visit.lines[0]
    assert {"Huyết áp cao", "Ăn nhạt"} <= set(visit.lines)


@pytest.mark.usefixtures("on_staff")
def test_visit_belongs_to_the_open_stay_and_to_who_wrote_it(lan, an):
    encounter = Repository(lan).read("Encounter", care.record_visit(lan, person_id=an, notes=NOTES))

    stay = registry.person(lan, an).stay
    assert encounter["episodeOfCare"] == [{"reference": f"EpisodeOfCare/{stay.id}"}]
    assert encounter["class"]["code"] == "IMP"
    assert encounter["serviceProvider"] == {"reference": f"Organization/{lan.unit}"}
    assert encounter["participant"][0]["individual"]["reference"] == lan.actor


def test_visit_by_somebody_not_yet_in_the_staff_register_carries_their_name(lan, an):
    new = replace(lan, actor="Practitioner/not-yet-known")

    encounter = Repository(lan).read("Encounter", care.record_visit(new, person_id=an, notes=NOTES))

    assert encounter["participant"] == [{"individual": {"display": lan.display}}]


def test_visit_of_a_person_followed_from_home_is_ambulatory(lan):
    person_id = registry_actions.register_person(lan, draft=PersonDraft("Y Bhin", "male", "1970"))

    encounter = Repository(lan).read("Encounter", care.record_visit(lan, person_id=person_id, notes=NOTES))

    assert encounter["class"]["code"] == "AMB"
    assert "episodeOfCare" not in encounter


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"measures": {"pulse": Decimal(400)}}, [("pulse", "vital-range")]),
        ({"measures": {"systolic": Decimal(80), "diastolic": Decimal(90)}}, [("diastolic", "pressure-order")]),
        ({"measures": {"systolic": Decimal(120)}}, [("diastolic", "pressure-half")]),
        ({"codes": ("I10", "ZZ99")}, [("diagnoses", "icd-unknown")]),
        ({"moment": MOMENT - timedelta(days=365 * 90)}, [("moment", "care-before-birth")]),
        ({"moment": datetime(2999, 1, 1, tzinfo=UTC)}, [("moment", "care-future")]),
    ],
)
def test_impossible_visit_is_refused_and_writes_nothing(lan, an, change, expected):
    before = journal.position()

    assert problems(care.record_visit, lan, person_id=an, notes=replace(NOTES, **change)) == expected

    assert journal.position() == before


def test_empty_visit_is_refused(lan, an):
    assert problems(care.record_visit, lan, person_id=an, notes=Notes(MOMENT)) == [("", "visit-empty")]


def test_visit_tells_all_problems_at_once(lan, an):
    notes = replace(NOTES, measures={"pulse": Decimal(400)}, codes=("??",))

    assert len(problems(care.record_visit, lan, person_id=an, notes=notes)) == 2


def test_same_form_sent_twice_writes_one_visit(lan, an):
    entry_id = "018f0000-0000-7000-8000-00000000000a"
    care.record_visit(lan, person_id=an, notes=NOTES, entry_id=entry_id)
    before = journal.position()

    with pytest.raises(Conflict):
        care.record_visit(lan, person_id=an, notes=NOTES, entry_id=entry_id)

    assert journal.position() == before


def test_failure_half_way_writes_nothing(lan, an, monkeypatch):
    before, create = journal.position(), Repository.create

    def fail_at_condition(self, resource, **kwargs):
        if resource["resourceType"] == "Condition":
            raise Refused("không được")
        return create(self, resource, **kwargs)

    monkeypatch.setattr(Repository, "create", fail_at_condition)
    with pytest.raises(Refused):
        care.record_visit(lan, person_id=an, notes=NOTES)

    assert journal.position() == before
    assert record.trends(lan, an) == []


def test_care_of_another_facilitys_person_is_not_found(cuc, an):
    for act, values in (
        (care.record_visit, {"notes": NOTES}),
        (care.record_check, {"notes": NOTES}),
        (rehab.record_session, {"session": SESSION}),
    ):
        with pytest.raises(NotFound):
            act(cuc, person_id=an, **values)


def test_body_mass_index_of_an_adult_uses_the_last_height(lan, an):
    care.record_visit(lan, person_id=an, notes=NOTES)

    care.record_visit(lan, person_id=an, notes=Notes(MOMENT + timedelta(days=1), {"weight": Decimal(64)}))

    values = {trend.code: trend for trend in record.trends(lan, an)}
    assert values["39156-5"].points[-1][1] == Decimal("25")
    assert len(values["8302-2"].points) == 1


def test_body_mass_index_of_a_child_needs_the_height_of_the_day(lan):
    child = registry_actions.register_person(lan, draft=PersonDraft("H'Ly", "female", "2018"))
    grown = {"weight": Decimal(20), "height": Decimal(110)}
    care.record_visit(lan, person_id=child, notes=Notes(MOMENT - timedelta(days=300), grown))

    care.record_visit(lan, person_id=child, notes=Notes(MOMENT, {"weight": Decimal(24)}))

    assert len({trend.code: trend for trend in record.trends(lan, child)}["39156-5"].points) == 1


def test_check_sets_the_day_of_the_next_with_its_source(lan, an):
    encounter = care.record_check(
        lan, person_id=an, notes=replace(NOTES, note="Sức khỏe loại 3", parts={"eyes": "Đục thủy tinh thể"})
    )

    assert care_queries.last_check(lan, an) == ("2026-03-10T08:30:00+07:00", "2026-09-10")
    found = {(kind, words) for kind, _id, words in timeline.parts(lan, an, encounter)}
    assert ("ClinicalImpression", "Sức khỏe loại 3") in found
    assert len([kind for kind, _words in found if kind == "Observation"]) == 5


@pytest.mark.parametrize("change", [{"note": ""}, {"parts": {"wings": "khỏe"}}])
def test_check_without_conclusion_or_with_an_unknown_part_is_refused(lan, an, change):
    with pytest.raises(Invalid):
        care.record_check(lan, person_id=an, notes=replace(NOTES, **change))


def test_person_becomes_managed_when_what_is_missing_is_recorded(lan, an):
    today = clock.today()
    card = registry.person(lan, an)
    assert record.managed(lan, card, today).missing == ("follow-up", "problems")

    care.record_check(lan, person_id=an, notes=replace(NOTES, moment=clock.now(), codes=()))

    assert record.managed(lan, card, today).managed


def test_session_is_read_back_with_its_techniques(lan, an):
    rehab.record_session(lan, person_id=an, session=SESSION)

    (session,) = rehab_queries.sessions(lan, an)
    (technique,) = record.practised(lan, an)

    assert session.techniques == ("Tập đi trên máy thảm lăn (Treadmill)",)
    assert (technique.code, technique.times) == ("17.0046", 1)
    assert rehab_queries.usual_techniques(lan, an) == ["17.0046"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pain": 11}, [("pain", "pain-range")]),
        ({"techniques": (Technique("99.9999", ""),)}, [("techniques", "technique-unknown")]),
        ({"techniques": ()}, [("techniques", "technique-none")]),
        ({"moment": datetime(2999, 1, 1, tzinfo=UTC)}, [("moment", "care-future")]),
    ],
)
def test_impossible_session_is_refused_and_writes_nothing(lan, an, change, expected):
    before = journal.position()

    assert problems(rehab.record_session, lan, person_id=an, session=replace(SESSION, **change)) == expected

    assert journal.position() == before


def test_techniques_are_found_without_marks_the_declared_first(lan):
    found = rehab_queries.find_techniques(lan, lan.unit, "tap di")
    own = rehab_queries.declared(lan, lan.unit)

    assert found
    assert all(" tap" in f" {fold(one['display'])}" for one in found)
    places = [one["code"] in own for one in found]
    assert places == sorted(places, reverse=True)


def test_diagnoses_are_found_without_marks_and_by_code():
    assert any(one["code"] == "I10" for one in care_queries.find_diagnoses("tang huyet ap"))
    assert any(one["code"] == "I10" for one in care_queries.find_diagnoses("i10"))


def test_timeline_pages_through_everything_once(lan, an):
    for day in range(timeline.PAGE + 5):
        notes = Notes(MOMENT - timedelta(hours=day), complaint=f"Lần {day}")
        care.record_visit(lan, person_id=an, notes=notes)

    first = timeline.timeline(lan, an)
    second = timeline.timeline(lan, an, after=first.after)

    assert len(first.entries) == timeline.PAGE
    assert second.after == ""
    assert len(second.entries) == 6  # five visits and the admission
    whole = [(entry.type, entry.id) for entry in (*first.entries, *second.entries)]
    assert len(whole) == len(set(whole))
    days = [entry.at for entry in (*first.entries, *second.entries)]
    assert days == sorted(days, reverse=True)


def test_timeline_is_narrowed_by_kind(lan, an):
    care.record_visit(lan, person_id=an, notes=NOTES)
    rehab.record_session(lan, person_id=an, session=SESSION)

    kinds = {kind: [entry.kind for entry in timeline.timeline(lan, an, kind=kind).entries] for kind in timeline.KINDS}

    assert (kinds["visit"], kinds["rehab-session"], kinds["stay"]) == (["visit"], ["rehab-session"], ["stay"])
    assert kinds["task"] == []


def test_timeline_of_a_stay_of_one_day_shows_both_its_ends(lan, an):
    stay = registry.person(lan, an).stay
    registry_actions.discharge(
        lan, person_id=an, stay_id=stay.id, end="2026-01-05", reason="recovered", version=stay.version
    )

    titles = [entry.title for entry in timeline.timeline(lan, an).entries]

    assert sorted(titles) == ["Ra khỏi cơ sở", "Vào cơ sở"]


def test_record_of_another_facilitys_person_is_empty_in_every_query(cuc, lan, an):
    care.record_visit(lan, person_id=an, notes=NOTES)
    rehab.record_session(lan, person_id=an, session=SESSION)

    assert timeline.timeline(cuc, an).entries == []
    assert record.trends(cuc, an) == []
    assert record.problems(cuc, an) == []
    assert record.practised(cuc, an) == []
    assert record.open_tasks(cuc, an) == []
    assert record.screenings(cuc, an) == []
    assert rehab_queries.sessions(cuc, an) == []
