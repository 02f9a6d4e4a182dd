"""Finding people and reading one: plain dataclasses out, always within the reader's reach.

Every function runs a constant number of queries, however many people there are. Lists read the live views; names are
found through the search index, which knows them without marks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.registry import resources, rules
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.naming import CS
from ansinh.kernel.text import collation_key, fold, name_sort_text
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.resources import name_in

PAGE = 25
SORTABLE = 2000  # up to here a list is put in the order of Vietnamese names; longer ones show the newest first
ENDING = 3  # characters in the column `ending` of the view of numbers
MATCHES = 200  # people that a search by name brings at most
OPEN = "('active', 'onhold', 'planned')"

STAYS = ("in", "out")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list. groups: displays; stay: display of the open stay's kind, "" when there is none."""

    id: str
    name: str
    gender: str
    birth: str
    facility: str
    groups: tuple[str, ...] = ()
    stay: str = ""
    stay_since: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of the list. cut: True when a search by name found more than MATCHES. by_name: the order used."""

    rows: tuple[PersonRow, ...]
    total: int
    page: int
    cut: bool = False
    by_name: bool = True

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay or follow-up; kind and reason as displays."""

    id: str
    version: int
    facility_id: str
    facility: str
    kind: str
    status: str
    start: str
    end: str = ""
    reason: str = ""
    kind_code: str = ""

    @property
    def is_open(self) -> bool:
        """True while the person is there."""
        return self.status in resources.OPEN_STAY


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who this page is about: the banner, the papers, the stays. version is that of the Patient."""

    id: str
    version: int
    draft: PersonDraft
    facility: str
    deceased: str
    stays: tuple[Stay, ...]
    coverage_id: str = ""
    coverage_version: int = 0

    @property
    def name(self) -> str:
        """The full name."""
        return self.draft.full_name

    @property
    def stay(self) -> Stay | None:
        """The open stay, if any."""
        return next((stay for stay in self.stays if stay.is_open), None)


def find_people(
    context: Context,
    text: str = "",
    page: int = 1,
    *,
    facility: str = "",
    group: str = "",
    stay: str = "",
    language: str = "vi",
) -> PeoplePage:
    """People whom the reader may see, narrowed by words or digits, facility, group and stay (`in`, `out`).

    At most 6 queries. Names are matched without marks, words in any order; digits match the end of any number.
    """
    ids, cut = _matching(context, text)
    if ids is not None and not ids:
        return PeoplePage((), 0, 1)
    where, params = _filter(facility, group, stay, ids)
    newest = f"FROM {where} ORDER BY p.id DESC"
    found = tables.rows(context, f"SELECT p.id, p.full_name {newest} LIMIT {SORTABLE + 1}", params)
    by_name, total = len(found) <= SORTABLE, len(found)
    if by_name:
        found.sort(key=lambda row: name_sort_text(row["full_name"] or ""))
    else:
        total = tables.rows(context, f"SELECT COUNT(*) AS n FROM {where}", params)[0]["n"]
    page = max(1, min(page, -(-total // PAGE) or 1))
    start = (page - 1) * PAGE
    if not by_name and start + PAGE > SORTABLE:
        found = tables.rows(context, f"SELECT p.id {newest} LIMIT {PAGE} OFFSET :start", {**params, "start": start})
        start = 0
    wanted = [row["id"] for row in found[start : start + PAGE]]
    return PeoplePage(tuple(people_rows(context, wanted, language)), total, page, cut, by_name)


def _matching(context: Context, text: str) -> tuple[list[str] | None, bool]:
    """Ids that the words or digits name; None when nothing was typed. True when there were more than MATCHES."""
    if not text.strip():
        return None, False
    if any(char.isdigit() for char in text):
        ids = _by_number(context, text)
    else:
        ids = [patient["id"] for patient in named(context, text, MATCHES + 1)]
    return ids[:MATCHES], len(ids) > MATCHES


def named(context: Context, text: str, most: int) -> list[dict[str, Any]]:
    """Patients whose name has words that begin with all these words, in any order, without marks."""
    words = [("name", _escaped(word)) for word in fold(rules.plain_apostrophes(text)).split()[:8]]
    return search(Repository(context), "Patient", [*words, ("_count", str(most))]).resources if words else []


def _escaped(value: str) -> str:
    """A search value in which commas, bars and dollars mean themselves."""
    return re.sub(r"([\\,|$])", r"\\\1", value)


def _by_number(context: Context, text: str) -> list[str]:
    """Ids of the people with a number that ends so, found through the index of endings. One query.

    Nothing of it is ordered by the index of ids: SQLite would look at every number of the node, one by one.
    """
    number = re.sub(r"[\s.%_]", "", text).upper()
    params = {"ending": f"%{number}", "last": number[-ENDING:], "most": MATCHES + 1}
    sql = _LONG_ENDING if len(number) >= ENDING else _SHORT_ENDING
    return [row["id"] for row in tables.rows(context, f"{sql} ORDER BY 1 DESC LIMIT :most", params)]


_LONG_ENDING = """SELECT DISTINCT i.id || '' AS id FROM view_patient_identifier i
    WHERE {reach:i} AND i.ending = :last AND i.value LIKE :ending"""
# The index alone answers; numbers that are shorter than an ending have none.
_SHORT_ENDING = """SELECT i.id || '' AS id FROM view_patient_identifier i WHERE {reach:i} AND i.ending LIKE :ending
    UNION SELECT j.id || '' FROM view_patient_identifier j
    WHERE {reach:j} AND j.ending IS NULL AND j.value LIKE :ending"""


def _filter(facility: str, group: str, stay: str, ids: Sequence[str] | None) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the list, with its parameters."""
    params: dict[str, Any] = {}
    parts = ["{reach:p}", "COALESCE(p.active, 1 = 1)"]
    if ids is not None:
        parts.append(f"p.id IN ({marks_of('id', ids, params)})")
    if facility:
        parts.append("p.facility_id = :facility")
        params["facility"] = facility
    if group:
        codes = _group_codes(group)
        parts.append(
            "EXISTS (SELECT 1 FROM view_patient_group g WHERE g.id = p.id AND {reach:g} AND g.to_date IS NULL"
            f" AND g.group_code IN ({marks_of('group', codes, params)}))"
        )
    if stay in STAYS:
        exists = (
            f"EXISTS (SELECT 1 FROM view_episode e WHERE e.patient_id = p.id AND {{reach:e}} AND e.status IN {OPEN})"
        )
        parts.append(exists if stay == "in" else f"NOT {exists}")
    return f"view_patient p WHERE {' AND '.join(parts)}", params


