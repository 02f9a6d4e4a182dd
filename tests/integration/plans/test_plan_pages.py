"""Plans in the store, their pages, and what an officer says of a task."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound, Refused, Stale
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.plans import actions, queries, resources
from ansinh.programme.plans.loading import load_plans

pytestmark = pytest.mark.django_db

NINH_BINH, DAK_NONG = "ninh-binh-2021-2030", "dak-nong-2021-2030"
FOLDER = settings.DEFINITIONS / "plans"
NOVEMBER = datetime(2025, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def lam_dong(officer):
    """An officer of the province that Đắk Nông joined."""
    from dataclasses import replace

    unit = organization_id("ubnd-lam-dong")
    return replace(officer, unit=unit, reach=frozenset({unit, organization_id("so-y-te-lam-dong")}))


def plan_files(tmp_path, spoil=None):
    """A copy of definitions/ as far as plans need it, with one plan spoilt."""
    folder = tmp_path / "plans"
    folder.mkdir()
    for name in (NINH_BINH, DAK_NONG):
        data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
        if spoil and name == NINH_BINH:
            spoil(data)
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return folder


def known() -> set[str]:
    return {path.name for path in (settings.DEFINITIONS / "measures").iterdir()}


# --- loading -------------------------------------------------------------------------------------------------


def test_loading_again_changes_nothing(system):
    load_plans(system, FOLDER)
    before = journal.position()

    assert load_plans(system, FOLDER) == 2
    assert journal.position() == before


def test_loading_makes_a_task_for_each_task_of_the_plan(system):
    rows = tables.rows(
        system.context, "SELECT t.plan, COUNT(*) AS n FROM view_plan_task t WHERE {reach:t} GROUP BY plan"
    )

    assert {row["plan"]: row["n"] for row in rows} == {NINH_BINH: 28, DAK_NONG: 40}


def test_tasks_belong_to_those_who_carry_on_today(system):
    task = system.read("Task", resources.task_id(DAK_NONG, "nv-1-a"))

    assert task["owner"]["reference"] == f"Organization/{organization_id('so-y-te-lam-dong')}"
    assert task["requester"]["reference"] == f"Organization/{organization_id('ubnd-dak-nong')}"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data["goals"][0].update(measure="la"), "goals[0].measure: không có chỉ tiêu «la»"),
        (lambda data: data["goals"][0]["targets"].pop(), "goals[0].targets: thiếu mốc 31/12/2030"),
        (lambda data: data["goals"][0].update(comparator="=>"), "goals[0].comparator: phép so «=>» không dùng được"),
        (lambda data: data["tasks"][1].update(id="nv-2-1-1"), "tasks[1].id: mã «nv-2-1-1» bị trùng"),
        (lambda data: data.update(province="ubnd-la"), "province: không có đơn vị «ubnd-la»"),
    ],
)
def test_bad_plan_is_refused_with_its_place_and_nothing_is_loaded(system, tmp_path, spoil, message):
    folder, before = plan_files(tmp_path, spoil), journal.position()

    with pytest.raises(Invalid) as caught:
        load_plans(system, folder, known())

    assert f"{NINH_BINH}.yaml: {message}" in caught.value.message
    assert journal.position() == before


def test_two_files_of_one_plan_are_refused(system, tmp_path):
    folder = plan_files(tmp_path, lambda data: data.update(id=DAK_NONG))

    with pytest.raises(Invalid) as caught:
        load_plans(system, folder, known())

    assert DAK_NONG in caught.value.message


def test_changed_plan_makes_a_new_version_and_keeps_the_old(system, tmp_path):
    folder = plan_files(tmp_path, lambda data: data["goals"][4]["targets"][0].update(value=85))

    load_plans(system, folder, known())

    history = system.history("PlanDefinition", resources.plan_id(NINH_BINH))
    values = [version.body["goal"][4]["target"][0]["detailQuantity"]["value"] for version in history[:2]]
    assert values == [85, 80]


# --- who sees which plan -------------------------------------------------------------------------------------


def test_each_province_sees_its_own_plan(officer, lam_dong, mai, admin):
    assert [plan.id for plan in queries.plans(officer)] == [NINH_BINH]
    assert [plan.id for plan in queries.plans(lam_dong)] == [DAK_NONG]
    assert [plan.id for plan in queries.plans(mai)] == [NINH_BINH]
    assert {plan.id for plan in queries.plans(admin)} == {NINH_BINH, DAK_NONG}


def test_plan_of_another_province_is_not_found(client_of, officer):
    with pytest.raises(NotFound):
        queries.plan(officer, DAK_NONG)
    assert client_of("officer").get(reverse("plan", args=[DAK_NONG])).status_code == 404


@pytest.mark.parametrize("name", ["plans", "plan", "plan_tasks", "plan_document"])
def test_pages_need_the_right(client_of, name):
    args = [] if name == "plans" else [NINH_BINH]

    assert client_of("lan").get(reverse(name, args=args)).status_code == 403
    assert client_of("").get(reverse(name, args=args)).status_code == 302


# --- goals ---------------------------------------------------------------------------------------------------


def declare(context, facility: str, catalogue: str, count: int | None = None, start: date = date(2025, 1, 1)) -> None:
    from ansinh.network.capability import actions as capability
    from ansinh.network.capability import queries as listed

    codes = [item.code for item in listed.catalogue(context, catalogue).on(start)]
    capability.declare(context, facility=facility, catalogue=catalogue, chosen=codes[:count], start=start)


@pytest.fixture
def catalogues(system):
    from ansinh.network.capability.loading import load_catalogues

    load_catalogues(system, settings.DEFINITIONS / "capability")


def figures(context) -> dict:
    plan = queries.plan(context, NINH_BINH)
    return {figure.goal.id: figure for figure in queries.goals(context, plan)}


def test_goal_moves_when_the_hospital_declares_its_techniques(officer, mai, world, catalogues):
    before = figures(officer)["ky-thuat-phcn"]
    declare(mai, world.a, "rehab")

    after = figures(officer)["ky-thuat-phcn"]

    assert before.now.value in (None, Decimal(0))
    assert after.now.value == 100
    assert after.ahead.track.state == "reached"
    assert after.unit_id == world.a


def test_goal_without_a_list_is_unknown_and_says_why(officer, catalogues):
    figure = figures(officer)["ky-thuat-chuyen-khoa-tinh"]

    assert figure.now.value is None
    assert figure.now.reason
    assert figure.ahead.track.state == "unknown"


def test_goal_without_a_number_shows_its_figure_and_that_the_plan_gives_none(officer, client_of, catalogues):
    figure = next(item for item in figures(officer).values() if item.goal.measure == "facility-investment")
    shown = client_of("officer").get(reverse("goal", args=[NINH_BINH, figure.goal.id])).content.decode()

    assert figure.now.value is not None
    assert figure.ahead.track.state == "no-target"
    assert "Kế hoạch không đặt con số" in shown
    assert "Chưa tính được" not in shown


def test_goal_counts_facilities_that_meet_every_condition(officer, admin, world, catalogues, system):
    declare(system.context, world.b, "primary-care")

    figure = figures(officer)["du-dieu-kien-cssk-ban-dau"]

    assert (figure.now.numerator, figure.now.denominator) == (1, 5)
    assert figure.now.value == 20
    of_facility = {item.facility_id: item.value for item in figure.now.by_unit}
    assert of_facility[world.b] == 100


def test_target_that_has_passed_is_judged_by_its_own_year(officer, mai, world, catalogues):
    """All techniques declared only from 2026 on: 2025 was missed, 2030 is met today."""
    declare(mai, world.a, "rehab", start=date(2026, 1, 5))

    with clock.frozen(datetime(2026, 6, 1, tzinfo=UTC)):
        figure = figures(officer)["ky-thuat-phcn"]

    assert [item.is_past for item in figure.targets] == [True, False]
    assert [item.track.state for item in figure.targets] == ["missed", "reached"]
    assert figure.ahead.target.due == date(2030, 12, 31)


def test_path_runs_from_nothing_over_the_first_target_to_the_second(officer):
    plan = queries.plan(officer, NINH_BINH)

    path = dict(queries.path(plan, plan.goal("hoat-dong-y-te-tuyen-xa")))

    assert path[2021] == Decimal("4.0")
    assert path[2025] == 20
    assert path[2026] == Decimal("26.0")
    assert path[2030] == 50


def test_path_of_a_goal_without_numbers_is_empty(officer):
    plan = queries.plan(officer, NINH_BINH)

    assert {value for _year, value in queries.path(plan, plan.goal("dau-tu-nang-cap"))} == {None}


def test_plan_of_dak_nong_counts_the_facilities_it_had(lam_dong, catalogues):
    plan = queries.plan(lam_dong, DAK_NONG)

    figure = next(item for item in queries.goals(lam_dong, plan) if item.goal.id == "du-dieu-kien-cssk-ban-dau")

    assert figure.now.denominator == 4
    assert {item.facility_id for item in figure.now.by_unit} == {
        organization_id(code)
        for code in (
            "tt-dieu-duong-ncc-dak-nong", "tt-bao-tro-dak-nong", "tt-phcn-tam-than-dak-nong", "cs-cai-nghien-dak-nong",
        )
    }  # fmt: skip


def test_plan_page_shows_every_goal_with_targets_and_links(client_of):
    response = client_of("officer").get(reverse("plan", args=[NINH_BINH]))
    shown = response.content.decode()

    assert response.status_code == 200
    for goal in queries.plan(system_context(), NINH_BINH).goals:
        assert reverse("goal", args=[NINH_BINH, goal.id]) in shown
        assert reverse("measure", args=[goal.measure]) in shown or goal.subject
    assert "Mục tiêu 2025" in shown
    assert "Mục tiêu 2030" in shown
    assert "đường thẳng" in shown


@pytest.mark.parametrize(
    ("name", "english", "vietnamese"),
    [
        ("plan", "People&#x27;s Committee of Ninh Bình province", "Ủy ban nhân dân tỉnh Ninh Bình"),
        ("plan", "gives no number", "Bản văn được đọc"),
        ("plan_tasks", "Department of Health", "Sở Y tế"),
        ("plan_document", "Department of Labour, Invalids and Social Affairs", "Sở Tài chính<"),
    ],
)
def test_plan_in_english_names_issuer_and_owners_in_english(client_of, name, english, vietnamese):
    officer = client_of("officer")
    officer.cookies["django_language"] = "en"

    shown = officer.get(reverse(name, args=[NINH_BINH])).content.decode().split("<main", 1)[1]

    assert english in shown
    assert vietnamese not in shown


@pytest.mark.parametrize("goal", ["ky-thuat-phcn", "quan-ly-suc-khoe-dien-tu", "dau-tu-nang-cap"])
def test_goal_page_shows_trend_targets_and_tasks(client_of, goal):
    response = client_of("officer").get(reverse("goal", args=[NINH_BINH, goal]))
    shown = response.content.decode()

    assert response.status_code == 200
    assert "Diễn biến qua các năm" in shown
    assert "31/12/2025" in shown
    assert "31/12/2030" in shown
    assert reverse("plan_task", args=[NINH_BINH, "nv-2-1-2"]) in shown or goal != "ky-thuat-phcn"


def test_goal_page_links_each_facility_to_what_is_behind_its_figure(client_of, world):
    shown = client_of("officer").get(reverse("goal", args=[NINH_BINH, "du-dieu-kien-cssk-ban-dau"])).content.decode()

    assert reverse("measure_facility", args=["facilities-primary-care-ready", world.b]) in shown


def test_unknown_goal_is_not_found(client_of):
    assert client_of("officer").get(reverse("goal", args=[NINH_BINH, "khong-co"])).status_code == 404


def test_document_page_shows_sections_and_reporting(client_of):
    shown = client_of("officer").get(reverse("plan_document", args=[NINH_BINH])).content.decode()

    assert "Bản văn được đọc không ghi số kế hoạch." in shown
    assert "15/12" in shown
    assert "IV.2.7" in shown
    assert "1942/QĐ-TTg" in shown


def test_overview_counts_goals_and_tasks(officer):
    overview = queries.plan_overview(officer)[0]

    assert overview.plan.id == NINH_BINH
    assert overview.tasks.total == 28
    assert overview.count("reached", "on-track", "behind", "missed", "no-target", "unknown") == len(overview.goals) == 6


# --- tasks ---------------------------------------------------------------------------------------------------


def update(context, task: str = "nv-2-1-1", **kwargs) -> int:
    given = {"status": "in-progress", "progress": 40, "note": "Đã họp", "version": version_of(task)}
    plan = queries.plan(context, NINH_BINH)
    return actions.update_progress(context, plan=plan, task=task, **{**given, **kwargs})


def version_of(task: str) -> int:
    stored = Repository(system_context()).read("Task", resources.task_id(NINH_BINH, task))
    return int(stored["meta"]["versionId"])


def state_of(context, task: str = "nv-2-1-1"):
    return queries.task(context, queries.plan(context, NINH_BINH), task)[0]


def test_officer_tells_where_a_task_stands(officer):
    update(officer)

    state, stored = queries.task(officer, queries.plan(officer, NINH_BINH), "nv-2-1-1")
    assert (state.status, state.progress) == ("in-progress", 40)
    assert stored["note"][0]["text"] == "Đã họp"
    assert stored["note"][0]["authorString"] == officer.display


def test_stale_update_is_refused_and_changes_nothing(officer):
    version = version_of("nv-2-1-1")
    update(officer)

    with pytest.raises(Stale):
        update(officer, progress=90, version=version)

    assert state_of(officer).progress == 40


@pytest.mark.parametrize(
    ("kwargs", "code"),
    [
        ({"status": "done"}, "task-state"),
        ({"progress": 101}, "task-progress"),
        ({"status": "cancelled", "note": " "}, "task-note"),
        ({"status": "on-hold", "note": ""}, "task-note"),
    ],
)
def test_update_that_cannot_be_is_refused(officer, kwargs, code):
    with pytest.raises(Invalid) as caught:
        update(officer, **kwargs)

    assert caught.value.code == code
    assert state_of(officer).status == "requested"


@pytest.mark.parametrize("who", ["mai", "leader"])
def test_update_is_refused_to_those_who_do_not_carry_tasks(request, who):
    context = request.getfixturevalue(who)
    if context.has("task.programme"):
        pytest.skip("this role carries tasks by its role file")

    with pytest.raises(Refused):
        update(context)


def test_update_of_a_task_of_another_body_is_not_found(officer):
    from dataclasses import replace

    stranger = replace(officer, reach=frozenset({organization_id("so-noi-vu-ninh-binh")}))

    with pytest.raises(NotFound):
        update(stranger)
    assert not state_of(stranger).is_mine
    assert state_of(officer).is_mine


def test_finished_yearly_task_moves_to_its_next_deadline(officer, system):
    with clock.frozen(NOVEMBER):
        task = system.read("Task", resources.task_id(NINH_BINH, "nv-5-1"))
        system.update({**task, "restriction": {"period": {"end": "2025-12-15"}}})

        update(officer, "nv-5-1", status="completed", progress=100, note="")

        state = state_of(officer, "nv-5-1")
    assert state.due == date(2026, 12, 15)
    assert (state.status, state.progress) == ("in-progress", 0)


def test_finished_task_is_done_with_its_day(officer):
    update(officer, "nv-2-4-2", status="completed", progress=10)

    state, stored = queries.task(officer, queries.plan(officer, NINH_BINH), "nv-2-4-2")
    assert (state.urgency, state.progress) == ("done", 100)
    assert stored["executionPeriod"]["end"] == clock.today().isoformat()


def test_finished_investment_moves_its_goal(officer):
    before = figures(officer)["dau-tu-nang-cap"].now
    update(officer, "nv-3-3-ctxh", status="completed", progress=100)

    after = figures(officer)["dau-tu-nang-cap"].now

    assert after.numerator == before.numerator + 1
    assert after.denominator == before.denominator


def test_progress_survives_loading_again(officer, system):
    update(officer)

    load_plans(system, FOLDER)

    assert state_of(officer).progress == 40


def test_task_list_is_narrowed_by_state_and_lead(client_of, officer):
    update(officer, "nv-2-4-2", status="completed", progress=100)
    client, address = client_of("officer"), reverse("plan_tasks", args=[NINH_BINH])

    everything = client.get(address).content.decode()
    done = client.get(address, {"trang_thai": "done"}).content.decode()
    health = client.get(address, {"chu_tri": "so-y-te"}).content.decode()

    def count(page: str) -> int:
        return len(set(re.findall(rf"{address}(nv-[\w-]+)/", page)))

    assert (count(everything), count(done), count(health)) == (28, 1, 2)


def sections(page: str) -> dict[str, tuple[bool, str]]:
    """Section → (is it open, what its head tells)."""
    found = re.findall(
        r'<details class="as-section"( open)?>.*?as-section__title">Mục ([^<]+)</span> <span[^>]*>([^<]+)<', page, re.S
    )
    return {name: (bool(is_open), told) for is_open, name, told in found}


def test_task_list_stands_by_section_and_only_what_is_overdue_is_open(client_of, officer):
    update(officer, "nv-2-4-2", status="completed", progress=100)

    shown = sections(client_of("officer").get(reverse("plan_tasks", args=[NINH_BINH])).content.decode())

    plan = queries.plan(officer, NINH_BINH)
    assert list(shown) == list(dict.fromkeys(task.section for task in plan.tasks))
    assert shown["IV.2.4"][1].startswith("2 nhiệm vụ, 1 đã xong")
    assert {name for name, (is_open, _) in shown.items() if is_open} == {
        name for name, (_, told) in shown.items() if "quá hạn" in told
    }
    assert not shown["IV.2.4"][0]


def test_task_list_that_is_narrowed_is_all_open(client_of, officer):
    update(officer, "nv-2-4-2", status="completed", progress=100)

    page = client_of("officer").get(reverse("plan_tasks", args=[NINH_BINH]), {"trang_thai": "done"}).content.decode()

    assert sections(page) == {"IV.2.4": (True, "1 nhiệm vụ, 1 đã xong")}


def test_task_list_without_a_fitting_task_says_so(client_of):
    page = client_of("officer").get(reverse("plan_tasks", args=[NINH_BINH]), {"trang_thai": "stopped"}).content.decode()

    assert sections(page) == {}
    assert "Không có nhiệm vụ nào khớp." in page


def test_tabs_of_a_plan_name_its_goals_in_the_plural_in_english(client_of):
    client = client_of("officer")
    client.cookies["django_language"] = "en"

    tabs = re.findall(r'as-tabs__link"[^>]*>([^<]+)<', client.get(reverse("plan", args=[NINH_BINH])).content.decode())

    assert "Goals" in tabs
    assert "Goal" not in tabs


def test_task_page_takes_an_update_and_shows_it(client_of):
    client, address = client_of("officer"), reverse("plan_task", args=[NINH_BINH, "nv-2-1-1"])
    form = {"status": "in-progress", "progress": "55", "note": "Đã rà soát 3 cơ sở", "version": version_of("nv-2-1-1")}

    assert client.post(address, form).status_code == 302

    shown = client.get(address).content.decode()
    assert "Đã rà soát 3 cơ sở" in shown
    assert "55%" in shown


def test_task_page_refuses_a_stale_save_and_keeps_what_was_typed(client_of, officer):
    client, address = client_of("officer"), reverse("plan_task", args=[NINH_BINH, "nv-2-1-1"])
    stale = {"status": "in-progress", "progress": "99", "note": "Câu đang gõ dở", "version": version_of("nv-2-1-1")}
    update(officer)

    response = client.post(address, stale)

    assert response.status_code == 422
    assert "Câu đang gõ dở" in response.content.decode()
    assert state_of(officer).progress == 40


def test_task_page_has_no_form_for_those_who_may_not_write(client_of):
    shown = client_of("mai").get(reverse("plan_task", args=[NINH_BINH, "nv-2-1-1"])).content.decode()

    assert 'name="progress"' not in shown


def test_task_names_the_body_of_the_plan_and_who_carries_it_now(client_of):
    shown = client_of("officer").get(reverse("plan_task", args=[NINH_BINH, "nv-2-1-1"])).content.decode()

    assert "Sở Lao động - Thương binh và Xã hội (nay: Sở Y tế tỉnh Ninh Bình)" in shown


@pytest.mark.parametrize(("name", "limit"), [("plan", 150), ("plan_tasks", 30), ("plan_document", 25)])
def test_pages_ask_the_database_a_bounded_number_of_times(client_of, django_assert_max_num_queries, name, limit):
    client, url = client_of("officer"), reverse(name, args=[NINH_BINH])
    client.get(url)

    with django_assert_max_num_queries(limit):
        client.get(url)
