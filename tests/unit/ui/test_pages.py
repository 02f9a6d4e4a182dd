"""The frame of every page, and the answers to errors, without a database."""

import logging
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import Context as TemplateContext
from django.template import Template
from django.test import RequestFactory
from django.urls import path

from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Gone, Invalid, LoginRequired, NotFound, Problem, Refused, Stale, UserError
from ansinh.ui import htmx, messages, navigation
from ansinh.ui.context_processors import Shell, shell
from ansinh.ui.middleware import UserErrorMiddleware, title_of

CANARY = "Nguyễn Bí Mật 012345678901"
EVERYTHING = Context(actor="Practitioner/1", role="nurse", permissions=frozenset({"*"}), display="Lan")
TEMPLATES = Path(__file__).resolve().parents[3] / "src/ansinh"


def nothing(request, **kwargs):
    return HttpResponse("")


class Addresses:
    """A small house: every place of the navigation but the reports."""

    handler404 = handler500 = nothing
    urlpatterns = [
        path("", nothing, name="home"),
        path("nguoi/", nothing, name="people"),
        path("viec/", nothing, name="tasks"),
        path("co-so/", nothing, name="facilities"),
        path("chuong-trinh/", nothing, name="plans"),
        path("dang-nhap/", nothing, name="login"),
        path("dang-xuat/", nothing, name="logout"),
        path("ngon-ngu/", nothing, name="set_language"),
    ]


@pytest.fixture(autouse=True)
def small_house(settings):
    settings.ROOT_URLCONF = Addresses
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def a_request(path: str = "/nguoi/", context: Context | None = EVERYTHING, **headers):
    request = RequestFactory().get(path, headers=headers)
    if context is not None:
        request.context = context
    request._messages = []
    return request


def the_answer(error: Exception, **headers) -> HttpResponse | None:
    return UserErrorMiddleware(nothing).process_exception(a_request(**headers), error)


def drawn(request) -> str:
    return Template('{% extends "ui/page.html" %}{% block heading %}Người{% endblock %}').render(
        TemplateContext({**shell(request), "request": request})
    )


def test_navigation_shows_what_the_role_may_open():
    context = Context(actor="Practitioner/1", role="nurse", permissions=frozenset({"person.open", "task.work"}))

    shown = navigation.entries(context, "/viec/cua-toi")

    assert [entry.url for entry in shown] == ["/", "/nguoi/", "/viec/"]
    assert [entry.url for entry in shown if entry.current] == ["/viec/"]


def test_navigation_leaves_out_rooms_that_are_not_there():
    assert "/bao-cao/" not in [entry.url for entry in navigation.entries(EVERYTHING, "/")]
    assert navigation.address("reports") == ""


def test_page_names_its_reader_and_offers_the_search():
    html = drawn(a_request())

    assert "Lan" in html
    assert 'action="/nguoi/" method="post" role="search"' in html
    assert 'href="#main"' in html
    assert 'id="main"' in html


def test_page_without_the_right_to_open_people_has_no_search():
    html = drawn(a_request(context=Context(actor="Practitioner/1", role="admin", display="Quản trị")))

    assert 'role="search"' not in html


@pytest.mark.parametrize("context", [None, Context(actor="anonymous", role="")])
def test_page_for_nobody_has_no_navigation(context):
    html = drawn(a_request(context=context))

    assert 'id="main-navigation"' not in html
    assert "Đăng xuất" not in html


def test_page_runs_no_script_of_its_own():
    html = drawn(a_request())

    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html) == []
    assert re.findall(r"\son\w+=|\sstyle=", html) == []


def test_no_template_has_inline_style_or_script():
    """The content security policy allows none; an inline one would simply not run."""
    for template in TEMPLATES.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        found = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>|\son[a-z]+=\"|\sstyle=\"", text)
        assert found == [], template


def test_unit_name_of_a_reader_without_unit_asks_nothing():
    assert Shell(a_request()).unit_name == ""


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotFound("Không có hồ sơ này."), 404, "Không tìm thấy"),
        (Gone("Đã xóa."), 410, "Hồ sơ này đã được xóa"),
        (Refused("Không dùng được."), 403, "Anh/chị không được mở trang này"),
        (Conflict("Đã duyệt."), 409, "Chưa thực hiện được"),
        (Stale("Vừa đổi."), 412, "Có người vừa thay đổi hồ sơ này"),
        (Invalid("Sai."), 422, "Dữ liệu chưa đúng"),
        (UserError("Sai."), 400, "Chưa thực hiện được"),
    ],
)
def test_user_errors_become_pages_that_say_what_is_wrong(error, status, title):
    answer = the_answer(error)

    assert answer.status_code == status
    assert title in answer.content.decode()
    assert error.message in answer.content.decode()


def test_every_problem_is_listed():
    error = Invalid("Hai chỗ sai.", problems=[Problem("value", "Ngày sai."), Problem("value", "Số <b>sai</b>.")])

    html = the_answer(error).content.decode()

    assert "<li>Ngày sai.</li>" in html
    assert "<li>Số &lt;b&gt;sai&lt;/b&gt;.</li>" in html


def test_htmx_gets_the_notice_without_the_page():
    answer = the_answer(NotFound("Không có hồ sơ này."), **{"HX-Request": "true"})

    assert answer.status_code == 404
    assert 'role="alert"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_login_required_leads_to_the_login_and_back():
    answer = the_answer(LoginRequired("Chưa đăng nhập."))

    assert answer.status_code == 302
    assert answer["Location"] == "/dang-nhap/?next=%2Fnguoi%2F"


def test_login_required_sends_htmx_to_the_login_page():
    answer = the_answer(LoginRequired("Chưa đăng nhập."), **{"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/dang-nhap/"


def test_other_failures_get_a_number_and_leave_nothing_of_the_record_in_the_log(caplog):
    request = a_request()

    with caplog.at_level(logging.DEBUG):
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            answer = UserErrorMiddleware(nothing).process_exception(request, error)

    assert answer is None
    assert "in test_other_failures" in caplog.text
    assert request.error_id in caplog.text
    assert "ValueError" in caplog.text
    assert CANARY not in caplog.text


def test_middleware_passes_answers_through():
    assert UserErrorMiddleware(nothing)(a_request()).status_code == 200


def test_title_of_an_unknown_status_is_general():
    assert title_of(418) == "Chưa thực hiện được"


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_is_partial_only_when_htmx_wants_a_fragment(headers, partial):
    assert htmx.is_partial(a_request(**headers)) is partial


def test_redirect_is_a_header_for_htmx_and_a_redirect_for_browsers():
    assert htmx.redirect(a_request(), "/nguoi/")["Location"] == "/nguoi/"
    assert htmx.redirect(a_request(**{"HX-Request": "true"}), "/nguoi/")["HX-Redirect"] == "/nguoi/"


@pytest.mark.parametrize("tell", [messages.done, messages.noted, messages.beware, messages.failed])
def test_messages_stand_at_the_top_of_the_next_page(tell):
    from django.contrib.messages.storage.cookie import CookieStorage

    request = a_request()
    request._messages = CookieStorage(request)

    tell(request, "Đã lưu.")

    html = Template('{% include "ui/_flash.html" %}').render(TemplateContext({"messages": request._messages}))
    assert 'role="status"' in html
    assert "<p>Đã lưu.</p>" in html
