"""A part of an entry in words, and what an amendment changed in it: for pages and for paper alike."""

from collections.abc import Iterator
from typing import Any

from ansinh.clinical.registry import readable
from ansinh.clinical.registry.views.reading import said
from ansinh.clinical.signing import queries
from ansinh.clinical.signing.queries import Part
from ansinh.clinical.signing.rules import Amendment, bare

Resource = dict[str, Any]


def rows(resource: Resource) -> list[tuple[str, str]]:
    """(label, text) of what a part says; of a filled form each question with its answer."""
    if resource["resourceType"] == "QuestionnaireResponse":
        return list(_questions(resource.get("item", ())))
    return readable.rows(bare(resource), said)


def changes(part: Part, one: Amendment) -> list[tuple[str, str, str]]:
    """(label, before, after) of everything that an amendment changed."""
    before, after = (dict(rows(each)) for each in queries.amended_versions(part, one))
    labels = dict.fromkeys([*after, *before])
    pairs = [(label, before.get(label, ""), after.get(label, "")) for label in labels]
    return [(label, old, new) for label, old, new in pairs if old != new]


def _questions(items: Any) -> Iterator[tuple[str, str]]:
    for item in items:
        if item.get("answer"):
            question = item.get("text") or item["linkId"]
            leaf = {key: value for key, value in item.items() if key != "item"}
            ((_label, text),) = readable.rows({"item": [leaf]}, said)
            yield question, text.removeprefix(f"{question}: ")
        yield from _questions(item.get("item", ()))
