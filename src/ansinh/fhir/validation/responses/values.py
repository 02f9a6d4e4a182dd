"""One answer: is its value of the question's type, within its range, among its options?"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ansinh.fhir.model import dates
from ansinh.fhir.validation.responses.extensions import HL7, value
from ansinh.fhir.validation.responses.items import VALUE_KEYS, answer_key, answer_value, options, same_value
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_date, format_number

MIN_VALUE = f"{HL7}minValue"
MAX_VALUE = f"{HL7}maxValue"
MIN_LENGTH = f"{HL7}minLength"
REGEX = f"{HL7}regex"
UNIT = f"{HL7}questionnaire-unit"
UNIT_OPTION = f"{HL7}questionnaire-unitOption"
LONGEST = 1024 * 1024


class Wrong(NamedTuple):
    """What is wrong with a value: FHIR IssueType, key of the rule, the rest of the sentence."""

    code: str
    key: str
    sentence: str


Decide = Callable[[str, str, str], bool | None]
"""(url of a value set, system, code) → is it within; None when that cannot be said."""


def undecided(url: str, system: str, code: str) -> None:
    """For callers without terminology: nothing is known of value sets."""


def wrong_value(questionnaire: Mapping, item: Mapping, answer: Mapping, decide: Decide = undecided) -> Wrong | None:
    """The first thing wrong with an answer, None when nothing is."""
    given = answer_value(answer)
    if given is None:
        return Wrong("structure", "empty", phrase("câu trả lời trống."))
    if item["type"] in ("choice", "open-choice"):
        return _wrong_choice(options(questionnaire, item), item, answer, decide)
    if answer_key(answer) != VALUE_KEYS.get(item["type"]) or not _TYPES[item["type"]](given):
        return Wrong("value", "type", _EXPECTED.get(item["type"], phrase("giá trị không đúng kiểu.")))
    if isinstance(given, str) and item["type"] in ("string", "text", "url"):
        return _wrong_text(item, given)
    if item["type"] == "quantity":
        return _wrong_quantity(item, given)
    return _wrong_range(item, given)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | Decimal | float) and not isinstance(given, bool)


def _is_integer(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and -(2**31) <= given < 2**31


def _of_text(check: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda given: isinstance(given, str) and check(given)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda given: isinstance(given, bool),
    "decimal": _is_number,
    "integer": _is_integer,
    "date": _of_text(dates.is_valid_date),
    "dateTime": _of_text(dates.is_valid_datetime),
    "time": _of_text(dates.is_valid_time),
    "string": _of_text(bool),
    "text": _of_text(bool),
    "url": _of_text(lambda text: bool(text) and not any(map(str.isspace, text))),
    "quantity": lambda given: isinstance(given, dict) and _is_number(given.get("value")),
    "attachment": lambda given: isinstance(given, dict),
    "reference": lambda given: isinstance(given, dict) and bool({"reference", "identifier"} & given.keys()),
}

_EXPECTED = {
    "boolean": phrase("cần chọn có hoặc không."),
    "decimal": phrase("cần một số, ví dụ 36,5."),
    "integer": phrase("cần một số nguyên, ví dụ 12."),
    "date": phrase("cần một ngày có thật, ví dụ 27/03/2025."),
    "dateTime": phrase("cần ngày và giờ có thật, ví dụ 27/03/2025 14:30."),
    "time": phrase("cần giờ và phút, ví dụ 14:30."),
    "url": phrase("cần một địa chỉ, ví dụ https://vidu.vn."),
    "quantity": phrase("cần một số và đơn vị."),
}


def _wrong_choice(offered: list[dict], item: Mapping, answer: Mapping, decide: Decide) -> Wrong | None:
    given = answer_value(answer)
    if any(same_value(given, answer_value(option)) for option in offered):
        return None
    if item["type"] == "open-choice" and answer_key(answer) == "valueString":
        return (
            _wrong_text(item, given) if isinstance(given, str) and given else Wrong("value", "type", phrase("cần chữ."))
        )
    if (url := item.get("answerValueSet")) and not offered and isinstance(given, dict) and given.get("code"):
        within = decide(url, given.get("system", ""), given["code"])
    else:
        within = False
    return (
        None
        if within is not False
        else Wrong("code-invalid", "option", phrase("câu trả lời không nằm trong các lựa chọn."))
    )


def _wrong_text(item: Mapping, given: str) -> Wrong | None:
    longest = item.get("maxLength", LONGEST)
    shortest = value(item, MIN_LENGTH, 0)
    pattern = value(item, REGEX)
    if len(given) > longest:
        return Wrong(
            "too-long", "max-length", phrase("dài %(count)s ký tự, chỉ được %(most)s.", count=len(given), most=longest)
        )
    if len(given) < shortest:
        return Wrong("value", "min-length", phrase("cần ít nhất %(least)s ký tự.", least=shortest))
    if pattern and not _fits(pattern, given):
        return Wrong("value", "regex", phrase("chưa đúng dạng yêu cầu."))
    return None


def _fits(pattern: str, given: str) -> bool:
    """True also for a pattern that cannot be read: that is the form's mistake, not the answer's."""
    try:
        return bool(re.fullmatch(pattern, given))
    except re.error:
        return True


def _wrong_quantity(item: Mapping, given: Mapping) -> Wrong | None:
    units = [coding.get("code") for url in (UNIT, UNIT_OPTION) if (coding := value(item, url))]
    units += [e["valueCoding"].get("code") for e in item.get("extension", ()) if e.get("url") == UNIT_OPTION]
    if units and given.get("code") not in units:
        return Wrong("value", "unit", phrase("đơn vị phải là %(units)s.", units=", ".join(dict.fromkeys(units))))
    return _wrong_range(item, given["value"])


def _wrong_range(item: Mapping, given: Any) -> Wrong | None:
    low, high = value(item, MIN_VALUE), value(item, MAX_VALUE)
    low, high = (bound.get("value") if isinstance(bound, dict) else bound for bound in (low, high))
    if low is not None and _before(given, low):
        return Wrong("value", "min-value", phrase("không được nhỏ hơn %(limit)s.", limit=_shown(low)))
    if high is not None and _before(high, given):
        return Wrong("value", "max-value", phrase("không được lớn hơn %(limit)s.", limit=_shown(high)))
    return None


def _before(one: Any, other: Any) -> bool:
    """Numbers by size; dates by their bounds, so that a year alone is compared as the whole year."""
    if isinstance(one, str) != isinstance(other, str):
        return False
    if isinstance(one, str) and isinstance(other, str):
        if ":" in one[:3] and ":" in other[:3]:
            return one < other
        return dates.bounds(one)[1] < dates.bounds(other)[0]
    return one < other


def _shown(bound: Any) -> str:
    if isinstance(bound, str):
        return bound if ":" in bound[:3] else format_date(bound)
    return format_number(bound)
