"""What is indexed, and what never collides."""

from ansinh.fhir.index import extract, numbers
from ansinh.fhir.index.numbers import TYPES
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model.definitions import definitions


def rows(resource: dict, code: str, suffix: str = "") -> set[tuple]:
    number = numbers.param(resource["resourceType"], code + suffix)
    found = extract(resource)
    return {values[1:] for table in found.tables.values() for values in table if values[0] == number}


def strings(resource: dict, code: str) -> set[str]:
    return {value for value, _ in rows(resource, code)}


def test_no_two_parameters_of_r4_share_a_number():
    seen: dict[int, str] = {}
    for kind in sorted(definitions().resource_types):
        for parameter in parameters(kind).values():
            assert seen.setdefault(parameter.number, f"{kind}.{parameter.code}") == f"{kind}.{parameter.code}"


def test_every_type_of_r4_has_a_number_and_numbers_never_move():
    assert definitions().resource_types <= set(TYPES)
    assert numbers.type_number("Account") == 1
    assert numbers.type_number("Patient") == 103
    assert all(numbers.type_name(numbers.type_number(kind)) == kind for kind in TYPES)


def test_a_name_is_found_from_each_of_its_words_without_marks():
    person = {"resourceType": "Patient", "id": "p", "name": [{"text": "Nguyễn Văn Đạo", "family": "Nguyễn"}]}

    assert strings(person, "name") == {"nguyen van dao", "van dao", "dao", "nguyen"}


def test_a_name_in_parts_is_also_indexed_whole():
    person = {"resourceType": "Patient", "id": "p", "name": [{"family": "Y", "given": ["Bhin"]}]}

    assert {"y bhin", "bhin", "y"} <= strings(person, "name")


def test_an_identifier_is_indexed_forwards_by_type_and_from_its_end():
    kind = {"coding": [{"system": "http://t", "code": "MR"}]}
    person = {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [{"system": "http://s", "value": "0123", "type": kind}],
    }

    assert rows(person, "identifier") == {(numbers.token("http://s", "0123"),)}
    assert rows(person, "identifier", ":of-type") == {(numbers.token("http://t|MR", "0123"),)}
    assert strings(person, "identifier-end") == {"3210"}


def test_a_year_is_an_interval_of_the_whole_year():
    person = {"resourceType": "Patient", "id": "p", "birthDate": "1948"}

    ((lo, hi),) = rows(person, "birthdate")

    assert hi - lo == 366 * 86_400_000_000 - 1


def test_an_open_period_reaches_for_ever():
    stay = {"resourceType": "EpisodeOfCare", "id": "e", "period": {"start": "2025-01-01"}}

    ((lo, hi),) = rows(stay, "date")

    assert hi == 1 << 62
    assert lo < hi


def test_a_reference_is_indexed_by_what_it_names_whether_present_or_not():
    note = {
        "resourceType": "Observation",
        "id": "o",
        "subject": {"reference": "Patient/p/_history/2", "identifier": {"system": "s", "value": "1"}},
        "performer": [{"reference": "#contained"}, {"reference": "https://elsewhere.vn/fhir/Practitioner/1"}],
    }

    assert rows(note, "subject") == {(numbers.key("Patient", "p"),)}
    assert rows(note, "patient") == {(numbers.key("Patient", "p"),)}
    assert rows(note, "subject", ":identifier") == {(numbers.token("s", "1"),)}
    assert rows(note, "performer") == {(numbers.key("", "https://elsewhere.vn/fhir/Practitioner/1"),)}


def test_a_canonical_is_found_with_and_without_its_version():
    answers = {"resourceType": "QuestionnaireResponse", "id": "q", "questionnaire": "https://x.vn/Q|2"}

    assert rows(answers, "questionnaire") == {
        (numbers.key("", "https://x.vn/Q"),),
        (numbers.key("", "https://x.vn/Q|2"),),
    }


def test_a_quantity_is_found_by_its_code_and_by_the_unit_people_read():
    note = {
        "resourceType": "Observation",
        "id": "o",
        "valueQuantity": {"value": 120, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
    }

    assert rows(note, "value-quantity") == {
        (0, numbers.token("http://unitsofmeasure.org", "mm[Hg]"), 120.0),
        (0, numbers.token("", "mmHg"), 120.0),
    }


def test_each_component_pairs_its_own_code_with_its_own_value():
    def part(code: str, value: int) -> dict:
        return {"code": {"coding": [{"system": "l", "code": code}]}, "valueQuantity": {"value": value, "unit": "u"}}

    note = {"resourceType": "Observation", "id": "o", "component": [part("sys", 120), part("dia", 80)]}
    unit = numbers.token("", "u")

    assert rows(note, "component-code-value-quantity") == {
        (numbers.token("l", "sys"), unit, 120.0),
        (numbers.token("l", "dia"), unit, 80.0),
    }


def test_a_union_of_parameters_is_answered_from_their_rows_and_has_none():
    known = parameters("Observation")

    assert set(known["combo-code"].sources) == {known["code"].number, known["component-code"].number}
    assert set(known["combo-code-value-quantity"].sources) == {
        known["code-value-quantity"].number,
        known["component-code-value-quantity"].number,
    }
    assert not known["combo-value-quantity"].has_rows
    assert [code for code, one in known.items() if not one.has_rows] == [
        code for code in known if code.startswith("combo-")
    ]


def test_every_composite_of_r4_can_be_indexed():
    kinds = {"token", "quantity", "date", "string", "reference", "number"}
    for kind in TYPES:
        for one in parameters(kind).values():
            if one.type == "composite":
                assert one.component_types[0] == "token", (kind, one.code)
                assert set(one.component_types) <= kinds, (kind, one.code)
                assert len(one.component_types) == 2 or one.component_types[1:] == ("number", "number")


def test_what_is_not_said_is_indexed_only_where_the_parameter_says_so():
    person = {"resourceType": "Patient", "id": "p"}

    assert rows(person, "deceased") == {(numbers.token("", "false"),)}
    assert rows(person, "gender") == set()


def test_values_of_the_wrong_shape_are_left_out_and_break_nothing():
    broken = {
        "resourceType": "Patient",
        "id": "p",
        "name": ["text", 3, None],
        "birthDate": "khoảng 1950",
        "identifier": [{"value": 3}, "x"],
        "managingOrganization": {"reference": "???"},
        "address": [{"line": [None, "thôn 1"]}],
    }

    assert rows(broken, "birthdate") == set()
    assert "thon 1" in strings(broken, "address")
