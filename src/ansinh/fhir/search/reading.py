"""Reading the values of a search: prefixes, escapes, precision. Every refusal says which parameter is wrong."""

import re
from decimal import Decimal, InvalidOperation

from ansinh.fhir.index import places, values
from ansinh.fhir.index.numbers import TYPES, is_type
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.parameters import IDENTIFIER_END, Parameter
from ansinh.fhir.index.sounds import sounds
from ansinh.fhir.index.words import split as split_words
from ansinh.fhir.model import dates, references
from ansinh.fhir.search import codes
from ansinh.fhir.search.query import Alternative, Amount, Moment, Nearby, Number, Pair, Target, Text, Token
from ansinh.kernel.errors import Malformed

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+.\d])")
MOST_VALUES = 1000
MOST_WORDS = 50
_NEAR_KM = 10.0
_UNESCAPE = re.compile(r"\\([\\,|$])")


def split(text: str, separator: str) -> list[str]:
    """Parts at each separator that is not escaped by a backslash; escapes stay for the next step."""
    if separator not in text:
        return [text]
    parts, start, escaped = [], 0, False
    for index, char in enumerate(text):
        if char == separator and not escaped:
            parts.append(text[start:index])
            start = index + 1
        escaped = char == "\\" and not escaped
    return [*parts, text[start:]]


def plain(text: str) -> str:
    """Without escapes."""
    return _UNESCAPE.sub(r"\1", text)


def wrong(code: str, why: str) -> Malformed:
    """The refusal of one parameter."""
    return Malformed(f"Tham số tìm kiếm «{code}»: {why}", field=code, code="search-parameter")


def alternatives(parameter: Parameter, modifier: str, text: str, code: str) -> tuple[Alternative, ...]:
    """The values between commas, as the parameter's type reads them."""
    parts = [part for part in split(text, ",") if part]
    if not parts:
        raise wrong(code, "thiếu giá trị.")
    if len(parts) > MOST_VALUES:
        raise wrong(code, f"có quá nhiều giá trị; tối đa {MOST_VALUES}.")
    if parameter.type == "token" and modifier in _EXPANDED:
        return tuple(dict.fromkeys(one for part in parts for one in _expanded(modifier, part, code)))
    found = [alternative(parameter, modifier, part, code) for part in parts]
    return tuple(each for one in found for each in _in_all_units(one))


_EXPANDED = frozenset({"in", "not-in", "below", "above"})


def _expanded(modifier: str, text: str, code: str) -> tuple[Token, ...]:
    """The codes that `:in`, `:not-in`, `:below` and `:above` stand for."""
    if modifier in ("in", "not-in"):
        try:
            return codes.members(plain(text))
        except codes.Undecided as error:
            raise wrong(code, "không có bộ mã này, hoặc bộ mã dựa trên những mã không có ở đây.") from error
    one = token(text)
    if not one.system or one.code is None:
        raise wrong(code, f"với :{modifier}, giá trị có dạng hệ|mã.")
    return (codes.below if modifier == "below" else codes.above)(one.system, one.code)


def _in_all_units(one: Alternative) -> tuple[Alternative, ...]:
    """An amount in a UCUM unit is also found when it was written in another unit of the same dimensions."""
    match one:
        case Amount(number=amount, system=codes.UCUM, unit=str(unit)):
            return tuple(Amount(_scaled(amount, times), codes.UCUM, name) for name, times in codes.units_like(unit))
        case Pair(code=first, other=Amount() as other):
            return tuple(Pair(first, each) for each in _in_all_units(other) if isinstance(each, Amount))
    return (one,)


def _scaled(number: Number, times: Decimal) -> Number:
    if times == 1:
        return number
    value, lo, hi = (float(Decimal(repr(part)) * times) for part in (number.value, number.lo, number.hi))
    return Number(number.prefix, value, lo, hi)


def alternative(parameter: Parameter, modifier: str, text: str, code: str) -> Alternative:
    """One value."""
    if parameter.type == "reference" and modifier == "identifier":
        return token(text)
    if parameter.type == "reference":
        return _target(parameter, modifier, plain(text), code)
    if parameter.type == "token" and modifier == "of-type":
        return _of_type(text, code)
    if parameter.type == "token" and modifier == "text":
        return Text(plain(text))
    if parameter.code == IDENTIFIER_END:
        return Text(plain(text)[::-1])
    if parameter.type == "composite":
        return _pair(parameter, text, code)
    if parameter.type == "special":
        return _nearby(text, code)
    if parameter.code == "phonetic":
        return Text(sounds(plain(text)))
    return simple(parameter.type, text, code)


def simple(kind: str, text: str, code: str) -> Token | Text | Moment | Number | Amount:
    """A value of a type that needs no more than its text."""
    if kind == "token":
        return token(text)
    if kind == "date":
        return moment(text, code)
    if kind == "number":
        return number(text, code)
    if kind == "quantity":
        return _amount(text, code)
    return Text(plain(text))


