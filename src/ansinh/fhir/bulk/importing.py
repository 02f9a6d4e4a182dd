"""The job behind `$import`: lines of NDJSON into the store, each block with its progress in one transaction.

    block ─► prepared (by other processes) ─► Plan (`save`, all rows at hand) ─► Work ─► one statement ─► commit
             refused line ─► OperationOutcome with file and line, in the error file

A block that was cut off has left nothing; one that was committed is not read again. So each line is written once,
whenever the import is interrupted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from ansinh.fhir.bulk import fetching, reporting, tuning
from ansinh.fhir.bulk.lines import Block, blocks
from ansinh.fhir.bulk.ndjson import Files
from ansinh.fhir.bulk.preparing import Prepared
from ansinh.fhir.bulk.processes import Preparers, preparers
from ansinh.fhir.bulk.sources import Source
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.jobs.queue import submit
from ansinh.fhir.jobs.records import Job
from ansinh.fhir.jobs.running import Progress
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, Saved, database, reach, rules, work
from ansinh.fhir.store.planning import Plan, Unfound
from ansinh.fhir.store.work import Draft
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, Problem, Refused, UserError

KIND = "import"
WORTH_A_PROCESS = 2 << 20
"""Bytes that are worth the two seconds in which a process starts."""
_BATCH = 1 << 30  # a block is one batch: nothing is sent before its end
_CHUNK = 400
_NOT_THERE = "Một hồ sơ được nhắc đến không có ở đây."
_COUNTS = ("lines", "written", "unchanged", "refused", "unresolved")


def ask(
    context: Context,
    files: Sequence[Source],
    *,
    validated: bool = True,
    references: str = "warn",
    processes: int = 0,
    holder: str = "",
) -> Job:
    """Begin an import. Raises `Refused`, `Invalid` without files.

    validated: False is for the node's own data. references: what becomes of a line that names what is not there
    (yet): `warn` writes it and tells at the end what is still missing, `refuse` refuses it as the door does.
    processes: how many prepare beside the writer. holder: who runs it itself (command line); else a worker does.
    """
    if references not in ("warn", "refuse"):
        raise ValueError(f"references: {references}")
    if not validated and context.role != "system":
        raise Refused("Chỉ chính nút này mới được nhập mà không kiểm tra.", code="import-trusted")
    if not files:
        raise Invalid("Chưa nêu tệp nào để nhập.", code="import-source")
    inputs = [one.to_json() for one in files]
    how = {"validated": validated, "references": references, "processes": processes}
    return submit(context, KIND, {"inputs": inputs, **how}, holder=holder)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """The whole import. Result: counts of lines, and the files that say what was refused."""
    named = [Source(**one) for one in job.parameters["inputs"]]
    inputs = [fetching.fetch(one, progress.folder, partial(_tell, progress)) if one.url else one for one in named]
    sizes = [one.size for one in inputs]
    if not progress.cursor:
        start = {"file": 0, "offset": 0, "line": 1, "sizes": sizes, **dict.fromkeys(_COUNTS, 0), "files": []}
        progress.save(start, total=sum(sizes))
    elif progress.cursor["sizes"] != sizes:
        raise Invalid("Tệp không còn như lúc bắt đầu nhập.", code="import-source")
    validated = job.parameters["validated"]
    worth = sum(sizes) // WORTH_A_PROCESS
    with (
        tuning.rare_collections(),
        tuning.large_cache(),
        Files(progress.folder, [dict(entry) for entry in progress.cursor["files"]]) as files,
        preparers(min(job.parameters["processes"], worth), validated=validated, unit=progress.context.unit) as made,
    ):
        importer = _Importer(inputs, progress, files, made)
        for number in range(progress.cursor["file"], len(inputs)):
            importer.one_file(number)
        result = importer.finish()
    fetching.forget(progress.folder)
    return result


def _tell(progress: Progress, words: str) -> None:
    progress.save(words=words)


class _Importer:
    def __init__(self, inputs: Sequence[Source], progress: Progress, files: Files, made: Preparers) -> None:
        self.inputs, self.progress, self.files, self.made = inputs, progress, files, made
        self.counts = {name: progress.cursor[name] for name in _COUNTS}
        self.refuses = progress.job.parameters["references"] == "refuse"
        self.before = sum(one.size for one in inputs[: progress.cursor["file"]])

    def one_file(self, number: int) -> None:
        """Every block behind the cursor."""
        source, cursor = self.inputs[number], self.progress.cursor
        path = Path(source.path)
        if not path.is_file() or path.stat().st_size != source.size:
            raise Invalid(f"Tệp {source.name} không còn như lúc yêu cầu nhập.", code="import-source")
        for block, prepared in self.made.prepare(blocks(path, cursor["offset"], cursor["line"])):
            repository = Repository(self.progress.context, validate=False)
            with repository.transaction(batch=_BATCH):
                self._place(repository.context, source, block, prepared)
                self._save({"file": number, "offset": block.end, "line": block.line + len(prepared)})
        self.before += source.size
        self.progress.cursor = {**self.progress.cursor, "file": number + 1, "offset": 0, "line": 1}

    def finish(self) -> dict[str, Any]:
        """What lines named and was not there when they were written is looked for again, now that all is in."""
        left = [json.loads(line) for path in self._of("unresolved") for line in path.read_bytes().splitlines()]
        there = _there(self.progress.context, {key_of(one["type"], one["id"]) for one in left})
        missing = [one for one in left if key_of(one["type"], one["id"]) not in there]
        self.files.write("error", [reporting.warning(one) for one in missing], type="OperationOutcome")
        self.files.close()
        for path in self._of("unresolved"):
            path.unlink()
        errors = [entry for entry in self.files.state if entry["stem"] == "error"]
        return {**self.counts, "unresolved": len(missing), "files": errors}

    def _of(self, stem: str) -> list[Path]:
        self.files.keep()
        return [self.files.folder / entry["name"] for entry in self.files.state if entry["stem"] == stem]

    def _place(self, context: Context, source: Source, block: Block, prepared: Sequence[Prepared]) -> None:
        """Write one block within the transaction under way; what is refused goes to the error file."""
        errors: list[bytes] = []
        planned: list[tuple[int, Plan, Prepared]] = []
        allowed = cache(partial(context.allows, "update"))
        for number, one in enumerate(prepared, block.line):
            try:
                planned.append((number, self._plan(context, one, allowed), one))
            except UserError as error:
                errors.append(reporting.refusal(source, number, error.problems))
        mentioned = {key for _, _, one in planned for key in one.mentions}
        written = []
        for (number, _, one), done in zip(planned, _written([plan for _, plan, _ in planned], mentioned), strict=True):
            if isinstance(done, UserError):
                errors.append(reporting.refusal(source, number, done.problems))
            else:
                self.counts["written" if done.changed else "unchanged"] += 1
                written.append((number, one))
        self.counts["lines"] += len(prepared)
        self.counts["refused"] += len(errors)
        self.files.write("error", errors, type="OperationOutcome")
        self.files.write("unresolved", _unresolved(context, source, written))

    def _plan(self, context: Context, one: Prepared, allowed: Callable[[str], bool]) -> Plan:
        """The write of one line, all its rows at hand. Raises `Invalid` with its problems, `Refused`."""
        if one.given is None:
            raise Invalid(one.problems[0].message, problems=one.problems)
        if not allowed(one.given.kind):
            raise Refused(f"Vai trò của anh/chị không được ghi loại hồ sơ {one.given.kind}.")
        mentions = one.mentions.values() if self.refuses else ()
        guarded = self.refuses and rules.is_guarded(one.given.kind)
        return Plan(context, "save", one.given, mentions=mentions, judged=one.judged, guarded=guarded)

    def _save(self, place: dict[str, int]) -> None:
        self.files.keep()
        words = f"{self.counts['lines']} dòng, {self.counts['refused']} bị từ chối"
        files = [dict(entry) for entry in self.files.state]
        sizes = self.progress.cursor["sizes"]
        self.progress.save(
            {**place, "sizes": sizes, **self.counts, "files": files}, done=self.before + place["offset"], words=words
        )


def _written(plans: Sequence[Plan], mentioned: Iterable[int]) -> Iterator[Saved | UserError]:
    """Each plan carried out within the transaction under way, or what refused it alone. `mentioned`: numbers of what
    will be looked at afterwards; its rows are read on the same journey.

    A plan that is refused has added nothing to the draft, so one draft serves a whole block. What a rule of the house
    looks at must be in the database, so it is sent there first.
    """
    current = _look_up(chain(mentioned, (key for plan in plans for key in plan.reads())))
    draft = Draft(current)
    for plan in plans:
        if plan.judged:
            current.take(draft)
            current.flush()
            draft = Draft(current)
        try:
            yield plan.write(draft)
        except Unfound:
            problem = Problem("not-found", _NOT_THERE, plan.kind, key="ref-missing")
            yield Invalid(_NOT_THERE, problems=[problem])
        except UserError as error:
            yield error
    current.take(draft)


def _look_up(keys: Iterable[int]) -> work.Work:
    """Read the rows of these resources at once; the transaction remembers them until it flushes."""
    current = work.present()
    assert current is not None
    current.lock(dict.fromkeys(keys))
    return current


def _unresolved(context: Context, source: Source, written: Sequence[tuple[int, Prepared]]) -> list[bytes]:
    """What the lines of a block name and is neither in the store nor in the block, as far as the asker may know."""
    current = _look_up(key for _, one in written for key in one.mentions)
    found = []
    for number, one in written:
        for key, (kind, fhir_id) in one.mentions.items():
            row = current.current(key)
            if row is None or row.deleted or not (row.names(kind, fhir_id) and reach.sees(context, row.org)):
                found.append(json.dumps({"file": source.name, "line": number, "type": kind, "id": fhir_id}))
    return found


def _there(context: Context, keys: set[int]) -> set[int]:
    """Those of the keys that a current resource has which the asker may see."""
    found: set[int] = set()
    listed, seen = sorted(keys), reach.condition(context, "org")
    for start in range(0, len(listed), _CHUNK):
        marks = ", ".join(map(str, listed[start : start + _CHUNK]))
        rows = database.fetch(f"SELECT key FROM resource WHERE deleted = 0 AND {seen} AND key IN ({marks})")
        found |= {key for (key,) in rows}
    return found
