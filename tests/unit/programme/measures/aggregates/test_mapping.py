"""The mapping file: every name it gives must exist, and none may be ambiguous."""

from pathlib import Path

import pytest
import yaml

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import files
from ansinh.programme.measures.aggregates import mapping

DEFINITIONS = Path(__file__).parents[5] / "definitions"
MEASURES = {
    path.parent.name: files.read(path)
    for path in files.measure_files(DEFINITIONS / "measures")
    if path.parent.name in ("people-served", "insurance-coverage")
}
GOOD = {
    "id": "thu",
    "title": "Thử",
    "data_set": "AS",
    "units": {"tinh-a": "VN_1", "co-so-b": "VN_2"},
    "elements": [
        {"measure": "people-served", "part": "numerator", "element": "N"},
        {"measure": "people-served", "part": "numerator", "element": "N_GIOI", "by": "sex", "category": "GIOI",
         "options": {"male": "NAM", "female": "NU"}},
    ],
}  # fmt: skip


def read(tmp_path, data, measures=MEASURES):
    path = tmp_path / "doi-chieu.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return mapping.read(path, measures)


def changed(index=0, **values):
    rows = [dict(row) for row in GOOD["elements"]]
    rows[index] = {key: value for key, value in (rows[index] | values).items() if value is not None}
    return GOOD | {"elements": rows}


def test_mapping_that_is_shipped_names_what_there_is():
    known = {path.parent.name: files.read(path) for path in files.measure_files(DEFINITIONS / "measures")}

    for path in (DEFINITIONS / "exchange").glob("*.yaml"):
        found = mapping.read(path, known)
        assert found.id == path.stem
        assert set(found.measures()) <= set(known)


def test_good_mapping_is_read(tmp_path):
    found = read(tmp_path, GOOD)

    assert found.units == {"tinh-a": "VN_1", "co-so-b": "VN_2"}
    assert found.measures() == ["people-served"]
    assert dict(found.elements[1].options) == {"male": "NAM", "female": "NU"}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], r"\$"),
        ({key: value for key, value in GOOD.items() if key != "units"}, "units"),
        (GOOD | {"unit": {}}, "unit"),
        (GOOD | {"units": {"tinh-a": "VN_1", "co-so-b": "VN_1"}}, "units"),
        (changed(measure="khong-co"), r"elements\[0\]\.measure"),
        (changed(part="giữa"), r"elements\[0\]\.part"),
        (changed(part="denominator"), r"elements\[0\]\.part"),
        (changed(1, by="màu"), r"elements\[1\]\.by"),
        (changed(1, options=None), r"elements\[1\]\.options"),
        (changed(1, category=None), r"elements\[1\]\.options"),
        (changed(0, options={"male": "NAM"}), r"elements\[0\]\.options"),
        (changed(1, options={"male": "X", "female": "X"}), None),
        (GOOD | {"elements": [*GOOD["elements"], GOOD["elements"][0]]}, r"elements\[2\]\.element"),
        (GOOD | {"elements": [*GOOD["elements"], GOOD["elements"][1]]}, r"elements\[2\]\.element"),
    ],
)
def test_mapping_that_does_not_fit_is_refused_with_its_place(tmp_path, data, place):
    with pytest.raises(Invalid, match=f"doi-chieu.yaml: {place or 'elements'}"):
        read(tmp_path, data)
