"""What is refused of filled questionnaires at every door: answers that their Questionnaire does not allow.

A response is judged by the very version that it names. One of a form that nobody here knows cannot be judged.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ansinh.clinical.screening import queries
from ansinh.fhir.store.rules import register
from ansinh.fhir.terminology import valuesets
from ansinh.fhir.validation import responses
from ansinh.kernel.errors import NotFound, Problem

Resource = dict[str, Any]

# A response that is still being filled in, was broken off or was a mistake need not be whole.
_WHOLE = ("completed", "amended")


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("QuestionnaireResponse", answers_problems)
    # Once more within the transaction, where the form may have come into being with its answers.
    register("QuestionnaireResponse", answers_problems, locked=True)


def answers_problems(response: Resource) -> Iterator[Problem]:
    """Everything wrong with the answers, each problem at its item."""
    try:
        questionnaire = queries.questionnaire_named(response.get("questionnaire", ""))
    except NotFound as error:
        yield Problem("not-found", error.message, "QuestionnaireResponse.questionnaire", key="questionnaire-version")
        return
    if questionnaire is None:
        return
    whole = response["status"] in _WHOLE
    for problem in responses.validate(questionnaire, response, complete=whole, decide=valuesets.contains):
        yield replace(problem, expression=responses.place_of(response, responses.link_of(problem)))
