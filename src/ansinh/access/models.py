"""Accounts, what they may do where, and tokens of machines. No clinical fact lives here."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from ansinh.kernel import clock
from ansinh.kernel.text import nfc


class UserManager(BaseUserManager["User"]):
    """Creates accounts; the password is stored as an Argon2 hash only."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=nfc(username).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can log in. Private: password, full_name. Open: username, language."""

    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=120)
    practitioner_id = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.full_name


class Assignment(models.Model):
    """One role at one unit (Organization id; "" = the whole node) from a day to a day (open when empty)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.SlugField(max_length=40)
    unit = models.CharField(max_length=64, blank=True)
    from_date = models.DateField(default=clock.today)
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("from_date", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="assignment_ends_after_it_starts",
                violation_error_message="Ngày thôi giữ vai trò phải sau ngày bắt đầu.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role}@{self.unit or '*'}"


class AccessToken(models.Model):
    """A bearer token of a machine or script; only its SHA-256 is kept. Acts as the assignment it names."""

    digest = models.CharField(max_length=64, unique=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE)
    label = models.CharField(max_length=80)
    expires = models.DateTimeField()

    def __str__(self) -> str:
        return self.label
