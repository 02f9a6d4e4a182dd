"""Forms of a page as a browser would send them again: every field with its value, out of the HTML."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._textarea = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.values.setdefault(name, []).append(given.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._textarea, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea:
            self.values.setdefault(self._textarea, []).append("".join(self._text).strip())
            self._textarea = ""


def fields_of(html: str) -> dict[str, list[str]]:
    """Values by field name, ticked boxes and chosen options only."""
    reader = _Fields()
    reader.feed(html)
    return reader.values


def lost(html: str, sent: dict[str, object]) -> dict[str, object]:
    """What was sent and does not stand in the page's fields any more."""
    shown = fields_of(html)
    wanted = {name: [str(v) for v in (value if isinstance(value, list) else [value])] for name, value in sent.items()}
    return {
        name: values for name, values in wanted.items() if values != [""] and not set(values) <= _shown(shown, name)
    }


def _shown(shown: dict[str, list[str]], name: str) -> set[str]:
    """The values of a field; a coded value may stand with its words (`I10 – …`)."""
    values = shown.get(name, [])
    return set(values) | {value.split(" – ")[0] for value in values}
