"""What screening pages and other rooms read: tools, results of a person, tasks. Each takes the reader's Context.

Lists read the live views `questionnaire`, `questionnaire_response`, `score` and `task`, one query each, plus one for
the names of the people in them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from ansinh.clinical.screening import rules
from ansinh.clinical.screening.rules.extensions import Text
from ansinh.clinical.screening.rules.tasks import OPEN
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound

_OPEN = ", ".join(f"'{status}'" for status in OPEN)
FILTERS = ("open", "urgent", "mine", "all")
PAGE = 50
ASSESSMENT = "assessment"  # form-use of what rehabilitation measures with


@dataclass(frozen=True, slots=True)
class Tool:
    """A questionnaire that may be chosen today."""

    id: str
    title: Text
    purpose: str


@dataclass(frozen=True, slots=True)
class Result:
    """One filled questionnaire of a person; value and band are None and "" where the tool has no total.

    meaning: the band in words, in every language of the tool.
    """

    response_id: str
    tool: str
    title: Text
    authored: str
    value: Decimal | None
    band: str
    tone: str
    meaning: Text


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a list. due: FHIR date or ""; tone: bad when late or urgent and open, else neutral."""

    id: str
    title: str
    code: str
    patient_id: str
    patient_name: str
    priority: str
    status: str
    authored: str
    due: str
    taken_by: str
    focus: str
    late: bool
    english: str = ""

    def words(self, language: str) -> str:
        """The title in English where the tool gives it and `language` asks for it."""
        return self.english or self.title if language == "en" else self.title

    @property
    def urgent(self) -> bool:
        return self.priority in ("urgent", "asap", "stat")


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Tasks in the order they should be done; `after` is the cursor of the next page, "" at the end."""

    lines: list[TaskLine]
    after: str


def tools(context: Context, use: str = "") -> list[Tool]:
    """Questionnaires in force today, by title: tools of screening, or forms of another use (`assessment`)."""
    sql = """SELECT id, title, title_en, purpose FROM view_questionnaire
        WHERE status = 'active' AND COALESCE(form_use, '') = :use AND (valid_from IS NULL OR valid_from <= :today)
          AND (valid_to IS NULL OR valid_to >= :today) ORDER BY title, id"""
    rows = tables.rows(context, sql, {"today": clock.today().isoformat(), "use": use})
    return [Tool(row["id"], _title(row), row["purpose"] or "") for row in rows]


def tools_in_force() -> list[dict[str, Any]]:
    """The Questionnaires of `tools` and of assessments, whole, for the node's own rules."""
    context = system_context()
    offered = [tool.id for use in ("", ASSESSMENT) for tool in tools(context, use)]
    return list(Repository(context).read_many("Questionnaire", offered).values())


def questionnaire(name: str) -> dict[str, Any]:
    """The tool with this id, as it is today. Raises NotFound."""
    found = Repository(system_context()).find("Questionnaire", name)
    if found is None:
        raise NotFound("Không có bộ câu hỏi này.", field="questionnaire")
    return found


def questionnaire_of(response: Mapping) -> dict[str, Any]:
    """The version of the tool that a response was filled with. Raises NotFound."""
    found = questionnaire_named(response.get("questionnaire", ""))
    if found is None:
        raise NotFound("Không có bộ câu hỏi này.", field="questionnaire")
    return found


def questionnaire_named(canonical: str) -> dict[str, Any] | None:
    """The very version that `url|version` names, from history when it has changed since; None for an unknown url.

    Without a version the one in force. Raises NotFound when this version of a known url was never here.
    """
    url, _, version = canonical.partition("|")
    sql = "SELECT id FROM view_questionnaire WHERE url = :url ORDER BY status = 'active' DESC, version DESC, id"
    names = [row["id"] for row in tables.rows(system_context(), sql, {"url": url})]
    repository = Repository(system_context())
    current = list(repository.read_many("Questionnaire", names).values())
    earlier = (entry.body for name in names for entry in repository.history("Questionnaire", name) if entry.body)
    if not version or not current:
        return current[0] if current else None
    for one in chain(current, earlier):
        if one.get("version") == version:
            return one
    raise NotFound("Không còn bản của bộ câu hỏi mà phiếu này đã dùng.", field="questionnaire")


def screening_history(context: Context, patient_id: str) -> list[Result]:
    """Every filled questionnaire of a person that the reader may see, the newest first."""
    sql = """SELECT response.id AS response_id, response.questionnaire, response.authored, score.value, score.band
        FROM view_questionnaire_response response
        LEFT JOIN view_score score ON score.response_id = response.id AND score.patient_id = :patient AND {reach:score}
        WHERE response.patient_id = :patient AND response.status <> 'entered-in-error' AND {reach:response}
        ORDER BY response.authored DESC, response.id DESC"""
    rows = tables.rows(context, sql, {"patient": patient_id})
    definitions = _definitions(row["questionnaire"] for row in rows)
    return [_result(row, definitions) for row in rows]


def _definitions(canonicals: Iterable[str]) -> dict[str, dict[str, Any]]:
    names = {_name(text) for text in canonicals}
    return Repository(system_context()).read_many("Questionnaire", sorted(names))


def _name(canonical: str | None) -> str:
    return (canonical or "").partition("|")[0].rpartition("/")[2]


