"""Turns a `UserError` that reaches the top into a page in the reader's language; numbers other failures."""

import logging
import traceback
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access import kept
from ansinh.kernel.errors import LoginRequired, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui.htmx import is_partial
from ansinh.ui.refusals import refusal_in_language

log = logging.getLogger("ansinh.ui")
_LATER = 15  # seconds after which it is worth asking again


class UserErrorMiddleware:
    """One place where errors become pages. Nothing of the record is logged: kinds and numbers only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a UserError; None (Django's own handling) for anything else, with a number in the log."""
        if isinstance(error, LoginRequired):
            return _to_login(request)
        if isinstance(error, UserError):
            return error_page(request, error)
        number = new_id()[-12:]
        request.error_id = number  # type: ignore[attr-defined]
        # Where it happened, never what the error says: its message may hold a name.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("error %s: %s\n%s", number, type(error).__name__, where)
        return None


def error_page(request: HttpRequest, error: UserError) -> HttpResponse:
    """The page (or, for htmx, the notice) that says what is wrong and what can be done.

    A form that came while the node is not ready for it (503) is carried by the page and sent again by a button.
    """
    template = "ui/_error_notice.html" if is_partial(request) else "ui/error.html"
    again = kept.original(kept.typed(request.POST)) if error.status == 503 and kept.worth_keeping(request) else []
    problems = [refusal_in_language(problem.message) for problem in error.problems if problem.message != error.message]
    context = {"error": error, "title": title_of(error.status), "problems": problems, "again": again}
    response = render(request, template, context, status=error.status)
    if error.status == 503:
        response["Retry-After"] = str(_LATER)
        if request.method == "GET":
            response["Refresh"] = str(_LATER)  # the page comes by itself when what it needs is there
    return response


def title_of(status: int) -> str:
    """The heading of an error page."""
    titles = {
        403: _("Anh/chị không được mở trang này"),
        404: _("Không tìm thấy"),
        410: _("Hồ sơ này đã được xóa"),
        412: _("Có người vừa thay đổi hồ sơ này"),
        422: _("Dữ liệu chưa đúng"),
        503: _("Đang dựng lại sau khi nâng cấp"),
    }
    return titles.get(status, _("Chưa thực hiện được"))


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
    query = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return HttpResponseRedirect(reverse("login") + query)
