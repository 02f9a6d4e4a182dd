"""Search as R4's chapter "Search" words it, written down here a second time and naively: for random resources and
random parameters the plain runner must find just those that the words say.

The plain runner shares with SQL how requests are read and what values a parameter has; this filter shares nothing. It
knows only JSON paths and the sentences of the standard, so a mistake that both runners make is seen.
"""

import calendar
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.kernel.errors import Malformed

VIETNAM = timezone(timedelta(hours=7))
TICK = timedelta(microseconds=1)
SYSTEMS, CODES = ["urn:a", "urn:b"], ["x", "y", "X"]
UNIVERSE = 6

# --- random records ------------------------------------------------------------------------------------------------

codings = st.fixed_dictionaries({"code": st.sampled_from(CODES)}, optional={"system": st.sampled_from(SYSTEMS)})
concepts = st.lists(codings, min_size=1, max_size=2).map(lambda found: {"coding": found})
amounts = st.sampled_from(["-5", "0", "0.05", "1", "1.0", "1.04", "99.4", "99.5", "100", "100.4", "100.5", "1100"])
moments = st.sampled_from(
    [
        "2023",
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-03-01",
        "2024-02-29T23:59:59+07:00",
        "2024-02-29T17:00:00Z",
        "2024-12-31T23:59:59.500+07:00",
    ]
)
periods = st.fixed_dictionaries(
    {}, optional={"start": st.just("2024-02"), "end": st.sampled_from(["2024-03-01", "2025"])}
)
keys = st.integers(0, UNIVERSE - 1)


def observation(number: int, code: dict, more: dict) -> dict:
    return {"resourceType": "Observation", "id": f"o{number}", "status": "final", "code": code, **more}


observations = st.builds(
    observation,
    keys,
    concepts,
    st.fixed_dictionaries(
        {},
        optional={
            "category": st.lists(concepts, min_size=1, max_size=2),
            "subject": keys.map(lambda number: {"reference": f"Patient/p{number}"}),
            "effectiveDateTime": moments,
            "valueQuantity": amounts.map(lambda text: {"value": Decimal(text), "unit": "kg"}),
            "identifier": st.lists(
                st.fixed_dictionaries(
                    {"value": st.sampled_from(["1", "2"])}, optional={"system": st.sampled_from(SYSTEMS)}
                ),
                min_size=1,
                max_size=2,
            ),
        },
    ),
)


def patient(number: int, more: dict) -> dict:
    return {"resourceType": "Patient", "id": f"p{number}", **more}


patients = st.builds(
    patient,
    keys,
    st.fixed_dictionaries(
        {},
        optional={
            "active": st.booleans(),
            "gender": st.sampled_from(["male", "female"]),
            "birthDate": st.sampled_from(["2023", "2024-02", "2024-02-29"]),
            "link": keys.map(lambda n: [{"other": {"reference": f"Patient/p{n}"}, "type": "seealso"}]),
        },
    ),
)
risks = st.builds(
    lambda number, found: {
        "resourceType": "RiskAssessment",
        "id": f"r{number}",
        "status": "final",
        "prediction": found,
    },
    keys,
    st.lists(amounts.map(lambda text: {"probabilityDecimal": Decimal(text)}), min_size=1, max_size=2),
)
stays = st.builds(
    lambda number, period: {"resourceType": "EpisodeOfCare", "id": f"e{number}", "status": "active", "period": period},
    keys,
    periods.filter(bool),
)
forms = st.builds(
    lambda number, url: {"resourceType": "Questionnaire", "id": f"q{number}", "status": "active", "url": url},
    keys,
    st.sampled_from(["http://x.vn/a", "http://x.vn/a/b", "http://x.vn/ab", "urn:oid:1.2"]),
)


def distinct(found: list[dict]) -> list[dict]:
    return list({(one["resourceType"], one["id"]): one for one in found}.values())


records = st.lists(observations | patients | risks | stays | forms, max_size=14).map(distinct)

# --- the words of the standard -------------------------------------------------------------------------------------


def at(resource: dict, path: str) -> list:
    """Everything at a path of names, through lists."""
    found = [resource]
    for name in path.split("."):
        below = [one[name] for one in found if isinstance(one, dict) and name in one]
        found = [each for one in below for each in (one if isinstance(one, list) else [one])]
    return found


