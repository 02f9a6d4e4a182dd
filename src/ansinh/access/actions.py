"""Accounts and assignments: made, changed and ended by who may (`authority`); each step leaves an event."""

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ansinh.access import authority, codes, events, factors, queries, sessions, throttle, tokens, vault
from ansinh.access.contexts import assignment_of
from ansinh.access.models import Assignment, OutsideIdentity, User
from ansinh.access.roles import EVERY_ROLE, roles
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc


@transaction.atomic
def create_account(
    *, username: str, password: str, full_name: str, role: str, unit: str = "", practitioner_id: str = ""
) -> User:
    """A new account with one assignment from today, by the command line.

    Raises Invalid for a weak password or an unknown role, Conflict when the name is taken.
    """
    user = _new_user(username, full_name, practitioner_id)
    _check_role(role)
    set_password(user, password)
    user.save()
    Assignment.objects.create(user=user, role=role, unit=unit)
    events.record("created", user, detail=role)
    return user


@transaction.atomic
def open_account(
    context: Context,
    *,
    username: str,
    full_name: str,
    role: str,
    unit: str,
    from_date: date,
    to_date: date | None = None,
) -> tuple[User, str]:
    """A new account without a password, and the code on paper by which its owner sets one.

    Raises Refused for a role or unit that this reader may not give, Conflict when the name is taken.
    """
    user = _new_user(username, full_name, "")
    user.set_unusable_password()
    user.save()
    events.record("created", user, by=_by(context), detail=role)
    give_role(context, user=user, role=role, unit=unit, from_date=from_date, to_date=to_date)
    return user, codes.issue(user)


@transaction.atomic
def assign(*, user: User, role: str, unit: str, from_date: date) -> Assignment:
    """Give `user` a role at a unit from a day on."""
    _check_role(role)
    return Assignment.objects.create(user=user, role=role, unit=unit, from_date=from_date)


@transaction.atomic
def give_role(
    context: Context, *, user: User, role: str, unit: str, from_date: date, to_date: date | None = None
) -> Assignment:
    """Give a role at a unit from a day to a day (open when None). Raises Refused, Conflict, Invalid."""
    _check_role(role)
    _check_may(context, user)
    if not authority.may_give(context, role, unit):
        raise Refused("Anh/chị không được giao vai trò này tại đơn vị này.")
    if not unit and roles()[role].scope != "node":
        raise Invalid("Vai trò này cần một đơn vị.", field="unit")
    if to_date and to_date < from_date:
        raise Invalid("Ngày thôi giữ vai trò phải sau ngày bắt đầu.", field="to_date")
    for other in user.assignments.filter(role=role, unit=unit):
        if _overlap(other, from_date, to_date):
            raise Conflict("Tài khoản đã giữ vai trò này tại đơn vị này trong thời gian đó.", field="from_date")
    given = Assignment.objects.create(user=user, role=role, unit=unit, from_date=from_date, to_date=to_date)
    events.record("role-given", user, by=_by(context), detail=f"{role} {unit}".strip())
    return given


@transaction.atomic
def end_role(context: Context, *, user: User, assignment_id: int, last_day: date) -> None:
    """Let a role end with a day. Raises Refused, Invalid, NotFound, Conflict for the last who looks after the node."""
    _check_may(context, user)
    found = user.assignments.select_for_update().filter(pk=assignment_id).first()
    if found is None:
        raise NotFound("Không có vai trò này.")
    if last_day < found.from_date:
        raise Invalid("Ngày thôi giữ vai trò phải sau ngày bắt đầu.", field="last_day")
    if found.to_date and found.to_date < clock.today():
        raise Invalid("Vai trò này đã kết thúc.", field="last_day")
    _keep_one_administrator(user, besides=found)
    found.to_date = last_day
    found.save(update_fields=["to_date"])
    events.record("role-ended", user, by=_by(context), detail=f"{found.role} {found.unit}".strip())


