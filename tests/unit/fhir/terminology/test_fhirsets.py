"""Compiling value sets: filters, nesting, exclusion, and what stays open. Small specifications made here."""

import pytest

from ansinh.fhir.terminology import fhirsets

LETTERS = {
    "content": "complete",
    "concept": [
        {"code": "a", "display": "A", "concept": [{"code": "a1", "concept": [{"code": "a11"}]}]},
        {"code": "b", "property": [{"code": "kind", "valueCode": "x"}, {"code": "old", "valueBoolean": True}]},
        {"code": "c", "property": [{"code": "subsumedBy", "valueCode": "b"}]},
    ],
}
SYSTEM = "http://example.org/letters"


@pytest.fixture
def contains(monkeypatch):
    """contains(include, code, system=…, exclude=…, sets=…) over one made-up specification."""

    class Specification:
        sets: dict = {}

        def value_set(self, url):
            return self.sets.get(url)

        def code_system(self, url):
            return {SYSTEM: LETTERS, "http://example.org/part": LETTERS | {"content": "fragment"}}.get(url)

    specification = Specification()
    monkeypatch.setattr(fhirsets, "definitions", lambda: specification)

    def ask(include, code, system=SYSTEM, exclude=(), sets=()):
        specification.sets = {"http://set": {"compose": {"include": include, "exclude": list(exclude)}}, **dict(sets)}
        fhirsets.fhir_set.cache_clear()
        compiled = fhirsets.fhir_set("http://set")
        return compiled.contains(system, code) if compiled else "unknown"

    yield ask
    fhirsets.fhir_set.cache_clear()


def rule(op, value, name="concept"):
    return [{"system": SYSTEM, "filter": [{"property": name, "op": op, "value": value}]}]


@pytest.mark.parametrize(
    ("include", "inside", "outside"),
    [
        ([{"system": SYSTEM}], ["a", "a11", "b", "c"], ["z"]),
        ([{"system": SYSTEM, "concept": [{"code": "a"}]}], ["a"], ["a1", "b"]),
        (rule("is-a", "a"), ["a", "a1", "a11"], ["b"]),
        (rule("is-a", "b"), ["b", "c"], ["a"]),
        (rule("descendent-of", "a"), ["a1", "a11"], ["a"]),
        (rule("is-not-a", "a"), ["b", "c"], ["a", "a1"]),
        (rule("=", "x", "kind"), ["b"], ["a"]),
        (rule("=", "true", "old"), ["b"], ["c"]),
    ],
)
def test_filters(contains, include, inside, outside):
    assert [contains(include, code) for code in inside] == [True] * len(inside)
    assert [contains(include, code) for code in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    "include",
    [
        rule("regex", "a.*"),
        [{"system": "http://example.org/part"}],
        [{"system": "http://loinc.org"}],
    ],
)
def test_what_rests_on_unknown_codes_is_open_only_for_its_system(contains, include):
    system = include[0]["system"]

    assert contains(include, "q", system) is None
    assert contains(include, "q", "http://elsewhere.org") is False
    assert contains(include, "q", "") is None


def test_exclusion_takes_codes_out(contains):
    exclude = [{"system": SYSTEM, "concept": [{"code": "a"}]}]

    assert contains([{"system": SYSTEM}], "a", exclude=exclude) is False
    assert contains([{"system": SYSTEM}], "b", exclude=exclude) is True


def test_nested_sets_are_intersected_within_one_include(contains):
    sets = {
        "http://one": {"compose": {"include": [{"system": SYSTEM, "concept": [{"code": "a"}, {"code": "b"}]}]}},
        "http://two": {"compose": {"include": [{"system": SYSTEM, "concept": [{"code": "b"}, {"code": "c"}]}]}},
    }
    include = [{"valueSet": ["http://one|4.0.1", "http://two"]}]

    assert [contains(include, code, sets=sets) for code in "abc"] == [False, True, False]


def test_set_that_names_itself_or_an_unknown_one_is_open(contains):
    assert contains([{"valueSet": ["http://set"]}], "a") is None
    assert contains([{"valueSet": ["http://nowhere"]}], "a") is None


def test_set_without_content_is_open(contains):
    assert contains([], "a", sets={"http://set": {}}) is None


def test_displays_of_the_specification():
    assert fhirsets.fhir_display("http://hl7.org/fhir/administrative-gender", "male") == "Male"
    assert fhirsets.fhir_display("http://example.org/none", "x") == "x"
