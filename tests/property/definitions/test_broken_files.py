"""Files of definitions/ with something wrong in a random place: read, or refused in words, never a crash."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.kernel.errors import UserError
from tests.support.definition_files import KINDS
from tests.support.spoiling import junk, places, spoiled, ways


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def named(kind) -> str:
    """What a message calls the file: a measure by its folder, others by their name alone."""
    return "file/measure.yaml" if kind.place.endswith("measure.yaml") else kind.place.rpartition("/")[2]


def refused(kind, path) -> UserError | None:
    """The refusal of a file, None where it is read; any other error is a crash."""
    try:
        kind.read(path)
    except UserError as error:
        return error
    return None


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@settings(max_examples=120)
def test_file_with_one_wrong_place_is_read_or_refused_in_words(name, data, tmp_path_factory):
    kind = KINDS[name]
    way = data.draw(st.sampled_from(places(kind.document)))
    made = spoiled(kind.document, way, data.draw(junk), data.draw(ways))

    refusal = refused(kind, kind.write(tmp_path_factory.getbasetemp() / name.replace(" ", "-"), made))

    # What is wrong with the tree as a whole is told of its units: a unit may stand in several files.
    assert refusal is None or named(kind) in refusal.message or refusal.code == "facility-tree"
    assert refusal is None or all(problem.message for problem in refusal.problems)


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "x", "a: [", "\x00", "a: b: c", "12", "? [a]\n: b\n", "a: &b *b\n"])
def test_file_that_is_no_table_is_refused_by_name(kind, text, tmp_path):
    refusal = refused(kind, kind.write_text(tmp_path, text))

    assert refusal is not None
    assert named(kind) in refusal.message


@pytest.mark.parametrize("text", ["", "null", "# chỉ có lời\n"])
def test_file_without_content_is_refused_by_name(kind, text, tmp_path):
    refusal = refused(kind, kind.write_text(tmp_path, text))

    assert refusal is not None
    assert named(kind) in refusal.message


def test_file_that_breaks_off_is_refused_with_its_line(kind, tmp_path):
    refusal = refused(kind, kind.write_text(tmp_path, "một: 1\nhai: 2\nba: [1, 2\nbốn: 4\n"))

    assert named(kind) in refusal.message
    assert "dòng 4" in refusal.message


def test_file_that_is_not_utf8_is_refused_by_name(kind, tmp_path):
    refusal = refused(kind, kind.write_text(tmp_path, "tên: Đắk Nông\n".encode("utf-16")))

    assert refusal is not None
    assert named(kind) in refusal.message


def test_good_file_is_read(kind, tmp_path):
    assert kind.read(kind.write(tmp_path, kind.document))


# Tables whose keys are names of somebody's choice.
FREE = {"missing", "values", "rows", "strata", "properties", "groups", "resources"}
OPEN_KINDS = {"view", "search parameter", "stratifiers"}  # FHIR's and SQL-on-FHIR's own resources, and names at the top


@pytest.mark.parametrize("name", [name for name in KINDS if name not in OPEN_KINDS])
def test_key_that_nobody_knows_is_refused_at_its_place(name, tmp_path):
    """A key with a slip of the pen would be left out in silence, and what it was to say would be lost."""
    kind = KINDS[name]

    for way in tables(kind.document):
        refusal = refused(kind, kind.write(tmp_path, with_key(kind.document, way)))
        assert refusal is not None, way
        assert any("tittle" in f"{problem.expression} {problem.message}" for problem in refusal.problems), way


def tables(document) -> list[tuple]:
    """The way to each table of a document whose keys are fixed."""
    return [way for way in places(document) if isinstance(inner(document, way), dict) and not FREE & set(way)]


def inner(document, way):
    for key in way:
        document = document[key]
    return document


def with_key(document, way):
    made = copy.deepcopy(document)
    inner(made, way)["tittle"] = "x"
    return made
