"""The main navigation: what a role may open, in the order people learn it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from ansinh.kernel.context import Context


@dataclass(frozen=True, slots=True)
class Place:
    """One entry: URL name, words, icon, and the permissions of which one is enough."""

    name: str
    label: object
    icon: str
    needs: Sequence[str] = ()


PLACES = (
    Place("home", _("Trang chính"), "home"),
    Place("people", _("Người"), "people", ("person.open",)),
    Place("wards", _("Khoa, phòng"), "stay", ("ward.work",)),
    Place("tasks", _("Việc"), "task", ("task.work",)),
    Place("facilities", _("Cơ sở"), "facility", ("facility.open",)),
    Place("plans", _("Chương trình"), "programme", ("programme.open",)),
    Place("reports", _("Báo cáo"), "report", ("report.draft", "report.submit", "report.approve")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that this reader may open, and whether they are there now."""

    label: object
    url: str
    icon: str
    current: bool


def entries(context: Context, path: str) -> list[Entry]:
    """The navigation of one reader on one page; places whose room is not installed are left out."""
    shown = []
    for place in PLACES:
        url = address(place.name)
        if url and (not place.needs or any(context.has(name) for name in place.needs)):
            here = path == url if place.name == "home" else path.startswith(url)
            shown.append(Entry(place.label, url, place.icon, here))
    return shown


def address(name: str) -> str:
    """The address of a page, "" when there is none in this installation."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
