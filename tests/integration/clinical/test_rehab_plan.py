"""Assessment, goal, plan, timetable, conference and summing-up of one person, and who may not see or break them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.encounters import actions as encounters
from ansinh.clinical.registry import actions as people
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry import timeline
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.rehab import actions, assessing, booking, careplan, planning, ranges, reading
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import GoalDraft
from ansinh.clinical.rehab.planning import Meeting
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.clinical.rehab.timetable import Booking
from ansinh.clinical.screening import queries as screening
from ansinh.clinical.screening.rules.extensions import ordinal
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.validation.responses.items import options
from ansinh.kernel import clock
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday, nine o'clock
MONDAY = date(2026, 11, 16)
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
GOAL = GoalDraft("Tự đi 10 m bằng chân giả và một gậy", "physical", "2027-01-31", "ten-metre-walk", Decimal("0.8"))
WALK = Activity("", "physical", "technique", "17.0041", "", 3, 45)


@pytest.fixture(autouse=True)
def _on_a_monday():
    with clock.frozen(NOW):
        yield


def walked(metres, seconds):
    return answered("ten-metre-walk", distance=Decimal(metres), time=Decimal(seconds))


def answered(tool, **numbers):
    items = [
        {"linkId": f"{tool}.{name}", "answer": [{"valueDecimal" if isinstance(n, Decimal) else "valueInteger": n}]}
        for name, n in numbers.items()
    ]
    return {"resourceType": "QuestionnaireResponse", "item": items}


def barthel(index):
    """Every question answered by its first (0) or last (-1) option."""
    tool = screening.questionnaire("barthel")
    items = [
        {"linkId": item["linkId"], "answer": [{"valueCoding": options(tool, item)[index]["valueCoding"]}]}
        for item in tool["item"]
        if any(ordinal(one) is not None for one in options(tool, item))
    ]
    return {"resourceType": "QuestionnaireResponse", "item": items}


def assess(context, person, tool, response, *, at=NOW):
    with clock.frozen(at):
        return assessing.record_assessment(context, person_id=person, tool=tool, response=response, key=new_id())


@pytest.fixture
def goal(lan, an) -> str:
    """A goal of walking speed; An walked 10 m in 25 s a month ago."""
    assess(lan, an, "ten-metre-walk", walked(10, 25), at=NOW - timedelta(days=30))
    return planning.set_goal(lan, person_id=an, draft=GOAL)


def test_measured_assessment_has_its_value_with_unit_and_a_contact_of_its_own(lan, an):
    recorded = assess(lan, an, "ten-metre-walk", walked(10, 25))

    (found,) = reading.outcomes(lan, an)
    assert (found.code, found.unit, found.last.value, found.change) == (
        "ten-metre-walk",
        "m/giây",
        Decimal("0.4"),
        None,
    )
    assert recorded.assessment.score.unit["code"] == "m/s"
    entry = timeline.timeline(lan, an).entries[0]
    assert (entry.kind, entry.lines) == ("rehab-assessment", ("Tốc độ đi (10 m) 0,4 m/giây",))


def test_assessment_sent_twice_is_stored_once(lan, an):
    key = new_id()
    for _ in range(2):
        assessing.record_assessment(lan, person_id=an, tool="ten-metre-walk", response=walked(10, 25), key=key)

    assert len(reading.outcomes(lan, an)[0].points) == 1


@pytest.mark.parametrize(
    ("tool", "response"),
    [
        ("ten-metre-walk", walked(10, "0.1")),  # a time below the limit
        ("six-minute-walk", answered("six-minute-walk", distance=Decimal(9000))),
        ("ten-metre-walk", answered("ten-metre-walk", distance=Decimal(10))),  # no time
    ],
)
def test_assessment_that_cannot_be_is_refused_and_leaves_nothing(lan, an, tool, response):
    with pytest.raises(Invalid):
        assess(lan, an, tool, response)

    assert reading.outcomes(lan, an) == []
    assert [entry.kind for entry in timeline.timeline(lan, an).entries] == ["stay"]


def test_form_that_is_no_assessment_is_not_found(lan, an):
    with pytest.raises(NotFound):
        assess(lan, an, "phq-9", {"resourceType": "QuestionnaireResponse"})


def test_machine_cannot_write_a_total_outside_its_range(lan, an):
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]}
        ],
        "code": {"coding": [{"system": "https://ansinh.vn/fhir/CodeSystem/assessment", "code": "berg-total"}]},
        "subject": {"reference": f"Patient/{an}"},
        "valueQuantity": {"value": 57},
    }

    with pytest.raises(Invalid, match="0–56"):
        Repository(lan).create(observation)


def test_gain_is_told_as_better_or_worse_by_the_direction_of_the_measure(lan, an):
    for days, seconds in ((60, 30), (1, 12)):
        assess(lan, an, "timed-up-and-go", answered("timed-up-and-go", time=Decimal(seconds)), at=NOW - timedelta(days))
        assess(lan, an, "barthel", barthel(0 if days == 60 else -1), at=NOW - timedelta(days))

    found = {one.code: one.change for one in reading.outcomes(lan, an)}

    assert (found["timed-up-and-go"].trend, found["timed-up-and-go"].gain) == ("better", 18)
    assert (found["96761-2"].trend, found["96761-2"].gain, found["96761-2"].matters) == ("better", 100, None)


def test_hand_values_are_kept_one_by_one(lan, an):
    hand = answered("hand-function", **{"grip-right": Decimal("21.5"), "pegs-left": Decimal(33)})
    assess(lan, an, "hand-function", hand)

    assert {one.code: (one.last.value, one.unit) for one in reading.outcomes(lan, an)} == {
        "grip-right": (Decimal("21.5"), "kg"),
        "pegs-left": (Decimal(33), "giây"),
    }


def test_joints_that_were_measured_stand_on_the_body(lan, an):
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {
                "linkId": "range-of-motion.knee",
                "item": [
                    {"linkId": "range-of-motion.knee-flexion-right", "answer": [{"valueInteger": 95}]},
                    {"linkId": "range-of-motion.knee-extension-right", "answer": [{"valueInteger": -10}]},
                ],
            }
        ],
    }
    assess(lan, an, "range-of-motion", response)

    (knee,) = ranges.latest(lan, an).joints
    assert (knee.name, knee.side, knee.moves) == ("Gối", "right", (("gấp", 95), ("duỗi", -10)))

    (kept,) = search(Repository(lan), "QuestionnaireResponse", [("patient", f"Patient/{an}")]).resources
    Repository(lan).update(kept | {"status": "amended"})
    assert ranges.latest(lan, an).joints == (knee,)


def test_goal_keeps_where_the_person_stood_and_knows_when_it_is_reached(lan, an, goal):
    (line,) = reading.goal_lines(lan, an, found=reading.outcomes(lan, an))
    assert (line.baseline, line.now, line.target, line.is_reached) == (
        Decimal("0.4"),
        Decimal("0.4"),
        Decimal("0.8"),
        False,
    )

    assess(lan, an, "ten-metre-walk", walked(10, 12))

    (line,) = reading.goal_lines(lan, an, found=reading.outcomes(lan, an))
    assert (line.now, line.is_reached) == (Decimal("0.83"), True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": "Đi"}, "words"),
        ({"due": ""}, "due"),
        ({"due": "2026-11-16"}, "due"),
        ({"due": "2028-01-01"}, "due"),
        ({"measure": ""}, "measure"),
        ({"target": None}, "measure"),
        ({"target": Decimal("0.3")}, "target"),
        ({"measure": "jumping"}, "measure"),
        ({"discipline": "magic"}, "discipline"),
        ({"measure": "", "target": None, "icf": "d450", "qualifier": 5}, "qualifier"),
    ],
)
def test_goal_that_is_not_smart_is_refused_at_its_field(lan, an, change, field):
    assess(lan, an, "ten-metre-walk", walked(10, 25))

    with pytest.raises(Invalid) as refused:
        planning.set_goal(lan, person_id=an, draft=replace(GOAL, **change))

    assert refused.value.field == field
    assert reading.goal_lines(lan, an, found=()) == []


def test_goal_in_error_leaves_the_list(lan, an, goal):
    with pytest.raises(Invalid):
        planning.write_goal_off(lan, person_id=an, goal_id=goal, reason=" ")

    planning.write_goal_off(lan, person_id=an, goal_id=goal, reason="Nhầm người")

    assert reading.goal_lines(lan, an, found=()) == []
    assert Repository(lan).read("Goal", goal)["statusReason"] == "Nhầm người"


def test_plan_grows_by_discipline_and_sessions_follow_it(lan, an, goal):
    planning.plan_activity(lan, person_id=an, activity=replace(WALK, goals=(goal,)))
    planning.plan_activity(lan, person_id=an, activity=Activity("", "physical", "exercise", "bridge", "", 7, 10))

    card = registry.person(lan, an)
    assert [(line.kind, line.words, line.times) for line in reading.planned(lan, card)] == [
        ("technique", "Tập đi với thanh song song", 3),
        ("exercise", "Nâng hông khi nằm ngửa", 7),
    ]
    session = Session(NOW - timedelta(hours=1), 45, (Technique("17.0041", ""),))
    contact = actions.record_session(lan, person_id=an, session=session)
    (done,) = search(Repository(lan), "Procedure", [("encounter", f"Encounter/{contact}")]).resources
    assert done["basedOn"] == [{"reference": f"CarePlan/{careplan.plan_id(an, card.stay.id)}"}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "17.9999"}, "code"),
        ({"kind": "other", "code": ""}, "code"),
        ({"kind": "exercise", "code": "flying"}, "code"),
        ({"times": 0}, "times"),
        ({"minutes": 500}, "minutes"),
        ({"discipline": ""}, "discipline"),
    ],
)
def test_line_of_the_plan_that_cannot_be_is_refused(lan, an, change, field):
    with pytest.raises(Invalid) as refused:
        planning.plan_activity(lan, person_id=an, activity=replace(WALK, **change))

    assert refused.value.field == field
    assert reading.planned(lan, registry.person(lan, an)) == []


def test_line_of_the_plan_is_stopped_with_a_reason_once(lan, an):
    planning.plan_activity(lan, person_id=an, activity=replace(WALK, id=new_id()))
    (line,) = reading.planned(lan, registry.person(lan, an))

    planning.stop_activity(lan, person_id=an, activity_id=line.id, reason="Đau gối")

    assert reading.planned(lan, registry.person(lan, an)) == []
    with pytest.raises(Invalid):
        planning.stop_activity(lan, person_id=an, activity_id=line.id, reason="Đau gối")


def at(hour, minute=0, *, person, day=MONDAY, **more):
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)
    return Booking("", start, start + timedelta(minutes=30), person, **more)


@pytest.fixture
def binh_person(lan) -> str:
    draft = PersonDraft("Trần Thị Bốn", "female", "1961")
    return people.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))


def test_therapist_and_machine_are_booked_once_at_a_time(lan, an, binh_person):
    therapist = lan.actor.partition("/")[2]
    machine = booking.add_machine(lan, facility=lan.unit, name="Máy kéo giãn")
    first = at(10, person=an, therapist=therapist, machine=machine)
    booking.book(lan, booking=first, discipline="physical", words="Tập đi", weeks=2)

    for other in (
        at(10, 15, person=binh_person, therapist=therapist),
        at(10, 15, person=binh_person, machine=machine),
        at(10, 15, person=an),
        at(10, person=binh_person, therapist=therapist, day=MONDAY + timedelta(days=7)),
    ):
        with pytest.raises(Invalid) as refused:
            booking.book(lan, booking=other, discipline="physical", words="Tập")
        assert refused.value.code == "booking-clash"
    booking.book(lan, booking=at(10, 30, person=binh_person, therapist=therapist, machine=machine),
                 discipline="physical", words="Tập")  # fmt: skip

    week = reading.week(lan, lan.unit, MONDAY)
    assert [(slot.name, slot.machine) for slot in week] == [
        ("Nguyễn Văn An", "Máy kéo giãn"),
        ("Trần Thị Bốn", "Máy kéo giãn"),
    ]


def test_series_that_clashes_in_one_week_is_not_booked_at_all(lan, an, binh_person):
    therapist = lan.actor.partition("/")[2]
    later = at(10, person=binh_person, therapist=therapist, day=MONDAY + timedelta(days=14))
    booking.book(lan, booking=later, discipline="physical", words="Tập")

    with pytest.raises(Invalid, match="30/11/2026"):
        booking.book(lan, booking=at(10, person=an, therapist=therapist), discipline="physical", words="Tập", weeks=4)

    assert reading.week(lan, lan.unit, MONDAY) == []


@pytest.mark.parametrize("hour", [5, 8, 12, 18])
def test_session_outside_hours_or_in_the_past_is_not_booked(lan, an, hour):
    with pytest.raises(Invalid):
        booking.book(lan, booking=at(hour, person=an), discipline="physical", words="Tập")


def test_machine_cannot_book_over_somebody_by_the_fhir_door(lan, an):
    (first,) = booking.book(lan, booking=at(10, person=an), discipline="physical", words="Tập")
    body = Repository(lan).read("Appointment", first)
    other = {key: value for key, value in body.items() if key not in ("id", "meta")}

    with pytest.raises(Invalid, match="đã có buổi khác"):
        Repository(lan).create(other | {"start": "2026-11-16T03:10:00Z"})
    booking.cancel(lan, person_id=an, booking_id=first, reason="Ốm")
    assert Repository(lan).create(other | {"start": "2026-11-16T03:10:00Z"}).resource["id"]


def test_plan_is_put_into_free_times_of_the_week_and_only_once(lan, an):
    planning.plan_activity(lan, person_id=an, activity=WALK)
    planning.plan_activity(lan, person_id=an, activity=Activity("", "speech", "other", "", "Tập nói", 2, 30))
    planning.plan_activity(lan, person_id=an, activity=Activity("", "physical", "exercise", "bridge", "", 7, 10))

    made, left = booking.book_plan(lan, person_id=an, monday=MONDAY)
    again, _left = booking.book_plan(lan, person_id=an, monday=MONDAY)

    assert (len(made), left, again) == (5, [], [])
    week = reading.week(lan, lan.unit, MONDAY, an)
    assert len({slot.day for slot in week if slot.discipline == "physical"}) == 3
    assert all(slot.booking.start >= NOW for slot in week)


def test_plan_without_anything_to_book_says_so(lan, an):
    with pytest.raises(Invalid):
        booking.book_plan(lan, person_id=an, monday=MONDAY)


def test_conference_judges_goals_and_is_on_the_timeline(lan, binh, an, goal):
    said = Meeting(NOW, "Tiếp tục tập đi", ("BS Bình", "KTV Lan"), {goal: "improving"}, date(2026, 12, 16))
    entry = new_id()

    planning.meet(lan, person_id=an, meeting=said, entry_id=entry)

    assert reading.goal_lines(lan, an, found=())[0].state == "improving"
    found = next(one for one in timeline.timeline(lan, an).entries if one.kind == "rehab-conference")
    assert found.lines == ("Tiếp tục tập đi Dự: BS Bình, KTV Lan. Họp lại ngày 16/12/2026.",)
    with pytest.raises(Conflict):
        planning.meet(lan, person_id=an, meeting=said, entry_id=entry)
    encounters.retract(lan, person_id=an, contact_id=entry, reason="Ghi hai lần")
    assert next(one for one in timeline.timeline(lan, an).entries if one.kind == "rehab-conference").retraction


def test_summing_up_asks_for_every_goal_and_ends_the_plan(lan, an, goal):
    planning.plan_activity(lan, person_id=an, activity=WALK)

    with pytest.raises(Invalid, match="mỗi mục tiêu"):
        planning.meet(lan, person_id=an, meeting=Meeting(NOW, "Ra viện"), last=True)
    assert reading.planned(lan, registry.person(lan, an))

    planning.meet(lan, person_id=an, meeting=Meeting(NOW, "Ra viện", states={goal: "achieved"}), last=True)

    assert reading.planned(lan, registry.person(lan, an)) == []
    assert reading.goal_lines(lan, an, found=())[0].status == "completed"


def test_another_facility_sees_nothing_of_it(lan, cuc, an, goal):
    booking.book(lan, booking=at(10, person=an), discipline="physical", words="Tập")

    assert reading.outcomes(cuc, an) == reading.goal_lines(cuc, an, found=()) == []
    assert reading.week(cuc, lan.unit, MONDAY) == []
    for act in (
        lambda: planning.goal_of(cuc, an, goal),
        lambda: planning.plan_activity(cuc, person_id=an, activity=WALK),
        lambda: booking.book(cuc, booking=at(11, person=an), discipline="physical", words="Tập"),
    ):
        with pytest.raises(NotFound):
            act()


PAGES = (
    "person_rehab", "rehab_assessments", "rehab_goal", "rehab_activity", "rehab_conference", "rehab_discharge",
    "rehab_home_sheet", "rehab_book",
)  # fmt: skip


def test_every_page_answers_its_own_and_is_not_found_by_another_facility(client_of, an):
    nurse, stranger = client_of("lan"), client_of("cuc")

    for name in PAGES:
        assert nurse.get(reverse(name, args=[an])).status_code == 200, name
        assert stranger.get(reverse(name, args=[an])).status_code == 404, name
    assert nurse.get(reverse("rehab_week")).status_code == 200
    assert client_of("officer").get(reverse("rehab_goal", args=[an])).status_code == 403


def test_a_month_of_rehabilitation_by_the_pages(client_of, lan, an):
    nurse = client_of("lan")
    goal_id, entry, line = new_id(), new_id(), new_id()
    form = {"goal_id": goal_id, "words": "Tự đi 10 m bằng một gậy", "discipline": "physical", "due": "31/01/2027"}
    refused = nurse.post(reverse("rehab_goal", args=[an]), form)
    assert (refused.status_code, "cần đo được" in refused.content.decode()) == (422, True)
    full = form | {"measure": "ten-metre-walk", "target": "0,8"}
    assert nurse.post(reverse("rehab_goal", args=[an]), full).status_code == 302
    plan = {"activity_id": line, "discipline": "physical", "exercise": "bridge", "times": "7", "minutes": "10"}
    assert nurse.post(reverse("rehab_activity", args=[an]), plan | {"goals": [goal_id]}).status_code == 302
    technique = plan | {"activity_id": new_id(), "technique": "17.0041", "times": "3", "minutes": "30"}
    assert nurse.post(reverse("rehab_activity", args=[an]), technique).status_code == 302
    assert "Nâng hông" in nurse.get(reverse("rehab_home_sheet", args=[an])).content.decode()
    assert nurse.post(reverse("rehab_book", args=[an]), {"cach": "ke-hoach"}).status_code == 302
    assert "Tập đi với thanh song song" in nurse.get(reverse("rehab_week")).content.decode()
    assert "17.0041" in nurse.get(reverse("rehab_new", args=[an])).content.decode()
    stop = reverse("rehab_activity_stop", args=[an, line])
    assert nurse.post(stop, {"reason": "Xong"}).status_code == 302
    end = {"entry_id": entry, "moment": "16/11/2026 09:00", "conclusion": "Ra viện", f"goal-{goal_id}": "achieved"}
    assert nurse.post(reverse("rehab_discharge", args=[an]), end).status_code == 302
    assert "Đã đạt" in nurse.get(reverse("person_rehab", args=[an])).content.decode()


def test_assessment_is_filled_in_and_shown_with_its_unit(client_of, an):
    nurse = client_of("lan")
    url = reverse("rehab_assess", args=[an, "ten-metre-walk"])
    assert "Đi bộ 10 m" in nurse.get(url).content.decode()

    sent = {"key": new_id(), "response": json.dumps(walked(10, 20)).decode()}
    answer = nurse.post(url, sent, follow=True)

    page = answer.content.decode()
    assert "<strong>0,50</strong> m/giây" in page
    assert reverse("rehab_assessments", args=[an]) in page
    assert nurse.get(reverse("rehab_assess", args=[an, "phq-9"])).status_code == 404
