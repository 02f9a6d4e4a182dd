"""Pure decisions of screening: what the score of a response is, and what follows.

`score` and `assess` (rules.scoring) → figures and findings; `transition` (rules.tasks) → what may be done with a Task.
Shapes in, shapes out; no clock, no database. Whether a response answers its questionnaire at all, the engine says
(fhir.validation.responses).
"""

from ansinh.clinical.screening.rules.extensions import Text, is_project_translation, text
from ansinh.clinical.screening.rules.scoring import (
    Assessment,
    Band,
    Finding,
    FollowUp,
    Score,
    assess,
    bands,
    ranges,
    score,
)
from ansinh.clinical.screening.rules.tasks import OPEN, transition

__all__ = [
    "OPEN",
    "Assessment",
    "Band",
    "Finding",
    "FollowUp",
    "Score",
    "Text",
    "assess",
    "bands",
    "is_project_translation",
    "ranges",
    "score",
    "text",
    "transition",
]