def pairs(value) -> list[tuple[str | None, str]]:
    """(system, code) of anything that a token search may ask."""
    if isinstance(value, bool):
        return [(None, "true" if value else "false")]
    if isinstance(value, str):
        return [(None, value)]
    if "coding" in value:
        return [pair for coding in value["coding"] for pair in pairs(coding)]
    return [(value.get("system"), value.get("code", value.get("value")))]


def is_token(asked: str, value) -> bool:
    """[code], [system]|[code], |[code] and [system]| of R4, 3.1.1.4.10."""
    if "|" not in asked:
        return any(code == asked for _, code in pairs(value))
    system, _, wanted = asked.partition("|")
    return any(
        (not wanted or code == wanted) and (own == system if system else own is None) for own, code in pairs(value)
    )


def span(text: str) -> tuple[datetime, datetime]:
    """The range of a date: its boundary is implicit in its precision."""
    if "T" in text:
        start = datetime.fromisoformat(text)
        return start, start + timedelta(milliseconds=1 if "." in text else 1000) - TICK
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    start = datetime(year, month or 1, day or 1, tzinfo=VIETNAM)
    last = month or 12
    end = datetime(year, last, day or calendar.monthrange(year, last)[1], tzinfo=VIETNAM)
    return start, end + timedelta(days=1) - TICK


def range_of(value) -> tuple[datetime, datetime]:
    if isinstance(value, str):
        return span(value)
    first = span(value["start"])[0] if "start" in value else datetime.min.replace(tzinfo=UTC)
    last = span(value["end"])[1] if "end" in value else datetime.max.replace(tzinfo=UTC)
    return first, last


def prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")


def is_date(asked: str, value) -> bool:
    """R4, 3.1.1.4.7, over the range of the search value and the range of the target."""
    prefix, text = prefixed(asked)
    (low, high), (first, last) = span(text), range_of(value)
    contained = low <= first and last <= high
    return {
        "eq": contained,
        "ne": not contained,
        "gt": last > high,
        "lt": first < low,
        "ge": last > high or contained,
        "le": first < low or contained,
        "sa": first > high,
        "eb": last < low,
    }[prefix]


def is_number(asked: str, value) -> bool:
    """R4, 3.1.1.4.6: eq and ne within the implicit precision, the others as exact numbers."""
    prefix, text = prefixed(asked)
    wanted, found = Fraction(text), Fraction(value)
    half = Fraction(1, 2) * Fraction(10) ** int(Decimal(text).as_tuple().exponent)
    within = wanted - half <= found < wanted + half
    return {
        "eq": within,
        "ne": not within,
        "gt": found > wanted,
        "sa": found > wanted,
        "lt": found < wanted,
        "eb": found < wanted,
        "ge": found >= wanted,
        "le": found <= wanted,
    }[prefix]


def is_quantity(asked: str, value) -> bool:
    number, _, unit = asked.partition("|")
    return is_number(number, value["value"]) and unit in ("", "|kg")


def is_reference(asked: str, value) -> bool:
    own = value["reference"]
    return own in (asked, f"Patient/{asked}")


def is_uri(asked: str, value) -> bool:
    return asked == value


# parameter: (path in the record, what one value of it means)
MEANING = {
    "Observation": {
        "code": ("code", is_token),
        "category": ("category", is_token),
        "status": ("status", is_token),
        "identifier": ("identifier", is_token),
        "date": ("effectiveDateTime", is_date),
        "value-quantity": ("valueQuantity", is_quantity),
        "subject": ("subject", is_reference),
        "patient": ("subject", is_reference),
    },
    "Patient": {
        "active": ("active", is_token),
        "gender": ("gender", is_token),
        "birthdate": ("birthDate", is_date),
        "link": ("link.other", is_reference),
    },
    "RiskAssessment": {"probability": ("prediction.probabilityDecimal", is_number)},
    "EpisodeOfCare": {"date": ("period", is_date), "status": ("status", is_token)},
    "Questionnaire": {"url": ("url", is_uri), "status": ("status", is_token)},
}