@transaction.atomic
def edit_account(
    context: Context, *, user: User, full_name: str, email: str, practitioner_id: str, citizen_number: str = ""
) -> None:
    """Change what is known of the owner. An empty citizen number leaves the kept digest as it is.

    Raises Refused; Conflict for a citizen number or a staff member that is another account's.
    """
    _check_may(context, user)
    if practitioner_id and practitioner_id != user.practitioner_id:
        _check_staff(context, user, practitioner_id)
    user.full_name, user.email, user.practitioner_id = nfc(full_name), email, practitioner_id
    if citizen_number:
        user.citizen_digest = vault.digest("citizen", citizen_number)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict("Số căn cước này đã gắn với tài khoản khác.", field="citizen_number") from error
    events.record("edited", user, by=_by(context))


@transaction.atomic
def close_account(context: Context, *, user: User) -> None:
    """Nobody logs in with it any more; it is kept for what it wrote. Every session ends now."""
    _check_may(context, user)
    _keep_one_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.codes.all().delete()
    sessions.end_all(user)
    events.record("closed", user, by=_by(context))


@transaction.atomic
def reopen_account(context: Context, *, user: User) -> None:
    """Let its owner log in again."""
    _check_may(context, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    events.record("opened", user, by=_by(context))


@transaction.atomic
def code_on_paper(context: Context, *, user: User) -> str:
    """A one-time code for the owner, to be handed over on paper. The password stays good until it is used."""
    _check_may(context, user)
    if not user.is_active:
        raise Invalid("Tài khoản đã đóng; hãy mở lại trước khi cấp mã.")
    code = codes.issue(user)
    events.record("code-made", user, by=_by(context))
    return code


@transaction.atomic
def unlock(context: Context, *, user: User) -> None:
    """Let devices that the account never logged in on try again now."""
    _check_may(context, user)
    throttle.unlock(user.username)
    events.record("unlocked", user, by=_by(context))


@transaction.atomic
def reset_factors(context: Context, *, user: User) -> None:
    """The telephone is lost: forget every second factor and end every session."""
    _check_may(context, user)
    factors.reset(user)
    sessions.end_all(user)
    events.record("factors-reset", user, by=_by(context))


@transaction.atomic
def end_sessions(context: Context, *, user: User) -> None:
    """Log the owner out everywhere."""
    _check_may(context, user)
    sessions.end_all(user)
    events.record("left-everywhere", user, by=_by(context))


@transaction.atomic
def link_outside(context: Context, *, user: User, issuer: str, subject: str) -> None:
    """Bind the account to a subject of the outside provider; an empty subject unbinds it. Raises Refused, Conflict."""
    _check_may(context, user)
    user.outside.filter(issuer=issuer).delete()
    if not subject:
        events.record("outside-unlinked", user, by=_by(context))
        return
    if OutsideIdentity.objects.filter(issuer=issuer, subject=subject).exists():
        raise Conflict("Danh tính này đã gắn với tài khoản khác.", field="subject")
    OutsideIdentity.objects.create(user=user, issuer=issuer, subject=subject)
    events.record("outside-linked", user, by=_by(context))


@transaction.atomic
def rescue(*, username: str, code: bool, factors_too: bool) -> str:
    """By the command line, when nobody is left who could do it on the pages. Returns the code, "" when none is wanted.

    Raises NotFound for a name that no open account has.
    """
    user = User.objects.filter(username=nfc(username).lower(), is_active=True).first()
    if user is None:
        raise NotFound("Không có tài khoản này.")
    if factors_too:
        factors.reset(user)
        sessions.end_all(user)
        events.record("factors-reset", user, detail="command")
    if not code:
        return ""
    events.record("code-made", user, detail="command")
    return codes.issue(user)


def set_password(user: User, password: str, field: str = "password") -> None:
    """Put a password on an account that is saved by the caller. Raises Invalid, naming every weakness."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field=field) from error
    user.set_password(password)


@transaction.atomic
def password_by_code(*, name: str, code: str, password: str) -> User:
    """The owner of a one-time code sets a new password; every session ends, second factors stay.

    Raises Invalid alike for an unknown name, a wrong, used or old code; then for a weak password, and the code is kept.
    """
    user = codes.holder(name, code)
    if user is None:
        raise Invalid("Tên đăng nhập hoặc mã một lần không đúng, hoặc mã đã hết hạn.", field="code")
    set_password(user, password)
    if not codes.use(name, code):
        raise Invalid("Tên đăng nhập hoặc mã một lần không đúng, hoặc mã đã hết hạn.", field="code")
    user.save(update_fields=["password"])
    user.codes.all().delete()
    sessions.end_all(user)
    throttle.unlock(user.username)
    events.record("password-set", user)
    return user


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """The owner changes the password; every session ends, also the one that asks: the caller begins it anew."""
    set_password(user, password)
    user.save(update_fields=["password"])
    sessions.end_all(user)
    events.record("password-changed", user)


def issue_token(*, username: str, label: str, valid_for: timedelta) -> str:
    """A bearer token with the rights of this account's assignment in force. Raises NotFound without one."""
    user = User.objects.filter(username=nfc(username).lower(), is_active=True).first()
    assignment = assignment_of(user) if user else None
    if assignment is None:
        raise NotFound(phrase("Không có tài khoản «%(name)s» đang giữ một vai trò.", name=username), field="user")
    return tokens.issue(assignment, label=label, valid_for=valid_for)


def _new_user(username: str, full_name: str, practitioner_id: str) -> User:
    name = nfc(username).lower()
    if User.objects.filter(username=name).exists():
        raise Conflict("Tên đăng nhập này đã có người dùng.", field="username")
    return User(username=name, full_name=nfc(full_name), practitioner_id=practitioner_id)


def _check_role(role: str) -> None:
    if role not in roles():
        raise Invalid(phrase("Không có vai trò «%(role)s» trong definitions/roles.", role=role), field="role")


def _check_may(context: Context, user: User) -> None:
    """Raises Refused when the account is not one that this reader looks after."""
    if not authority.may_look_after(context, user.assignments.all()):
        raise Refused("Tài khoản này giữ vai trò mà anh/chị không được giao; hãy nhờ quản trị hệ thống.")


def _check_staff(context: Context, user: User, practitioner_id: str) -> None:
    """Raises Refused for somebody who holds no post where this account has a role: what is written bears their name."""
    units = {one.unit for one in user.assignments.all()}
    if practitioner_id not in dict(queries.staff_to_choose(context, units, clock.today().isoformat())):
        raise Refused("Nhân viên này không giữ vị trí nào tại đơn vị của tài khoản.", field="practitioner_id")
    if User.objects.filter(practitioner_id=practitioner_id).exists():
        raise Conflict("Nhân viên này đã có tài khoản khác.", field="practitioner_id")


def _keep_one_administrator(user: User, besides: Assignment | None = None) -> None:
    """Raises Conflict when nobody would be left who looks after every account of the node."""
    guards = [role.id for role in roles().values() if EVERY_ROLE in role.appoints and role.scope == "node"]
    mine = user.assignments.filter(role__in=guards)
    if not mine.exists() or (besides is not None and besides.role not in guards):
        return
    today = clock.today()
    left = Assignment.objects.filter(role__in=guards, user__is_active=True, from_date__lte=today)
    left = left.exclude(pk=besides.pk) if besides else left.exclude(user=user)
    if not any(one.to_date is None for one in left):
        raise Conflict("Đây là người quản trị hệ thống cuối cùng; hãy giao vai trò này cho người khác trước.")


def _overlap(other: Assignment, start: date, end: date | None) -> bool:
    return (end is None or other.from_date <= end) and (other.to_date is None or other.to_date >= start)


def _by(context: Context) -> int | None:
    return int(context.login) if context.login.isdecimal() else None
