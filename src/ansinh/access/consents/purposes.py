"""The purposes of a node as data: which take consent, and by which law."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import DAY, FLAG, TEXT, misfits

_PURPOSE = {"code": TEXT, "id": TEXT, "title": TEXT, "title_en": TEXT, "consent": FLAG}
_FILE = {"id": TEXT, "title": TEXT, "source": TEXT, "valid_from?": DAY, "purposes": [_PURPOSE]}


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose. code: of HL7 v3-ActReason. consent: False where the law itself is the ground."""

    id: str
    code: str
    title: str
    title_en: str
    consent: bool

    def words(self, language: str) -> str:
        """The title in the reader's language."""
        return self.title_en if language == "en" else self.title


@cache
def purposes() -> dict[str, Purpose]:
    """All purposes by id, in the order of the file."""
    return read(Path(settings.DEFINITIONS) / "consents" / "purposes.yaml")


def read(path: Path) -> dict[str, Purpose]:
    """Raises Invalid naming the file for anything that is no list of purposes."""
    data = yaml.document(path)
    for place, what in misfits(data, _FILE):
        raise Invalid(f"Tệp {path.name}: {place or 'tệp'}: {what}.", code="purposes-file", field=place)
    found = {
        one["id"]: Purpose(one["id"], one["code"], one["title"], one["title_en"], one["consent"])
        for one in data["purposes"]
    }
    if len(found) != len(data["purposes"]) or len({one.code for one in found.values()}) != len(found):
        raise Invalid(f"Tệp {path.name}: mỗi mục đích một id và một mã khác nhau.", code="purposes-file")
    return found
