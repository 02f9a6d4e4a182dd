"""What FHIRPath means on a small record: expression in, values out. The official suite covers the language itself;
these tables are about what An Sinh asks of it."""

from decimal import Decimal

import pytest

from ansinh.fhir.path import PathError, evaluate

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1948-03",
    "_birthDate": {"extension": [{"url": "https://example.org/how-known", "valueCode": "papers"}]},
    "deceasedBoolean": False,
    "name": [
        {"use": "official", "text": "Nguyễn Văn An", "family": "Nguyễn", "given": ["Văn", "An"]},
        {"use": "old", "text": "An", "given": [None, "An"], "_given": [{"id": "g"}, None]},
    ],
    "telecom": [{"system": "phone", "value": "0912"}, {"system": "email", "value": "a@example.org"}],
    "generalPractitioner": [{"reference": "Practitioner/x"}, {"reference": "Organization/y"}, {"reference": "#c1"}],
    "contained": [{"resourceType": "Practitioner", "id": "c1", "active": True}],
    "extension": [
        {"url": "https://example.org/disability", "extension": [{"url": "level", "valueInteger": 2}]},
    ],
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "effectiveDateTime": "2025-07-01T08:00:00+07:00",
    "component": [
        {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": {"value": Decimal("150.0"), "code": "mm[Hg]"}},
        {"code": {"coding": [{"code": "8462-4"}]}, "valueQuantity": {"value": 95, "code": "mm[Hg]"}},
    ],
}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("Patient.name.where(use = 'official').given", ["Văn", "An"]),
        ("name.given", ["Văn", "An", "An"]),
        ("name.given.count()", [4]),
        ("name[1].given.hasValue()", [False]),
        ("name[1].given[1]", ["An"]),
        ("name.select(given.first() & ' ' & use)", ["Văn official", " old"]),
        ("birthDate", ["1948-03"]),
        ("birthDate.extension('https://example.org/how-known').value", ["papers"]),
        ("birthDate < @1950", [True]),
        ("birthDate <= @1948-03-15", []),
        ("birthDate + 2 years", ["1950-03"]),
        ("birthDate.lowBoundary()", ["1948-03-01"]),
        ("deceased", [False]),
        ("deceased.exists() and deceased != false", [False]),
        ("deceased is boolean", [True]),
        ("deceased is dateTime", [False]),
        ("Patient.telecom.where(system = 'phone').value", ["0912"]),
        ("generalPractitioner.where(resolve() is Practitioner).reference", ["Practitioner/x", "#c1"]),
        ("generalPractitioner.resolve().active", [True]),
        ("generalPractitioner.getReferenceKey(Organization)", ["y"]),
        ("extension('https://example.org/disability').extension('level').value", [2]),
        ("extension.extension.value + 1", [3]),
        ("contained.ofType(Practitioner).id", ["c1"]),
        ("contained.ofType(Patient).id", []),
        ("Observation.id", []),
        ("Resource.id | DomainResource.id", ["p1"]),
        ("nothing.at.all", []),
        ("name.exists(use = 'old' and given.count() > 1)", [True]),
        ("%context.id = %resource.id", [True]),
        ("name.defineVariable('n', 'x').select(%n & use)", ["xofficial", "xold"]),
        ("name.text.defineVariable('all').first().select(%all.count())", [2]),
        ("descendants().where($this is Extension).url.distinct().count()", [3]),
        ("type().name", ["Patient"]),
        ("name.first().type().name", ["HumanName"]),
        ("iif(name.exists(), name.first().text, 'không tên')", ["Nguyễn Văn An"]),
        ("name.text.first().upper()", ["NGUYỄN VĂN AN"]),
        ("name.use.join(',')", ["official,old"]),
        ("'Nguyễn Văn An'.split(' ').last()", ["An"]),
        ("(1.10 + 2.2).toString()", ["3.30"]),
        ("0.1 + 0.2 = 0.3", [True]),
    ],
)
def test_expression_on_a_patient_gives(expression, values):
    assert evaluate(expression, PATIENT) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("Observation.component.where(code.coding.exists(code = '8480-6')).value.value", [Decimal("150.0")]),
        ("component.value.ofType(Quantity).value", [Decimal("150.0"), 95]),
        ("component.value.where($this > 100 'mm[Hg]').code", ["mm[Hg]"]),
        ("component.value.select($this = 12.66559 'kPa')", [False, True]),
        ("component.value.value.sum() / 2", [Decimal("122.5")]),
        ("component.value.value.max()", [Decimal("150.0")]),
        ("effective", ["2025-07-01T08:00:00+07:00"]),
        ("effective = @2025-07-01T01:00:00Z", [True]),
        ("effective.ofType(Period)", []),
        ("effective.toDate()", ["2025-07-01"]),
        ("code.coding.where(system = %loinc).code", ["85354-9"]),
        ("component.code.coding.code contains '8462-4'", [True]),
    ],
)
def test_expression_on_an_observation_gives(expression, values):
    assert evaluate(expression, OBSERVATION) == values


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("name.single()", "execution"),
        ("component.valueQuantity", "semantic"),
        ("valueQuantity.exists()", "semantic"),
        ("code.coding.code + 1", "execution"),
        ("status < 5", "execution"),
        ("%unknown", "semantic"),
        ("component.value.as(Quantity)", "execution"),
        ("'a'.matches('(')", "execution"),
        ("iif('x', 1, 2)", "execution"),
    ],
)
def test_expression_that_does_not_fit_raises_path_error_with_itself(expression, code):
    resource = PATIENT if expression.startswith("name") else OBSERVATION
    with pytest.raises(PathError) as raised:
        evaluate(expression, resource)

    assert raised.value.code == code
    assert expression in raised.value.message
