from decimal import Decimal

import pytest

from ansinh.fhir.path import PathError
from ansinh.fhir.views.reference import ViewError, compile_view, run

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1948",
    "name": [{"use": "official", "family": "Nguyễn", "given": ["Văn", "An"]}, {"use": "old"}],
    "extension": [{"url": "http://group", "valueCode": "merit"}],
}
NOBODY = {"resourceType": "Patient", "id": "p2"}


def view(*select, **more):
    return {"name": "v", "resource": "Patient", "select": list(select), **more}


def column(path, name="c", **more):
    return {"path": path, "name": name, **more}


def test_rows_are_tuples_in_the_order_of_the_columns():
    compiled = compile_view(
        view({"column": [column("getResourceKey()", "id", type="string"), column("birthDate", "born", type="date")]})
    )

    assert [(one.name, one.type) for one in compiled.columns] == [("id", "string"), ("born", "date")]
    assert compiled.rows(PATIENT) == [("p1", "1948")]
    assert compiled.rows(NOBODY) == [("p2", None)]


def test_rows_of_another_resource_type_are_none():
    assert compile_view(view({"column": [column("id")]})).rows({"resourceType": "Person", "id": "x"}) == []


def test_for_each_drops_and_for_each_or_null_keeps_who_has_nothing():
    names = {"column": [column("family", "f"), column("%rowIndex", "n")]}
    ids = {"column": [column("id", "id")]}

    assert run(view(ids, {"forEach": "name", **names}), [PATIENT, NOBODY]) == [
        {"id": "p1", "f": "Nguyễn", "n": 0},
        {"id": "p1", "f": None, "n": 1},
    ]
    assert run(view(ids, {"forEachOrNull": "name", **names}), [NOBODY]) == [{"id": "p2", "f": None, "n": 0}]


def test_element_rows_reach_the_resource_and_constants():
    rows = run(
        view(
            {
                "forEach": "name.where(use = %use)",
                "column": [column("%resource.id & '-' & use", "key"), column("given", "given", collection=True)],
            },
            constant=[{"name": "use", "valueCode": "official"}],
        ),
        [PATIENT],
    )

    assert rows == [{"key": "p1-official", "given": ["Văn", "An"]}]


def test_choice_elements_inside_for_each_know_their_type():
    observation = {
        "resourceType": "Observation",
        "component": [{"valueQuantity": {"value": Decimal("36.60")}}, {"valueString": "x"}],
    }
    definition = {
        "resource": "Observation",
        "select": [{"forEach": "component", "column": [column("value.ofType(Quantity).value")]}],
    }

    assert [str(row["c"]) for row in run(definition, [observation])] == ["36.60", "None"]


def test_for_each_over_several_types_reads_each_by_its_own():
    definition = view({"forEach": "name | extension", "column": [column("family | url")]})

    assert [row["c"] for row in run(definition, [PATIENT])] == ["Nguyễn", None, "http://group"]


def test_for_each_over_primitives_gives_each_value():
    assert [row["c"] for row in run(view({"forEach": "name.given", "column": [column("$this")]}), [PATIENT])] == [
        "Văn",
        "An",
    ]


def test_where_keeps_only_what_holds():
    definition = view({"column": [column("id")]}, where=[{"path": "name.exists()"}, {"path": "birthDate < @1950"}])

    assert run(definition, [PATIENT, NOBODY]) == [{"c": "p1"}]


def test_repeat_goes_down_parents_before_children():
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [{"linkId": "1", "item": [{"linkId": "1.1"}], "answer": [{"item": [{"linkId": "1.a"}]}]}],
    }
    definition = {
        "resource": "QuestionnaireResponse",
        "select": [{"repeat": ["item", "answer.item"], "column": [column("linkId"), column("%rowIndex", "n")]}],
    }

    assert [(row["c"], row["n"]) for row in run(definition, [response])] == [("1", 0), ("1.1", 1), ("1.a", 2)]


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ({}, "resource"),
        ({"resource": "Nothing", "select": [{"column": [column("id")]}]}, "resource"),
        (view(), "select"),
        (view({"column": [column("id"), column("id")]}), "column"),
        (view({"column": [column("id", "no name")]}), "column"),
        (view({"column": [column(None)]}), "column"),
        (view({"column": "id"}), "column"),
        (view({"forEach": "name", "forEachOrNull": "name", "column": [column("use")]}), "forEachOrNull"),
        (view({"repeat": "name", "column": [column("use")]}), "repeat"),
        (view({"unionAll": [{"column": [column("id", "a")]}, {"column": [column("id", "b")]}]}), "unionAll"),
        (view({"column": [column("id")]}, where=[{"path": "name.family"}]), "where"),
        (view({"column": [column("id")]}, constant=[{"name": "x"}]), "constant"),
    ],
)
def test_definition_that_is_wrong_is_refused_with_its_place(definition, place):
    with pytest.raises(ViewError) as raised:
        compile_view(definition)

    assert raised.value.field == place


@pytest.mark.parametrize("path", ["@@", "nothing()", "%unknown", "name.("])
def test_expression_that_is_wrong_is_refused_before_any_data(path):
    with pytest.raises(PathError):
        compile_view(view({"column": [column(path)]}))


def test_two_values_in_a_column_for_one_are_refused_by_name():
    with pytest.raises(ViewError) as raised:
        run(view({"column": [column("name.use", "uses")]}), [PATIENT])

    assert raised.value.field == "uses"
    assert "Nguyễn" not in raised.value.message


def test_condition_that_is_no_truth_value_is_refused():
    with pytest.raises(ViewError):
        run(view({"column": [column("id")]}, where=[{"path": "name.count()"}]), [PATIENT])
