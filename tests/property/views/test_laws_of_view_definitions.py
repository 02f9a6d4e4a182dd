"""SQL-on-FHIR v2 as laws: what each word of a ViewDefinition does to the rows of random people, against plain loops.

Paths here are simple on purpose, so that the loops can be read at a glance: `column` picks, `forEach` unrolls,
`forEachOrNull` keeps who has nothing, `unionAll` puts one after the other, `where` leaves out, and selects side by
side multiply.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.views.reference import ViewError, compile_view, run
from ansinh.kernel.errors import UserError

words = st.sampled_from(["An", "Bình", "Ê-đê", ""]).filter(bool)
names = st.fixed_dictionaries({}, optional={"family": words, "given": st.lists(words, min_size=1, max_size=3)})
telecoms = st.fixed_dictionaries({"system": st.sampled_from(["phone", "email"])}, optional={"value": words})
contacts = st.fixed_dictionaries({}, optional={"telecom": st.lists(telecoms, min_size=1, max_size=2)})


def person(number: int, more: dict) -> dict:
    return {"resourceType": "Patient", "id": f"p{number}", **more}


people = st.lists(
    st.builds(
        person,
        st.integers(0, 9),
        st.fixed_dictionaries(
            {},
            optional={
                "active": st.booleans(),
                "gender": st.sampled_from(["male", "female"]),
                "birthDate": st.sampled_from(["1948", "1990-05-17"]),
                "name": st.lists(names.filter(bool), min_size=1, max_size=3),
                "contact": st.lists(contacts.filter(bool), min_size=1, max_size=2),
            },
        ),
    ),
    max_size=4,
    unique_by=lambda one: one["id"],
)


def column(path: str, name: str, **more: Any) -> dict:
    return {"path": path, "name": name, **more}


def view(*select: dict, **more: Any) -> dict:
    return {"resourceType": "ViewDefinition", "name": "v", "resource": "Patient", "select": list(select), **more}


ID = {"column": [column("id", "id")]}
FAMILY = {"column": [column("family", "family")]}


@given(people)
def test_columns_pick_one_value_or_nothing_of_each_person(people):
    rows = run(view({"column": [column("id", "id"), column("gender", "sex"), column("birthDate", "born")]}), people)

    assert rows == [{"id": one["id"], "sex": one.get("gender"), "born": one.get("birthDate")} for one in people]


@given(people)
def test_for_each_gives_a_row_for_each_element_and_none_for_who_has_none(people):
    rows = run(view(ID, {"forEach": "name", **FAMILY}), people)

    assert rows == [{"id": one["id"], "family": name.get("family")} for one in people for name in one.get("name", [])]


@given(people)
def test_for_each_or_null_keeps_who_has_none_in_one_row(people):
    rows = run(view(ID, {"forEachOrNull": "name", **FAMILY}), people)

    assert rows == [{"id": one["id"], "family": name.get("family")} for one in people for name in one.get("name", [{}])]


@given(people)
def test_for_each_within_for_each_unrolls_both(people):
    inner = {"forEach": "telecom", "column": [column("value", "value")]}
    rows = run(view(ID, {"forEach": "contact", "select": [inner]}), people)

    assert rows == [
        {"id": one["id"], "value": telecom.get("value")}
        for one in people
        for contact in one.get("contact", [])
        for telecom in contact.get("telecom", [])
    ]


@given(people)
def test_path_through_two_lists_is_one_list(people):
    apart = run(
        view(ID, {"forEach": "contact", "select": [{"forEach": "telecom", "column": [column("system", "s")]}]}), people
    )
    together = run(view(ID, {"forEach": "contact.telecom", "column": [column("system", "s")]}), people)

    assert together == apart


@given(people)
def test_selects_side_by_side_multiply(people):
    rows = run(
        view(ID, {"forEach": "name", **FAMILY}, {"forEach": "contact", "column": [column("telecom.count()", "n")]}),
        people,
    )

    assert rows == [
        {"id": one["id"], "family": name.get("family"), "n": len(contact.get("telecom", []))}
        for one in people
        for name in one.get("name", [])
        for contact in one.get("contact", [])
    ]


@given(people)
def test_union_puts_one_list_after_the_other_for_each_person(people):
    of_names = {"forEach": "name", "column": [column("family", "what")]}
    of_contacts = {"forEach": "contact.telecom", "column": [column("value", "what")]}
    rows = run(view(ID, {"unionAll": [of_names, of_contacts]}), people)

    assert rows == [
        {"id": one["id"], "what": what}
        for one in people
        for what in [
            *(name.get("family") for name in one.get("name", [])),
            *(telecom.get("value") for contact in one.get("contact", []) for telecom in contact.get("telecom", [])),
        ]
    ]


@given(people)
def test_union_of_one_part_is_that_part_and_of_two_in_turn_the_same_rows(people):
    first, second = {"forEach": "name", **FAMILY}, {"forEach": "name", "column": [column("family.upper()", "family")]}

    assert run(view(ID, {"unionAll": [first]}), people) == run(view(ID, first), people)
    one_way = run(view(ID, {"unionAll": [first, second]}), people)
    other_way = run(view(ID, {"unionAll": [second, first]}), people)
    assert sorted(map(repr, one_way)) == sorted(map(repr, other_way))


@given(people, st.sampled_from(["male", "female", "other"]))
def test_where_leaves_out_and_never_adds(people, sex):
    rows = run(view(ID, where=[{"path": f"gender = '{sex}'"}]), people)

    assert rows == [{"id": one["id"]} for one in people if one.get("gender") == sex]


@given(people)
def test_two_conditions_are_both_asked_for(people):
    where = [{"path": "active.exists()"}, {"path": "name.exists()"}]

    both = run(view(ID, where=where), people)

    assert both == [
        one for one in run(view(ID, where=where[:1]), people) if one in run(view(ID, where=where[1:]), people)
    ]


@given(people, words)
def test_constant_is_the_value_that_it_names(people, word):
    by_constant = run(
        view(ID, where=[{"path": "name.family contains %who"}], constant=[{"name": "who", "valueString": word}]), people
    )
    written = run(view(ID, where=[{"path": f"name.family contains '{word}'"}]), people)

    assert by_constant == written


@given(people)
def test_collection_holds_all_values_in_their_order(people):
    rows = run(view(ID, {"column": [column("name.given", "given", collection=True)]}), people)

    assert [row["given"] for row in rows] == [
        [given for name in one.get("name", []) for given in name.get("given", [])] for one in people
    ]


@given(people)
def test_index_of_a_row_counts_its_fellows_from_nought(people):
    rows = run(view(ID, {"forEach": "name", "column": [column("%rowIndex", "n")]}), people)

    assert rows == [{"id": one["id"], "n": n} for one in people for n in range(len(one.get("name", [])))]


@given(people)
def test_rows_of_all_are_the_rows_of_each_one_after_the_other(people):
    definition = view(ID, {"forEachOrNull": "name", **FAMILY})
    compiled = compile_view(definition)

    whole = [tuple(row.values()) for row in run(definition, people)]

    assert whole == [row for one in people for row in compiled.rows(one)]


@given(people)
def test_one_value_where_there_are_several_is_refused_and_not_picked(people):
    definition = view({"column": [column("name.given", "given")]})
    several = any(sum(len(name.get("given", [])) for name in one.get("name", [])) > 1 for one in people)

    if several:
        with pytest.raises(ViewError):
            run(definition, people)
    else:
        assert len(run(definition, people)) == len(people)


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"resource": "Patient"},
        view(),
        view({"column": [{"name": "x"}]}),
        view({"column": [{"path": "id"}]}),
        view({"column": [column("id", "1x")]}),
        view({"column": [column("id", "x; DROP TABLE resource")]}),
        view({"column": [column("id", "x"), column("gender", "x")]}),
        view(ID, ID),
        view({"column": [column("(((", "x")]}),
        view({"column": [column("%unknown", "x")]}),
        view({"unionAll": [{"column": [column("id", "a")]}, {"column": [column("id", "b")]}]}),
        view({"forEach": "((", "column": [column("id", "x")]}),
        view(ID, where=[{"path": "(("}]),
        view(ID, resource="Person1"),
        view(ID, constant=[{"name": "1", "valueString": "x"}]),
        view(ID, constant=[{"name": "x"}]),
    ],
)
def test_definition_that_cannot_be_is_refused_before_any_row(definition):
    with pytest.raises(UserError) as refusal:
        compile_view(definition)

    assert refusal.value.message.endswith(".")
