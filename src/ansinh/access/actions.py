"""Accounts and assignments."""

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ansinh.access import tokens
from ansinh.access.contexts import assignment_of
from ansinh.access.models import Assignment, User
from ansinh.access.roles import roles
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc


@transaction.atomic
def create_account(
    *, username: str, password: str, full_name: str, role: str, unit: str = "", practitioner_id: str = ""
) -> User:
    """A new account with one assignment from today.

    Raises Invalid for a weak password or an unknown role, Conflict when the name is taken.
    """
    if User.objects.filter(username=nfc(username).lower()).exists():
        raise Conflict("Tên đăng nhập này đã có người dùng.", field="username")
    _check_role(role)
    user = User(username=nfc(username).lower(), full_name=nfc(full_name), practitioner_id=practitioner_id)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save()
    Assignment.objects.create(user=user, role=role, unit=unit)
    return user


@transaction.atomic
def assign(*, user: User, role: str, unit: str, from_date: date) -> Assignment:
    """Give `user` a role at a unit from a day on."""
    _check_role(role)
    return Assignment.objects.create(user=user, role=role, unit=unit, from_date=from_date)


def _check_role(role: str) -> None:
    if role not in roles():
        raise Invalid(phrase("Không có vai trò «%(role)s» trong definitions/roles.", role=role), field="role")


def issue_token(*, username: str, label: str, valid_for: timedelta) -> str:
    """A bearer token with the rights of this account's assignment in force. Raises NotFound without one."""
    user = User.objects.filter(username=nfc(username).lower(), is_active=True).first()
    assignment = assignment_of(user) if user else None
    if assignment is None:
        raise NotFound(phrase("Không có tài khoản «%(name)s» đang giữ một vai trò.", name=username), field="user")
    return tokens.issue(assignment, label=label, valid_for=valid_for)