def token(text: str) -> Token:
    """`system|code`, `|code`, `system|` or `code`."""
    parts = split(text, "|")
    if len(parts) == 1:
        return Token(None, plain(text))
    return Token(plain(parts[0]), plain("|".join(parts[1:])) or None)


def moment(text: str, code: str) -> Moment:
    """A date of any precision after an optional prefix."""
    prefix, rest = _prefix(text)
    try:
        lo, hi = dates.bounds(rest)
    except (ValueError, OverflowError) as error:
        raise wrong(code, "ngày phải có dạng năm-tháng-ngày, ví dụ 2025-12-15, và có thật trên lịch.") from error
    return Moment(prefix, lo, hi)


def number(text: str, code: str) -> Number:
    """A number after an optional prefix; the digits written say how precise it is."""
    prefix, rest = _prefix(text)
    try:
        value = Decimal(rest)
    except InvalidOperation as error:
        raise wrong(code, "giá trị phải là một số.") from error
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > 100:
        raise wrong(code, "giá trị phải là một số hữu hạn.")
    half = Decimal(5).scaleb(exponent - 1)
    return Number(prefix, float(value), float(value - half), float(value + half))


def _prefix(text: str) -> tuple[str, str]:
    match = _PREFIX.match(text)
    return (match[1], text[2:]) if match else ("eq", text)


def _amount(text: str, code: str) -> Amount:
    amount, *unit = split(text, "|")
    if not unit:
        return Amount(number(amount, code), None, None)
    if len(unit) != 2:
        raise wrong(code, "số lượng có dạng số|hệ đơn vị|đơn vị hoặc số||đơn vị.")
    return Amount(number(amount, code), plain(unit[0]) or None, plain(unit[1]) or None)


def _target(parameter: Parameter, modifier: str, text: str, code: str) -> Target:
    if modifier:
        if not is_type(modifier):
            raise wrong(code, f"không có loại tài nguyên {modifier}.")
        text = text if "/" in text else f"{modifier}/{text}"
    parsed = references.parse(text) if "|" not in text else None
    if parsed is not None and parsed.kind == "relative":
        return Target((key_of(parsed.type, parsed.id),) if not modifier or parsed.type == modifier else ())
    if parsed is not None and parsed.kind != "fragment":
        return Target((values.address(text.partition("/_history/")[0]),))
    if "/" in text or ":" in text:
        return Target((values.address(text),))
    kinds = parameter.targets if parameter.targets and "Resource" not in parameter.targets else TYPES
    return Target(tuple(key_of(kind, text) for kind in kinds))


def _of_type(text: str, code: str) -> Token:
    parts = [plain(part) for part in split(text, "|")]
    if len(parts) != 3 or not all(parts[1:]):
        raise wrong(code, "với :of-type, giá trị có dạng hệ|loại|số.")
    return Token(f"{parts[0]}|{parts[1]}", parts[2])


def _pair(parameter: Parameter, text: str, code: str) -> Pair:
    parts, kinds = split(text, "$"), parameter.component_types
    if len(parts) != len(kinds):
        raise wrong(code, f"cần đúng {len(kinds)} phần, cách nhau bằng dấu $.")
    if kinds[1] == "reference":
        return Pair(token(parts[0]), _target(parameter, "", plain(parts[1]), code))
    third = number(parts[2], code) if len(parts) == 3 else None
    return Pair(token(parts[0]), simple(kinds[1], parts[1], code), third)


def words(text: str, code: str) -> tuple[tuple[str, ...], ...]:
    """The words of each alternative of a `_text` or `_content`."""
    found = tuple(tuple(split_words(plain(part))) for part in split(text, ","))
    if not all(found):
        raise wrong(code, "thiếu từ cần tìm.")
    if sum(map(len, found)) > MOST_WORDS:
        raise wrong(code, f"có quá nhiều từ; tối đa {MOST_WORDS}.")
    return found


def _nearby(text: str, code: str) -> Nearby:
    """`latitude|longitude|distance|unit`; without distance 10 km, without unit kilometres."""
    parts = [plain(part) for part in split(text, "|")]
    if not 2 <= len(parts) <= 4:
        raise wrong(code, "có dạng vĩ độ|kinh độ|khoảng cách|đơn vị.")
    latitude, longitude = (number(part, code).value for part in parts[:2])
    if not places.is_on_earth(latitude, longitude):
        raise wrong(code, "vĩ độ từ -90 đến 90, kinh độ từ -180 đến 180.")
    distance = number(parts[2], code).value if len(parts) > 2 and parts[2] else _NEAR_KM
    try:
        times = codes.length(parts[3]) if len(parts) > 3 and parts[3] else 1.0
    except (ValueError, KeyError) as error:
        raise wrong(code, "đơn vị phải là đơn vị chiều dài của UCUM, ví dụ km, m, [mi_i].") from error
    return Nearby(latitude, longitude, abs(distance) * times)
