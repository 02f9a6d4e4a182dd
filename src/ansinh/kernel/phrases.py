"""Sentences with values in them that can still be said in another language."""

from collections.abc import Mapping


class Phrase(str):
    """A Vietnamese sentence, already whole; it remembers its template and values, so that a page can translate it."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]


def phrase(template: str, **values: object) -> Phrase:
    """The sentence of a template with `%(name)s` placeholders.

    Values that are phrases themselves, or Vietnamese words the catalogue knows, are translated with the sentence.
    """
    given = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    made = Phrase(template % given)
    made.template, made.values = template, given
    return made
