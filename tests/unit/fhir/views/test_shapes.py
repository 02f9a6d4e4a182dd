"""Which views can be told before the store has written its part into a resource."""

import pytest

from ansinh.fhir.views import shapes

PERSON = {"resourceType": "Patient", "id": "p", "gender": "male", "name": [{"given": ["A", "B"]}]}


def view(path: str, *, where: str = "", **column) -> shapes.Shape:
    return shapes.shape(
        {
            "name": "one",
            "resource": "Patient",
            "where": [{"path": where}] if where else [],
            "select": [{"column": [{"name": "id", "path": "getResourceKey()"}, {"name": "x", "path": path, **column}]}],
        }
    )


@pytest.mark.parametrize(
    ("path", "where", "told"),
    [
        ("gender", "", [("p", "male")]),
        ("gender", "gender = 'male'", [("p", "male")]),
        ("gender", "gender = 'female'", []),
        ("meta.versionId", "", None),
        ("gender", "meta.tag.exists()", None),
        ("children().count()", "", None),
        ("descendants().count()", "", None),
        ("$this.gender", "", None),
        ("%resource.gender", "", None),
        ("where(gender = 'male')", "", None),
        ("Patient", "", None),
    ],
)
def test_only_a_view_that_cannot_see_meta_is_foretold(path, where, told):
    shape = view(path, where=where)

    assert shape.foretold(PERSON) == told
    assert told is None or shape.rows(PERSON) == told


def test_list_of_values_waits_for_the_write():
    shape = view("name.given", collection=True)

    assert shape.foretold(PERSON) is None
    assert shape.rows(PERSON) == [("p", '["A","B"]')]
