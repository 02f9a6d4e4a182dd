"""The language that a page speaks to its reader, and texts that other rooms keep in Vietnamese."""

from django.utils.translation import get_language, gettext

from ansinh.kernel.phrases import Phrase


def language() -> str:
    """`vi` or `en`."""
    return (get_language() or "vi")[:2]


def in_language(text: str) -> str:
    """A text of a rule or of a definition in the reader's language; as it stands where the catalogue lacks it.

    Rules and definitions know nothing of languages: their Vietnamese texts are the msgids (`config.translations`).
    """
    if isinstance(text, Phrase):
        return gettext(text.template) % {name: in_language(value) for name, value in text.values.items()}
    return gettext(text) if text else ""
