"""Registering an app: by who looks after apps, never by the app itself."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from ansinh.access.models import Assignment
from ansinh.access.smart import assertions, scopes
from ansinh.access.smart.models import SmartApp
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, NotFound, Refused

PERMISSION = "app.manage"
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Registered:
    """client_secret: shown once, "" for an app that has none."""

    client_id: str
    client_secret: str
    app: SmartApp


@transaction.atomic
def register(context: Context, told: dict[str, Any]) -> Registered:
    """Register what the metadata of RFC 7591 say. Raises Refused without the right, Invalid for what does not fit."""
    from oauth2_provider.models import get_application_model

    if not context.has(PERMISSION):
        raise Refused("Chỉ quản trị viên được đăng ký ứng dụng.", code="not-administrator")
    name, method = _text(told, "client_name"), told.get("token_endpoint_auth_method", "client_secret_basic")
    grants = told.get("grant_types", ["authorization_code"])
    server = grants == ["client_credentials"]
    if not server and (not isinstance(grants, list) or set(grants) - {"authorization_code", "refresh_token"}):
        raise _invalid("grant_types là authorization_code (và refresh_token), hoặc một mình client_credentials.")
    if method not in ("none", "client_secret_basic", "private_key_jwt"):
        raise _invalid("token_endpoint_auth_method là none, client_secret_basic hoặc private_key_jwt.")
    if server and method != "private_key_jwt":
        raise _invalid("Máy chủ tự hoạt động phải dùng private_key_jwt.")
    most = _scopes(told, server)
    application = get_application_model()
    secret = secrets.token_urlsafe(32) if method == "client_secret_basic" else ""
    made = application.objects.create(
        name=name,
        client_secret=secret or secrets.token_urlsafe(32),
        client_type="public" if method == "none" else "confidential",
        authorization_grant_type="client-credentials" if server else "authorization-code",
        redirect_uris="" if server else " ".join(_redirects(told)),
    )
    app = SmartApp.objects.create(
        application=made,
        kind="server" if server else "public" if method == "none" else "confidential",
        scopes=" ".join(most),
        launch_url=_address(told["launch_url"]) if told.get("launch_url") else "",
        keys=_keys(told) if method == "private_key_jwt" else {},
        assignment=_assignment(told) if server else None,
        registered_by=int(context.login) if context.login.isdecimal() else None,
    )
    return Registered(made.client_id, secret, app)


@transaction.atomic
def close(context: Context, client_id: str) -> None:
    """End an app: its tokens stop at once. Raises Refused, NotFound."""
    if not context.has(PERMISSION):
        raise Refused("Chỉ quản trị viên được đóng ứng dụng.", code="not-administrator")
    app = SmartApp.objects.filter(application__client_id=client_id, closed__isnull=True).first()
    if app is None:
        raise NotFound("Không có ứng dụng này.", code="no-app")
    app.closed = clock.now()
    app.save(update_fields=["closed"])
    for kept in (app.application.accesstoken_set, app.application.refreshtoken_set, app.application.grant_set):
        kept.all().delete()


def listed() -> list[SmartApp]:
    """Apps that are open, by name."""
    return list(
        SmartApp.objects.filter(closed__isnull=True).select_related("application").order_by("application__name")
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise _invalid(f"{name} phải là một dòng chữ, nhiều nhất 200 ký tự.")
    return value.strip()


def _scopes(told: dict[str, Any], server: bool) -> list[str]:
    wanted = _text({"scope": told.get("scope")}, "scope").split()
    for one in wanted:
        scope = scopes.read(one)
        if scope is not None and (scope.level == "system") != server:
            raise _invalid(f"Phạm vi «{one}» không hợp với loại ứng dụng này.")
    return wanted


def _redirects(told: dict[str, Any]) -> list[str]:
    found = told.get("redirect_uris")
    if not isinstance(found, list) or not found:
        raise _invalid("redirect_uris phải có ít nhất một địa chỉ.")
    return [_address(one) for one in found]


def _address(text: Any) -> str:
    """https, or a program on the user's own machine; no fragment, no password."""
    parts = urlsplit(text) if isinstance(text, str) and text.isascii() and " " not in text else urlsplit("")
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.fragment or parts.username:
        raise _invalid(f"Địa chỉ «{str(text)[:100]}» phải là https và không có dấu #.")
    return str(text)


def _keys(told: dict[str, Any]) -> dict[str, Any]:
    try:
        return assertions.read_keys(told.get("jwks"))
    except ValueError as error:
        raise _invalid(f"{error}.") from error


def _assignment(told: dict[str, Any]) -> Assignment:
    """The role that a server acts in: of the account `ansinh_account`, which holds exactly one today."""
    from ansinh.access.contexts import assignments_in_force
    from ansinh.access.models import User

    user = User.objects.filter(username=_text(told, "ansinh_account").lower(), is_active=True).first()
    held = assignments_in_force(user) if user else []
    if len(held) != 1:
        raise _invalid("ansinh_account phải là tài khoản đang giữ đúng một vai trò.")
    return held[0]


def _invalid(message: str) -> Invalid:
    return Invalid(message, code="client-metadata")
