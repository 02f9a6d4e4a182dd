"""The inside of a segment: what goes in comes out, and nothing comes out of what was cut, changed or another's."""

import io

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.upkeep.backup import frames

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
VALUE = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20) | st.binary(max_size=50)
ROWS = st.lists(st.lists(VALUE, max_size=4), max_size=6)


def sealed(told: list) -> bytes:
    file = io.BytesIO()
    frames.write([*told, ["end", {}]], file, RECIPIENT)
    return file.getvalue()


def opened(raw: bytes, identity: str = str(IDENTITY)) -> list:
    found: list = []
    frames.read(io.BytesIO(raw), identity, found.append)
    return found[:-1]


@given(st.lists(ROWS.map(lambda rows: ["rows", "t", rows]), max_size=5))
def test_frames_come_back_as_they_were(told):
    assert opened(sealed(told)) == told


def test_frames_larger_than_a_chunk_of_age_come_back():
    told = [["rows", "t", [[bytes([number]) * 100_000]]] for number in range(5)]

    assert opened(sealed(told)) == told


def test_inside_is_not_to_be_read_without_the_key():
    raw = sealed([["rows", "t", [["Quàng Thị Bồng Lai"] * 3]]])

    assert "Quàng".encode() not in raw
    with pytest.raises(frames.Cut, match="không mở được"):
        opened(raw, str(pyrage.x25519.Identity.generate()))


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_segment_that_is_cut_is_refused(kept):
    raw = sealed([["rows", "t", [[bytes(range(256)) * 800]]]])

    with pytest.raises(frames.Cut):
        opened(raw[: int(len(raw) * kept)])


@given(st.integers(0, 10_000))
def test_one_changed_bit_is_refused(at):
    raw = bytearray(sealed([["rows", "t", [["một", 2, b"ba"]]]]))
    raw[at % len(raw)] ^= 1

    with pytest.raises(frames.Cut):
        opened(bytes(raw))


def test_frames_without_their_end_are_refused():
    file = io.BytesIO()
    frames.write([["rows", "t", []]], file, RECIPIENT)

    with pytest.raises(frames.Cut, match="thiếu đoạn cuối"):
        opened(file.getvalue())


def test_what_is_no_compressed_stream_is_refused():
    with pytest.raises(frames.Cut):
        opened(pyrage.encrypt(b"not deflated at all", [IDENTITY.to_public()]))


def test_error_in_making_a_frame_is_raised_as_it_is():
    def broken():
        yield ["head", {}]
        raise LookupError("giữa chừng")

    with pytest.raises(LookupError, match="giữa chừng"):
        frames.write(broken(), io.BytesIO(), RECIPIENT)


def test_age_alone_opens_a_segment():
    """The file is plain age: the tool of that name needs nothing of ours."""
    import zlib

    raw = pyrage.decrypt(sealed([["head", {"a": 1}]]), [IDENTITY])

    assert b"head" in zlib.decompress(raw)
