"""Sentences that the programme writes from a snapshot: the first words of each section, for officers to edit."""

from collections.abc import Mapping
from decimal import Decimal

from ansinh.kernel.text import format_date, format_number
from ansinh.programme.reports.snapshot import FigureRow, GoalRow, Snapshot, TaskRow
from ansinh.programme.reports.template import Section

RUNNING = ("in-progress", "accepted", "on-hold")


def placeholders(snapshot: Snapshot) -> dict[str, str]:
    """Every `{name}` that a template may use, filled."""
    tasks = snapshot.tasks
    addressees = [line for line in snapshot.facts.get("addressed_to", "").split("\n") if line]
    return {
        "plan_subject": snapshot.facts.get("plan_subject", snapshot.plan_title),
        "plan_reference": snapshot.facts.get("plan_reference", snapshot.plan_title),
        "plan_short": snapshot.facts.get("plan_short", snapshot.plan_title),
        "agency": snapshot.facts.get("agency", ""),
        "addressees": ", ".join(addressees),
        "year": str(snapshot.year),
        "next_year": str(snapshot.year + 1),
        "day": format_date(snapshot.end),
        "facility_count": f"{len(snapshot.facilities):02d}",
        "facility_names": "; ".join(snapshot.facilities),
        "task_count": str(len(tasks)),
        "task_done": str(sum(task.state == "completed" for task in tasks)),
        "task_running": str(sum(task.state in RUNNING for task in tasks)),
        "task_waiting": str(sum(task.state not in (*RUNNING, "completed", "late") for task in tasks)),
        "task_late": str(sum(task.state == "late" for task in tasks)),
        "budget_section": snapshot.facts.get("budget_section", "phần kinh phí"),
        "budget_sources": snapshot.facts.get("budget_sources", ""),
        "goals_missed_sentence": goals_missed(snapshot),
        "goals_unknown_sentence": goals_unknown(snapshot),
        "gaps_sentence": gaps(snapshot),
    }


def first_words(section: Section, snapshot: Snapshot) -> str:
    """The section's starting text, a paragraph a line; sentences that have nothing to say are left out."""
    values = placeholders(snapshot)
    return "\n".join(line for line in (fill(text, values) for text in section.words) if line)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled, without doubled or trailing spaces."""
    return " ".join(text.format_map(values).split())


def amount(figure: FigureRow) -> str:
    """`66,7% (4/6 cơ sở)`, `1.234 lượt`, or why there is no figure."""
    if figure.value is None:
        return figure.reason or "chưa có số liệu"
    if figure.unit == "count":
        return f"{format_number(figure.numerator)} {figure.noun}".strip()
    return percent(figure.value, figure.numerator, figure.denominator, figure.noun)


def percent(value: Decimal | None, numerator: int, denominator: int, noun: str = "") -> str:
    """`66,7% (4/6 cơ sở)`; a dash where there is nobody to count."""
    if value is None:
        return "–"
    counts = f"{format_number(numerator)}/{format_number(denominator)} {noun}".strip()
    return f"{format_number(value)}% ({counts})"


def target_words(goal: GoalRow, year: str) -> str:
    """`≥ 80%`; words for a goal without number."""
    target = goal.targets.get(year)
    if target is None:
        return "không đặt con số"
    sign = {">=": "≥ ", "<=": "≤ ", "=": ""}.get(goal.comparator, "")
    return f"{sign}{format_number(target)}{'%' if goal.figure.unit == 'percent' else ''}"


def goals_sentence(snapshot: Snapshot) -> str:
    """How many goals of the period are met, in one sentence."""
    met = sum(goal.met is True for goal in snapshot.goals)
    missed = sum(goal.met is False for goal in snapshot.goals)
    other = len(snapshot.goals) - met - missed
    sentence = (
        f"Đến ngày {format_date(snapshot.end)}, trong {len(snapshot.goals)} mục tiêu của Kế hoạch có {met} mục tiêu "
        f"đạt, {missed} mục tiêu chưa đạt"
    )
    if other:
        sentence += f" và {other} mục tiêu chưa có số liệu hoặc không đặt con số"
    return f"{sentence}. Chi tiết tại Bảng 1."


def goals_missed(snapshot: Snapshot) -> str:
    """The goals below their target, each with figure and target; "" when there is none."""
    lines = [
        f"{_lower(goal.title)}: {amount(goal.figure)}, mục tiêu {target_words(goal, due)}"
        for goal, due in _with_due(snapshot)
        if goal.met is False
    ]
    return f"Còn {len(lines)} mục tiêu chưa đạt: {'; '.join(lines)}." if lines else ""


def goals_unknown(snapshot: Snapshot) -> str:
    """The goals that could not be measured, with the reason; "" when there is none."""
    lines = [
        f"{_lower(goal.title)} ({_lower(goal.figure.reason.rstrip('.'))})"
        for goal in snapshot.goals
        if goal.figure.value is None
    ]
    return f"Chưa có căn cứ để đánh giá {len(lines)} mục tiêu: {'; '.join(lines)}." if lines else ""


def gaps(snapshot: Snapshot) -> str:
    """Tasks past their day that are not done; "" when there is none."""
    late = [task for task in snapshot.tasks if task.state == "late"]
    if not late:
        return ""
    names = "; ".join(_late(task) for task in late)
    return f"Còn {len(late)} nhiệm vụ quá hạn: {names}."


def service_sentences(snapshot: Snapshot) -> list[str]:
    """What the facilities did, a sentence a figure, by the order of the template."""
    return [f"{figure.title}: {amount(figure)}." for figure in snapshot.figures if figure.value is not None]


def _late(task: TaskRow) -> str:
    return f"{_lower(task.title)} (hạn {task.due})"


def _with_due(snapshot: Snapshot) -> list[tuple[GoalRow, str]]:
    return [(goal, due_of(goal, snapshot.year)) for goal in snapshot.goals]


def due_of(goal: GoalRow, year: int) -> str:
    """The due year whose target holds in `year`, as a key of `targets`."""
    dues = sorted(goal.targets)
    return next((due for due in dues if int(due) >= year), dues[-1] if dues else "")


def _lower(text: str) -> str:
    """First letter small inside a sentence, unless a proper name or an abbreviation begins it."""
    first = text.split(" ", 1)[0]
    if first.isupper() or text.startswith(("Bệnh viện", "Trung tâm", "Sở ", "Ủy ban", "Mặt trận")):
        return text
    return text[:1].lower() + text[1:]
