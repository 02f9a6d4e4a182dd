"""Growth by the LMS method, weeks of a pregnancy, states of a problem. Pure.

z = ((y/M)^L − 1) / (L·S), ln(y/M)/S where L is 0 (Cole, 1990); beyond ±3 WHO's correction for weight-based indicators
is in the tables that are imported, not here: such values are shown as «dưới −3» and «trên +3».
"""

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold

INDICATORS = ("weight-for-age", "height-for-age", "bmi-for-age")
_SEXES = {"1": "male", "2": "female", "male": "male", "female": "female", "nam": "male", "nu": "female",
          "boys": "male", "girls": "female"}  # fmt: skip
_COLUMNS = ("indicator", "sex", "days", "l", "m", "s")
MOST_ROWS = 60_000
_MOST = 100_000  # no age in days and no figure of a table is larger
LONGEST_PREGNANCY = timedelta(days=310)  # a limit of plausibility, to catch a slip of the year


@dataclass(frozen=True, slots=True)
class Lms:
    """A point of a table: age in days, and the three figures."""

    days: int
    l: float  # noqa: E741 – the method's own name
    m: float
    s: float


type Tables = dict[tuple[str, str], list[Lms]]


def read_lms(data: bytes) -> Tables:
    """Tables by (indicator, sex) from CSV with the columns indicator, sex, days, l, m, s. Raises Invalid with each
    problem and its line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("Tệp phải là chữ Unicode (UTF-8).", code="lms-encoding", field="file") from error
    if not text.strip():
        raise Invalid("Tệp trống.", code="lms-empty", field="file")
    rows = _rows(re.sub("\r\n?", "\n", text))
    names = [fold(cell) for cell in rows[0][1]]
    missing = [column for column in _COLUMNS if column not in names]
    if missing:
        raise Invalid(phrase("Dòng 1: thiếu cột %(columns)s.", columns=", ".join(missing)), code="lms-columns",
                      field="file")  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise Invalid(phrase("Tệp có quá %(most)s dòng.", most=MOST_ROWS), code="lms-long", field="file")
    tables: Tables = {}
    problems: list[Problem] = []
    seen: set[tuple[str, str, int]] = set()
    for number, row in rows[1:]:
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        point = _point(cells, number, problems)
        if point and (*point[0], point[1].days) in seen:
            message = phrase("Dòng %(line)s: ngày tuổi này của bảng đã có ở dòng trên.", line=number)
            problems.append(Problem("duplicate", message, str(number), key="lms-twice"))
        elif point:
            seen.add((*point[0], point[1].days))
            tables.setdefault(point[0], []).append(point[1])
    if problems:
        raise Invalid(problems[0].message, code="lms", field="file", problems=problems)
    return {key: sorted(points, key=lambda one: one.days) for key, points in tables.items()}


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that say something, each with its number in the file. Raises Invalid for none, and an open quote."""
    mark = max(";\t,", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        words = phrase("Dòng %(line)s không đọc được: dấu ngoặc kép chưa đóng.", line=reader.line_num)
        raise Invalid(words, code="lms-quotes", field="file") from error
    if not rows:
        raise Invalid("Tệp trống.", code="lms-empty", field="file")
    return rows


def _point(cells: dict[str, str], line: int, problems: list[Problem]) -> tuple[tuple[str, str], Lms] | None:
    indicator, sex = cells.get("indicator", ""), _SEXES.get(fold(cells.get("sex", "")), "")
    try:
        numbers = [Decimal(cells.get(name, "").replace(",", ".")) for name in ("days", "l", "m", "s")]
        right = all(one.is_finite() and abs(one) < _MOST for one in numbers) and min(map(float, numbers[2:])) > 0
        right = right and numbers[0] >= 0 and numbers[0] == int(numbers[0])  # a part of a day would be cut off
    except InvalidOperation:
        right = False
    if indicator not in INDICATORS or not sex or not right:
        message = phrase("Dòng %(line)s không đọc được: chỉ số, giới tính, ngày tuổi, L, M, S.", line=line)
        problems.append(Problem("value", message, str(line), key="lms-row"))
        return None
    days, *figures = numbers
    return (indicator, sex), Lms(int(days), *(float(one) for one in figures))


def lms_at(points: Sequence[Lms], days: int) -> Lms | None:
    """The figures of an age, between two points in proportion; None outside the table."""
    if not points or not points[0].days <= days <= points[-1].days:
        return None
    after = next(index for index, one in enumerate(points) if one.days >= days)
    high = points[after]
    if high.days == days or after == 0:
        return high
    low = points[after - 1]
    share = (days - low.days) / (high.days - low.days)
    parts = ((getattr(low, name), getattr(high, name)) for name in ("l", "m", "s"))
    return Lms(days, *(first + (second - first) * share for first, second in parts))


def z_score(value: float, at: Lms) -> float:
    """How many standard deviations a value is from the median of its age."""
    if at.l == 0:
        return math.log(value / at.m) / at.s
    return float(((value / at.m) ** at.l - 1) / (at.l * at.s))


def value_at(z: float, at: Lms) -> float:
    """The value that stands at so many standard deviations: the inverse of `z_score`."""
    if at.l == 0:
        return float(at.m * math.exp(at.s * z))
    return float(at.m * max(1 + at.l * at.s * z, 0.0) ** (1 / at.l))


def z_words(z: float) -> str:
    """«−1,25»; beyond three only the side."""
    if z < -3:
        return "< −3"
    if z > 3:
        return "> +3"
    return f"{z:+.2f}".replace(".", ",").replace("-", "−")


def gestation(last_period: date, on: date) -> tuple[int, int]:
    """(weeks, days) since the first day of the last period."""
    return divmod((on - last_period).days, 7)


def pregnancy_problems(last_period: date | None, due: date | None, today: date) -> list[Problem]:
    """Dates that cannot be of a pregnancy now."""
    problems = []
    if last_period is None and due is None:
        problems.append(Problem("required", phrase("Cần ngày kinh cuối hoặc ngày dự sinh."), "last_period", key="due"))
    if last_period and (last_period > today or today - last_period > LONGEST_PREGNANCY):
        message = phrase("Ngày kinh cuối phải ở trong khoảng mười tháng trước hôm nay.")
        problems.append(Problem("value", message, "last_period", key="period-range"))
    if due and not today - timedelta(days=30) <= due <= today + LONGEST_PREGNANCY:
        message = phrase("Ngày dự sinh phải ở trong khoảng mười tháng tới.")
        problems.append(Problem("value", message, "due", key="due-range"))
    if last_period and due and not timedelta(days=200) < due - last_period < LONGEST_PREGNANCY:
        message = phrase("Ngày dự sinh không khớp với ngày kinh cuối.")
        problems.append(Problem("value", message, "due", key="due-order"))
    return problems
