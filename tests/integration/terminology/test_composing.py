"""Listings of sets: the two ways of reading the specification agree; days, headings, expansions, large systems."""

from datetime import date

import pytest

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import composing, concepts, fhirsets, sources
from ansinh.fhir.terminology.models import CodeList, ConceptRow, ValueSetRow
from ansinh.kernel.naming import BASE

pytestmark = pytest.mark.django_db

SYSTEM = "http://example.org/grades"
PARTS = 4
RETIRED = {"code": "inactive", "valueBoolean": True}


@pytest.fixture
def grades():
    """Codes of a list: one heading, one that ended, one that begins later."""

    def row(position, code, **rest):
        defaults = {"parent": "all", "valid_from": date(2020, 1, 1), "english": "", "properties": {}}
        display = rest.pop("display", f"Mức {code}")
        return ConceptRow(
            system=SYSTEM,
            code=code,
            code_key=concepts.code_key(code),
            display=display,
            folded=concepts.search_key((display, rest.get("english", ""))),
            position=position,
            origin="test",
            **(defaults | rest),
        )

    ConceptRow.objects.bulk_create(
        [
            row(0, "all", parent="", properties={"abstract": True}),
            row(1, "A", english="Level A", properties={"rank": 1, "kinds": ["x", "y"]}),
            row(2, "B", valid_to=date(2024, 12, 31), properties={"rank": 2}),
            row(3, "C", valid_from=date(2030, 1, 1), properties={"rank": 3, "kinds": ["y"]}),
            row(4, "D.1", parent="A", display="Nặng lắm"),
        ]
    )
    CodeList.objects.create(
        origin="test", url=SYSTEM, title="Mức độ", source="s", status="active", checksum="1", token="t"
    )
    concepts.clear_cache()
    yield
    concepts.clear_cache()


def compose(*include, exclude=()) -> dict:
    return {"compose": {"include": list(include), "exclude": list(exclude)}}


def codes(value_set, **how) -> list[str]:
    return [one.code for one in composing.listing(value_set, **how).concepts]


@pytest.mark.parametrize("part", range(PARTS))
def test_listing_of_the_specification_agrees_with_the_compiled_sets(part):
    urls = sorted(url for url in definitions().value_set_urls() if ":" in url)[part::PARTS]
    assert len(urls) > 200
    for url in urls:
        compiled, listing = fhirsets.fhir_set(url), composing.listing_of(url, inactive=True)
        assert compiled is not None
        assert listing is not None
        assert listing.undecided == compiled.undecided, url
        if not listing.undecided:
            assert {(one.system, one.code) for one in listing.concepts} == compiled.codes, url


@pytest.mark.parametrize(
    ("day", "inactive", "found"),
    [
        (date(2022, 1, 1), False, ["all", "A", "B", "D.1"]),
        (date(2026, 1, 1), False, ["all", "A", "D.1"]),
        (date(2031, 1, 1), False, ["all", "A", "C", "D.1"]),
        (date(2026, 1, 1), True, ["all", "A", "B", "C", "D.1"]),
        (date(2019, 1, 1), False, []),
    ],
)
def test_listing_holds_what_holds_on_the_day(grades, day, inactive, found):
    assert codes(compose({"system": SYSTEM}), at=day, inactive=inactive) == found


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([("rank", "=", 1)], ["A"]),
        ([("rank", "=", "1")], ["A"]),
        ([("kinds", "=", "x")], ["A"]),
        ([("kinds", "in", "x,z")], ["A"]),
        ([("rank", "exists", True)], ["A"]),
        ([("rank", "exists", "false")], ["all", "D.1"]),
        ([("concept", "is-a", "A")], ["A", "D.1"]),
        ([("concept", "descendent-of", "all")], ["A", "D.1"]),
        ([("concept", "descendent-of", "all"), ("rank", "exists", "true")], ["A"]),
        ([("concept", "generalizes", "D.1")], ["all", "A", "D.1"]),
        ([("concept", "is-not-a", "A")], ["all"]),
        ([("display", "regex", "Nặng.*")], ["D.1"]),
        ([("code", "regex", "[A-Z]")], ["A"]),
    ],
)
def test_listing_filters_of_a_table(grades, rules, found):
    part = {"system": SYSTEM, "filter": [{"property": name, "op": op, "value": value} for name, op, value in rules]}

    assert codes(compose(part), at=date(2026, 1, 1)) == found


def test_listing_of_named_codes_leaves_out_what_has_ended_and_keeps_own_words(grades):
    named = [{"code": "B"}, {"code": "A", "display": "Nhẹ"}, {"code": "unheard-of"}, "odd", {"display": "no code"}]

    found = composing.listing(compose({"system": SYSTEM, "concept": named}), at=date(2026, 1, 1))

    assert [(one.code, one.display) for one in found.concepts] == [("A", "Nhẹ"), ("unheard-of", "unheard-of")]
    assert found.undecided == frozenset()
    assert found.find(SYSTEM, "A").english == "Level A"
    assert found.find("", "A") is found.find(SYSTEM, "A")
    assert found.find("other", "A") is None


