"""The range of motion measured last, joint by joint, as the picture of the body shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.screening import queries as screening
from ansinh.fhir.store import Repository
from ansinh.fhir.validation.responses.items import answer_value, flat
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context

TOOL = "range-of-motion"
# joint → (x, y) of the right side in the picture (the body faces the reader, its right is on the left); width 320
_PLACES = {
    "shoulder": (112, 92), "elbow": (88, 152), "wrist": (74, 206),
    "hip": (136, 218), "knee": (134, 300), "ankle": (134, 376),
}  # fmt: skip
WIDTH, HEIGHT = 320, 420


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint of one side with what was measured: (movement, degrees). x, y: where it is in the picture."""

    name: str
    side: str
    x: int
    y: int
    moves: tuple[tuple[str, int], ...]

    @property
    def label_x(self) -> int:
        """Where the words stand: outside the body."""
        return 6 if self.side == "right" else WIDTH - 6

    @property
    def anchor(self) -> str:
        return "start" if self.side == "right" else "end"


@dataclass(frozen=True, slots=True)
class Body:
    """Every joint that was measured, and when."""

    at: str
    joints: tuple[Joint, ...]
    width: int = WIDTH
    height: int = HEIGHT


def latest(context: Context, person_id: str) -> Body | None:
    """The last record of the range of motion, None when there is none. Three queries."""
    sql = """SELECT q.id, q.authored FROM view_questionnaire_response q
        WHERE {reach:q} AND q.patient_id = :person AND q.status IN ('completed', 'amended')
          AND q.questionnaire LIKE :form
        ORDER BY q.authored DESC, q.id DESC LIMIT 1"""
    found = tables.rows(context, sql, {"person": person_id, "form": f"%/Questionnaire/{TOOL}|%"})
    if not found:
        return None
    response = Repository(context).read("QuestionnaireResponse", found[0]["id"])
    return Body(found[0]["authored"] or "", tuple(joints(screening.questionnaire_of(response), response)))


def joints(definition: Mapping[str, Any], response: Mapping[str, Any]) -> list[Joint]:
    """Joints with at least one movement measured, as the form orders them; the words are the form's."""
    words = {item["linkId"]: item.get("text", "") for item in flat(definition.get("item", []))}
    given: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for entry in flat(response.get("item", [])):
        joint, _, side = _parts(entry["linkId"])
        for answer in entry.get("answer", []) if joint in _PLACES else []:
            said = words.get(entry["linkId"], "").rpartition(",")[0] or entry["linkId"]
            given.setdefault((joint, side), []).append((said, int(answer_value(answer))))
    return [_joint(joint, side, words, moves) for (joint, side), moves in given.items()]


def _parts(link: str) -> tuple[str, str, str]:
    """`range-of-motion.hip-flexion-left` → (hip, flexion, left)."""
    joint, _, rest = link.partition(".")[2].partition("-")
    move, _, side = rest.rpartition("-")
    return joint, move, side


def _joint(joint: str, side: str, words: Mapping[str, str], moves: list[tuple[str, int]]) -> Joint:
    x, y = _PLACES[joint]
    name = words.get(f"{TOOL}.{joint}", joint)
    plain = tuple((said.removeprefix(f"{name} "), degrees) for said, degrees in moves)
    return Joint(name, side, x if side == "right" else WIDTH - x, y, plain)
