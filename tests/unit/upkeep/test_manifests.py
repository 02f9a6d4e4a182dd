"""Which segments a restore takes, as a table: chains, gaps, positions."""

import msgspec
import pytest

from ansinh.kernel.errors import Invalid, NotFound
from ansinh.upkeep.backup import manifests
from ansinh.upkeep.backup.manifests import Manifest

OLD, NEW = "20261101T000000Z", "20261110T000000Z"


def segment(chain: str, number: int, after: int, upto: int, node: str = "aaaaaaaa") -> Manifest:
    before = f"{after:064x}" if after else ""
    return Manifest(
        format=1, node=node, chain=chain, number=number, after=after, upto=upto, before=before, hash=f"{upto:064x}",
        at="2026-11-01T00:00:00+07:00", release="0.1.0", vendor="sqlite", sealed_for="age1", migrations=[], tables={},
        growing={},
    )  # fmt: skip


CHAINS = [
    segment(OLD, 0, 0, 100), segment(OLD, 1, 100, 150), segment(OLD, 2, 150, 150),
    segment(NEW, 0, 0, 160), segment(NEW, 1, 160, 200),
]  # fmt: skip


@pytest.mark.parametrize(
    ("position", "chain", "expected"),
    [
        (None, "", [(NEW, 0), (NEW, 1)]),
        (200, "", [(NEW, 0), (NEW, 1)]),
        (170, "", [(NEW, 0), (NEW, 1)]),
        (160, "", [(NEW, 0)]),
        (1, "", [(NEW, 0)]),
        (None, OLD, [(OLD, 0), (OLD, 1), (OLD, 2)]),
        (150, OLD, [(OLD, 0), (OLD, 1)]),
        (100, OLD, [(OLD, 0)]),
    ],
)
def test_segments_of_a_position(position, chain, expected):
    found = manifests.wanted(list(reversed(CHAINS)), position=position, chain=chain)

    assert [(one.chain, one.number) for one in found] == expected


@pytest.mark.parametrize(
    ("given", "position", "words"),
    [
        ([], None, "Không có bản sao lưu nào"),
        (CHAINS, 201, "chỉ đến mục 200"),
    ],
)
def test_what_is_not_there_is_told(given, position, words):
    with pytest.raises(NotFound, match=words):
        manifests.wanted(given, position=position)


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ([segment(OLD, 1, 100, 150)], "thiếu phần 000000"),
        ([segment(OLD, 0, 0, 100), segment(OLD, 2, 150, 160)], "thiếu phần 000001"),
        ([segment(OLD, 0, 0, 100), segment(OLD, 1, 90, 150)], "không nối tiếp"),
        ([segment(OLD, 0, 0, 100), msgspec.structs.replace(segment(OLD, 1, 100, 150), before="ff")], "không nối tiếp"),
        ([segment(OLD, 0, 0, 100), segment(OLD, 1, 100, 90)], "không nối tiếp"),
    ],
    ids=["first", "middle", "overlap", "another journal", "backwards"],
)
def test_chain_with_a_gap_is_refused(chain, words):
    with pytest.raises(Invalid, match=words):
        manifests.check_chain(chain)


def test_manifest_is_read_as_it_was_written():
    one = CHAINS[1]

    assert manifests.read(one.told(), f"{one.name}.json") == one
    assert manifests.is_manifest(f"{one.name}.json")
    assert not manifests.is_manifest(one.segment)


@pytest.mark.parametrize(
    ("raw", "name", "words"),
    [
        (b"", CHAINS[0].name, "không đọc được"),
        (b"{}", CHAINS[0].name, "không đọc được"),
        (b"\xff\xfe", CHAINS[0].name, "không đọc được"),
        (CHAINS[0].told(), CHAINS[1].name, "không phải của phần"),
        (msgspec.structs.replace(CHAINS[0], format=2).told(), CHAINS[0].name, "chưa biết"),
        (CHAINS[0].told().replace(b"{", b'{"more": 1,', 1), CHAINS[0].name, "không đọc được"),
    ],
    ids=["empty", "without fields", "no text", "another's name", "later form", "one field more"],
)
def test_what_is_no_manifest_is_refused(raw, name, words):
    with pytest.raises(Invalid, match=words):
        manifests.read(raw, f"{name}.json")


def test_signed_bytes_change_with_every_field_but_the_signature():
    one = CHAINS[1]
    changed = [
        ("node", "bbbbbbbb"),
        ("upto", 151),
        ("hash", "x"),
        ("size", 1),
        ("sha256", "x"),
        ("migrations", ["a.b"]),
    ]

    assert {
        msgspec.structs.replace(one, **{name: value}).signed_bytes() == one.signed_bytes() for name, value in changed
    } == {False}
    assert msgspec.structs.replace(one, signature="x").signed_bytes() == one.signed_bytes()
