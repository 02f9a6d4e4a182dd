"""Accounts, what they may do where, how they prove who they are, tokens of machines. No clinical fact lives here."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from ansinh.kernel import clock
from ansinh.kernel.text import fold, nfc


class UserManager(BaseUserManager["User"]):
    """Creates accounts; the password is stored as an Argon2 hash only."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=nfc(username).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who can log in. Private: password, full_name, email, citizen_digest, search_text. Open: the rest.

    citizen_digest: keyed digest of the citizen number, only to know the person again who comes from an outside
    provider; the number itself is not kept. sessions_over: raised by one, it ends every session of the account.
    """

    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True, max_length=200)
    practitioner_id = models.CharField(max_length=64, blank=True)
    citizen_digest = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=clock.now)
    sessions_over = models.PositiveIntegerField(default=0)
    search_text = models.CharField(max_length=200, blank=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("citizen_digest",), condition=~Q(citizen_digest=""), name="one_account_a_citizen"
            ),
        )

    def __str__(self) -> str:
        return self.username

    def save(self, **kwargs: Any) -> None:
        """Keeps the key by which the account is searched beside the names it is made from."""
        self.search_text = fold(f"{self.username} {self.full_name}")[:200]
        if (fields := kwargs.get("update_fields")) and {"username", "full_name"} & set(fields):
            kwargs["update_fields"] = [*fields, "search_text"]
        super().save(**kwargs)

    def get_full_name(self) -> str:
        return self.full_name

    def get_session_auth_hash(self) -> str:
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Any:
        return (self._session_hash(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, key: str | bytes | None) -> str:
        """What a session must still agree with: it ends when the password changes or all sessions were ended."""
        value = f"{self.password}:{self.sessions_over}"
        return salted_hmac("ansinh.access.session", value, secret=key, algorithm="sha256").hexdigest()


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


class Tries(models.Model):
    """How often something was tried within a stretch of time (`throttle`). The key is a digest and names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.key


class OneTimeCode(models.Model):
    """A code that sets a new password once; only its digest is kept. Private: digest.

    user: None when the name that was asked for is nobody's; such a row is made so that both take as long, and is
    forgotten by the worker. mail: to be sent by e-mail; until then `secret` holds the code.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=255, blank=True)
    mail = models.BooleanField(default=False)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk}"


class OutsideIdentity(models.Model):
    """Who an account is at the outside provider: `sub` of the issuer. Private: subject."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="outside")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_a_subject"),
            models.UniqueConstraint(fields=("issuer", "user"), name="one_subject_an_account"),
        )

    def __str__(self) -> str:
        return f"{self.issuer} {self.user_id}"


class AccountEvent(models.Model):
    """What happened to an account: ids and words of `events.KINDS`, no personal data. Never changed."""

    at = models.DateTimeField(default=clock.now)
    kind = models.SlugField(max_length=40)
    account = models.BigIntegerField(db_index=True)
    by = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.account}"


class EmergencyAccess(models.Model):
    """One person's record opened in an emergency. Private: person, reason, note. Never deleted.

    unit and role: of who opened it; person_unit: the facility that cares for the person. until: when it is over by
    itself; ended: when it was ended before. waits: nobody looked at it yet.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergencies")
    role = models.SlugField(max_length=40)
    unit = models.CharField(max_length=64, blank=True)
    person = models.CharField(max_length=64)
    person_unit = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500)
    started = models.DateTimeField()
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    waits = models.BooleanField(default=True)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"emergency access {self.pk}"


class PersonRequest(models.Model):
    """What a person, or who stands for them, asked of the facility by their rights (`rights`). Private: person, words,
    answer, asker. due: the day by which it is answered."""

    kind = models.SlugField(max_length=40)
    person = models.CharField(max_length=64, db_index=True)
    unit = models.CharField(max_length=64)
    asker = models.CharField(max_length=200)
    words = models.CharField(max_length=1000, blank=True)
    asked = models.DateTimeField(default=clock.now)
    due = models.DateField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
