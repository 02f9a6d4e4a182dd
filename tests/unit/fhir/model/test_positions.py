import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.fhir.model.positions import Positions, locate, mark, steps

BODY = """{
  "resourceType": "Patient",
  "name": [
    {"family": "Trần", "given": ["Thị", "Sáu"]},
    {"text": "Sáu \\"bộ đội\\"", "given": ["A", "B"],
     "_given": [null, {"extension": [{"url": "x"}]}]}
  ],
  "birthDate": "1948",
  "_birthDate": {"extension": [{"url": "y"}]},
  "deceasedBoolean": false,
  "contact": [],
  "contained": [{"resourceType": "Observation",
     "valueQuantity": {"value": 1e999}}]
}
""".encode()


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("Patient", (1, 1)),
        ("resourceType", (2, 19)),
        ("Patient.name", (3, 11)),
        ("Patient.name[0]", (4, 5)),
        ("Patient.name[0].family", (4, 16)),
        ("Patient.name[0].given[1]", (4, 41)),
        ("Patient.name.family", (4, 16)),
        ("Patient.name[1].given[0]", (5, 42)),
        ("Patient.name[1]._given[1].extension[0].url", (6, 46)),
        ("Patient.birthDate", (8, 16)),
        ("Patient.birthDate.extension[0].url", (9, 40)),
        ("Patient.deceased", (10, 22)),
        ("Patient.deceased[x]", (10, 22)),
        ("Patient.contact[0].name", (11, 14)),
        ("Patient.contained[0].value.ofType(Quantity).value", (13, 33)),
        ("Patient.contained[0].value.unit", (13, 23)),
        ("Patient.gender", (1, 1)),
        ("Patient.name[7].family", (3, 11)),
        ("", (1, 1)),
        ("(some | thing)", (1, 1)),
    ],
)
def test_locate_element_gives_line_and_column_of_its_value(expression, place):
    assert locate(BODY, expression) == place


def test_locate_with_base_looks_within_the_resource_there():
    body = b'{"resourceType": "Parameters",\n "parameter": [{"name": "resource",\n  "resource": {"status": "x"}}]}'

    assert locate(body, "Observation.status", "Parameters.parameter[0].resource") == (3, 26)


@pytest.mark.parametrize("body", [b"", b"   ", b"{", b'{"a" 1}', b'{"a": 1,}', b"[1 2]", b'{"a": tru}', b"\xff"])
def test_locate_body_that_is_no_json_never_raises(body):
    assert locate(body, "Patient.a[0].b") in (None, (1, 1), (1, 7))


def test_locate_counts_characters_not_bytes():
    assert locate('{"ghi chú": "Đắk Nông", "b": 1}'.encode(), "b") == (1, 30)


def test_locate_byte_order_mark_is_not_counted():
    assert locate(b'\xef\xbb\xbf{"a": 1}', "a") == (1, 7)


def test_mark_issues_have_location_and_extensions():
    outcome = {"resourceType": "OperationOutcome", "issue": [{"expression": ["Patient.birthDate"]}, {"code": "x"}]}

    marked = mark(outcome, BODY)["issue"]

    assert marked[0]["location"] == ["Line[8] Col[16]"]
    assert [one["valueInteger"] for one in marked[0]["extension"]] == [8, 16]
    assert [one["url"].rpartition("-")[2] for one in marked[0]["extension"]] == ["line", "col"]
    assert marked[1] == {"code": "x"}


def test_steps_of_a_path_keep_positions_and_stop_at_what_is_no_path():
    assert steps("Bundle.entry[3].resource.value.ofType(Quantity).unit") == [
        "Bundle", "entry", 3, "resource", "value", "unit",
    ]  # fmt: skip
    assert steps("Patient.name.all($this)") == ["Patient", "name"]


def test_positions_many_places_of_a_large_body_scan_it_a_few_times():
    body = json.dumps({"entry": [{"resource": {"id": str(number), "text": "ờ" * 200}} for number in range(20_000)]})
    positions = Positions(body)
    begun = time.process_time()
    json.loads(body)
    positions.locate("Bundle.entry[0]")
    once = time.process_time() - begun

    begun = time.process_time()
    places = [positions.locate(f"Bundle.entry[{number}].resource.text") for number in range(0, 20_000, 100)]

    assert len(set(places)) == 200
    assert time.process_time() - begun < max(once, 0.05) * 2


_names = st.text("abcxyz", min_size=1, max_size=4)
_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=15,
)


def _paths(value, path):
    yield path, value
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _paths(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            if not path.endswith("]"):
                yield from _paths(below, f"{path}[{index}]")


@given(st.dictionaries(_names, _values, min_size=1, max_size=4), st.sampled_from([None, 0, 1, 3]))
def test_locate_any_place_is_where_its_value_begins(value, indent):
    import json as standard

    text = standard.dumps(value, indent=indent, ensure_ascii=False)
    lines = text.split("\n")
    positions = Positions(text.encode())

    for path, below in _paths(value, ""):
        line, column = positions.locate(path)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert standard.JSONDecoder().raw_decode(rest)[0] == below
