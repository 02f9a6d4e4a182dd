"""The job behind `$export`: a snapshot of what the asker may see, type by type, into NDJSON files.

Bodies go from the database to the file without being decoded; only `_elements` looks inside.
"""

import time
from functools import lru_cache
from typing import Any

from django.db import transaction

from ansinh.fhir.bulk import associated, snapshot
from ansinh.fhir.bulk.asking import Wanted
from ansinh.fhir.bulk.narrowing import Narrowing, filter_query
from ansinh.fhir.bulk.ndjson import Files
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.jobs.queue import submit
from ansinh.fhir.jobs.records import Job
from ansinh.fhir.jobs.running import Progress
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.references import parse as parse_reference
from ansinh.fhir.store import Repository, bodies
from ansinh.fhir.store.audit import trail
from ansinh.fhir.store.audit.entries import Entry
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound

KIND = "export"
PAGE = 2000
SAVE_EACH = 1.0
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def ask(context: Context, wanted: Wanted, *, holder: str = "") -> Job:
    """Begin an export; a `holder` runs it itself. Raises `NotFound` for a group or patient that may not be seen."""
    repository = Repository(context)
    if wanted.level == "group":
        repository.raw("Group", wanted.group)
    for patient in wanted.patients:
        repository.raw("Patient", patient)
    return submit(context, KIND, wanted.to_json(), holder=holder)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """The whole export; the result is what the manifest is made of."""
    wanted = Wanted.from_json(job.parameters)
    if not progress.cursor:
        _begin(wanted, progress)
    exporter = _Exporter(wanted, progress)
    with exporter.files:
        for place in range(progress.cursor["place"], len(wanted.types)):
            exporter.one_type(place)
        return exporter.finish()


def _begin(wanted: Wanted, progress: Progress) -> None:
    until, at = snapshot.now()
    since = None if wanted.since is None else min(snapshot.position_before(wanted.since), until)
    start = {"place": 0, "after": _first(wanted, 0, since), "done": 0, "files": []}
    progress.save({"until": until, "time": at, "since": since, **start})


def _first(wanted: Wanted, place: int, since: int | None) -> int:
    """Behind which row a type begins. Provenance that comes with what it is about may be older than `since`."""
    return 0 if wanted.associated and wanted.types[place : place + 1] == ("Provenance",) else since or 0