def holds(kind: str, code: str, asked: str, record: dict, everything: list[dict]) -> bool:
    """One parameter of a request: OR within its commas."""
    if code.startswith("_has:"):
        _, source, link, inner = code.split(":", 3)
        path = MEANING[source][link][0]
        return any(
            {"reference": f"{kind}/{record['id']}"} in at(other, path)
            and holds(source, inner, asked, other, everything)
            for other in everything
            if other["resourceType"] == source
        )
    if "." in code:
        link, _, inner = code.partition(".")
        named = {value["reference"] for value in at(record, MEANING[kind][link][0])}
        return any(
            f"Patient/{other['id']}" in named and holds("Patient", inner, asked, other, everything)
            for other in everything
            if other["resourceType"] == "Patient"
        )
    name, _, modifier = code.partition(":")
    path, means = MEANING[kind][name]
    found = at(record, path)
    if modifier == "missing":
        return (not found) == (asked == "true")
    if modifier == "below":
        return any(value.startswith(one) for value in found for one in asked.split(","))
    if modifier == "Patient":
        return any(is_reference(one, value) for value in found for one in asked.split(","))
    matched = any(means(one, value) for value in found for one in asked.split(","))
    return not matched if modifier == "not" else matched


def by_the_words(kind: str, params: list[tuple[str, str]], everything: list[dict]) -> set[str]:
    """AND between parameters, over every record of the type."""
    return {
        record["id"]
        for record in everything
        if record["resourceType"] == kind and all(holds(kind, *param, record, everything) for param in params)
    }


# --- random requests -----------------------------------------------------------------------------------------------

tokens = st.sampled_from(["x", "y", "X", "urn:a|x", "urn:b|y", "|x", "urn:a|", "z", "urn:c|x"])
numbers = st.sampled_from(["0", "1", "1.0", "100", "100.0", "1e2", "99.5", "0.05", "-5", "1100"])
prefixes = st.sampled_from(["", *PREFIXES])
dates = st.tuples(prefixes, moments).map("".join)
exact_numbers = st.tuples(prefixes, numbers).map("".join)
people = keys.flatmap(lambda n: st.sampled_from([f"p{n}", f"Patient/p{n}"]))