def _result(row: Mapping, definitions: Mapping[str, dict[str, Any]]) -> Result:
    definition = definitions.get(_name(row["questionnaire"]), {})
    value = None if row["value"] is None else _number(row["value"])
    band = next((b for b in rules.bands(definition) if value is not None and b.minimum <= value <= b.maximum), None)
    title = rules.text(definition, "title") if definition else Text(_name(row["questionnaire"]))
    return Result(
        response_id=row["response_id"],
        tool=_name(row["questionnaire"]),
        title=title,
        authored=row["authored"] or "",
        value=value,
        band=row["band"] or "",
        meaning=band.label if band else Text(row["band"] or ""),
        tone=band.tone if band else "neutral",
    )


def _number(stored: Any) -> Decimal:
    """A total without the trailing zeros that a database may add: 100, not 1E+2 and not 100.000."""
    value = Decimal(str(stored))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _title(row: Mapping) -> Text:
    return Text(row["title"], {"en": row["title_en"]} if row["title_en"] else {})


def open_tasks(context: Context, limit: int = 10) -> list[TaskLine]:
    """Open tasks for people within reach: urgent ones first, then by day due."""
    return tasks(context, "open", limit=limit).lines


def tasks_of(context: Context, patient_id: str) -> list[TaskLine]:
    """Every task of one person, open ones first."""
    sql = f"""SELECT task.* FROM view_task task WHERE task.patient_id = :patient AND {{reach:task}}
        ORDER BY CASE WHEN task.status IN ({_OPEN}) THEN 0 ELSE 1 END, {_RANK}, task.due, task.id"""
    return _lines(context, tables.rows(context, sql, {"patient": patient_id}))


_RANK = "CASE WHEN task.priority IN ('urgent', 'asap', 'stat') THEN 0 ELSE 1 END"
_DUE = "COALESCE(task.due, '9999')"
_WHERE = {
    "open": f"task.status IN ({_OPEN})",
    "urgent": f"task.status IN ({_OPEN}) AND {_RANK} = 0",
    "mine": f"task.status IN ({_OPEN}) AND task.taken_by = :actor",
    "all": "1 = 1",
}


def tasks(context: Context, which: str = "open", *, after: str = "", limit: int = PAGE) -> TaskPage:
    """A page of tasks for people; `which` is one of FILTERS, `after` the cursor of the page before."""
    where = _WHERE.get(which, _WHERE["open"])
    params: dict[str, Any] = {"actor": context.actor, "more": limit + 1}
    if cursor := _cursor(after):
        where += f" AND ({_RANK}, {_DUE}, task.id) > (:rank, :due, :id)"
        params |= cursor
    sql = f"""SELECT task.* FROM view_task task WHERE task.patient_id IS NOT NULL AND {where} AND {{reach:task}}
        ORDER BY {_RANK}, {_DUE}, task.id LIMIT :more"""
    lines = _lines(context, tables.rows(context, sql, params))
    return TaskPage(lines[:limit], _after(lines[limit - 1]) if len(lines) > limit else "")


def task_count(context: Context) -> tuple[int, int]:
    """(open, urgent) tasks within reach."""
    sql = f"""SELECT COUNT(*) AS open, SUM(CASE WHEN {_RANK} = 0 THEN 1 ELSE 0 END) AS urgent FROM view_task task
        WHERE task.patient_id IS NOT NULL AND task.status IN ({_OPEN}) AND {{reach:task}}"""
    row = tables.rows(context, sql, {})[0]
    return int(row["open"] or 0), int(row["urgent"] or 0)


def _cursor(text: str) -> dict[str, Any] | None:
    parts = text.split("~")
    if len(parts) != 3 or parts[0] not in ("0", "1"):
        return None
    return {"rank": int(parts[0]), "due": parts[1], "id": parts[2]}


def _after(line: TaskLine) -> str:
    return f"{0 if line.urgent else 1}~{line.due or '9999'}~{line.id}"


def _lines(context: Context, rows: list[dict[str, Any]]) -> list[TaskLine]:
    people = Repository(context).read_many("Patient", {row["patient_id"] for row in rows if row["patient_id"]})
    today = clock.today().isoformat()
    return [_line(row, people, today) for row in rows]


def _line(row: Mapping, people: Mapping[str, dict[str, Any]], today: str) -> TaskLine:
    due = row["due"] or ""
    return TaskLine(
        id=row["id"],
        title=row["title"] or "",
        code=row["code"] or "",
        patient_id=row["patient_id"] or "",
        patient_name=full_name(people.get(row["patient_id"] or "", {})),
        priority=row["priority"] or "routine",
        status=row["status"],
        authored=row["authored"] or "",
        due=due,
        taken_by=row["taken_by"] or "",
        focus=row["focus"] or "",
        english=row["title_en"] or "",
        late=bool(due) and due < today and row["status"] in OPEN,
    )


def full_name(patient: Mapping) -> str:
    """The name as it is written on the papers; "" for nobody."""
    return next((name.get("text", "") for name in patient.get("name", [])), "")


def open_stay(context: Context, patient_id: str) -> str:
    """Id of the person's open stay, "" when there is none."""
    sql = """SELECT episode.id FROM view_episode episode
        WHERE episode.patient_id = :patient AND episode.status = 'active' AND {reach:episode} ORDER BY episode.id"""
    rows = tables.rows(context, sql, {"patient": patient_id})
    return rows[0]["id"] if rows else ""
