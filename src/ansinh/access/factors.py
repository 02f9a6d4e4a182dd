"""Second factors of an account: one-time codes of a telephone, recovery codes, passkeys.

The only module that touches `allauth.mfa`: its tables and its arithmetic, none of its pages. What it needs for keys
(fido2, 10 MB) is imported when the first key is asked for.

    set up     new_totp_secret ─► add_totp(code)        begin_key ─► add_key(answer)       ─► recovery codes, once
    log in     check_code(telephone or recovery)        begin_proof ─► check_proof(answer)
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ansinh.access import vault
from ansinh.access.models import User
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid

TOTP, CODES, KEY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN
MOST_KEYS = 10


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey of an account."""

    id: int
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has. codes_left: recovery codes that were not used yet."""

    totp: bool
    keys: tuple[Key, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        return self.totp or bool(self.keys)


def factors_of(user: User) -> Factors:
    """All of one account: one query."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    keys = tuple(Key(one.pk, one.data["name"], one.created_at, one.last_used_at) for one in rows if one.type == KEY)
    used = next((one.data["used_mask"] for one in rows if one.type == CODES), None)
    left = 0 if used is None else app_settings.RECOVERY_CODE_COUNT - int(used).bit_count()
    return Factors(any(one.type == TOTP for one in rows), keys, left)


def has_factor(user: User) -> bool:
    """True when the account is asked for a second factor; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=(TOTP, KEY)).exists()


# --- one-time codes of a telephone ---------------------------------------------------------------------------


def new_totp_secret() -> str:
    """A secret of 160 bits for a telephone, in base 32."""
    return totp.generate_totp_secret()


def totp_drawing(user: User, secret: str) -> str:
    """The QR code that a telephone reads, as an SVG without anything inline that a page may not have."""
    from qrcode import QRCode
    from qrcode.image.svg import SvgPathFillImage

    code = QRCode(border=3, image_factory=SvgPathFillImage)
    code.add_data(get_adapter().build_totp_url(user, secret))
    size = code.modules_count + 6 if code.make() is None else 0
    image = code.make_image().to_string(encoding="unicode")
    drawn = image[image.index("<rect") if "<rect" in image else image.index("<path") : image.rindex("</svg")]
    return f'<svg viewBox="0 0 {size} {size}" width="220" height="220" aria-hidden="true">{drawn}</svg>'


@transaction.atomic
def add_totp(user: User, secret: str, code: str) -> list[str]:
    """Bind a telephone. Returns recovery codes to show once, if there were none. Raises Invalid for a wrong code."""
    User.objects.select_for_update().get(pk=user.pk)
    counter = _counter(secret, code)
    if counter is None:
        raise Invalid("Mã không đúng. Hãy xem lại giờ của điện thoại rồi nhập mã đang hiện.", field="code")
    Authenticator.objects.filter(user=user, type=TOTP).delete()
    Authenticator.objects.create(user=user, type=TOTP, data={"secret": vault.seal(secret), "counter": counter})
    return _first_codes(user)


@transaction.atomic
def remove_totp(user: User) -> None:
    """Unbind the telephone; recovery codes go with the last factor."""
    Authenticator.objects.filter(user=user, type=TOTP).delete()
    _tidy(user)


def check_code(user: User, typed: str) -> str:
    """Which factor a typed code proves, `totp` or `recovery`; "" for none. A code works once."""
    typed = "".join(typed.split()).replace("-", "")
    if not typed.isascii() or not typed.isdecimal():
        return ""
    if len(typed) == app_settings.TOTP_DIGITS:
        return "totp" if _check_totp(user, typed) else ""
    return "recovery" if _check_recovery(user, typed) else ""


@transaction.atomic
def _check_totp(user: User, code: str) -> bool:
    row = Authenticator.objects.select_for_update().filter(user=user, type=TOTP).first()
    counter = _counter(vault.unseal(row.data["secret"]), code) if row else None
    if row is None or counter is None or counter <= row.data.get("counter", 0):
        return False  # a code seen over somebody's shoulder, or sent twice, has been used up
    row.data["counter"] = counter
    row.last_used_at = clock.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _check_recovery(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, type=CODES).first()
    return row is not None and RecoveryCodes(row).validate_code(code)


def _counter(secret: str, code: str) -> int | None:
    """The half-minute that this code belongs to, of those that are near enough."""
    for counter in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))):
            return counter
    return None


# --- recovery codes ------------------------------------------------------------------------------------------


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Fresh recovery codes; the old ones end. Raises Invalid for an account without another factor."""
    User.objects.select_for_update().get(pk=user.pk)
    if not has_factor(user):
        raise Invalid("Cần bật mã xác thực hoặc khóa truy cập trước khi tạo mã dự phòng.")
    Authenticator.objects.filter(user=user, type=CODES).delete()
    return RecoveryCodes.activate(user).get_unused_codes()


