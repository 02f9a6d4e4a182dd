"""A form whose token holds no longer: somebody logged in again in another window while it was being filled in.

    POST with an old token ─► not carried out ─┬─ from our own page ─► «Tiếp tục lưu» sends it again with a new token
                                               └─ from elsewhere, or with nothing in it ─► refused in words

Nothing of it is stored. Who is no longer logged in does so first; the log-in page carries the fields (`access.kept`).
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ansinh.access import kept
from ansinh.access.permissions import requires


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that may have been forged; what was typed on a page of ours can be sent again on purpose."""
    if not _from_our_page(request):
        return render(request, "403_csrf.html", status=403)
    if request.path == reverse("login"):
        return _at_the_login(request)
    if not kept.worth_keeping(request):
        return render(request, "403_csrf.html", status=403)
    return _again(request)


def _from_our_page(request: HttpRequest) -> bool:
    """Browsers say where a form comes from; a page of somebody else must not have its words shown here as typed."""
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(source).netloc == request.get_host()


@requires()
def _again(request: HttpRequest) -> HttpResponse:
    return _offer(request, kept.original(kept.typed(request.POST)), request.get_full_path())


def _at_the_login(request: HttpRequest) -> HttpResponse:
    """Somebody logged in elsewhere meanwhile, or the page was left open: what it carried goes on, else it is drawn
    anew."""
    fields, address = kept.original(kept.carried(request.POST)), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return redirect("login")
    if fields:
        return _offer(request, fields, address)
    return redirect(reverse("login", query={"next": address}))


def _offer(request: HttpRequest, fields: list[tuple[str, str]], address: str) -> HttpResponse:
    return render(request, "web/cut_off.html", {"fields": fields, "address": address}, status=403)
