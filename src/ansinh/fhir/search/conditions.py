"""One match as SQL over its index table: a condition on the columns of alias `x`, and the values it takes."""

from collections.abc import Callable
from typing import Any

from ansinh.fhir.index import numbers, places, values
from ansinh.fhir.index.parameters import Parameter
from ansinh.fhir.search.query import (
    Alternative,
    Amount,
    Match,
    Moment,
    Nearby,
    Number,
    Pair,
    Target,
    Text,
    Token,
)
from ansinh.kernel import clock
from ansinh.kernel.text import nfc

Sql = tuple[str, list[Any]]

LAST = "\U0010ffff"
_IMPLIED = "http://hl7.org/fhir/"
NOTHING: Sql = ("1 = 0", [])

TABLE = {
    "token": "ix_token",
    "reference": "ix_ref",
    "date": "ix_date",
    "string": "ix_string",
    "number": "ix_number",
    "uri": "ix_uri",
    "quantity": "ix_quantity",
    "composite": "ix_quantity",
    "special": "ix_quantity",
    "text": "ix_token",
}


def place(parameter: Parameter, modifier: str) -> tuple[str, tuple[int, ...]]:
    """(table, numbers) of the rows that a parameter with this modifier is answered from."""
    if modifier == "of-type" or (modifier == "text" and parameter.type == "token"):
        return "ix_token", (parameter.variant(modifier),)
    if modifier == "identifier" and parameter.type == "reference":
        return "ix_token", (parameter.variant(modifier),)
    if parameter.component_types[1:] == ("string",):
        return "ix_string", parameter.sources
    return TABLE[parameter.kind], parameter.sources


def of(numbers_: tuple[int, ...], alias: str = "x") -> str:
    """SQL: a row belongs to one of these parameters."""
    if len(numbers_) == 1:
        return f"{alias}.param = {numbers_[0]}"
    return f"{alias}.param IN ({', '.join(map(str, numbers_))})"


def of_match(match: Match) -> Sql:
    """Any of the alternatives."""
    if all(isinstance(one, Target) for one in match.alternatives):
        keys = [key for one in match.alternatives for key in one.keys]  # type: ignore[union-attr]
        return among("x.target", keys)
    return either([condition(match.parameter, match.modifier, one) for one in match.alternatives])


def condition(parameter: Parameter, modifier: str, one: Alternative) -> Sql:
    """One alternative."""
    match one:
        case Token():
            return token("x.tok", one)
        case Moment():
            return moment(one, "x.lo", "x.hi")
        case Number():
            return number(one, "x.value")
        case Amount():
            return amount(one)
        case Pair():
            return _pair(one)
        case Nearby():
            return _nearby(one)
        case Text():
            if parameter.type == "token":
                return _words(one.text)
            return _uri(one.text, modifier) if parameter.type == "uri" else _text(one.text, modifier)
    return NOTHING


def either(parts: list[Sql]) -> Sql:
    """OR."""
    return _joined(" OR ", parts)


def both(parts: list[Sql]) -> Sql:
    """AND."""
    return _joined(" AND ", parts)


def _joined(word: str, parts: list[Sql]) -> Sql:
    if len(parts) == 1:
        return parts[0]
    return "(" + word.join(sql for sql, _ in parts) + ")", [value for _, found in parts for value in found]


def among(column: str, keys: list[int]) -> Sql:
    """One of some numbers."""
    if not keys:
        return NOTHING
    if len(keys) == 1:
        return f"{column} = %s", keys
    return f"{column} IN ({', '.join(['%s'] * len(keys))})", keys


def token(column: str, one: Token) -> Sql:
    """A code with or without its system; the dictionary of tokens answers where one of them is open."""
    if one.system is not None and one.code is not None:
        numbers_ = [numbers.token(one.system, one.code)]
        if one.system.startswith(_IMPLIED):  # elements of type `code` are stored without the system that FHIR implies
            numbers_.append(numbers.token("", one.code))
        return among(column, numbers_)
    if one.code is not None:
        return f"{column} IN (SELECT t.tok FROM token t WHERE t.code = %s)", [numbers.short(one.code)]
    if one.system:
        return f"EXISTS (SELECT 1 FROM token t WHERE t.tok = {column} AND t.system = %s)", [one.system]
    return NOTHING


def moment(one: Moment, lo: str, hi: str) -> Sql:
    """Intervals compared as R4 defines the prefixes."""
    first, last = one.lo, one.hi
    inside: Sql = (f"({lo} >= %s AND {lo} <= %s AND {hi} <= %s)", [first, last, last])
    match one.prefix:
        case "eq":
            return inside
        case "ne":
            return f"({lo} < %s OR {hi} > %s)", [first, last]
        case "gt":
            return f"{hi} > %s", [last]
        case "lt":
            return f"{lo} < %s", [first]
        case "ge":
            return either([(f"{hi} > %s", [last]), inside])
        case "le":
            return either([(f"{lo} < %s", [first]), inside])
        case "sa":
            return f"{lo} > %s", [last]
        case "eb":
            return f"{hi} < %s", [first]
    slack = approximate(one)
    return f"({lo} <= %s AND {hi} >= %s)", [last + slack, first - slack]


