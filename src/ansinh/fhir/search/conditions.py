"""One match as SQL over its index table: a condition on the columns of alias `x`, and the values it takes."""

from typing import Any

from ansinh.fhir.index import numbers, values
from ansinh.fhir.index.parameters import Parameter
from ansinh.fhir.search.query import (
    Alternative,
    Amount,
    Match,
    Moment,
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
}


def place(parameter: Parameter, modifier: str) -> tuple[str, int]:
    """(table, number) of the rows that a parameter with this modifier is answered from."""
    if modifier == "of-type" or (modifier == "text" and parameter.type == "token"):
        return "ix_token", parameter.variant(modifier)
    if modifier == "identifier" and parameter.type == "reference":
        return "ix_token", parameter.variant(modifier)
    return TABLE[parameter.type], parameter.number


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
        return f"{column} IN (SELECT t.tok FROM token t WHERE t.code = %s)", [one.code]
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


def number(one: Number, column: str) -> Sql:
    """Numbers; eq and ne within the digits written."""
    match one.prefix:
        case "eq":
            return f"({column} >= %s AND {column} < %s)", [one.lo, one.hi]
        case "ne":
            return f"({column} < %s OR {column} >= %s)", [one.lo, one.hi]
        case "gt" | "sa":
            return f"{column} > %s", [one.value]
        case "lt" | "eb":
            return f"{column} < %s", [one.value]
        case "ge":
            return f"{column} >= %s", [one.value]
        case "le":
            return f"{column} <= %s", [one.value]
    slack = abs(one.value) / 10
    return f"({column} >= %s AND {column} <= %s)", [one.value - slack, one.value + slack]


def amount(one: Amount) -> Sql:
    """A quantity in its unit; without a unit in any."""
    parts = [number(one.number, "x.value")]
    if one.unit is not None or one.system is not None:
        parts.append(token("x.unit", Token(one.system, one.unit)))
    return both(parts)


def _pair(one: Pair) -> Sql:
    first = token("x.tok", one.code)
    match one.other:
        case Amount():
            return both([first, amount(one.other)])
        case Moment():
            return both([first, moment(one.other, "x.value", "x.value")])
        case Token():
            return both([first, token("x.unit", one.other)])
        case Text():
            return both([first, ("x.unit = %s", [numbers.exact(values.searchable(one.other.text))])])
        case Target():
            return both([first, among("x.unit", list(one.other.keys))])


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
        return f"x.value IN ({', '.join(['%s'] * len(steps))})", steps
    return "x.value = %s", [text]


def _escaped(text: str) -> str:
    for char in "!%_":
        text = text.replace(char, f"!{char}")
    return text
