"""What every page needs for its frame: who, where, which way to go."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ansinh.access.roles import roles
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.ui import drafts, navigation

NOBODY = Context(actor="anonymous", role="")


@dataclass
class Shell:
    """The frame of one page; each part is worked out only when the template asks for it."""

    request: HttpRequest

    @property
    def context(self) -> Context:
        return getattr(self.request, "context", NOBODY)

    @property
    def logged_in(self) -> bool:
        return bool(self.context.role)

    @cached_property
    def places(self) -> list[navigation.Entry]:
        return navigation.entries(self.context, self.request.path) if self.logged_in else []

    @property
    def user_name(self) -> str:
        return self.context.display

    @property
    def role_title(self) -> str:
        role = roles().get(self.context.role)
        if role is None:
            return ""
        return role.title if translation.get_language() == "vi" else role.title_en

    @cached_property
    def unit_name(self) -> str:
        """Name of the unit that the reader acts for: one read by primary key."""
        if not self.context.unit:
            return ""
        from ansinh.fhir.store import Repository

        unit = Repository(system_context()).find("Organization", self.context.unit)
        if unit is None:
            return ""
        english = unit.get("alias", []) if translation.get_language() == "en" else []
        return next(iter(english), unit.get("name", ""))

    @property
    def draft_key(self) -> str:
        """What seals the drafts of this account on its device, "" when nobody is logged in."""
        return drafts.key_of(self.context)

    @property
    def search_url(self) -> str:
        """Where the header's search goes, "" for readers who may not open people."""
        return navigation.address("people") if self.context.has("person.open") else ""

    @property
    def help_url(self) -> str:
        return navigation.address("help")

    @property
    def security_url(self) -> str:
        return navigation.address("own_security")

    @property
    def accounts_url(self) -> str:
        """Where accounts of others are looked after, "" for who does not."""
        return navigation.address("accounts") if self.context.has("account.open") else ""

    @property
    def audit_url(self) -> str:
        """Where who looked at what is read, "" for who does not look after it."""
        return navigation.address("audit") if self.context.has("audit.open") else ""

    @property
    def private_lives(self) -> list[tuple[str, object, str]]:
        """(address, words, icon) of what guards people's data: emergencies and people's own requests."""
        places = (
            ("emergency", _("Mở hồ sơ khẩn cấp"), "lock", "emergency.open"),
            ("emergencies", _("Những lần mở khẩn cấp"), "search", "emergency.review"),
            ("requests", _("Yêu cầu của người bệnh về dữ liệu"), "task", "rights.open"),
        )
        return [
            (navigation.address(name), words, icon) for name, words, icon, needs in places if self.context.has(needs)
        ]

    @property
    def in_emergency(self) -> bool:
        """True while one person's record is open in an emergency."""
        return self.context.purpose == "BTG"

    @property
    def backups_url(self) -> str:
        """Where backups of the node are looked after, "" for who does not."""
        return navigation.address("backups") if self.context.has("backup.open") else ""

    @property
    def gallery_url(self) -> str:
        return navigation.address("gallery") if self.context.has("gallery.open") else ""

    @property
    def languages(self) -> list[dict[str, Any]]:
        current = translation.get_language()
        return [{"code": code, "name": name, "current": code == current} for code, name in settings.LANGUAGES]

    @property
    def today(self) -> date:
        return clock.today()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Template context: `shell`."""
    return {"shell": Shell(request)}