def _group_codes(group: str) -> list[str]:
    """The group and everything below it, so that a heading finds its members."""
    below, codes = [group], []
    members = concepts.members(CS("beneficiary-group"))
    while below:
        codes.append(below.pop())
        below.extend(one.code for one in members if one.parent == codes[-1] and one.code not in codes)
    return codes


def marks_of(prefix: str, values: Iterable[str], params: dict[str, Any]) -> str:
    """Named parameters for an IN list."""
    names = []
    for index, value in enumerate(values):
        params[f"{prefix}_{index}"] = value
        names.append(f":{prefix}_{index}")
    return ", ".join(names)


def people_rows(context: Context, ids: Sequence[str], language: str = "vi") -> list[PersonRow]:
    """Lines for these people, in this order, without those the reader may not see. 4 queries."""
    if not ids:
        return []
    params: dict[str, Any] = {}
    marks = marks_of("id", ids, params)
    people = {
        row["id"]: row
        for row in tables.rows(
            context, f"SELECT p.* FROM view_patient p WHERE {{reach:p}} AND p.id IN ({marks})", params
        )
    }
    groups = _by_person(
        context,
        "SELECT g.id AS person, g.group_code AS code FROM view_patient_group g"
        f" WHERE {{reach:g}} AND g.to_date IS NULL AND g.id IN ({marks})",
        params,
    )
    stays = _by_person(
        context,
        "SELECT e.patient_id AS person, e.kind, e.start_date FROM view_episode e"
        f" WHERE {{reach:e}} AND e.status IN {OPEN} AND e.patient_id IN ({marks})",
        params,
    )
    facilities = facility_names(context, (row["facility_id"] for row in people.values()), language)
    return [
        _row(people[one], groups.get(one, []), stays.get(one, []), facilities, language) for one in ids if one in people
    ]


