"""Accounts and assignments."""

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ansinh.access.models import Assignment, User
from ansinh.access.roles import roles
from ansinh.kernel.errors import Conflict, Invalid
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
        raise Invalid(f"Không có vai trò «{role}» trong definitions/roles.", field="role")
