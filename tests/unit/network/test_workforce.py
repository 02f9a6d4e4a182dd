"""Staff figures of 2020 as the plan gives them, and then beside now."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ansinh.kernel.errors import Invalid
from ansinh.network.workforce import resources, rules
from ansinh.network.workforce.definition import read
from ansinh.network.workforce.rules import Baseline, Figure, Post

FILE = Path(__file__).parents[3] / "definitions" / "workforce" / "ninh-binh-2020.yaml"
PLAN = Path(__file__).parents[4] / "shared" / "plans" / "ninh-binh.txt"
DAY = date(2025, 6, 1)

# Section III.5 of the plan, facility by facility: total, levels, professions.
EXPECTED = {
    "tt-bao-tro-ctxh-ninh-binh": (58, [4, 42, 12], {"doctor": 1, "nurse": 5, "assistant-doctor": 1, "pharmacist": 1}),
    "tt-phcn-tam-than-ninh-binh": (
        81, [3, 37, 41], {"doctor": 5, "assistant-doctor": 11, "pharmacist": 2, "nurse-technician": 31},
    ),
    "tt-dieu-duong-nho-quan": (
        70, [3, 34, 33], {"doctor": 7, "assistant-doctor": 9, "pharmacist": 3, "nurse-attendant": 28},
    ),
    "cs-cai-nghien-ninh-binh": (68, [4, 35, 29], {"doctor": 2, "assistant-doctor": 3, "nurse-attendant": 4}),
    "bv-chinh-hinh-tam-diep": (
        44, [1, 24, 19], {"doctor": 7, "assistant-doctor": 5, "pharmacist": 1, "nurse-attendant": 19},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> dict[str, Baseline]:
    return {item.facility: item for item in read(FILE).baselines}


@pytest.mark.parametrize("facility", EXPECTED)
def test_shipped_figures_are_those_of_the_plan(shipped, facility):
    total, levels, professions = EXPECTED[facility]
    baseline = shipped[facility]

    assert baseline.total == total
    assert [item.value for item in baseline.figures if item.group == "level"] == levels
    assert {item.code: item.value for item in baseline.figures if item.group == "profession"} == professions


def test_shipped_figures_are_five_facilities_whose_levels_add_up(shipped):
    assert set(shipped) == set(EXPECTED)
    assert {baseline.difference for baseline in shipped.values()} == {0}


@pytest.mark.skipif(not PLAN.exists(), reason="the plan's text is not part of the repository")
@pytest.mark.parametrize("facility", EXPECTED)
def test_totals_stand_in_the_text_of_the_plan(facility):
    text = " ".join(PLAN.read_text(encoding="utf-8").split())

    assert f"có {EXPECTED[facility][0]} cán bộ, viên chức" in text


def test_report_comes_back_as_the_same_baseline(shipped):
    for baseline in shipped.values():
        assert resources.baseline_from(resources.report("ninh-binh-2020", baseline)) == baseline


def test_report_has_a_stable_id_and_the_year(shipped):
    baseline = shipped["bv-chinh-hinh-tam-diep"]

    first, second = resources.report("ninh-binh-2020", baseline), resources.report("ninh-binh-2020", baseline)

    assert first["id"] == second["id"]
    assert first["period"] == {"start": "2020-01-01", "end": "2020-12-31"}


def figures(*figures: Figure, notes: tuple[str, ...] = ()) -> Baseline:
    return Baseline("f", date(2020, 1, 1), date(2020, 12, 31), "KH", figures, notes)


def test_difference_tells_how_far_levels_are_from_the_total():
    off = figures(Figure("total", "total", "T", 10), Figure("level", "university", "ĐH", 7))
    silent = figures(Figure("total", "total", "T", 10))

    assert off.difference == -3
    assert silent.difference == 0


POSTS = [
    Post("1", "lan", "Lan", "nurse", "college", date(2024, 1, 1)),
    Post("2", "lan", "Lan", "rehab-technician", "college", date(2025, 1, 1)),
    Post("3", "binh", "Bình", "doctor", "university", date(2024, 1, 1)),
    Post("4", "mai", "Mai", "doctor", "postgraduate", date(2020, 1, 1), date(2025, 5, 31)),
    Post("5", "cuc", "Cúc", "orderly", "", date(2024, 1, 1)),
]


def test_compare_counts_people_not_posts_and_only_those_of_the_day():
    baseline = figures(
        Figure("total", "total", "Tổng", 4),
        Figure("profession", "doctor", "Bác sĩ", 2),
        Figure("profession", "nurse-technician", "Điều dưỡng và kỹ thuật viên", 3),
        Figure("profession", "nurse-attendant", "Điều dưỡng và nhân viên phục vụ", 3),
        Figure("level", "university-college", "CĐ, ĐH", 1),
        Figure("level", "intermediate-other", "Còn lại", 0),
    )

    lines = {line.code: (line.then, line.now, line.change) for line in rules.compare(baseline, POSTS, DAY)}

    assert lines == {
        "total": (4, 3, -1),
        "doctor": (2, 1, -1),
        "nurse-technician": (3, 1, -2),
        "nurse-attendant": (3, 2, -1),
        "university-college": (1, 2, 1),
        "intermediate-other": (0, 1, 1),
    }


def test_compare_without_a_document_lists_the_posts_of_today():
    lines = rules.compare(None, POSTS, DAY)

    assert [(line.code, line.now, line.change) for line in lines] == [
        ("total", 3, None),
        ("doctor", 1, None),
        ("nurse", 1, None),
        ("orderly", 1, None),
        ("rehab-technician", 1, None),
    ]


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda data: data.pop("source"), "source"),
        (lambda data: data["period"].update(to=date(2019, 1, 1)), "period"),
        (lambda data: data["facilities"][0].update(total="58"), "facilities[0].total"),
        (lambda data: data["facilities"][0]["level"][0].update(value=-1), "facilities[0].level[0].value"),
        (
            lambda data: data["facilities"][1].update(facility=data["facilities"][0]["facility"]),
            "facilities[1].facility",
        ),
        (lambda data: data.update(extra=1), "extra"),
    ],
)
def test_file_with_a_mistake_is_refused_with_its_place(tmp_path, spoil, place):
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    spoil(data)
    path = tmp_path / "ninh-binh-2020.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(path)

    assert f"ninh-binh-2020.yaml: {place}" in [problem.expression for problem in caught.value.problems]


def test_file_whose_levels_do_not_add_up_keeps_its_figures_and_gets_a_note(tmp_path):
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    data["facilities"][0]["total"] = 60
    path = tmp_path / "ninh-binh-2020.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")

    baseline = read(path).baselines[0]

    assert baseline.total == 60
    assert "60" in baseline.notes[-1]
    assert "58" in baseline.notes[-1]


def test_practitioner_keeps_the_name_as_written():
    person = resources.practitioner(id="p", full_name="H'Ly", licence="0123")

    assert person["name"] == [{"text": "H'Ly", "given": ["H'Ly"]}]
    assert person["identifier"][0]["value"] == "0123"


def test_role_that_ended_keeps_its_start():
    role = resources.role(
        id="r",
        practitioner="p",
        name="Lan",
        facility="f",
        post="nurse",
        post_text="Điều dưỡng",
        start=DAY,
        level="college",
    )

    ended = resources.ended_role(role, date(2025, 12, 31))

    assert ended["period"] == {"start": "2025-06-01", "end": "2025-12-31"}
    assert ended["active"] is False
    assert role["specialty"][0]["coding"][0]["code"] == "college"


def test_person_who_holds_a_post_twice_is_counted_once_without_a_document_too():
    twice = [rules.Post("1", "lan", "Lan", "nurse"), rules.Post("2", "lan", "Lan", "nurse", level="college")]

    assert [(line.code, line.now) for line in rules.compare(None, twice, DAY)] == [("total", 1), ("nurse", 1)]
