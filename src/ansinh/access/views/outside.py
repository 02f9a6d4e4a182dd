"""There and back: the outside provider of identities."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from ansinh.access import oidc, outside
from ansinh.access.forms import said
from ansinh.access.permissions import public
from ansinh.access.views.entering import after_proof
from ansinh.access.views.next_page import next_page
from ansinh.kernel.errors import UserError

_KEPT = "outside"


@public
@never_cache
def go(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; state, nonce and verifier wait in the session."""
    try:
        address, kept = oidc.start(_back(request))
    except UserError as error:
        return _refused(request, error)
    request.session[_KEPT] = {**kept, "next": next_page(request)}
    return redirect(address)


@public
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Who came back: an account, or a stranger who is told so and gets none."""
    kept = request.session.pop(_KEPT, None)
    try:
        claims = oidc.finish(kept, request.GET.dict(), _back(request))
    except UserError as error:
        return _refused(request, error)
    user = outside.account_of(claims)
    if user is None:
        return render(request, "access/stranger.html", {"subject": claims["sub"]}, status=403)
    return after_proof(request, user, "outside", next=kept["next"], strong=outside.is_strong(claims))


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("outside_back"))


def _refused(request: HttpRequest, error: UserError) -> HttpResponse:
    messages.error(request, said(error.message))
    return redirect("login")
