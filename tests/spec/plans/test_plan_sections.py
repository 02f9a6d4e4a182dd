"""Every numbered section of the two plans is in their data: as a goal, a task, another part, or with a reason.

The texts are not part of the repository (`../shared/plans`); where they are absent these tests are skipped and the
completeness of the files rests on their own section index, which `checks` holds together.
"""

import re
from pathlib import Path

import pytest

from ansinh.programme.plans.checks import read

ROOT = Path(__file__).parents[3]
TEXTS = ROOT.parent / "shared" / "plans"
MEASURES = {path.name for path in (ROOT / "definitions" / "measures").iterdir()}
PAIRS = [("ninh-binh", "ninh-binh-2021-2030"), ("dak-nong", "dak-nong-2021-2030")]

pytestmark = pytest.mark.skipif(not TEXTS.exists(), reason="the texts of the plans are not here")

_PART = re.compile(r"([IVX]+)\. \S")
_NUMBER = re.compile(r"(\d)\. \S")
_SUB_NUMBER = re.compile(r"(\d\.\d)\. \S")
_LETTER = re.compile(r"([a-zđ])\) \S")
_BULLET = re.compile(r"- +\S")
_END = "Nơi nhận"


def lines(text: str):
    """The lines of a plan up to its recipients, without marks of headings and emphasis."""
    for line in text.splitlines():
        bare = line.replace("*", "").lstrip("# ").strip()
        if bare.startswith(_END):
            return
        yield bare


def sections(text: str) -> dict[str, int]:
    """Numbered sections in order, with the number of dashes directly in each: `IV.1.2.a` → 5."""
    found: dict[str, int] = {}
    part = number = current = ""
    for line in lines(text):
        if match := _PART.match(line):
            part, number = match[1], ""
            current = part
        elif not part:
            continue
        elif match := _SUB_NUMBER.match(line) or _NUMBER.match(line):
            number = match[1]
            current = f"{part}.{number}"
        elif match := _LETTER.match(line):
            current = f"{part}.{number}.{match[1]}"
        elif _BULLET.match(line) and current:
            found[current] += 1
            continue
        else:
            continue
        found.setdefault(current, 0)
    return found


def plan_of(name: str):
    return read(ROOT / "definitions" / "plans" / f"{name}.yaml", MEASURES)


def text_of(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8")


def indexed(plan) -> dict[str, dict]:
    return {row["section"]: row for row in plan.data["sections"]}


@pytest.mark.parametrize(("text", "plan"), PAIRS)
def test_every_numbered_section_has_goal_task_or_reason(text, plan):
    missing = [section for section in sections(text_of(text)) if section not in indexed(plan_of(plan))]

    assert missing == []


@pytest.mark.parametrize(("text", "plan"), PAIRS)
def test_no_section_is_invented(text, plan):
    invented = [section for section in indexed(plan_of(plan)) if section not in sections(text_of(text))]

    assert invented == []


def test_the_reader_of_sections_finds_what_the_plans_are_made_of():
    ninh_binh, dak_nong = sections(text_of("ninh-binh")), sections(text_of("dak-nong"))

    assert [key for key in ninh_binh if "." not in key] == ["I", "II", "III", "IV", "V"]
    assert [key for key in dak_nong if "." not in key] == ["I", "II", "III", "IV", "V", "VI"]
    assert {"IV.1.2.a", "IV.1.2.b", "IV.2.7", "III.6", "V.8"} <= ninh_binh.keys()
    assert {"II.2.a", "III.3.đ", "III.7.b", "IV.3", "V.2.c", "V.8"} <= dak_nong.keys()


@pytest.mark.parametrize(
    ("text", "plan", "early", "late"),
    [
        ("ninh-binh", "ninh-binh-2021-2030", "IV.1.2.a", "IV.1.2.b"),
        ("dak-nong", "dak-nong-2021-2030", "II.2.a", "II.2.b"),
    ],
)
def test_every_dash_of_the_goals_is_a_goal(text, plan, early, late):
    """Ninh Bình writes two shares of its hospital in one dash: two goals. Otherwise a dash is a goal."""
    found, goals = sections(text_of(text)), plan_of(plan).goals
    joined = 1 if text == "ninh-binh" else 0

    for section in (early, late):
        of_section = [goal for goal in goals for target in goal.targets if target.section == section]
        assert len(of_section) == found[section] + joined


@pytest.mark.parametrize(("text", "plan"), PAIRS)
def test_every_dash_of_a_task_section_is_a_task(text, plan):
    """Sections of tasks that are told in dashes have as many tasks as dashes (or one where there is no dash)."""
    definition = plan_of(plan)
    found = sections(text_of(text))
    part = "IV.2." if text == "ninh-binh" else "III."
    for section, dashes in found.items():
        tasks = [task for task in definition.tasks if task.section == section]
        parent_of_letters = any(other.startswith(f"{section}.") for other in found)
        if not section.startswith(part) or parent_of_letters:
            continue
        # Letter III.3.a of Đắk Nông lists two kinds of training under one task; section 2.5 joins two by a semicolon.
        if section in {"III.3.a"}:
            assert len(tasks) == 1
        elif section == "IV.2.5":
            assert len(tasks) == 2
        else:
            assert len(tasks) == max(dashes, 1), section


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (
            "ninh-binh-2021-2030",
            {
                "rehab-catalogue-coverage": (100, 100),
                "provincial-specialist-catalogue-coverage": (70, 80),
                "facilities-primary-care-ready": (80, 100),
                "facilities-commune-level-80": (20, 50),
                "people-managed-electronically": (80, 100),
                "facility-investment": (None, None),
            },
        ),
        (
            "dak-nong-2021-2030",
            {
                "hospitals-meeting-catalogue": (70, 100),
                "facilities-primary-care-ready": (70, 100),
                "facilities-commune-level-80": (10, 30),
                "people-managed-electronically": (80, 100),
                "facility-investment": (None, None),
            },
        ),
    ],
)
def test_targets_are_those_of_the_province(plan, expected):
    goals = plan_of(plan).goals

    assert {goal.measure: tuple(target.value for target in goal.targets) for goal in goals} == expected


@pytest.mark.parametrize(("text", "plan"), PAIRS)
def test_every_percentage_of_the_goals_stands_in_the_text(text, plan):
    words = " ".join(text_of(text).split())

    for goal in plan_of(plan).goals:
        for target in goal.targets:
            assert target.value is None or f"{target.value}%" in words


def test_recipients_of_dak_nong_are_all_there():
    tail = text_of("dak-nong").split("Nơi nhận:", 1)[1]
    dashes = [line for line in tail.splitlines() if line.strip().startswith("- ")]

    assert len(plan_of("dak-nong-2021-2030").document["recipients"]) == len(dashes) == 14


def test_recipients_of_ninh_binh_are_all_there():
    tail = text_of("ninh-binh").split("Nơi nhận:", 1)[1]
    dashes = [line for line in tail.splitlines() if line.strip().startswith("- ")]

    assert len(plan_of("ninh-binh-2021-2030").document["recipients"]) == len(dashes) == 7
