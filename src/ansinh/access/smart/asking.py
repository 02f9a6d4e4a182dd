"""What an app asks leave for, and whom it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from oauth2_provider.models import get_application_model

from ansinh.access.contexts import assignment_of
from ansinh.access.models import User
from ansinh.access.smart import launches, scopes
from ansinh.access.standing import CHOSEN_ASSIGNMENT
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, Refused

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """texts: scopes; person, name: of the one it is about, "" while none is chosen; needs_person: one must be."""

    app: str
    texts: list[str]
    redirect: str
    credentials: dict[str, Any] = field(repr=False)
    person: str = ""
    name: str = ""
    needs_person: bool = False


def read(request: HttpRequest, texts: Sequence[str], credentials: dict[str, Any]) -> Asked:
    """What a request of an app asks, found sound. Raises UserError for what SMART does not allow."""
    given = request.GET
    if given.get("code_challenge_method") != "S256" or not given.get("code_challenge"):
        raise Invalid("Ứng dụng phải dùng PKCE với S256.", code="no-pkce")
    if given.get("aud", given.get("resource", "")).rstrip("/") not in _bases(request):
        raise Invalid("Ứng dụng hỏi quyền cho một máy chủ khác (aud).", code="wrong-audience")
    if any(one.level == "system" for one in map(scopes.read, texts) if one is not None):
        raise Invalid("Phạm vi system/… chỉ dành cho máy chủ.", code="scope-level")
    user, context = _user(request), _context(request)
    person = launches.person_of(user, credentials["client_id"], given["launch"]) if given.get("launch") else ""
    of_person = "launch/patient" in texts or any(one.startswith("patient/") for one in texts)
    app = get_application_model().objects.get(client_id=credentials["client_id"])
    name = name_of(Repository(context).read("Patient", person)) if person else ""
    return Asked(app.name, list(texts), credentials["redirect_uri"], credentials, person, name, of_person)


def bound(request: HttpRequest, asked: Asked) -> list[str]:
    """The scopes with role and person. Raises UserError for a person beyond reach, or when none was chosen."""
    person = asked.person or (request.POST.get("person", "") if asked.needs_person else "")
    if request.POST["answer"] == "yes" and asked.needs_person and not person:
        raise Invalid(_("Hãy chọn người mà ứng dụng được xem."), code="no-person")
    if person:
        Repository(_context(request)).read("Patient", person)
    held = assignment_of(_user(request), request.session.get(CHOSEN_ASSIGNMENT))
    if held is None:
        raise Refused(_("Vai trò của anh/chị không dùng được trang này."))
    return scopes.bound(asked.texts, held.pk, person)


def people(context: Context, text: str) -> list[tuple[str, str, str]]:
    """(id, name, birth date) of a few people of that name within reach."""
    if not text.strip() or not context.allows("search", "Patient"):
        return []
    page = search(Repository(context), "Patient", [("name", text.strip()), ("_count", str(SHOWN))])
    return [(one["id"], name_of(one), one.get("birthDate", "")) for one in page.resources]


def name_of(patient: dict[str, Any]) -> str:
    """The first name of a Patient, as it is written or of its parts."""
    first = (patient.get("name") or [{}])[0]
    return first.get("text") or " ".join([first.get("family", ""), *first.get("given", [])]).strip()


def lines(asked: Asked) -> list[str]:
    """Each scope in a sentence."""
    return [_in_words(text) for text in asked.texts]


def _in_words(text: str) -> str:
    plain = {
        "launch": _("Biết đang mở hồ sơ nào"),
        "launch/patient": _("Biết đang làm việc với người nào"),
        "offline_access": _("Giữ quyền này khi anh/chị không còn đăng nhập, đến khi bị thu hồi"),
        "online_access": _("Giữ quyền này khi anh/chị còn làm việc"),
    }
    one = scopes.read(text)
    if one is None:
        return plain[text]
    writes = bool(one.verbs & {"create", "update", "delete"})
    reads = bool(one.verbs & {"read", "search"})
    done = _("Xem và ghi") if reads and writes else _("Ghi") if writes else _("Xem")
    what = _("mọi loại hồ sơ") if one.type == "*" else one.type
    whose = _("của người này") if one.level == "patient" else _("mà anh/chị được xem")
    only = _(", chỉ với mã %(code)s") % {"code": one.code[2]} if one.code else ""
    return _("%(done)s %(what)s %(whose)s%(only)s") % {"done": done, "what": what, "whose": whose, "only": only}


def _bases(request: HttpRequest) -> set[str]:
    return {settings.FHIR_BASE.rstrip("/"), f"{request.scheme}://{request.get_host()}/fhir"}


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
