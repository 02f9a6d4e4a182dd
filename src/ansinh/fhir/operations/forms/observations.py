"""Observation-based extraction: each answer to a coded question that asks for it becomes an Observation. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from ansinh.fhir.operations.forms.answers import unit_of
from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import SDC, typed, value, values
from ansinh.fhir.operations.forms.pairing import Product, answered, below
from ansinh.kernel.ids import new_id

Resource = dict[str, Any]

_AUTHORS = ("Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Organization")
_AS_THEY_ARE = frozenset({"string", "boolean", "integer", "time", "dateTime", "Quantity"})


def observations(questionnaire: Resource, response: Resource, run: Expressions) -> list[Product]:
    """What the form asks to be observed; parts of the form inherit `observationExtract` and its categories."""
    head = _head(response)
    found = _of(questionnaire, response, _wanted(questionnaire, default=False), _categories(questionnaire, []), run)
    return [Product(head | one, f"urn:uuid:{new_id()}", {}) for one in found]


def _of(
    element: Mapping[str, Any], item: Mapping[str, Any], wanted: bool, categories: list[Any], run: Expressions
) -> Iterator[Resource]:
    for question, answer in answered(element.get("item"), below(item)):
        own = _wanted(question, default=wanted)
        kinds = _categories(question, categories)
        codes = [one for one in question.get("code") or () if isinstance(one, dict)]
        if own and codes:
            for given in answer.get("answer") or ():
                measured = _value(question, given)
                if measured is None:
                    run.note(
                        "not-supported", "Câu trả lời loại này không thành chỉ số được.", f"item {question['linkId']}"
                    )
                    continue
                made: Resource = {"category": kinds} if kinds else {}
                yield made | {"code": {"coding": codes, **_text(question)}} | measured
        yield from _of(question, answer, own, kinds, run)


def _head(response: Resource) -> Resource:
    """What all observations of a response share."""
    author = (response.get("author") or {}).get("reference", "")
    named = {
        "subject": response.get("subject"),
        "encounter": response.get("encounter"),
        "effectiveDateTime": response.get("authored"),
        "issued": response.get("authored") if "T" in str(response.get("authored", "")) else None,
        "performer": [response["author"]] if author.partition("/")[0] in _AUTHORS else None,
        "derivedFrom": [{"reference": f"QuestionnaireResponse/{response['id']}"}] if response.get("id") else None,
    }
    status = "amended" if response.get("status") == "amended" else "final"
    return {"resourceType": "Observation", "status": status} | {key: one for key, one in named.items() if one}


def _wanted(element: Mapping[str, Any], *, default: bool) -> bool:
    said = value(element, SDC("observationExtract"))
    return default if said is None else said is not False


def _categories(element: Mapping[str, Any], inherited: list[Any]) -> list[Any]:
    return values(element, SDC("observation-extract-category")) or inherited


def _text(question: Mapping[str, Any]) -> Resource:
    return {"text": question["text"]} if question.get("text") else {}


def _value(question: Mapping[str, Any], answer: Mapping[str, Any]) -> Resource | None:
    """The value[x] of an Observation that an answer becomes; None for what an Observation cannot hold."""
    kind, said = typed(answer)
    unit = unit_of(question)
    if said is None:
        return None
    if kind == "Coding":
        return {"valueCodeableConcept": {"coding": [said]}}
    if kind == "decimal" or (kind == "integer" and unit):
        return {"valueQuantity": {"value": said} | unit}
    if kind == "date":
        return {"valueDateTime": said}
    if kind == "uri":
        return {"valueString": said}
    return {f"value{kind[:1].upper()}{kind[1:]}": said} if kind in _AS_THEY_ARE else None
