"""Accounts of others: find, open, one account, and each step on it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ansinh.access import account_forms as forms
from ansinh.access import actions, authority, events, factors, queries, sessions, throttle
from ansinh.access.forms import said
from ansinh.access.models import Assignment, User
from ansinh.access.permissions import proved_lately, requires
from ansinh.access.roles import Role, roles
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound, Refused, UserError


@requires("account.open")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that the reader sees; what is searched for travels in the body, never in the address."""
    context, names = _context(request), _units()
    choices = [(role.id, _title(role)) for role in roles().values()]
    form = forms.FindForm(request.POST or request.GET or None, roles=choices)
    asked = form.cleaned_data if form.is_valid() else {}
    found = queries.accounts(
        context,
        text=asked.get("q", "") if request.method == "POST" else "",
        role=asked.get("role", ""),
        open_only=not asked.get("closed"),
        after=request.GET.get("sau", ""),
    )
    page = {
        "form": form,
        "rows": [(user, [_in_words(one, names) for one in _in_force(user)]) for user in found.accounts],
        "more": found.more,
        "last": found.accounts[-1].username if found.accounts else "",
    }
    return render(request, "access/accounts.html", page)


@requires("account.open")
@proved_lately
@never_cache
def account_new(request: HttpRequest) -> HttpResponse:
    """A new account; the page that follows shows the code on paper, once."""
    context = _context(request)
    form = forms.NewAccountForm(request.POST or None, **_role_choices(context))
    if request.method == "POST" and form.is_valid():
        try:
            user, code = actions.open_account(context, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            return _paper(request, user, code)
    return render(request, "access/account_new.html", {"form": form}, status=422 if form.errors else 200)


@requires("account.open")
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: who, roles with their days, what guards it, what happened."""
    context, names = _context(request), _units()
    user = queries.account(context, account_id)
    log = events.latest(user)
    by = {one.pk: one for one in User.objects.filter(pk__in={entry.by for entry in log if entry.by})}
    page = {
        "account": user,
        "assignments": [(one, *_in_words(one, names), _state(one)) for one in user.assignments.all()],
        "may": authority.may_look_after(context, user.assignments.all()),
        "has": factors.factors_of(user),
        "shut": throttle.is_shut(user.username),
        "sessions": len(sessions.sessions_of(user, None)),
        "events": [(one.at, events.words(one.kind), by.get(one.by or 0)) for one in log],
        "outside": settings.OUTSIDE.get("name", "") if authority.everywhere(context) else "",
        "linked": user.outside.exists(),
    }
    return render(request, "access/account.html", page)


@requires("account.open")
@proved_lately
def account_edit(request: HttpRequest, account_id: int) -> HttpResponse:
    """What is known of the owner."""
    context = _context(request)
    user = _mine(context, account_id)
    units = {one.unit for one in user.assignments.all()}
    staff = queries.staff_to_choose(context, units, _today())
    if user.practitioner_id and user.practitioner_id not in dict(staff):
        staff.insert(0, (user.practitioner_id, _("Nhân viên đang gắn")))
    initial = {"full_name": user.full_name, "email": user.email, "practitioner_id": user.practitioner_id}
    form = forms.EditForm(request.POST or None, initial=initial, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_account(context, user=user, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            return _done(request, user, _("Đã lưu thông tin tài khoản."))
    return _form_page(request, user, form, _("Sửa thông tin tài khoản"), _("Lưu"))


@requires("account.open")
@proved_lately
def account_role(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give a role at a unit from a day to a day."""
    context = _context(request)
    user = _mine(context, account_id)
    form = forms.RoleForm(request.POST or None, **_role_choices(context))
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_role(context, user=user, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            return _done(request, user, _("Đã giao vai trò."))
    return _form_page(request, user, form, _("Giao vai trò"), _("Giao vai trò"))


@requires("account.open")
@proved_lately
def account_role_end(request: HttpRequest, account_id: int, assignment_id: int) -> HttpResponse:
    """Let a role end with a day."""
    context = _context(request)
    user = _mine(context, account_id)
    form = forms.EndRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_role(context, user=user, assignment_id=assignment_id, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            return _done(request, user, _("Đã ghi ngày kết thúc vai trò."))
    held = next((one for one in user.assignments.all() if one.pk == assignment_id), None)
    if held is None:
        raise NotFound("Không có vai trò này.")
    role, unit = _in_words(held, _units())
    title = _("Kết thúc vai trò «%(role)s»") % {"role": role}
    return _form_page(request, user, form, title, _("Kết thúc vai trò"), about=unit)


@requires("account.open")
@proved_lately
def account_outside(request: HttpRequest, account_id: int) -> HttpResponse:
    """Bind the account to a subject of the outside provider; for who looks after the whole node."""
    context = _context(request)
    user = _mine(context, account_id)
    issuer = settings.OUTSIDE.get("issuer", "")
    if not issuer or not authority.everywhere(context):
        raise Refused(_("Vai trò của anh/chị không dùng được trang này."))
    form = forms.OutsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.link_outside(context, user=user, issuer=issuer, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            return _done(request, user, _("Đã lưu danh tính bên ngoài."))
    return _form_page(request, user, form, _("Danh tính bên ngoài"), _("Lưu"))


@requires("account.open")
@require_POST
@proved_lately
@never_cache
def account_code(request: HttpRequest, account_id: int) -> HttpResponse:
    """A one-time code, shown once, to be handed over on paper."""
    context = _context(request)
    user = _mine(context, account_id)
    return _paper(request, user, actions.code_on_paper(context, user=user))


@requires("account.open")
@require_POST
@proved_lately
def account_step(request: HttpRequest, account_id: int, step: str) -> HttpResponse:
    """One step without a form: close, reopen, unlock, forget second factors, log out everywhere."""
    steps = {
        "dong": (actions.close_account, _("Đã đóng tài khoản; mọi phiên đã kết thúc.")),
        "mo-lai": (actions.reopen_account, _("Đã mở lại tài khoản.")),
        "mo-khoa": (actions.unlock, _("Đã mở khóa đăng nhập.")),
        "xoa-lop-hai": (actions.reset_factors, _("Đã xóa lớp xác thực thứ hai; mọi phiên đã kết thúc.")),
        "dang-xuat": (actions.end_sessions, _("Đã đăng xuất tài khoản khỏi mọi nơi.")),
    }
    user = _mine(_context(request), account_id)
    if step not in steps:
        raise NotFound("Không có việc này.")
    action, text = steps[step]
    try:
        action(_context(request), user=user)
    except UserError as error:
        messages.error(request, said(error.message))
        return redirect("account", account_id=user.pk)
    return _done(request, user, text)


def _mine(context: Context, account_id: int) -> User:
    """An account that the reader looks after. Raises NotFound, Refused."""
    user = queries.account(context, account_id)
    if not authority.may_look_after(context, user.assignments.all()):
        raise Refused("Tài khoản này giữ vai trò mà anh/chị không được giao; hãy nhờ quản trị hệ thống.")
    return user


def _paper(request: HttpRequest, user: User, code: str) -> HttpResponse:
    return render(request, "access/paper.html", {"account": user, "code": code})


def _done(request: HttpRequest, user: User, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("account", account_id=user.pk)


def _form_page(request: HttpRequest, user: User, form: Any, title: str, button: str, about: str = "") -> HttpResponse:
    page = {"account": user, "form": form, "title": title, "button": button, "about": about}
    return render(request, "access/account_form.html", page, status=422 if form.errors else 200)


def _role_choices(context: Context) -> dict[str, Any]:
    return {
        "roles": [(role.id, _title(role)) for role in authority.roles_to_give(context)],
        "units": queries.units_to_choose(context, _units()),
        "node": authority.everywhere(context),
    }


def _in_force(user: User) -> list[Assignment]:
    return [one for one in user.assignments.all() if _state(one) == "now"]


def _in_words(one: Assignment, names: Any) -> tuple[str, str]:
    """(role, unit) of an assignment."""
    role = roles().get(one.role)
    unit = names.get(one.unit, one.unit) if one.unit else _("Toàn máy chủ")
    return (_title(role) if role else one.role), unit


def _state(one: Assignment) -> str:
    today = clock.today()
    if one.from_date > today:
        return "later"
    return "over" if one.to_date and one.to_date < today else "now"


def _title(role: Role) -> str:
    return role.title if get_language() == "vi" else role.title_en


def _units() -> Mapping[str, str]:
    return queries.unit_names(_today(), english=get_language() != "vi")


def _today() -> str:
    return clock.today().isoformat()


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined]
