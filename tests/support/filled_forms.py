"""Forms of the record with every required question answered."""

from typing import Any

from ansinh.clinical.records import queries


def filled(form: str, words: str = "Trả lời: {}", **changes: Any) -> dict[str, Any]:
    """A whole response. words: answer to a question of text, `{}` its own words; changes: linkId → answer instead."""
    definition = queries.questionnaire(queries.form(form))
    groups = []
    for group in definition["item"]:
        items = [
            {"linkId": item["linkId"], "answer": [changes.get(_name(item), _answer(item, words))]}
            for item in group["item"]
            if item.get("required") or _name(item) in changes
        ]
        if items:
            groups.append({"linkId": group["linkId"], "item": items})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": groups}


def _name(item: dict[str, Any]) -> str:
    return item["linkId"].replace(".", "_")


def _answer(item: dict[str, Any], words: str) -> dict[str, Any]:
    match item["type"]:
        case "choice":
            return {"valueCoding": item["answerOption"][0]["valueCoding"]}
        case "date":
            return {"valueDate": "2026-01-05"}
        case "dateTime":
            return {"valueDateTime": "2026-01-05T08:00:00+07:00"}
        case _:
            return {"valueString": words.format(item["text"])}
