"""Pure decisions of screening: is this response a valid answer to its questionnaire, what is its score, what follows.

`validate` (rules.response) → problems; `score` and `assess` (rules.scoring) → figures and findings;
`transition` (rules.tasks) → what may be done with a Task. Shapes in, shapes out; no clock, no database.
"""

from ansinh.clinical.screening.rules.enabling import is_enabled
from ansinh.clinical.screening.rules.extensions import Text, is_project_translation, text
from ansinh.clinical.screening.rules.response import link_of, validate
from ansinh.clinical.screening.rules.scoring import Assessment, Band, Finding, FollowUp, Score, assess, bands, score
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
    "is_enabled",
    "is_project_translation",
    "link_of",
    "score",
    "text",
    "transition",
    "validate",
]
