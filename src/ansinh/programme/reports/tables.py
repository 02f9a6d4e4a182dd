"""The tables of a report, from its snapshot; the same for the document, the workbook and the page."""

from ansinh.kernel.text import format_date
from ansinh.programme.measures.figures import StratumFigure, UnitFigure
from ansinh.programme.reports import wording
from ansinh.programme.reports.documents.model import Cell, Column, Table
from ansinh.programme.reports.snapshot import FigureRow, Snapshot

BASELINE = 2020
"""The year of the staff figures that the plans give as their start."""

NO_BASELINE = "không nêu"
"""A goal whose plan gives no figure to start from."""

_HIDDEN = "< 5"


def goals(snapshot: Snapshot, *, full: bool = False) -> Table:
    """Goals with baseline, figure, both targets and judgement; `full` adds what is needed to compute again."""
    dues = sorted({due for goal in snapshot.goals for due in goal.targets})
    started = full or any(goal.baseline != NO_BASELINE for goal in snapshot.goals)
    columns = [
        Column("STT", 1.4, "center"),
        Column("Mục tiêu", 6.6),
        *([Column("Đầu kỳ", 2, "center")] if started else []),
        Column(f"Kết quả năm {snapshot.year}", 3.4, "center"),
        *[Column(f"Mục tiêu {due}", 2.2, "center") for due in dues],
        Column("Đánh giá", 2.2, "center"),
    ]
    if full:
        columns += _computed_columns()
    rows: list[list[Cell]] = []
    for index, goal in enumerate(snapshot.goals, start=1):
        row: list[Cell] = [index, goal.title, *([goal.baseline] if started else [])]
        row.append(_whole(goal.figure))
        row += [wording.target_words(goal, due) if due in goal.targets else "" for due in dues]
        row.append(goal.words)
        rows.append(row + (_computed(goal.figure) if full else []))
    notes = [
        f"Mục tiêu {index}: {goal.figure.reason}"
        for index, goal in enumerate(snapshot.goals, start=1)
        if goal.figure.value is None
    ]
    caption = f"Bảng 1. Kết quả thực hiện mục tiêu đến ngày {format_date(snapshot.end)}"
    return Table(columns, rows, caption, notes)


def breakdown(snapshot: Snapshot) -> Table:
    """Service figures by sex and by group; groups overlap and do not add up."""
    columns = [Column("Phân theo", 9), Column("Số", 3.5, "right"), Column("Tổng số", 3.5, "right")]
    rows: list[list[Cell]] = []
    for figure in snapshot.figures:
        strata = [*figure.by_sex, *figure.by_group]
        if figure.value is None or not strata:
            continue
        rows.append([f"{figure.title} ({figure.noun})" if figure.noun else figure.title])
        whole: Cell = figure.numerator if figure.unit == "count" else wording.amount(figure)
        rows += [[row.label, _stratum(row, figure), None if index else whole] for index, row in enumerate(strata)]
    notes = [
        "Một người có thể thuộc nhiều nhóm đối tượng nên cộng các nhóm có thể lớn hơn tổng số. "
        f"“{_HIDDEN}” là số dưới 5 hoặc số suy ra được số dưới 5, không nêu để không nhận ra người."
    ]
    return Table(columns, rows, "Bảng 2. Số liệu theo giới tính và nhóm đối tượng", notes)


def tasks(snapshot: Snapshot) -> Table:
    """Tasks by section of the plan with lead, deadline and state."""
    columns = [
        Column("STT", 1.4, "center"),
        Column("Nhiệm vụ", 7.1),
        Column("Chủ trì", 3.2),
        Column("Hạn", 2.4, "center"),
        Column("Tình hình", 2.6, "center"),
    ]
    rows: list[list[Cell]] = []
    section = ""
    for index, task in enumerate(snapshot.tasks, start=1):
        if task.section != section:
            section = task.section
            rows.append([f"Mục {task.section}. {task.section_title}".rstrip(". ")])
        rows.append([index, task.title, task.lead, task.due, task.state_words])
    return Table(columns, rows, "Bảng 3. Tình hình thực hiện nhiệm vụ")


def goals_by_facility(snapshot: Snapshot) -> Table:
    """The goals' figures, a facility a row."""
    return _by_facility(snapshot, [goal.figure for goal in snapshot.goals], "Mục tiêu của Kế hoạch")


def services_by_facility(snapshot: Snapshot) -> Table:
    """The service figures, a facility a row."""
    return _by_facility(snapshot, list(snapshot.figures), "Hoạt động chăm sóc sức khỏe")


