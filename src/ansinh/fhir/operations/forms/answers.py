"""Values as answers of a question, and answers as elements of a resource. Pure but for value sets of choices."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ansinh.fhir.operations.forms.extensions import UNIT, value
from ansinh.fhir.terminology import composing
from ansinh.fhir.validation.responses.items import VALUE_KEYS

Question = Mapping[str, Any]
Answer = dict[str, Any]

_DIGITS = 30  # a number beyond them is no answer of a person


def answer_of(question: Question, kind: str, found: Any) -> Answer | None:
    """A value (with its FHIR or System type) as the answer that the question takes; None when it does not fit."""
    asked = question.get("type")
    if asked in ("choice", "open-choice"):
        return _choice(question, kind, found)
    made = _plain(str(asked), kind, found, question)
    return None if made is None else {VALUE_KEYS[str(asked)]: made}


def initial_answers(question: Question) -> list[Answer]:
    """What the form itself says: `initial`, or options that are chosen from the start."""
    given = [one for one in question.get("initial") or () if isinstance(one, dict)]
    chosen = [one for one in question.get("answerOption") or () if isinstance(one, dict) and one.get("initialSelected")]
    return [{key: one[key] for key in one if key.startswith("value")} for one in given or chosen]


def _plain(asked: str, kind: str, found: Any, question: Question) -> Any:
    if asked in ("string", "text", "url"):
        return _words(found)
    if asked == "boolean":
        return found if isinstance(found, bool) else None
    if asked in ("integer", "decimal"):
        return _number(asked, found)
    if asked in ("date", "dateTime"):
        return _moment(asked, kind, found)
    if asked == "time":
        return found if kind.lower() == "time" and isinstance(found, str) else None
    if asked == "quantity":
        return _quantity(found, question)
    if asked == "reference":
        return _reference(found)
    return found if asked == "attachment" and isinstance(found, dict) and kind == "Attachment" else None


def _words(found: Any) -> str | None:
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, str | int | Decimal):
        return str(found)
    if isinstance(found, dict):
        coded = next(iter(found.get("coding") or ()), found)
        shown = found.get("text") or coded.get("display") or coded.get("code") or found.get("value")
        return str(shown) if isinstance(shown, str | int | Decimal) else None
    return None


def _number(asked: str, found: Any) -> Any:
    found = found.get("value") if isinstance(found, dict) else found
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(found))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        return None
    if asked == "integer":
        return int(number) if number == number.to_integral_value() and abs(number) < 2**31 else None
    return number


def _moment(asked: str, kind: str, found: Any) -> str | None:
    if kind.lower() not in ("date", "datetime", "instant") or not isinstance(found, str):
        return None
    return found[:10] if asked == "date" else found


def _quantity(found: Any, question: Question) -> dict[str, Any] | None:
    if isinstance(found, dict):
        return {key: found[key] for key in ("value", "unit", "system", "code") if key in found} or None
    number = _number("decimal", found)
    return None if number is None else {"value": number} | unit_of(question)


def unit_of(question: Question) -> dict[str, Any]:
    """Unit, system and code of a Quantity, from the `questionnaire-unit` of the question."""
    unit = value(question, UNIT)
    if not isinstance(unit, dict):
        return {}
    parts = {"unit": unit.get("display") or unit.get("code"), "system": unit.get("system"), "code": unit.get("code")}
    return {key: part for key, part in parts.items() if part}


def _reference(found: Any) -> dict[str, Any] | None:
    if isinstance(found, dict) and "resourceType" in found and found.get("id"):
        return {"reference": f"{found['resourceType']}/{found['id']}"}
    if isinstance(found, dict) and (found.get("reference") or found.get("identifier")):
        return found
    return {"reference": found} if isinstance(found, str) and "/" in found else None


def _choice(question: Question, kind: str, found: Any) -> Answer | None:
    """The option that a value means; of an open choice also words."""
    coding = _coding(found)
    options = [one for one in question.get("answerOption") or () if isinstance(one, dict)]
    for option in options:
        if _is_option(option, coding, found):
            return {key: option[key] for key in option if key.startswith("value")}
    if not options and coding is not None and (known := _in_set(question, coding)) is not None:
        return {"valueCoding": known}
    if question.get("type") == "open-choice" and (words := _words(found)):
        return {"valueCoding": coding} if coding and coding.get("system") else {"valueString": words}
    return None


def _coding(found: Any) -> dict[str, Any] | None:
    if isinstance(found, dict):
        coding = next(iter(found.get("coding") or ()), found)
        return (
            {key: coding[key] for key in ("system", "code", "display") if key in coding} if "code" in coding else None
        )
    return {"code": found} if isinstance(found, str) and found else None


def _is_option(option: Mapping[str, Any], coding: Mapping[str, Any] | None, found: Any) -> bool:
    own = option.get("valueCoding")
    if isinstance(own, dict) and coding is not None:
        same_system = not coding.get("system") or not own.get("system") or coding["system"] == own["system"]
        return same_system and coding["code"] == own.get("code")
    return any(option[key] == found for key in option if key.startswith("value") and key != "valueCoding")


def _in_set(question: Question, coding: dict[str, Any]) -> dict[str, Any] | None:
    """The coding as the value set of the question has it; as it is where the set cannot be decided here."""
    url = question.get("answerValueSet")
    if not isinstance(url, str):
        return coding if coding.get("system") else None
    listing = composing.listing_of(url)
    if listing is None:
        return coding if coding.get("system") else None
    found = listing.find(coding.get("system", ""), coding["code"])
    if found is not None:
        return {"system": found.system, "code": found.code, "display": coding.get("display") or found.display}
    return coding if coding.get("system") and listing.is_open_to(coding["system"]) else None
