"""Blocks of whole lines: every line once, with its number, from any place a job stands at."""

from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.bulk import lines
from ansinh.fhir.bulk.lines import blocks

LINE = st.binary(max_size=12).map(lambda data: data.replace(b"\n", b""))


def numbered(path, *arguments, **named):
    """(number, line) of every line."""
    return [
        (block.line + place, line)
        for block in blocks(path, *arguments, **named)
        for place, line in enumerate(block.lines)
    ]


@given(each=st.lists(LINE, min_size=1, max_size=12), size=st.integers(1, 40), ended=st.booleans())
def test_blocks_hold_every_line_once_with_its_number(tmp_path_factory, each, size, ended):
    path = tmp_path_factory.mktemp("lines") / "x.ndjson"
    path.write_bytes(b"\n".join(each) + (b"\n" if ended or not each[-1] else b""))

    assert numbered(path, size=size) == list(enumerate(each, 1))


@given(each=st.lists(LINE, min_size=2, max_size=12), size=st.integers(1, 20))
def test_blocks_go_on_behind_any_block(tmp_path_factory, each, size):
    path = tmp_path_factory.mktemp("lines") / "x.ndjson"
    path.write_bytes(b"\n".join(each) + b"\n")

    for block in list(blocks(path, size=size)):
        behind = block.line + len(block.lines)
        assert numbered(path, block.end, behind, size=size) == list(enumerate(each, 1))[behind - 1 :]


def test_empty_file_has_no_blocks(tmp_path):
    (tmp_path / "x").write_bytes(b"")

    assert list(blocks(tmp_path / "x")) == []


def test_line_that_is_too_long_counts_as_an_empty_one(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST_LINE", 20)
    path = tmp_path / "x"

    for giant in (b"x" * 21, b"x" * 50, b"x" * 100):
        path.write_bytes(b"one\n" + giant + b"\nthree\n")
        for size in (1, 3, 4, 5, 30, 1000):
            assert numbered(path, size=size) == [(1, b"one"), (2, b""), (3, b"three")]
