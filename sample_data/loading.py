"""Write the synthetic people into the store, in batches, so that a stop half-way leaves whole people only.

people, care, rooms … ─► resources ─► block of lines ─► prepared beside (fhir.bulk) ─► one transaction a batch
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import batched, chain
from pathlib import Path
from typing import Any

from django.db import connection

from ansinh.fhir.bulk import tuning
from ansinh.fhir.bulk.lines import Block
from ansinh.fhir.bulk.preparing import Prepared
from ansinh.fhir.bulk.processes import preparers
from ansinh.fhir.model import json
from ansinh.fhir.store import Plan, Repository
from ansinh.kernel.context import system_context
from ansinh.kernel.text import format_number
from sample_data import accounts, care, people, programme, records
from sample_data.places import places
from sample_data.rehabilitation import Rehabilitation
from sample_data.rooms import Rooms
from sample_data.treatment import Treatment

BATCH = 50
"""People of one transaction."""
WORTH_A_PROCESS = 400
"""So many people are written sooner when a second process reads their resources; it takes two seconds to start."""
REPORTED = 200
"""Progress is told every so many people."""
# FHIR type → what the line of counts calls it.
_KINDS = {
    "Patient": "hồ sơ người",
    "Coverage": "thẻ bảo hiểm y tế",
    "RelatedPerson": "người thân",
    "EpisodeOfCare": "đợt lưu trú",
    "Encounter": "lần chăm sóc",
    "Observation": "chỉ số",
    "Condition": "chẩn đoán",
    "Procedure": "kỹ thuật",
    "ClinicalImpression": "nhận xét",
    "QuestionnaireResponse": "phiếu trả lời",
    "Task": "việc",
    "DiagnosticReport": "phiếu kết quả",
    "MedicationRequest": "y lệnh thuốc",
    "MedicationAdministration": "lần dùng thuốc",
    "Medication": "thuốc trong danh mục",
    "AllergyIntolerance": "dị ứng",
    "Immunization": "mũi tiêm",
    "DeviceRequest": "chỉ định dụng cụ",
    "Device": "dụng cụ",
    "DeviceUseStatement": "dụng cụ đang dùng",
    "SupplyDelivery": "vật tư, lần giao",
    "Goal": "mục tiêu",
    "CarePlan": "kế hoạch phục hồi",
    "Appointment": "buổi trong lịch",
    "Location": "nơi ở",
    "Practitioner": "nhân viên",
    "PractitionerRole": "vị trí việc làm",
}


def load(*, seed: int, people: int, progress: Callable[[str], None]) -> str:
    """Write what is missing; people who are there already are skipped whole. Returns a line of counts."""
    repository = Repository(system_context(), validate=False)
    counts: Counter[str] = Counter()
    start = time.monotonic()
    beside = 1 if people >= WORTH_A_PROCESS and (os.cpu_count() or 1) > 1 else 0
    with tuning.rare_collections(), tuning.large_cache(), preparers(beside, validated=False) as made:
        for block, prepared in made.prepare(_blocks(repository, seed, people)):
            with repository.transaction():
                counts.update(_written(repository, prepared))
            done, spent = min(block.end, people), time.monotonic() - start
            if done % REPORTED == 0 or done == people:
                progress(f"  {done}/{people} người, {sum(counts.values())} tài nguyên, {spent:.0f} giây")
    counts["khai báo năng lực, tiến độ nhiệm vụ"] += programme.load()
    _refresh_statistics()
    return _words(counts) or "đã có đủ, không thêm gì"


def _words(counts: Counter[str]) -> str:
    """`1.200 chỉ số, 40 hồ sơ người`: what was written most comes first; a kind without a word keeps its FHIR name."""
    return ", ".join(
        f"{format_number(count)} {_KINDS.get(kind, kind)}" for kind, count in counts.most_common() if count
    )


def _people(seed: int, count: int) -> Iterator[people.Person]:
    return people.draw(seed, places(), count)


def _blocks(repository: Repository, seed: int, count: int) -> Iterator[Block]:
    """The resources of a batch of people who are not there yet, a line each; `end`: how many people that makes."""
    rooms, treatment, rehabilitation = Rooms(), Treatment(seed), Rehabilitation()
    for number, batch in enumerate(batched(_people(seed, count), BATCH)):
        present = repository.read_many("Patient", [person.id for person in batch])
        resources: list[dict[str, Any]] = []
        for person in batch:
            # All are asked for everybody, so that beds, medicines and devices stay whose they are.
            living = [*rooms.resources(person), *treatment.resources(person), *rehabilitation.resources(person)]
            if person.id not in present:
                resources += chain(records.build(person, care.draw(seed, person)), living)
        if resources:
            data = b"\n".join(map(json.dumps, resources))
            yield Block(data, number * BATCH + 1, number * BATCH + len(batch))


def _written(repository: Repository, prepared: list[Prepared]) -> list[str]:
    """Carry out one batch; the type of each resource."""
    given = [one.given for one in prepared if one.given is not None]
    assert len(given) == len(prepared), [one.problems for one in prepared if one.given is None]
    repository.carry_out([Plan(repository.context, "save", one) for one in given])
    return [one.kind for one in given]


def _refresh_statistics() -> None:
    """The planner has never seen these tables full."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def count_figures() -> int:
    """Count what the goals of the plans show, before the first reader asks; how many figures. The node's worker
    counts the other indicators, one after another."""
    from ansinh.programme.measures import actions
    from ansinh.programme.plans import queries

    shown = {goal.measure for plan in queries.plans(system_context()) for goal in plan.goals}
    return actions.keep_figures(sorted(shown))


def write_reports(folder: Path, *, year: int) -> list[Path]:
    """The yearly report of both plans as DOCX and XLSX, each drafted by an officer of its province."""
    from ansinh.programme.reports import actions

    accounts.create()
    elsewhere = replace(system_context(), display="Cán bộ đầu mối của tỉnh (dữ liệu mẫu)")  # no login of its own
    writers = {"ninh-binh": accounts.context("officer"), "dak-nong": elsewhere}
    return [
        path
        for plan, writer in writers.items()
        for path in actions.write_report(writer, plan=plan, year=year, folder=folder)
    ]