def _first_codes(user: User) -> list[str]:
    if Authenticator.objects.filter(user=user, type=CODES).exists():
        return []
    return RecoveryCodes.activate(user).get_unused_codes()


# --- passkeys ------------------------------------------------------------------------------------------------


def keys_work_here(request: HttpRequest) -> bool:
    """Browsers give keys to names only, over https or on `localhost`; never to a bare address."""
    host = request.get_host().partition(":")[0]
    named = not host.replace(".", "").isdecimal() and not host.startswith("[")
    return named and (request.is_secure() or host == "localhost" or host.endswith(".localhost"))


def begin_key(request: HttpRequest, user: User) -> str:
    """What the browser is to make, as JSON; the challenge waits in the session."""
    from allauth.mfa.webauthn.internal import auth

    if Authenticator.objects.filter(user=user, type=KEY).count() >= MOST_KEYS:
        raise Invalid("Tài khoản đã có đủ khóa truy cập; hãy xóa khóa không dùng nữa.")
    return json.dumps(auth.begin_registration(user, passwordless=True), default=dict)


@transaction.atomic
def add_key(request: HttpRequest, user: User, name: str, answer: str) -> list[str]:
    """Keep the key that the browser made. Returns recovery codes to show once when there were none yet.

    Raises Invalid for an answer to another challenge, from another site, or of a key that did not check its owner.
    """
    from allauth.mfa.webauthn.internal import auth

    credential = _answer(answer)
    try:
        auth.parse_registration_response(credential)
        bound = auth.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise _bad_key() from error
    if not bound.is_user_verified():
        raise _bad_key()
    auth.WebAuthn.add(user, name[:60] or _("Khóa truy cập"), credential)
    return _first_codes(user)


@transaction.atomic
def remove_key(user: User, key: int) -> bool:
    """Forget a key; False when the account has no such key."""
    gone, _each = Authenticator.objects.filter(user=user, type=KEY, pk=key).delete()
    _tidy(user)
    return bool(gone)


def begin_proof(user: User | None) -> str:
    """What the browser is to prove, as JSON; without `user` any key of this node that knows its owner."""
    from allauth.mfa.webauthn.internal import auth

    return json.dumps(auth.begin_authentication(user), default=dict)


def check_proof(user: User | None, answer: str) -> User:
    """Whose key answered the challenge of the session. Raises Invalid for any other answer."""
    from allauth.mfa.webauthn.internal import auth

    credential = _answer(answer)
    try:
        auth.parse_authentication_response(credential)
        owner = user or auth.extract_user_from_response(credential)
        row = auth.complete_authentication(owner, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _bad_key() from error
    row.record_usage()
    return row.user


def _answer(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError as error:
        raise _bad_key() from error
    if not isinstance(read, dict):
        raise _bad_key()
    return read


def _bad_key() -> Invalid:
    return Invalid("Không nhận được khóa truy cập. Anh/chị hãy thử lại, hoặc dùng cách khác.", code="key")


# --- all together --------------------------------------------------------------------------------------------


def reset(user: User) -> None:
    """Forget every factor of an account: the telephone is lost, and so are the codes."""
    Authenticator.objects.filter(user=user).delete()


def _tidy(user: User) -> None:
    if not has_factor(user):
        Authenticator.objects.filter(user=user, type=CODES).delete()