def test_listing_keeps_the_order_and_takes_each_code_once(grades):
    twice = compose(
        {"system": SYSTEM, "concept": [{"code": "D.1"}]},
        {"system": SYSTEM},
        exclude=[{"system": "x", "concept": [{"code": "A"}]}],
    )

    assert codes(twice, at=date(2026, 1, 1)) == ["D.1", "all", "A"]


def test_listing_of_a_set_given_by_its_expansion():
    inner = {"system": "s", "code": "b", "display": "Bê"}
    held = [{"system": "s", "code": "a", "abstract": True, "contains": [inner]}, {"system": "s", "code": "c"}]

    found = composing.listing({"expansion": {"contains": held}})

    assert [(one.code, one.display, one.is_abstract) for one in found.concepts] == [
        ("a", "a", True), ("b", "Bê", False), ("c", "c", False),
    ]  # fmt: skip
    assert composing.listing({}).is_open_to("anything")


def test_listing_of_an_unknown_set_is_none():
    assert composing.listing_of("http://example.org/none") is None
    assert composing.listing_of("https://ansinh.vn/fhir/ValueSet/none") is None


def test_large_system_is_looked_up_code_by_code_and_read_whole_when_listed(
    grades, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(concepts, "_WHOLE_SYSTEM", 2)
    concepts.clear_cache()
    assert concepts.lookup(SYSTEM, "A").display == "Mức A"
    assert SYSTEM in concepts._cache.large
    assert SYSTEM not in concepts._cache.whole

    first = concepts.versions(SYSTEM)
    with django_assert_num_queries(0):
        assert concepts.versions(SYSTEM) is first
        assert [one.code for one in concepts.members(SYSTEM, at=date(2026, 1, 1))] == ["all", "A", "D.1"]
    assert first[1] == concepts.lookup(SYSTEM, "A")
    assert first[1].properties == {"rank": 1, "kinds": ["x", "y"]}
    assert concepts.title(SYSTEM) == "Mức độ"


@pytest.mark.parametrize("text", ["", "muc", "muc a", "d1", "nang lam", "level", "x"])
@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2026, 1, 1), date(2031, 1, 1)])
def test_part_of_a_large_system_is_the_same_part_of_its_listing(grades, text, day):
    words = concepts.search_key([text]).split()
    key = concepts.code_key(text) if words else ""
    listed = [
        one
        for one in composing.listing({"compose": {"include": [{"system": SYSTEM}]}}, at=day).concepts
        if not one.is_abstract and (not words or one.matches(words, key))
    ]

    whole = concepts.part(SYSTEM, text, offset=0, count=10, at=day)
    second = concepts.part(SYSTEM, text, offset=1, count=1, at=day)

    assert whole.concepts == listed
    assert second.concepts == listed[1:2]
    assert whole.total == second.total == len(listed)


def test_set_of_a_whole_large_system_is_known_by_its_definition(grades, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(concepts, "_WHOLE_SYSTEM", 2)
    include = [{"system": SYSTEM}]
    ValueSetRow.objects.create(url=f"{BASE}/ValueSet/all", title="Tất cả", include=include, origin="test")
    ValueSetRow.objects.create(
        url=f"{BASE}/ValueSet/some", title="x", include=[include[0] | {"below": "A"}], origin="y"
    )
    CodeList.objects.update(token="u")
    concepts.clear_cache()

    assert composing.large_system(f"{BASE}/ValueSet/all") == SYSTEM
    assert composing.large_system(f"{BASE}/ValueSet/some") is None
    assert composing.large_system(f"{BASE}/ValueSet/none") is None
    assert composing.large_system("http://hl7.org/fhir/ValueSet/administrative-gender") is None
    with django_assert_num_queries(2):
        concepts.part(SYSTEM, offset=0, count=2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("muc", ["A", "B", "C"]),
        ("nang lam", ["D.1"]),
        ("lam nang", ["D.1"]),
        ("ang", []),
        ("d1", ["D.1"]),
        ("level", ["A"]),
    ],
)
def test_concept_matches_words_by_their_beginnings_or_its_code(grades, text, found):
    words, key = concepts.search_key([text]).split(), concepts.code_key(text)
    held = [one for one in concepts.versions(SYSTEM) if not one.is_abstract]

    assert [one.code for one in held if one.matches(words, key)] == found


def test_walk_reads_nested_concepts_with_parents_and_properties():
    made = {
        "url": "u",
        "concept": [
            {"code": "a", "concept": [{"code": "b", "designation": [{"language": "en-GB", "value": "Bee"}]}]},
            {"code": "c", "property": [{"code": "subsumedBy", "valueCode": "a"}, RETIRED]},
            {"display": "no code"},
            "odd",
        ],
    }  # fmt: skip

    found = {one.code: one for one in sources.walk(made)}

    assert {code: one.parent for code, one in found.items()} == {"a": "", "b": "a", "c": "a"}
    assert found["b"].english == "Bee"
    assert found["c"].properties["inactive"] is True