def approximate(one: Moment) -> int:
    """`ap`: a tenth of the distance from now, as R4 recommends."""
    return abs(int(clock.now().timestamp() * 1_000_000) - one.lo) // 10


def number(one: Number, column: str, form: Callable[[float], float] = float) -> Sql:
    """Numbers; eq and ne within the digits written. `form` makes of a bound what the column holds."""
    lo, hi, value = form(one.lo), form(one.hi), form(one.value)
    match one.prefix:
        case "eq":
            return f"({column} >= %s AND {column} < %s)", [lo, hi]
        case "ne":
            return f"({column} < %s OR {column} >= %s)", [lo, hi]
        case "gt" | "sa":
            return f"{column} > %s", [value]
        case "lt" | "eb":
            return f"{column} < %s", [value]
        case "ge":
            return f"{column} >= %s", [value]
        case "le":
            return f"{column} <= %s", [value]
    slack = abs(one.value) / 10
    return f"({column} >= %s AND {column} <= %s)", [form(one.value - slack), form(one.value + slack)]


def amount(one: Amount) -> Sql:
    """A quantity in its unit; without a unit in any."""
    parts = [number(one.number, "x.value")]
    if one.unit is not None or one.system is not None:
        parts.append(token("x.unit", Token(one.system, one.unit)))
    return both(parts)


def _pair(one: Pair) -> Sql:
    if isinstance(one.other, Text):
        return _coded_text(one.code, one.other.text)
    return both([token("x.tok", one.code), _other(one)])


def _other(one: Pair) -> Sql:
    match one.other:
        case Amount():
            return amount(one.other)
        case Moment():
            return moment(one.other, "x.value", "x.unit")
        case Number() if one.third is not None:
            return both([number(one.other, "x.value"), number(one.third, "x.unit", numbers.ordered)])
        case Number():
            return number(one.other, "x.value")
        case Token():
            return token("x.unit", one.other)
        case Target():
            return among("x.unit", list(one.other.keys))
    return NOTHING


def _coded_text(code: Token, text: str) -> Sql:
    """A row of ix_string that begins with the code; `exact` has the number of its system and code."""
    if code.code is None:
        ends = f"%{values.BESIDE}{_escaped(values.searchable(text))}%"
        return both([token("x.exact", code), ("x.value LIKE %s ESCAPE '!'", [ends])])
    first = values.coded_text(code.code, text)
    begins: Sql = ("(x.value >= %s AND x.value < %s)", [first, first + LAST])
    return begins if code.system is None else both([begins, token("x.exact", code)])


def _nearby(one: Nearby) -> Sql:
    """Points of the unit sphere whose straight distance is small enough; the first coordinate is searched by index."""
    x, y, z = places.on_sphere(one.latitude, one.longitude)
    chord = places.chord(one.kilometres)
    wide, middle, beside = places.scaled(chord) + 1, places.scaled(x), places.scaled(y)
    small = 1 / places.BILLIONTHS
    squares = (
        "((x.tok - %s) * %s * ((x.tok - %s) * %s) + (x.unit - %s) * %s * ((x.unit - %s) * %s) "
        "+ (x.value - %s) * (x.value - %s)) <= %s"
    )
    found = [middle, small, middle, small, beside, small, beside, small, z, z, chord * chord]
    return f"(x.tok >= %s AND x.tok <= %s AND {squares})", [middle - wide, middle + wide, *found]


def _text(text: str, modifier: str) -> Sql:
    folded = values.searchable(text)
    if modifier == "exact":
        return "(x.value = %s AND x.exact = %s)", [folded, numbers.exact(nfc(text))]
    if modifier == "contains":
        return "(x.exact <> 0 AND x.value LIKE %s ESCAPE '!')", [f"%{_escaped(folded)}%"]
    return "(x.value >= %s AND x.value < %s)", [folded, folded + LAST]


def _words(text: str) -> Sql:
    """`:text`: the words of a code, from the beginning of any of them on."""
    wanted = _escaped(values.searchable(text))
    dictionary = (
        "SELECT t.tok FROM token t WHERE t.system = %s AND (t.code LIKE %s ESCAPE '!' OR t.code LIKE %s ESCAPE '!')"
    )
    return f"x.tok IN ({dictionary})", [values.WORDS, f"{wanted}%", f"% {wanted}%"]


def _uri(text: str, modifier: str) -> Sql:
    if modifier == "below":
        return "(x.value >= %s AND x.value < %s)", [text, text + LAST]
    if modifier == "above":
        steps = [text[:end] for end in range(len(text), 0, -1) if end == len(text) or text[end] in "/#?"]
        return f"x.value IN ({', '.join(['%s'] * len(steps))})", [numbers.short(step) for step in steps]
    return "x.value = %s", [numbers.short(text)]


def _escaped(text: str) -> str:
    for char in "!%_":
        text = text.replace(char, f"!{char}")
    return text