def _by_person(context: Context, sql: str, params: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tables.rows(context, sql, params):
        found.setdefault(row["person"], []).append(row)
    return found


def _row(
    person: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    stays: Sequence[Mapping[str, Any]],
    facilities: Mapping[str, str],
    language: str,
) -> PersonRow:
    stay = stays[0] if stays else None
    return PersonRow(
        id=person["id"],
        name=person["full_name"] or "",
        gender=person["gender"] or "",
        birth=person["birth_date"] or "",
        facility=facilities.get(person["facility_id"], ""),
        groups=tuple(concepts.display(CS("beneficiary-group"), group["code"], language) for group in groups),
        stay=concepts.display(CS("stay-kind"), stay["kind"] or "", language) if stay else "",
        stay_since=(stay["start_date"] or "") if stay else "",
    )


def facility_names(context: Context, ids: Iterable[str | None], language: str = "vi") -> dict[str, str]:
    """Names of Organizations by id, for English readers the English ones where there are any. One query."""
    wanted = [one for one in dict.fromkeys(ids) if one]
    found = Repository(context).read_many("Organization", wanted) if wanted else {}
    return {one: name_in(organization, language) for one, organization in found.items()}


def person(context: Context, person_id: str, language: str = "vi") -> PersonCard:
    """One person with stays and current insurance card. Raises NotFound for another facility's person. 6 queries."""
    repository = Repository(context)
    patient = repository.read("Patient", person_id)
    stays = _resources_of(context, "EpisodeOfCare", "view_episode", person_id, "start_date")
    coverages = _resources_of(context, "Coverage", "view_coverage", person_id, "start_date")
    coverage = next((one for one in coverages if one.get("status") == "active"), None)
    owner = resources.reference_id(patient.get("managingOrganization"))
    names = facility_names(
        context, [owner, *(resources.reference_id(one.get("managingOrganization")) for one in stays)], language
    )
    return PersonCard(
        id=person_id,
        version=int(patient["meta"]["versionId"]),
        draft=resources.read_patient(patient, coverage),
        facility=names.get(owner, ""),
        deceased=patient.get("deceasedDateTime", "") or ("true" if patient.get("deceasedBoolean") else ""),
        stays=tuple(_stay(one, names, language) for one in stays),
        coverage_id=coverage["id"] if coverage else "",
        coverage_version=int(coverage["meta"]["versionId"]) if coverage else 0,
    )


def _resources_of(context: Context, resource_type: str, view: str, person_id: str, order: str) -> list[dict[str, Any]]:
    """Resources of one person, the newest first."""
    sql = f"SELECT v.id FROM {view} v WHERE {{reach:v}} AND v.patient_id = :person ORDER BY v.{order} DESC, v.id DESC"
    ids = [row["id"] for row in tables.rows(context, f"{sql} LIMIT 100", {"person": person_id})]
    return list(Repository(context).read_many(resource_type, ids).values()) if ids else []


def _stay(stay: dict[str, Any], names: Mapping[str, str], language: str) -> Stay:
    facility = resources.reference_id(stay.get("managingOrganization"))
    period = stay.get("period", {})
    reason = resources.discharge_reason(stay)
    return Stay(
        id=stay["id"],
        version=int(stay["meta"]["versionId"]),
        facility_id=facility,
        facility=names.get(facility, ""),
        kind=concepts.display(CS("stay-kind"), resources.stay_kind(stay), language),
        status=stay["status"],
        start=period.get("start", ""),
        end=period.get("end", ""),
        reason=concepts.display(CS("discharge-reason"), reason, language) if reason else "",
        kind_code=resources.stay_kind(stay),
    )


def recorded_within(context: Context, person_id: str, stay_id: str) -> int:
    """How many contacts were recorded while a stay lasted and stand. One query."""
    sql = """SELECT COUNT(*) AS n FROM view_encounter e
             WHERE {reach:e} AND e.patient_id = :person AND e.episode_id = :stay
               AND e.kind IN ('visit', 'periodic-check', 'rehab-session', 'screening')"""
    return tables.rows(context, sql, {"person": person_id, "stay": stay_id})[0]["n"]


def facility_choices(context: Context, language: str = "vi") -> list[tuple[str, str]]:
    """(id, name) of the care facilities that the reader may register people at, by name. At most 3 queries."""
    day, kinds = clock.today(), facilities.care_kinds()
    units = [
        unit for unit in facilities.register(context, language).units if unit.kind in kinds and unit.exists_on(day)
    ]
    within = [(unit.id, unit.name) for unit in units if context.reaches(unit.id)]
    return sorted(within, key=lambda choice: collation_key(choice[1]))
