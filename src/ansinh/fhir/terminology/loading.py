"""Bringing lists into the tables: the project's YAML files and the ministry's ICD-10 workbook."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from ansinh.fhir.terminology import concepts
from ansinh.fhir.terminology.files import CodeSystemFile, Entry, ValueSetFile, read_code_system, read_value_set
from ansinh.fhir.terminology.icd10 import read_icd10
from ansinh.fhir.terminology.models import CodeList, ConceptRow, ValueSetRow
from ansinh.kernel.naming import ICD10

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """How many codes a load brought, changed and ended. Prints as a sentence."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.ended + other.ended,
            self.unchanged + other.unchanged,
        )

    def __str__(self) -> str:
        return f"{self.added} thêm, {self.changed} sửa, {self.ended} hết hạn, {self.unchanged} giữ nguyên"


def load_code_systems(folder: Path) -> Counts:
    """Load `codesystems/*.yaml` and `valuesets/*.yaml` below the definitions folder, all or nothing.

    A file that did not change is not read into the tables again. Raises Invalid naming file and place.
    """
    systems = [(path, read_code_system(path)) for path in sorted((folder / "codesystems").glob("*.yaml"))]
    sets = [(path, read_value_set(path)) for path in sorted((folder / "valuesets").glob("*.yaml"))]
    counts = Counts()
    with transaction.atomic():
        for path, system in systems:
            counts += _load(path, system)
        for path, value_set in sets:
            _load_value_set(path, value_set)
    concepts.clear_cache()
    return counts


def import_icd10(path: Path, valid_from: date) -> Counts:
    """Import the official list (sheet ICD10 of QĐ 4469/2020, or a later list with flag columns) as of a day.

    Codes that the list no longer has end the day before `valid_from`; changed titles get a new version from that
    day. Raises Invalid when the workbook has not the expected columns; then nothing is changed.
    """
    entries = read_icd10(path, valid_from)
    with transaction.atomic():
        counts = _merge_dated(ICD10, entries, f"icd10-{valid_from}", valid_from)
        _stamp(f"icd10-{valid_from}", ICD10, "ICD-10", path.name, "active", _checksum(path))
    concepts.clear_cache()
    return counts


def _load(path: Path, system: CodeSystemFile) -> Counts:
    origin, checksum = f"codesystems/{system.name}", _checksum(path)
    if CodeList.objects.filter(origin=origin, checksum=checksum).exists():
        return Counts(unchanged=ConceptRow.objects.filter(origin=origin).count())
    counts = _replace(system, origin)
    _stamp(origin, system.url, system.title, system.source, system.status, checksum)
    return counts


def _replace(system: CodeSystemFile, origin: str) -> Counts:
    """The file is the truth for rows of its origin; rows of another origin (a full ICD-10 import) stay as they are."""
    stored = list(ConceptRow.objects.filter(system=system.url))
    covered = {row.code for row in stored if row.origin != origin}
    mine = {(row.code, row.valid_from): row for row in stored if row.code not in covered}
    rows = [_row(system.url, entry, position, origin) for position, entry in enumerate(system.entries)]
    wanted = {(row.code, row.valid_from): row for row in rows if row.code not in covered}
    gone = [old.pk for key, old in mine.items() if key not in wanted]
    ConceptRow.objects.filter(pk__in=gone).delete()
    fresh = [row for key, row in wanted.items() if key not in mine]
    both = [(row, mine[key]) for key, row in wanted.items() if key in mine]
    changed = [_copy(row, old) for row, old in both if not _same(row, old)]
    ConceptRow.objects.bulk_create(fresh, batch_size=_BATCH)
    ConceptRow.objects.bulk_update(changed, _FIELDS, batch_size=_BATCH)
    return Counts(len(fresh), len(changed), len(gone), len(rows) - len(fresh) - len(changed))


def _merge_dated(system: str, entries: Iterable[Entry], origin: str, day: date) -> Counts:
    """A newer edition of a list: what stayed the same stays, the rest ends the day before and starts again."""
    open_rows = {row.code: row for row in ConceptRow.objects.filter(system=system, valid_to__isnull=True)}
    rows = [_row(system, entry, position, origin) for position, entry in enumerate(entries)]
    _keep_common(rows, open_rows)
    fresh = [row for row in rows if row.code not in open_rows]
    differing = [(row, open_rows[row.code]) for row in rows if row.code in open_rows]
    differing = [(row, old) for row, old in differing if not _same(row, old)]
    listed = {row.code for row in rows}
    ended = [old for code, old in open_rows.items() if code not in listed and old.valid_from < day]
    same_day = [_copy(row, old) for row, old in differing if old.valid_from >= day]
    later = [(row, old) for row, old in differing if old.valid_from < day]
    for old in (*ended, *(old for _, old in later)):
        old.valid_to = day - timedelta(days=1)
    ConceptRow.objects.bulk_update([*ended, *(old for _, old in later)], ["valid_to"], batch_size=_BATCH)
    ConceptRow.objects.bulk_update(same_day, _FIELDS, batch_size=_BATCH)
    ConceptRow.objects.bulk_create([*fresh, *(row for row, _ in later)], batch_size=_BATCH)
    return Counts(len(fresh), len(differing), len(ended), len(rows) - len(fresh) - len(differing))


def _keep_common(rows: list[ConceptRow], known: Mapping[str, ConceptRow]) -> None:
    """Which codes are common is our knowledge, not the list's: an edition does not take it away."""
    for row in rows:
        if row.code in known and known[row.code].common:
            row.common = True
            row.properties["common"] = True


_MEANING = ("display", "english", "parent", "properties")
_FIELDS = [
    "code_key",
    "display",
    "english",
    "folded",
    "parent",
    "properties",
    "valid_to",
    "position",
    "origin",
    "common",
]


def _same(row: ConceptRow, old: ConceptRow) -> bool:
    same = all(getattr(row, name) == getattr(old, name) for name in _MEANING)
    return same and row.valid_to == old.valid_to and (row.position == old.position or row.origin != old.origin)


def _copy(row: ConceptRow, old: ConceptRow) -> ConceptRow:
    for name in _FIELDS:
        setattr(old, name, getattr(row, name))
    return old


def _row(system: str, entry: Entry, position: int, origin: str) -> ConceptRow:
    aliases = entry.properties.get("aliases", ())
    return ConceptRow(
        system=system,
        code=entry.code,
        code_key=concepts.code_key(entry.code),
        display=entry.display,
        english=entry.english,
        folded=concepts.search_key((entry.display, entry.english, *aliases)),
        parent=entry.parent,
        properties=dict(entry.properties),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        position=position,
        common=bool(entry.properties.get("common")),
        origin=origin,
    )


def _load_value_set(path: Path, value_set: ValueSetFile) -> None:
    origin = f"valuesets/{value_set.name}"
    ValueSetRow.objects.update_or_create(
        url=value_set.url,
        defaults={"title": value_set.title, "include": [dict(part) for part in value_set.include], "origin": origin},
    )
    _stamp(origin, value_set.url, value_set.title, value_set.source, value_set.status, _checksum(path))


def _stamp(origin: str, url: str, title: str, source: str, status: str, checksum: str) -> None:
    CodeList.objects.update_or_create(
        origin=origin,
        defaults={
            "url": url,
            "title": title,
            "source": source,
            "status": status,
            "checksum": checksum,
            "token": str(uuid.uuid4()),
        },
    )


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
