"""How the values of a search are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.index.numbers import key
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.search import reading
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.query import Amount, Chained, Has, Include, Match, Sort, Target, Token
from ansinh.kernel.errors import Malformed


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        (r"a\,b", [r"a\,b"]),
        (r"a\\,b", [r"a\\", "b"]),
        (r"a\\\,b", [r"a\\\,b"]),
        (",a,", ["", "a", ""]),
        ("", [""]),
    ],
)
def test_a_separator_behind_a_backslash_does_not_separate(text, parts):
    assert reading.split(text, ",") == parts


@given(st.lists(st.text(alphabet="ab,|$\\ế", min_size=1), min_size=1, max_size=4))
def test_what_was_escaped_and_joined_comes_back(values):
    def escaped(text: str) -> str:
        for char in "\\,|$":
            text = text.replace(char, "\\" + char)
        return text

    joined = ",".join(escaped(value) for value in values)

    assert [reading.plain(part) for part in reading.split(joined, ",")] == values


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("a", Token(None, "a")),
        ("s|a", Token("s", "a")),
        ("|a", Token("", "a")),
        ("s|", Token("s", None)),
        (r"a\|b", Token(None, "a|b")),
    ],
)
def test_a_token_says_system_and_code(text, token):
    assert reading.token(text) == token


@pytest.mark.parametrize(
    ("text", "prefix", "lo", "hi"),
    [
        ("100", "eq", 99.5, 100.5),
        ("100.0", "eq", 99.95, 100.05),
        ("1e2", "eq", 50, 150),
        ("ge5.4", "ge", 5.35, 5.45),
        ("-3", "eq", -3.5, -2.5),
    ],
)
def test_the_digits_of_a_number_say_how_precise_it_is(text, prefix, lo, hi):
    number = reading.number(text, "x")

    assert (number.prefix, number.lo, number.hi) == (prefix, pytest.approx(lo), pytest.approx(hi))


@pytest.mark.parametrize("text", ["", "cao", "NaN", "Infinity", "1e999", "gt"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Malformed):
        reading.number(text, "x")


def test_a_bare_id_means_any_type_that_the_reference_may_point_at():
    organization = parameters("Patient")["organization"]
    link = parameters("Patient")["link"]

    assert reading.alternative(organization, "", "1", "x") == Target((key("Organization", "1"),))
    assert set(reading.alternative(link, "", "1", "x").keys) == {key("Patient", "1"), key("RelatedPerson", "1")}
    assert reading.alternative(organization, "", "Organization/1/_history/2", "x") == Target(
        (key("Organization", "1"),)
    )
    assert reading.alternative(organization, "Patient", "Organization/1", "x") == Target(())


def test_a_quantity_has_number_system_and_unit():
    weight = parameters("Observation")["value-quantity"]

    found = reading.alternative(weight, "", "gt5|u|kg", "x")

    assert isinstance(found, Amount)
    assert (found.number.prefix, found.number.value, found.system, found.unit) == ("gt", 5.0, "u", "kg")


def test_a_request_becomes_a_query():
    query = parse(
        "Observation",
        [
            ("code", "a,b"),
            ("patient.name", "lan"),
            ("_has:Provenance:target:agent", "Practitioner/1"),
            ("_sort", "-date,_id"),
            ("_count", "5000"),
            ("_include:iterate", "Observation:subject:Patient"),
            ("_total", "accurate"),
            ("_format", "json"),
            ("status", ""),
        ],
    )

    code, chain, has = query.criteria
    assert isinstance(code, Match)
    assert len(code.alternatives) == 2
    assert isinstance(chain, Chained)
    assert [kind for kind, _ in chain.inner] == ["Patient"]
    assert isinstance(has, Has)
    assert [(one.code, one.descending) for one in query.sort] == [("date", True), ("_id", False)]
    assert all(isinstance(one, Sort) for one in query.sort)
    assert (query.count, query.total) == (1000, True)
    (include,) = query.includes
    assert isinstance(include, Include)
    assert (include.source, include.parameter.code, include.target, include.iterate) == (
        "Observation",
        "subject",
        "Patient",
        True,
    )


def test_a_chain_that_is_too_long_is_refused():
    with pytest.raises(Malformed, match="nối"):
        parse("Organization", [("partof." * 6 + "name", "x")])