def _by_facility(snapshot: Snapshot, figures: list[FigureRow], caption: str) -> Table:
    shown = [figure for figure in figures if figure.by_unit]
    columns = [Column("Cơ sở", 6), *[Column(figure.title, 3, "center") for figure in shown]]
    counted = [row for figure in shown for row in figure.by_unit if row.value is not None or row.hidden]
    units = {row.facility_id: row.name for row in counted}
    rows: list[list[Cell]] = [[name, *[_of_unit(figure, unit) for figure in shown]] for unit, name in units.items()]
    rows.append(["Toàn tỉnh", *[_whole(figure) for figure in shown]])
    return Table(columns, rows, caption, ["Dấu “–”: chỉ tiêu không áp dụng cho cơ sở, hoặc không có ai để tính."])


def every_figure_by_facility(snapshot: Snapshot) -> Table:
    """One row a figure and facility, numbers as numbers: for filters and sums in a workbook."""
    columns = [
        Column("Chỉ tiêu", 8),
        Column("Mã chỉ tiêu", 5),
        Column("Cơ sở", 8),
        Column("Tử số", 2.4, "right", 0),
        Column("Mẫu số", 2.4, "right", 0),
        Column("Kết quả", 2.4, "right", 1),
        Column("Đơn vị", 1.8, "center"),
    ]
    rows: list[list[Cell]] = []
    for figure in snapshot.all_figures():
        unit = "%" if figure.unit == "percent" else figure.noun
        lines: list[tuple[str, UnitFigure | FigureRow]] = [(row.name, row) for row in figure.by_unit if not row.hidden]
        for name, row in (*lines, ("Toàn tỉnh", figure)):
            below = row.denominator if figure.unit == "percent" else None
            rows.append([figure.title, figure.measure_id, name, row.numerator, below, row.value, unit])
    return Table(columns, rows)


def staff(snapshot: Snapshot) -> Table:
    """Staff of 2020 as the plan's text gives them, and the posts filled at the end of the period."""
    columns = [
        Column("Cơ sở", 7),
        *[Column(title, 2.3, "right", 0) for title in snapshot.staff_columns],
        Column(f"Vị trí có người tại {format_date(snapshot.end)}", 3, "right", 0),
    ]
    titles = snapshot.staff_columns
    rows: list[list[Cell]] = [
        [row.facility, *[row.baseline.get(title) for title in titles], row.now] for row in snapshot.staff
    ]
    notes = [
        f"Các cột năm {BASELINE} ghi theo lời văn của Kế hoạch; ô trống là số Kế hoạch không nêu. Cột cuối đếm vị trí "
        "việc làm đã nhập vào hệ thống; ô trống là cơ sở chưa nhập."
    ]
    return Table(columns, rows, f"Nhân lực năm {BASELINE} và hiện nay", notes)


def definitions(snapshot: Snapshot) -> Table:
    """What each figure counts, from which source, over which period, at which position of the journal."""
    columns = [
        Column("Mã chỉ tiêu, phiên bản", 4.2),
        Column("Tên", 4.5),
        Column("Cách tính", 9),
        Column("Nguồn", 6),
        Column("Kỳ", 2.8, "center"),
        Column("Vị trí sổ", 2, "right", 0),
    ]
    rows: list[list[Cell]] = []
    for each in snapshot.definitions:
        how = f"Tử số: {each.numerator}" + (f"\nMẫu số: {each.denominator}" if each.denominator else "")
        how += "".join(f"\nChưa xác nhận: {line}" for line in each.unverified)
        span = f"{format_date(each.start)} – {format_date(each.end)}"
        sources = "\n".join(each.sources)
        rows.append([f"{each.measure_id}\n{each.version}", each.title, how, sources, span, each.position])
    return Table(columns, rows, "", ["Tính lại tại cùng vị trí sổ cho cùng kết quả."])


def _computed_columns() -> list[Column]:
    return [
        Column("Tử số", 2, "right", 0),
        Column("Mẫu số", 2, "right", 0),
        Column("Kết quả (số)", 2.2, "right", 1),
        Column("Mã chỉ tiêu", 5),
        Column("Vị trí sổ", 2, "right", 0),
    ]


def _computed(figure: FigureRow) -> list[Cell]:
    below = figure.denominator if figure.unit == "percent" else None
    return [figure.numerator, below, figure.value, f"{figure.measure_id}|{figure.version}", figure.position]


def _whole(figure: FigureRow) -> str:
    """The figure of the province; why there is none is said once, below the table of goals."""
    return wording.amount(figure) if figure.value is not None else "Chưa có số liệu"


def _of_unit(figure: FigureRow, unit: str) -> Cell:
    row = next((each for each in figure.by_unit if each.facility_id == unit), None)
    if row is not None and row.hidden:
        return _HIDDEN
    if row is None or row.value is None:
        return "–"
    if figure.unit == "count":
        return row.numerator
    return wording.percent(row.value, row.numerator, row.denominator)


def _stratum(row: StratumFigure, figure: FigureRow) -> Cell:
    if row.hidden:
        return _HIDDEN
    return row.numerator if figure.unit == "count" else wording.percent(row.value, row.numerator, row.denominator)
