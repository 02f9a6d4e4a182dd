"""Pages of wards: the bed board, moving people, the list of rooms, and which ward a reader works in."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.wards import actions, queries
from ansinh.kernel.errors import NotFound

PAGE = "wards"  # all pages by ward share one choice: who works in ward A works there on every page


def facility_of(request: HttpRequest) -> str:
    """The facility whose wards are shown: the reader's own; raises NotFound for readers of none."""
    context = context_of(request)
    choices = [unit for unit, _name in registry.facility_choices(context, language())]
    facility = context.unit if context.unit in choices else next(iter(choices), "")
    if not facility:
        raise NotFound(_("Đơn vị của anh/chị không có phòng ở."))
    return facility


def chosen_ward(request: HttpRequest, places: queries.Places) -> queries.Ward | None:
    """The ward of the address (`?khoa=`), otherwise the one this account looked at last, otherwise the first."""
    context = context_of(request)
    asked = request.GET.get("khoa", "")
    if asked and (ward := places.ward(asked)):
        actions.keep_choice(context, PAGE, {"ward": ward.id})
        return ward
    kept = queries.kept_choice(context, PAGE).get("ward", "")
    return (places.ward(kept) if kept else None) or places.ward("")


def ward_tabs(places: queries.Places, current: queries.Ward | None, address: str) -> list[tuple[str, str, bool]]:
    """Each ward as a tab: words, address, whether it is the one shown."""
    shown = current.id if current else ""
    return [(ward.name, f"{address}?khoa={ward.id}", ward.id == shown) for ward in places.wards]


def ward_pages(current: str) -> list[tuple[str, str, bool]]:
    """The pages of a ward as tabs; those of apps that are not installed are left out."""
    wanted = (
        ("wards", _("Bảng giường")),
        ("vitals_round", _("Đo chỉ số")),
        ("care_log", _("Sổ chăm sóc")),
        ("handover", _("Bàn giao ca")),
        ("medicine_round", _("Phát thuốc")),
        ("stock", _("Kho thuốc")),
        ("results_import", _("Kết quả từ tệp")),
        ("rehab_week", _("Lịch tập")),
        ("workshop", _("Xưởng chỉnh hình")),
    )
    return [(words, url, name == current) for name, words in wanted if (url := _address(name))]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
