"""Doses, orders and lots in the words of pages."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from ansinh.clinical.medicines.queries import Dose
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.naming import CS
from ansinh.ui.tables import Tag

SOON = timedelta(days=90)  # a convention: lots that expire within it are shown as such


def dose_tag(dose: Dose, language: str) -> Tag:
    """What became of a dose."""
    if dose.status == "completed":
        return Tag(_("Đã dùng %(at)s") % {"at": dose.at[11:16]}, "good")
    reason = concepts.display(CS("dose-reason"), dose.reason, language) if dose.reason else ""
    if dose.status == "not-done":
        return Tag(": ".join(filter(None, (_("Từ chối"), reason))), "warn")
    return Tag(": ".join(filter(None, (_("Hoãn"), reason))), "warn")


def order_tag(status: str) -> Tag:
    """The state of an order."""
    words = {
        "active": Tag(_("Đang dùng"), "good"),
        "on-hold": Tag(_("Tạm hoãn"), "warn"),
        "stopped": Tag(_("Đã ngừng")),
        "completed": Tag(_("Đã xong")),
        "cancelled": Tag(_("Đã hủy")),
    }
    return words.get(status, Tag(status))


def expiry_tag(expiry: date) -> Tag:
    """Whether a lot may still be used."""
    today = clock.today()
    if expiry < today:
        return Tag(_("Hết hạn"), "bad")
    return Tag(_("Sắp hết hạn"), "warn") if expiry <= today + SOON else Tag(_("Còn hạn"), "good")


def controlled_word(kind: str) -> str:
    """Which law guards a medicine, "" for none."""
    words = {"narcotic": _("Gây nghiện"), "psychotropic": _("Hướng thần"), "precursor": _("Tiền chất")}
    return words.get(kind, "")


def move_word(kind: str) -> str:
    """What a step of a lot was."""
    words = {
        "receipt": _("Nhập"),
        "dispense": _("Cấp"),
        "return": _("Nhập lại"),
        "waste": _("Hủy"),
        "count": _("Kiểm kê"),
    }
    return words.get(kind, kind)