class _Exporter:
    def __init__(self, wanted: Wanted, progress: Progress) -> None:
        self.wanted, self.progress = wanted, progress
        self.context = progress.context
        self.until, self.since = progress.cursor["until"], progress.cursor["since"]
        self.after, self.done = progress.cursor["after"], progress.cursor["done"]
        self.files = Files(progress.folder, [dict(entry) for entry in progress.cursor["files"]])
        self.patients = self._patients()
        self.audits: list[Entry] = []
        self.saved = time.monotonic()

    def one_type(self, place: int) -> None:
        """Every page of one type."""
        kind = self.wanted.types[place]
        narrowing = self._narrowing(kind)
        whole = self.since is None or self._is_associated(kind)
        read = snapshot.current if whole else snapshot.changed
        while page := read(self.context, narrowing, until=self.until, after=self.after, limit=PAGE):
            self._write(kind, page)
            self.after = page.after
            if time.monotonic() - self.saved > SAVE_EACH:
                self._save(place)
        if any(entry["type"] == kind for entry in self.files.state):
            self.audits.append(trail.entry(self.context, "export", kind, "", position=self.until))
        self.after = _first(self.wanted, place + 1, self.since)
        if time.monotonic() - self.saved > SAVE_EACH:
            self._save(place + 1)

    def finish(self) -> dict[str, Any]:
        """Notes of lenient handling, and what was written."""
        if self.wanted.notes:
            self.files.write("error", [json.dumps(_note(text)) for text in self.wanted.notes], type="OperationOutcome")
        self._save(len(self.wanted.types))
        self.files.close()
        return {"time": self.progress.cursor["time"], "until": self.until, "files": self.files.state}

    def _write(self, kind: str, page: snapshot.Page) -> None:
        if self.wanted.elements:
            kept = _kept(kind, self.wanted.elements)
            lines = [json.dumps(_part(json.loads(bodies.unpack(body)), kept)) for _, body in page.records]
        else:
            unpack = bodies.unpack
            lines = [unpack(body) for _, body in page.records]
        self.files.write(kind, lines, type=kind)
        self.files.write("deleted", [json.dumps(_deletion(kind, gone)) for gone in page.gone], type="Bundle")
        self.done += len(lines) + len(page.gone)
        if kind == "Patient":
            self.audits += [trail.entry(self.context, "export", kind, one) for one, _ in page.records]

    def _save(self, place: int) -> None:
        """Keep where it stands, with the audit of what is in the files; the asker's rights are looked at again."""
        self.files.keep()
        self.context = self.progress.context
        with transaction.atomic():
            trail.append(self.audits)
            self.progress.save(
                {
                    **self.progress.cursor,
                    "place": place,
                    "after": self.after,
                    "done": self.done,
                    "files": [dict(entry) for entry in self.files.state],
                },
                done=self.done,
                words=self._words(place),
            )
        self.audits = []
        self.saved = time.monotonic()

    def _words(self, place: int) -> str:
        share = self.after / max(self.until, 1)
        percent = min(round((place + share) / len(self.wanted.types) * 100), 100)
        return f"{percent} %" + (f", {self.wanted.types[place]}" if place < len(self.wanted.types) else "")

    def _is_associated(self, kind: str) -> bool:
        """Provenance that comes with what it is about, whenever it was written."""
        return bool(self.wanted.associated) and kind == "Provenance"

    def _narrowing(self, kind: str) -> Narrowing:
        queries = tuple(filter_query(text) for text in self.wanted.filters if text.partition("?")[0] == kind)
        if not self._is_associated(kind):
            return Narrowing(kind, self.wanted.level != "system", self.patients, queries)
        others = [self._narrowing(one) for one in self.wanted.types if one != kind]
        latest = self.wanted.associated == "latest"
        sql, values = associated.condition(self.context, others, self.until, self.since, latest=latest)
        return Narrowing(kind, filters=queries, through=(sql, tuple(values)))

    def _patients(self) -> frozenset[int] | None:
        """Keys of the patients asked for; None for no limit."""
        named = frozenset(key_of("Patient", one) for one in self.wanted.patients) if self.wanted.patients else None
        if self.wanted.level != "group":
            return named
        body = snapshot.version_at(key_of("Group", self.wanted.group), self.until)
        if body is None:
            raise NotFound("Không tìm thấy nhóm cần xuất.", code="group")
        members = _members(json.loads(bodies.unpack(body)))
        return members if named is None else members & named


def _members(group: dict[str, Any]) -> frozenset[int]:
    """Keys of the patients in a Group; those marked inactive are no longer in it."""
    entities = [one.get("entity", {}) for one in group.get("member", []) if not one.get("inactive")]
    found = [parse_reference(one.get("reference", "")) for one in entities]
    return frozenset(key_of("Patient", one.id) for one in found if one is not None and one.type == "Patient")


@lru_cache(maxsize=256)
def _kept(kind: str, elements: tuple[str, ...]) -> frozenset[str]:
    """JSON keys to keep of a type beside the mandatory ones."""
    return frozenset(name.rpartition(".")[2] for name in elements if "." not in name or name.startswith(f"{kind}."))


def _part(resource: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    """The elements asked for and the mandatory ones, tagged SUBSETTED; the whole where none of its type was named."""
    if not kept:
        return resource
    kind, meta = resource["resourceType"], resource.get("meta", {})
    part = {key: value for key, value in resource.items() if _keeps(kind, key.removeprefix("_"), kept)}
    return {**part, "meta": {**meta, "tag": [*meta.get("tag", []), _SUBSETTED]}}


def _keeps(kind: str, key: str, kept: frozenset[str]) -> bool:
    if key in ("resourceType", "id", "meta") or key in kept:
        return True
    name, mandatory = _element(kind, key)
    return mandatory or name in kept


@lru_cache(maxsize=8192)
def _element(kind: str, key: str) -> tuple[str, bool]:
    found = definitions().json_element(kind, key)
    return (found[0].name, found[0].min > 0) if found else (key, False)


def _deletion(kind: str, fhir_id: str) -> dict[str, Any]:
    entry = {"request": {"method": "DELETE", "url": f"{kind}/{fhir_id}"}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


def _note(text: str) -> dict[str, Any]:
    issue = {"severity": "warning", "code": "not-supported", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
