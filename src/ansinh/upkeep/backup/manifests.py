"""What stands beside each segment, open and signed: where it belongs, how large it is, what it holds how often.

    <node>-<chain>-000000.age   everything up to position 5,120
    <node>-<chain>-000000.json  its manifest
    <node>-<chain>-000001.age   positions 5,121 to 5,300, and tables that changed

No name and no number of a person stands in a manifest.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ansinh.kernel.errors import Invalid, NotFound
from ansinh.upkeep.backup import keys

FORMAT = 1
_NAME = re.compile(r"(?P<node>[0-9a-f]{8})-(?P<chain>[0-9]{8}T[0-9]{6}Z)-(?P<number>[0-9]{6})\.json")


class Counted(msgspec.Struct, frozen=True):
    """A table that was taken whole. segment: number of the segment of the chain that holds these rows."""

    digest: str
    rows: int
    segment: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One segment. after, upto: positions of the journal; before, hash: seals there, in hexadecimal digits.

    growing: of a growing table the counts (after, upto]. migrations: `app.name` of what the database had. size, sha256:
    of the sealed file. at: instant when its snapshot was taken. sealed_for: whom it opens to (`age1…`).
    """

    format: int
    node: str
    chain: str
    number: int
    after: int
    upto: int
    before: str
    hash: str
    at: str
    release: str
    vendor: str
    sealed_for: str
    migrations: list[str]
    tables: dict[str, Counted]
    growing: dict[str, tuple[int, int]]
    size: int = 0
    sha256: str = ""
    signature: str = ""

    @property
    def name(self) -> str:
        """Of its files, without an ending."""
        return f"{self.node}-{self.chain}-{self.number:06d}"

    @property
    def segment(self) -> str:
        """Name of the sealed file."""
        return f"{self.name}.age"

    def signed_bytes(self) -> bytes:
        """What the signature is of: everything else, in one certain form."""
        return msgspec.json.encode(msgspec.structs.replace(self, signature=""), order="sorted")

    def told(self) -> bytes:
        """The manifest as it is kept."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


def read(raw: bytes, name: str) -> Manifest:
    """Raises Invalid naming the file for anything that is no manifest."""
    try:
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp kê sao lưu {name} không đọc được.", code="backup-manifest") from error
    if found.format != FORMAT:
        raise Invalid(
            f"Tệp kê sao lưu {name} ở dạng {found.format} mà bản phần mềm này chưa biết.", code="backup-newer"
        )
    if f"{found.name}.json" != name:
        raise Invalid(f"Tệp kê sao lưu {name} không phải của phần mang tên đó.", code="backup-manifest")
    return found


def is_manifest(name: str) -> bool:
    """True for the name of a manifest, whatever else lies in the folder."""
    return _NAME.fullmatch(name) is not None


def check_signed(found: Iterable[Manifest], public: bytes) -> None:
    """Raises Invalid for a manifest that the node of this key did not sign: another node's, or forged."""
    for one in found:
        if not keys.is_signed(public, one.signed_bytes(), one.signature):
            raise Invalid(
                f"Bản sao lưu {one.name} không do nút của khóa này làm ra, hoặc đã bị sửa.", code="backup-of-another"
            )


def chains(found: Iterable[Manifest]) -> list[list[Manifest]]:
    """Manifests by chain, each in its order, the newest chain last."""
    kept: dict[tuple[str, str], list[Manifest]] = {}
    for one in sorted(found, key=lambda manifest: (manifest.chain, manifest.node, manifest.number)):
        kept.setdefault((one.chain, one.node), []).append(one)
    return list(kept.values())


def check_chain(chain: Sequence[Manifest]) -> None:
    """Raises Invalid when a segment is missing or does not begin where the one before ends."""
    after, seal, node = 0, "", chain[0].node if chain else ""
    for number, one in enumerate(chain):
        if (one.number, one.node) != (number, node):
            raise Invalid(f"Chuỗi sao lưu {one.chain} thiếu phần {number:06d}.", code="backup-gap")
        if (one.after, one.before) != (after, seal) or one.upto < one.after:
            raise Invalid(f"Phần sao lưu {one.name} không nối tiếp phần trước.", code="backup-gap")
        after, seal = one.upto, one.hash


def wanted(found: Sequence[Manifest], *, position: int | None = None, chain: str = "") -> list[Manifest]:
    """The segments to restore, in order: of the newest chain, or of the one named; up to a position of the journal.

    Raises NotFound when there is none that reaches so far, Invalid for a chain with a gap.
    """
    known = [one for one in chains(found) if not chain or one[0].chain == chain]
    if not known:
        raise NotFound("Không có bản sao lưu nào ở nơi này.", code="no-backup")
    reaching = [one for one in known if position is None or one[-1].upto >= position]
    if not reaching:
        last = max(one[-1].upto for one in known)
        raise NotFound(f"Bản sao lưu chỉ đến mục {last} của nhật ký, chưa đến mục {position}.", code="backup-short")
    chosen = reaching[-1]
    check_chain(chosen)
    if position is None:
        return chosen
    return chosen[: next(number for number, one in enumerate(chosen, 1) if one.upto >= position)]


def plainly(one: Manifest) -> dict[str, Any]:
    """What a list of backups says of a segment."""
    return {"name": one.name, "at": one.at, "after": one.after, "upto": one.upto, "size": one.size}
