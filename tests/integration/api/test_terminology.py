"""$expand, $validate-code, $lookup, $subsumes, $translate: line by line as R4 has them, over every source of codes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.validation import validate

pytestmark = pytest.mark.django_db

LOINC = "http://loinc.org"
GENDER = "http://hl7.org/fhir/administrative-gender"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
KINDS = "https://ansinh.vn/fhir/CodeSystem/facility-kind"
VISITS = "https://ansinh.vn/fhir/CodeSystem/bhyt-visit-kind"
ACTS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
MAP = "https://ansinh.vn/fhir/ConceptMap/bhyt-visit-kind-to-encounter-class"
TARGET = {"code": "b", "equivalence": "equivalent"}
TREE = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/tree",
    "version": "3",
    "name": "Tree",
    "title": "Cây",
    "status": "active",
    "content": "complete",
    "concept": [
        {
            "code": "plant",
            "display": "Thực vật",
            "property": [{"code": "notSelectable", "valueBoolean": True}],
            "concept": [
                {
                    "code": "rice",
                    "display": "Lúa",
                    "designation": [{"language": "en", "value": "Rice"}],
                    "property": [{"code": "grows", "valueCode": "field"}, {"code": "height", "valueInteger": 1}],
                    "concept": [{"code": "sticky", "display": "Lúa nếp"}],
                },
                {"code": "old", "display": "Cây cổ", "property": [{"code": "status", "valueCode": "retired"}]},
            ],
        },
        {"code": "stone", "display": "Đá", "property": [{"code": "grows", "valueCode": "no"}]},
    ],
}


def params(**values) -> dict:
    keys = {bool: "valueBoolean", int: "valueInteger", str: "valueString"}
    listed = []
    for name, value in values.items():
        key = keys.get(type(value)) or ("resource" if "resourceType" in value else "valueCoding")
        if isinstance(value, dict) and "coding" in value:
            key = "valueCodeableConcept"
        listed.append({"name": name, key: value})
    return {"resourceType": "Parameters", "parameter": listed}


def out(answer) -> dict:
    assert answer.status_code == 200, answer.text
    found: dict = {}
    for one in answer.json["parameter"]:
        value = one.get("part") or next(value for key, value in one.items() if key.startswith("value"))
        found.setdefault(one["name"], []).append(value)
    return found


def properties(answer) -> dict:
    found: dict = {}
    for part in out(answer).get("property", []):
        found.setdefault(part[0]["valueCode"], []).append(next(v for k, v in part[1].items() if k.startswith("value")))
    return found


def codes(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json["expansion"].get("contains", [])]


def value_set(*include, exclude=()) -> dict:
    compose = {"include": list(include)} | ({"exclude": list(exclude)} if exclude else {})
    return {"resourceType": "ValueSet", "url": "http://example.org/set", "status": "draft", "compose": compose}


def rule(name, op, value) -> dict:
    return {"system": TREE["url"], "filter": [{"property": name, "op": op, "value": value}]}


@pytest.fixture
def tree(system):
    return system.create(TREE).resource["id"]


@pytest.mark.parametrize(
    ("include", "exclude", "found"),
    [
        ([{"system": TREE["url"]}], [], ["rice", "sticky", "stone"]),
        ([rule("concept", "is-a", "rice")], [], ["rice", "sticky"]),
        ([rule("concept", "descendent-of", "plant")], [], ["rice", "sticky"]),
        ([rule("concept", "is-not-a", "plant")], [], ["stone"]),
        ([rule("concept", "generalizes", "sticky")], [], ["rice", "sticky"]),
        ([rule("grows", "=", "field")], [], ["rice"]),
        ([rule("grows", "in", "field,no")], [], ["rice", "stone"]),
        ([rule("grows", "not-in", "field")], [], ["sticky", "stone"]),
        ([rule("grows", "exists", "false")], [], ["sticky"]),
        ([rule("code", "regex", "st.*")], [], ["sticky", "stone"]),
        ([rule("parent", "=", "rice")], [], ["sticky"]),
        ([{"system": TREE["url"]}], [rule("concept", "is-a", "rice")], ["stone"]),
        ([{"system": TREE["url"], "concept": [{"code": "stone"}, {"code": "rice"}]}], [], ["stone", "rice"]),
        ([{"valueSet": [GENDERS]}], [], ["male", "female", "other", "unknown"]),
        ([{"system": GENDER, "valueSet": ["http://example.org/few"]}], [], ["male", "female"]),
        ([{"system": GENDER}], [{"valueSet": ["http://example.org/few"]}], ["other", "unknown"]),
    ],
)  # fmt: skip
def test_expand_composes_includes_filters_and_other_sets(doctor, system, tree, include, exclude, found):
    few = value_set({"system": GENDER, "concept": [{"code": "male"}, {"code": "female"}]})
    system.create(few | {"url": "http://example.org/few"})

    assert codes(doctor.post("/ValueSet/$expand", params(valueSet=value_set(*include, exclude=exclude)))) == found


@pytest.mark.parametrize(
    "part",
    [
        {"system": LOINC},
        rule("concept", "unheard-of", "x"),
        rule("code", "regex", "(a+)+b"),
        rule("code", "regex", "(["),
        {"valueSet": ["http://example.org/set-of-nobody"]},
        {"system": LOINC, "valueSet": ["http://hl7.org/fhir/ValueSet/administrative-gender"]},
    ],
)
def test_expand_what_cannot_be_decided_is_refused(doctor, tree, part):
    assert doctor.post("/ValueSet/$expand", params(valueSet=value_set(part))).status_code == 422


def test_expand_says_whether_the_set_or_its_codes_are_missing(doctor, sentences):
    unknown = doctor.get("/ValueSet/$expand?url=http://example.org/none")
    undecided = doctor.post("/ValueSet/$expand", params(valueSet=value_set({"system": LOINC})))

    assert unknown.status_code == 404
    assert undecided.status_code == 422
    assert LOINC in sentences(undecided)


def test_lookup_says_whether_the_code_or_its_system_is_missing(doctor):
    code = doctor.get(f"/CodeSystem/$lookup?system={GENDER}&code=nothing")
    system = doctor.get(f"/CodeSystem/$lookup?system={LOINC}&code=8480-6")

    assert [one.json["issue"][0]["details"]["coding"][0]["code"] for one in (code, system)] == [
        "unknown-code",
        "unknown-system",
    ]


def test_expand_circle_of_sets_ends(doctor, system):
    system.create(value_set({"valueSet": ["http://example.org/b"]}) | {"url": "http://example.org/a"})
    system.create(value_set({"valueSet": ["http://example.org/a"]}) | {"url": "http://example.org/b"})

    assert doctor.get("/ValueSet/$expand?url=http://example.org/a").status_code in (404, 422)


def test_expand_in_pages_says_total_and_offset(doctor):
    url = "url=https://ansinh.vn/fhir/ValueSet/facility-kind"
    whole = doctor.get(f"/ValueSet/$expand?{url}")
    page = doctor.get(f"/ValueSet/$expand?{url}&offset=1&count=2")

    assert codes(page) == codes(whole)[1:3]
    assert page.json["expansion"]["total"] == len(codes(whole))
    assert page.json["expansion"]["offset"] == 1
    assert {one["name"] for one in page.json["expansion"]["parameter"]} == {"offset", "count"}
    assert codes(doctor.get(f"/ValueSet/$expand?{url}&count=0")) == []


def test_expand_language_designations_and_inactive_codes(doctor, tree):
    body = {"valueSet": value_set({"system": TREE["url"]})}
    plain = doctor.post("/ValueSet/$expand", params(**body))
    english = doctor.post("/ValueSet/$expand", params(**body, displayLanguage="en-GB", includeDesignations=True))
    every = doctor.post("/ValueSet/$expand", params(**body, activeOnly=False))

    assert plain.json["expansion"]["contains"][0] == {"system": TREE["url"], "code": "rice", "display": "Lúa"}
    assert english.json["expansion"]["contains"][0]["display"] == "Rice"
    assert english.json["expansion"]["contains"][0]["designation"] == [{"language": "en", "value": "Rice"}]
    assert [one["code"] for one in every.json["expansion"]["contains"] if one.get("inactive")] == ["old"]
    assert doctor.post("/ValueSet/$expand", params(**body, displayLanguage="fr")).status_code == 400


def test_expand_of_a_stored_set_by_id_and_by_url(doctor, system, tree):
    identity = system.create(value_set(rule("concept", "is-a", "rice"))).resource["id"]

    by_id = doctor.get(f"/ValueSet/{identity}/$expand?filter=nep")
    assert codes(by_id) == ["sticky"]
    assert (by_id.json["url"], by_id.json["status"]) == ("http://example.org/set", "draft")
    assert codes(doctor.get("/ValueSet/$expand?url=http://example.org/set")) == ["rice", "sticky"]
    assert doctor.get("/ValueSet/nobody/$expand").status_code == 404


def test_expand_answer_is_a_valid_set_with_typed_parameters(doctor, tree):
    one = value_set({"system": TREE["url"]})
    answer = doctor.post(
        "/ValueSet/$expand", params(valueSet=one, count=1, activeOnly=True, includeDefinition=True)
    ).json

    assert [problem for problem in validate(answer) if problem.severity == "error"] == []
    assert answer["compose"] == one["compose"]
    assert answer["expansion"]["parameter"] == [
        {"name": "count", "valueInteger": 1},
        {"name": "activeOnly", "valueBoolean": True},
        {"name": "includeDefinition", "valueBoolean": True},
    ]


def test_expand_keeps_what_it_listed(doctor):
    path = "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender"
    doctor.get(path)
    with CaptureQueriesContext(connection) as queries:
        doctor.get(path)

    assert not [one for one in queries.captured_queries if "terminology_concept" in one["sql"]]


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"system": GENDER, "code": "male"}, True),
        ({"code": "male"}, True),
        ({"system": GENDER, "code": "m"}, False),
        ({"coding": {"system": GENDER, "code": "male", "display": "Male"}}, True),
        ({"coding": {"system": GENDER, "code": "male", "display": "Nữ"}}, False),
        ({"system": GENDER, "code": "male", "display": " MALE "}, True),
        ({"system": GENDER, "code": "male", "display": "Female"}, False),
        ({"codeableConcept": {"coding": [{"system": "x", "code": "y"}, {"system": GENDER, "code": "male"}]}}, True),
        ({"codeableConcept": {"coding": [{"system": "x", "code": "y"}]}}, False),
    ],
)
def test_validate_code_in_a_set_checks_code_and_display(doctor, given, result):
    url = "http://hl7.org/fhir/ValueSet/administrative-gender"
    answer = out(doctor.post("/ValueSet/$validate-code", params(url=url, **given)))

    assert answer["result"] == [result]
    assert ("message" in answer) is not result


def test_validate_code_in_sets_given_stored_and_abstract(doctor, system, tree):
    one = value_set({"system": TREE["url"]})
    identity = system.create(one).resource["id"]

    def verdict(path, **given):
        return out(doctor.post(path, params(system=TREE["url"], **given)))["result"]

    assert verdict("/ValueSet/$validate-code", valueSet=one, code="stone") == [True]
    assert verdict(f"/ValueSet/{identity}/$validate-code", code="sticky") == [True]
    assert verdict(f"/ValueSet/{identity}/$validate-code", code="old") == [False]
    assert verdict(f"/ValueSet/{identity}/$validate-code", code="plant") == [False]
    assert verdict(f"/ValueSet/{identity}/$validate-code", code="plant", abstract=True) == [True]


def test_validate_code_in_a_system_by_address_url_or_resource(doctor, tree):
    assert out(doctor.get(f"/CodeSystem/{tree}/$validate-code?code=rice"))["display"] == ["Lúa"]
    assert out(doctor.get(f"/CodeSystem/$validate-code?url={TREE['url']}&code=none"))["result"] == [False]
    assert out(doctor.get(f"/CodeSystem/$validate-code?url={TREE['url']}&code=rice&display=Ngo"))["result"] == [False]
    sent = params(codeSystem=TREE | {"url": "http://example.org/elsewhere"}, code="rice", display="Rice")
    assert out(doctor.post("/CodeSystem/$validate-code", sent))["result"] == [True]
    assert out(doctor.get(f"/CodeSystem/$validate-code?url={TREE['url']}&code=plant"))["result"] == [False]
    assert doctor.get("/CodeSystem/$validate-code?url=http://example.org/none&code=x").status_code == 404
    assert doctor.get(f"/CodeSystem/$validate-code?url={KINDS}&code=x&date=2025").status_code == 400


def test_lookup_says_name_version_words_and_properties(doctor, tree):
    found = doctor.get(f"/CodeSystem/$lookup?system={TREE['url']}&code=rice")

    answer = out(found)
    assert (answer["name"], answer["version"], answer["display"]) == (["Cây"], ["3"], ["Lúa"])
    assert answer["designation"][0][1]["valueString"] == "Rice"
    assert properties(found) == {"parent": ["plant"], "inactive": [False], "grows": ["field"], "height": [1]}
    chosen = doctor.get(f"/CodeSystem/$lookup?system={TREE['url']}&code=rice&property=child&property=height")
    assert properties(chosen) == {"child": ["sticky"], "height": [1]}
    assert "designation" not in out(chosen)
    english = doctor.get(f"/CodeSystem/$lookup?system={TREE['url']}&code=rice&displayLanguage=en")
    assert out(english)["display"] == ["Rice"]
    coding = doctor.post("/CodeSystem/$lookup", params(coding={"system": ROLES, "code": "MTH"}))
    assert out(coding)["display"] == ["mother"]


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("plant", "sticky", "subsumes"),
        ("sticky", "plant", "subsumed-by"),
        ("stone", "stone", "equivalent"),
        ("stone", "rice", "not-subsumed"),
    ],
)
def test_subsumes_of_a_stored_system_by_address_and_codings(doctor, tree, one, other, outcome):
    by_id = doctor.get(f"/CodeSystem/{tree}/$subsumes?codeA={one}&codeB={other}")
    codings = {f"coding{side}": {"system": TREE["url"], "code": code} for side, code in (("A", one), ("B", other))}

    assert out(by_id)["outcome"] == [outcome]
    assert out(doctor.post("/CodeSystem/$subsumes", params(**codings)))["outcome"] == [outcome]


def test_subsumes_across_systems_or_of_unknown_codes_is_refused(doctor, tree):
    codings = {"codingA": {"system": ROLES, "code": "MTH"}, "codingB": {"system": TREE["url"], "code": "rice"}}

    assert doctor.post("/CodeSystem/$subsumes", params(**codings)).status_code == 400
    assert doctor.get(f"/CodeSystem/{tree}/$subsumes?codeA=rice&codeB=none").status_code == 404
    assert doctor.get("/CodeSystem/$subsumes?codeA=rice&codeB=none").status_code == 400


def matches(answer) -> list[tuple]:
    return [
        (parts["equivalence"]["valueCode"], parts.get("concept", {}).get("valueCoding", {}).get("code"))
        for one in out(answer).get("match", [])
        for parts in [{part["name"]: part for part in one}]
    ]


def test_translate_by_the_shipped_map_both_ways(doctor):
    there = doctor.get(f"/ConceptMap/$translate?system={VISITS}&code=03&targetsystem={ACTS}")
    assert (out(there)["result"], matches(there)) == ([True], [("wider", "IMP")])
    assert out(there)["match"][0][-1] == {"name": "source", "valueUri": MAP}
    back = doctor.get(f"/ConceptMap/$translate?system={ACTS}&code=AMB&url={MAP}&reverse=true")
    assert matches(back) == [("narrower", code) for code in ("01", "02", "05", "08")]
    none = out(doctor.get(f"/ConceptMap/$translate?system={VISITS}&code=10"))
    assert none["result"] == [False]
    assert "message" in none


def test_translate_by_address_by_a_map_sent_and_of_a_concept(doctor):
    coding = {"system": VISITS, "code": "14"}
    by_id = doctor.post("/ConceptMap/bhyt-visit-kind-to-encounter-class/$translate", params(coding=coding))
    sent = {
        "resourceType": "ConceptMap",
        "group": [{"source": "s", "target": "t", "element": [{"code": "a", "target": [{"code": "b"}]}]}],
    }
    concept = {"coding": [{"system": "other", "code": "a"}, {"system": "s", "code": "a"}]}

    assert matches(by_id) == [("wider", "VR")]
    by_sent = doctor.post("/ConceptMap/$translate", params(conceptMap=sent, codeableConcept=concept))
    assert matches(by_sent) == [("relatedto", "b")]


def test_translate_with_dependencies_and_products(doctor):
    target = {"code": "b", "equivalence": "equal", "dependsOn": [{"property": "sex", "value": "f"}]}
    target["product"] = [{"property": "side", "system": "x", "value": "left"}]
    sent = {
        "resourceType": "ConceptMap",
        "group": [{"source": "s", "target": "t", "element": [{"code": "a", "target": [target]}]}],
    }
    body = params(conceptMap=sent, coding={"system": "s", "code": "a"})
    parts = [{"name": "element", "valueUri": "sex"}]
    parts += [{"name": "concept", "valueCodeableConcept": {"coding": [{"code": "f"}]}}]
    known = body | {"parameter": [*body["parameter"], {"name": "dependency", "part": parts}]}

    assert out(doctor.post("/ConceptMap/$translate", body))["result"] == [False]
    answer = doctor.post("/ConceptMap/$translate", known)
    assert matches(answer) == [("equal", "b")]
    product = next(part for part in out(answer)["match"][0] if part["name"] == "product")["part"]
    assert product[1]["valueCoding"] == {"system": "x", "code": "left"}
    broken = body | {"parameter": [*body["parameter"], {"name": "dependency", "part": parts[:1]}]}
    assert doctor.post("/ConceptMap/$translate", broken).status_code == 400
    assert doctor.post("/ConceptMap/$translate", params(coding={"system": "s"})).status_code == 400


def test_translate_finds_stored_maps_by_system_url_and_source(doctor, system):
    made = {
        "resourceType": "ConceptMap",
        "url": "http://example.org/map",
        "status": "active",
        "group": [{"source": "s1", "target": "t1", "element": [{"code": "a", "target": [TARGET]}]}],
    }
    system.create(made)
    assert matches(doctor.get("/ConceptMap/$translate?system=s1&code=a")) == [("equivalent", "b")]
    assert matches(doctor.get("/ConceptMap/$translate?url=http://example.org/map&code=a")) == [("equivalent", "b")]
    assert matches(doctor.get("/ConceptMap/$translate?system=s1&code=a&source=elsewhere")) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("code=01", 400),
        (f"system={VISITS}", 400),
        (f"system={VISITS}&code=01&url=http://example.org/no-map", 404),
        (f"system={VISITS}&code=01&reverse=maybe", 400),
    ],
)
def test_translate_without_what_it_needs_is_refused(doctor, query, status):
    assert doctor.get(f"/ConceptMap/$translate?{query}").status_code == status


def test_terminology_operations_are_announced_by_type(nobody):
    resources = nobody.get("/metadata").json["rest"][0]["resource"]

    named = {one["type"]: {op["name"] for op in one.get("operation", [])} for one in resources}
    assert named["CodeSystem"] == {"lookup", "subsumes", "validate-code"}
    assert named["ValueSet"] == {"expand", "validate-code"}
    assert named["ConceptMap"] == {"translate"}
