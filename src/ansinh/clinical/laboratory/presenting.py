"""Results in the words of pages: values with their flags, ranges, charts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.laboratory import resources
from ansinh.clinical.laboratory.queries import Line, Value
from ansinh.clinical.laboratory.rules.units import same_unit
from ansinh.clinical.registry.timeline import measure_label
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import charts
from ansinh.ui.tables import Tag

SIGNS = {"<=": "≤", ">=": "≥"}


def flag_tag(flag: str) -> Tag | None:
    """A flag in a word and a tone, None where there is none."""
    words = {
        "N": (_("Bình thường"), "good"), "L": (_("Thấp"), "warn"), "H": (_("Cao"), "warn"),
        "LL": (_("Thấp, nguy hiểm"), "bad"), "HH": (_("Cao, nguy hiểm"), "bad"), "A": (_("Bất thường"), "warn"),
        "AA": (_("Bất thường, nguy hiểm"), "bad"), "<": (_("Dưới ngưỡng đo"), "warn"),
        ">": (_("Trên ngưỡng đo"), "warn"), "POS": (_("Dương tính"), "warn"), "NEG": (_("Âm tính"), "good"),
        "S": (_("Nhạy"), "neutral"), "R": (_("Kháng"), "warn"), "I": (_("Trung gian"), "neutral"),
    }  # fmt: skip
    return Tag(*words[flag]) if flag in words else None


def status_word(status: str) -> tuple[str, str]:
    """(words, tone) of a report's state."""
    words = {
        "preliminary": (_("Sơ bộ"), "info"),
        "partial": (_("Chưa đủ"), "info"),
        "final": (_("Chính thức"), "neutral"),
        "corrected": (_("Bản sửa"), "warn"),
        "amended": (_("Bản sửa"), "warn"),
        "cancelled": (_("Không làm"), "neutral"),
    }
    return words.get(status, (status, "neutral"))


def category_word(category: str) -> str:
    """Laboratory, imaging."""
    return _("Chẩn đoán hình ảnh") if category in ("RAD", "imaging") else _("Xét nghiệm")


def value_words(value: Value) -> str:
    """«<5 mg/L», «6,8 mmol/L», or the words of the laboratory."""
    if value.value is None:
        return value.words or "–"
    return f"{SIGNS.get(value.comparator, value.comparator)}{format_number(value.value)} {value.unit}".strip()


def range_words(low: Decimal | None, high: Decimal | None, said: str = "") -> str:
    """«3,5–5», «≤5», «≥10»; what the laboratory wrote where there are no two ends: `<5` is not «≤5»."""
    if low is not None and high is not None:
        return f"{format_number(low)}–{format_number(high)}"
    if said:
        return said
    if low is not None:
        return f"≥{format_number(low)}"
    return f"≤{format_number(high)}" if high is not None else ""


def line_words(observation: Mapping[str, Any]) -> dict[str, Any]:
    """One line of a report: name, value, range, flag, note."""
    quantity = observation.get("valueQuantity", {})
    value = Value("", _decimal(quantity.get("value")), observation.get("valueString", ""),
                  quantity.get("comparator", ""), quantity.get("unit", ""), "", None, None)  # fmt: skip
    # A range with a type is that of critical values, which is no range of usual ones.
    usual: Mapping[str, Any] = next((one for one in observation.get("referenceRange", []) if "type" not in one), {})
    low, high = (_decimal(usual.get(end, {}).get("value")) for end in ("low", "high"))
    flag = flag_tag(resources.flag_code(observation))
    return {
        "name": name_of(observation),
        "value": value_words(value) if quantity or observation.get("valueString") else _("Không làm"),
        "range": range_words(low, high, usual.get("text", "")),
        "flag": flag,
        "note": "; ".join(note["text"] for note in observation.get("note", [])),
        "_tone": flag.tone if flag and flag.tone in ("bad", "warn") else "",
    }


def name_of(observation: Mapping[str, Any]) -> str:
    """What was measured, in the reader's language where the catalogue knows it."""
    code = (observation["code"].get("coding") or [{}])[0].get("code", "")
    known = measure_label(code)
    return known if code and known != code else observation["code"].get("text", code)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def chart_of(line: Line, name: str) -> charts.LineChart | None:
    """Values over time with the ends of their ranges; None while fewer than two are numbers. Only those in the unit of
    the newest: 5 mmol/L and 90 mg/dL are no curve."""
    points = [(format_date(value.at), value) for value in _comparable(line.values)]
    if len(points) < 2:
        return None
    series = [charts.Series(name, [(label, value.value) for label, value in points])]
    for words, end in ((_("Giới hạn thấp"), "low"), (_("Giới hạn cao"), "high")):
        ends = [(label, getattr(value, end)) for label, value in points]
        if any(limit is not None for _label, limit in ends):
            series.append(charts.Series(words, ends))
    lowest = min(float(number) for one in series for _label, number in one.points if number is not None)
    title = _("%(name)s theo thời gian") % {"name": name}
    return charts.LineChart(title, series, unit=points[-1][1].unit, low=None if lowest < 0 else 0)


def _comparable(values: Sequence[Value]) -> list[Value]:
    """The numbers that are told in the unit of the newest number."""
    numbers = [value for value in values if value.value is not None]
    return [value for value in numbers if same_unit(value.unit, numbers[-1].unit)]