def some(values: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    """One to three values between commas."""
    return st.lists(values, min_size=1, max_size=most, unique=True).map(",".join)


def asked(code: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    return values.map(lambda value: (code, value))


missing = st.sampled_from(["true", "false"])
of_patient = st.one_of(
    asked("active", some(missing, 2)),
    asked("gender", some(st.sampled_from(["male", "female", "other"]))),
    asked("gender:not", st.sampled_from(["male", "female"])),
    asked("birthdate", some(dates)),
    asked("birthdate:missing", missing),
    asked("link", some(people)),
)
of_observation = st.one_of(
    *(asked(code, some(tokens)) for code in ("code", "category", "code:not", "category:not")),
    asked("identifier", some(st.sampled_from(["1", "2", "urn:a|1", "|1", "urn:b|", "3"]))),
    asked("date", some(dates)),
    asked("date:missing", missing),
    asked("category:missing", missing),
    asked("value-quantity", some(exact_numbers)),
    asked("value-quantity", exact_numbers.map(lambda text: f"{text}||kg")),
    asked("value-quantity", exact_numbers.map(lambda text: f"{text}||g")),
    *(asked(code, some(people)) for code in ("subject", "patient", "subject:Patient")),
    asked("subject:missing", missing),
)
chained = of_patient.map(lambda pair: (f"patient.{pair[0]}", pair[1]))
having = of_observation.filter(lambda pair: ":" not in pair[0]).map(
    lambda pair: (f"_has:Observation:patient:{pair[0]}", pair[1])
)
requests = st.one_of(
    st.tuples(st.just("Observation"), st.lists(of_observation | chained, min_size=1, max_size=3)),
    st.tuples(st.just("Patient"), st.lists(of_patient | having, min_size=1, max_size=3)),
    st.tuples(st.just("RiskAssessment"), st.lists(asked("probability", some(exact_numbers)), min_size=1, max_size=2)),
    st.tuples(st.just("EpisodeOfCare"), st.lists(asked("date", some(dates)), min_size=1, max_size=2)),
    st.tuples(
        st.just("Questionnaire"),
        st.lists(
            asked("url", some(st.sampled_from(["http://x.vn/a", "http://x.vn/ab", "urn:oid:1.2", "http://x.vn/"])))
            | asked("url:below", st.sampled_from(["http://x.vn/a", "http://x.vn/a/", "urn:", "http://y"])),
            min_size=1,
            max_size=2,
        ),
    ),
)


@given(records, requests)
@settings(max_examples=300)
def test_search_finds_just_what_the_words_of_the_standard_say(records, request):
    kind, params = request

    found = {one["id"] for one in run(parse(kind, params), records)}

    assert found == by_the_words(kind, params, records)


@given(records, requests, requests)
@settings(max_examples=100)
def test_more_parameters_find_the_common_part_and_their_order_says_nothing(records, one, other):
    kind, params = one
    if other[0] != kind:
        return

    def ids(*asked):
        return {found["id"] for found in run(parse(kind, list(asked)), records)}

    assert ids(*params, *other[1]) == ids(*params) & ids(*other[1]) == ids(*other[1], *params)


@given(records, st.lists(tokens, min_size=2, max_size=4, unique=True))
def test_values_between_commas_find_what_each_finds(records, values):
    def ids(value):
        return {found["id"] for found in run(parse("Observation", [("code", value)]), records)}

    assert ids(",".join(values)) == set().union(*map(ids, values))


@given(records, dates | exact_numbers)
def test_not_equal_and_equal_part_what_has_one_value(records, value):
    kind, code = ("Patient", "birthdate") if "20" in value else ("Observation", "value-quantity")
    bare = prefixed(value)[1]

    def ids(prefix):
        return {found["id"] for found in run(parse(kind, [(code, prefix + bare)]), records)}

    having = {found["id"] for found in run(parse(kind, [(f"{code}:missing", "false")]), records)}
    assert ids("eq") | ids("ne") == having
    assert ids("eq") & ids("ne") == set()
    assert ids("") == ids("eq")


@given(records, moments)
def test_prefixes_of_a_date_keep_their_algebra(records, value):
    def ids(prefix):
        return {found["id"] for found in run(parse("EpisodeOfCare", [("date", prefix + value)]), records)}

    assert ids("ge") == ids("gt") | ids("eq")
    assert ids("le") == ids("lt") | ids("eq")
    assert ids("sa") <= ids("gt")
    assert ids("eb") <= ids("lt")
    assert ids("sa") & ids("eb") == set()
    assert ids("sa") & ids("eq") == set()


@given(records, exact_numbers)
def test_prefixes_of_a_number_keep_their_order(records, value):
    bare = prefixed(value)[1]

    def ids(prefix):
        return {found["id"] for found in run(parse("Observation", [("value-quantity", prefix + bare)]), records)}

    assert ids("gt") == ids("sa")
    assert ids("lt") == ids("eb")
    assert ids("gt") & ids("le") == set()
    assert ids("lt") & ids("ge") == set()
    assert ids("gt") | ids("le") == ids("ge") | ids("lt")


@given(records, requests)
def test_every_answer_is_a_part_of_all_records_of_the_type_in_their_order(records, request):
    kind, params = request
    everything = [one["id"] for one in run(parse(kind, []), records)]

    found = [one["id"] for one in run(parse(kind, params), records)]

    assert everything == [one["id"] for one in records if one["resourceType"] == kind]
    assert found == [each for each in everything if each in set(found)]


@given(records, st.sampled_from(["code", "date", "value-quantity", "subject", "category", "identifier", "status"]))
def test_missing_parts_the_records_of_the_type(records, code):
    def ids(value):
        return {found["id"] for found in run(parse("Observation", [(f"{code}:missing", value)]), records)}

    assert ids("true") | ids("false") == {one["id"] for one in records if one["resourceType"] == "Observation"}
    assert ids("true") & ids("false") == set()


values = st.text(max_size=12) | st.sampled_from(
    ["|", "||", "a|b|c|d", "$", "a$b", "\\", "\\,", "gt", "ge-", "1e999", "∞"]
)
names = st.sampled_from(
    ["code", "date", "value-quantity", "subject", "code:of-type", "identifier", "combo-code-value-quantity", "_id"]
) | st.text(max_size=10)


@given(st.lists(st.tuples(names, values), max_size=3), st.sampled_from([True, False, None]))
def test_any_request_is_read_or_refused_by_name(params, strict):
    refused = ""
    try:
        run(parse("Observation", params, strict=strict), [])
    except Malformed as refusal:
        refused = refusal.message
        known = refusal.field in {code for code, _ in params}

    assert not refused or (known and refused.startswith("Tham số tìm kiếm «"))


@pytest.mark.parametrize("value", ["\\,", "a\\,b", "a\\|b", "a\\$b", "a\\\\b"])
def test_escaped_separator_is_a_letter_of_the_value(value):
    plain = value.replace("\\,", ",").replace("\\|", "|").replace("\\$", "$").replace("\\\\", "\\")
    record = {"resourceType": "Observation", "id": "o", "status": "final", "identifier": [{"value": plain}]}

    assert run(parse("Observation", [("identifier", value)]), [record]) == [record]
