"""Files of definitions/ with something wrong in a random place: read, or refused in words, never a crash."""

from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.access.roles import read_role
from ansinh.kernel.errors import Invalid
from ansinh.network.capability import definition as capability
from ansinh.network.facilities import definition as facilities
from ansinh.network.workforce import definition as workforce
from tests.support.spoiling import junk, places, spoiled, ways

FACILITIES = {
    "known_from": date(2016, 1, 1),
    "units": [
        {"code": "tinh", "name": "Tỉnh", "kind": "province-committee", "area": "37", "english": "Province"},
        {
            "code": "co-so",
            "name": "Cơ sở",
            "kind": "hospital",
            "from": date(2018, 1, 1),
            "authority": [{"parent": "tinh", "from": date(2018, 1, 1), "source": "QĐ 1", "verified": True}],
        },
        {"code": "cu", "name": "Cũ", "kind": "hospital", "from": date(2016, 1, 1), "to": date(2017, 12, 31)},
    ],
    "relations": [
        {"kind": "merged-into", "unit": "cu", "heir": "co-so", "date": date(2018, 1, 1), "duty": "", "source": "QĐ 1"}
    ],
}
WORKFORCE = {
    "id": "so-lieu",
    "source": "Phụ lục 1",
    "period": {"from": date(2020, 1, 1), "to": date(2020, 12, 31)},
    "facilities": [
        {
            "facility": "co-so",
            "total": 5,
            "level": [{"code": "university", "text": "Đại học", "value": 3}],
            "profession": [{"code": "doctor", "text": "Bác sĩ", "value": 2}],
        }
    ],
    "notes": [{"facility": "co-so", "text": "Ghi chú"}],
}
CAPABILITY = {
    "id": "file",
    "title": "Danh mục",
    "system": "technique",
    "source": "TT 1",
    "confirmed": True,
    "kinds": ["hospital"],
    "valid_from": date(2020, 1, 1),
    "items": [{"code": "1", "text": "Một", "group": "A", "required": True, "valid_to": date(2025, 1, 1)}],
}
ROLE = {
    "id": "file",
    "title": "Vai",
    "title_en": "Role",
    "scope": "unit",
    "persons": True,
    "resources": {"Patient": ["read", "search"]},
    "permissions": ["person.open"],
}

READERS = {
    "facilities": (FACILITIES, lambda path: facilities.read(path.parent)),
    "workforce": (WORKFORCE, workforce.read),
    "capability": (CAPABILITY, lambda path: capability.read(path, lambda name: [])),
    "role": (ROLE, read_role),
}


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
@settings(max_examples=120)
def test_file_with_one_wrong_place_is_read_or_refused_in_words(kind, data, tmp_path_factory):
    document, read = READERS[kind]
    way = data.draw(st.sampled_from(places(document)))
    made = spoiled(document, way, data.draw(junk), data.draw(ways))
    path = tmp_path_factory.getbasetemp() / kind / "file.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(made, allow_unicode=True, sort_keys=False), encoding="utf-8")

    refusal = refused(read, path)

    assert refusal is None or "file.yaml" in refusal.message or refusal.code == "facility-tree"
    assert refusal is None or all(problem.message for problem in refusal.problems)


def refused(read, path) -> Invalid | None:
    """The refusal of a file, None where it is read; any other error is a crash."""
    try:
        read(path)
    except Invalid as error:
        return error
    return None


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "x", "a: [", "\x00", "a: b: c", "12", "null", "? [a]\n: b\n"])
def test_file_that_is_no_table_is_refused_in_words(kind, text, tmp_path):
    _, read = READERS[kind]
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid, match=r"file\.yaml"):
        read(path)


@pytest.mark.parametrize("kind", READERS)
def test_file_that_is_not_utf8_is_refused_in_words(kind, tmp_path):
    _, read = READERS[kind]
    path = tmp_path / "file.yaml"
    path.write_bytes(b"id: \xff\xfe\n")

    with pytest.raises(Invalid, match=r"file\.yaml"):
        read(path)


@pytest.mark.parametrize("kind", READERS)
def test_good_file_is_read(kind, tmp_path):
    document, read = READERS[kind]
    path = tmp_path / "file.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")

    assert read(path)
