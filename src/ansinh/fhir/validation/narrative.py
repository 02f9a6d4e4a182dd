"""The narrative: one XHTML div, well formed, without anything that runs or reaches outside.

FHIR R4, Narrative, allows basic formatting elements, links and images, and forbids head, body, script, forms,
frames and event attributes. It is shown to people, so it is checked whoever wrote it.
"""

from typing import Any
from xml.parsers import expat

_XHTML = "http://www.w3.org/1999/xhtml"
_ELEMENTS = frozenset(
    "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img "
    "li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var".split()
)
_ATTRIBUTES = frozenset(
    "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset "
    "cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel "
    "rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width "
    "xml:lang xml:space".split()
)
_ADDRESSES = frozenset({"href", "src", "cite", "longdesc"})
_SCHEMES = ("http:", "https:", "mailto:", "tel:", "data:image/", "#")


class _Forbidden(Exception):
    pass


def is_narrative(value: Any) -> bool:
    """True for text that is one well-formed, harmless XHTML div with some content."""
    if value.__class__ is not str or "<div" not in value[:200]:
        return False
    reader = _Reader()
    try:
        return reader.read(value)
    except (expat.ExpatError, _Forbidden):
        return False


class _Reader:
    def __init__(self) -> None:
        self.depth = 0
        self.filled = False

    def read(self, text: str) -> bool:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse
        parser.ProcessingInstructionHandler = _refuse
        parser.Parse(_named_entities(text), True)
        return self.filled

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != _XHTML or local not in _ELEMENTS or (self.depth == 0 and local != "div"):
            raise _Forbidden
        for key, value in attributes.items():
            _check_attribute(key.rpartition(" ")[2], value)
        self.depth += 1
        self.filled = self.filled or local == "img"

    def _end(self, name: str) -> None:
        self.depth -= 1

    def _text(self, text: str) -> None:
        self.filled = self.filled or bool(text.strip())


def _check_attribute(name: str, value: str) -> None:
    if name not in _ATTRIBUTES and name not in ("lang", "space"):
        raise _Forbidden
    if name in _ADDRESSES:
        address = "".join(value.split()).lower()
        if ":" in address.partition("/")[0] and not address.startswith(_SCHEMES):
            raise _Forbidden
    if name == "style" and ("url(" in value.lower() or "expression(" in value.lower()):
        raise _Forbidden


def _refuse(*_: object) -> None:
    raise _Forbidden


def _named_entities(text: str) -> str:
    """XML knows five named entities, XHTML many: the usual ones are written out."""
    if "&" not in text:
        return text
    for name, char in (("nbsp", " "), ("copy", "©"), ("reg", "®"), ("ndash", "-"), ("mdash", "-"), ("hellip", "…")):
        text = text.replace(f"&{name};", char)
    return text
