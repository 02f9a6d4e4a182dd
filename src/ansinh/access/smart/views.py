"""Leave for an app, asked of the person who is logged in; tokens, their end, and what is known of them."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.http import OAuth2ResponseRedirect
from oauth2_provider.models import get_access_token_model, get_refresh_token_model
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauthlib.common import Request as OAuthRequest

from ansinh.access import tokens
from ansinh.access.permissions import public, requires
from ansinh.access.smart import asking, registering, scopes
from ansinh.access.smart.asking import Asked
from ansinh.kernel import clock
from ansinh.kernel.errors import UserError


@requires()
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Show who asks for what, and of whom; send the app its code when the person says yes."""
    core = get_oauthlib_core()
    try:
        texts, credentials = core.validate_authorization_request(request)
        asked = asking.read(request, texts, credentials)
    except FatalClientError as error:
        return _refuse(request, _asked_wrongly(error))
    except OAuthToolkitError as error:
        return _back(error, str(request.GET.get("redirect_uri", "")))
    except UserError as error:
        return _refuse(request, error.message)
    if request.method == "POST" and "answer" in request.POST:
        return _answer(request, asked)
    found = asking.people(request.context, request.POST.get("q", "")) if request.method == "POST" else []  # type: ignore[attr-defined]
    page = {"asked": asked, "found": found, "q": request.POST.get("q", ""), "lines": asking.lines(asked)}
    return _let_lead(render(request, "smart/authorize.html", page), asked.redirect)


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What the person said: a code for the app, or that it may not."""
    try:
        texts = asking.bound(request, asked)
        credentials = {**asked.credentials, "approved": True}
        allow = request.POST["answer"] == "yes"
        core = get_oauthlib_core()
        address = core.create_authorization_response(request, scopes=texts, credentials=credentials, allow=allow)[0]
    except OAuthToolkitError as error:
        return _back(error, asked.redirect)
    except UserError as error:
        return _refuse(request, error.message)
    return _let_lead(OAuth2ResponseRedirect(address, _SCHEMES), asked.redirect)


GRANTS = frozenset({"authorization_code", "refresh_token", "client_credentials"})
_SCHEMES = ("https", "http")


def _back(error: OAuthToolkitError, redirect: str) -> HttpResponse:
    """Tell the app, at the address that the toolkit has found to be its own."""
    return OAuth2ResponseRedirect(error.oauthlib_error.in_uri(redirect), _SCHEMES)


def _asked_wrongly(error: FatalClientError) -> str:
    code = getattr(error.oauthlib_error, "description", "") or error.oauthlib_error.error
    return _("Ứng dụng này chưa được đăng ký hoặc hỏi không đúng cách (%(code)s).") % {"code": str(code)[:100]}


def _refuse(request: HttpRequest, message: str) -> HttpResponse:
    return render(request, "smart/refused.html", {"message": message}, status=400)


def _let_lead(response: HttpResponse, redirect: str) -> HttpResponse:
    """The form of this page ends at the app's address: browsers hold what follows a form to the page's policy."""
    origin = "/".join(redirect.split("/")[:3])
    allowed: list[Any] = list(settings.SECURE_CSP["form-action"])  # type: ignore[call-overload]
    policy = {**settings.SECURE_CSP, "form-action": [*allowed, origin]}
    response._csp_config = policy  # type: ignore[attr-defined]
    return response


@public
@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for a code, for a refresh token, or for a server that proved itself."""
    if request.POST.get("grant_type") not in GRANTS:  # the toolkit knows more of them
        return _json({"error": "unsupported_grant_type"}, 400)
    _keep_binding(request)
    _url, _headers, body, status = get_oauthlib_core().create_token_response(request)
    told = json.loads(body)
    if status == 200:
        told["scope"], person = _as_told(told["scope"])
        told |= {"patient": person, "need_patient_banner": True} if person else {}
    return _json(told, status)


def _keep_binding(request: HttpRequest) -> None:
    """An app that asks for less when it refreshes keeps its role and person: it does not know their words."""
    if request.POST.get("grant_type") != "refresh_token" or not request.POST.get("scope"):
        return
    digest = hashlib.sha256(request.POST.get("refresh_token", "").encode()).hexdigest()
    kept = get_refresh_token_model().objects.filter(token_checksum=digest).select_related("access_token").first()
    if kept is None or kept.access_token is None:
        return
    changed = request.POST.copy()
    own = [one for one in kept.access_token.scope.split() if scopes.is_binding(one)]
    asked = [one for one in str(changed["scope"]).split() if not scopes.is_binding(one)]
    changed["scope"] = " ".join([*asked, *own])
    request.POST = changed  # type: ignore[assignment]


def _as_told(text: str) -> tuple[str, str]:
    """Scopes as the app knows them, and the person."""
    texts, _role, person = scopes.binding(text.split())
    return " ".join(texts), person


@public
@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The end of a token, said by its app (RFC 7009)."""
    _url, _headers, body, status = get_oauthlib_core().create_revocation_response(request)
    return HttpResponse(body or "", status=status, content_type="application/json", headers=_NOT_KEPT)


@public
@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """What is known of a token, for the app whose it is (RFC 7662); everybody else is told that it is none."""
    core = get_oauthlib_core()
    uri, method, body, headers = core._extract_params(request)
    asking_app = OAuthRequest(uri, method, body, headers)
    if not core.server.request_validator.authenticate_client(asking_app):
        return _json({"error": "invalid_client"}, 401)
    digest = hashlib.sha256(request.POST.get("token", "").encode()).hexdigest()
    found = get_access_token_model().objects.filter(token_checksum=digest, application=asking_app.client).first()
    if found is None or found.expires <= clock.now():
        return _json({"active": False}, 200)
    texts, person = _as_told(found.scope)
    told = {"active": True, "scope": texts, "client_id": asking_app.client.client_id}
    told["exp"] = int(found.expires.timestamp())
    return _json(told | ({"patient": person} if person else {}), 200)


@public
@csrf_exempt
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Dynamic registration (RFC 7591), with the token of somebody who looks after apps."""
    try:
        scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
        context = tokens.context_from_bearer(word if scheme.lower() == "bearer" else "")
        made = registering.register(context, _told(request))
    except UserError as error:
        code = {401: "invalid_token", 403: "access_denied"}.get(error.status, "invalid_client_metadata")
        return _json({"error": code, "error_description": error.message}, error.status if error.status < 404 else 400)
    told = {"client_id": made.client_id, "client_name": made.app.application.name, "scope": made.app.scopes}
    return _json(told | ({"client_secret": made.client_secret} if made.client_secret else {}), 201)


def _told(request: HttpRequest) -> dict[str, Any]:
    from ansinh.kernel.errors import Malformed

    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Malformed("Nội dung phải là JSON.") from error
    if not isinstance(told, dict):
        raise Malformed("Nội dung phải là một đối tượng JSON.")
    return told


_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def _json(told: dict[str, Any], status: int) -> JsonResponse:
    return JsonResponse(told, status=status, headers=_NOT_KEPT)
