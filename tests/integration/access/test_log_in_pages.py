"""The log-in page, the language and what a visitor without a session is told."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from ansinh.access.actions import create_account
from ansinh.access.contexts import NOBODY
from ansinh.access.forms import LoginForm
from ansinh.access.models import User
from ansinh.access.permissions import public, requires
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Refused

PASSWORD = "đường dài đi mãi 27"


@pytest.fixture
def nurse(db):
    return create_account(username="lan", password=PASSWORD, full_name="Trần Thị Lan", role="nurse", unit="A")


def test_page_that_asks_for_a_session_comes_back_after_log_in(client, nurse):
    asked = client.get(reverse("people") + "?tim=an")
    answer = client.post(asked["Location"], {"username": "lan", "password": PASSWORD})

    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("login") + "?next=")
    assert answer["Location"] == reverse("people") + "?tim=an"


def test_log_in_page_of_somebody_logged_in_leads_on(client, nurse):
    client.force_login(nurse)

    assert client.get(reverse("login") + "?next=/tro-giup/")["Location"] == "/tro-giup/"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\t//e.x",
    ],
)
def test_log_in_leads_to_no_other_site(client, nurse, target):
    answer = client.post(reverse("login"), {"username": "lan", "password": PASSWORD, "next": target})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("sent", [{}, {"username": "lan"}, {"password": "x"}, {"username": "", "password": ""}])
def test_log_in_without_name_or_password_says_what_is_missing(client, nurse, sent):
    answer = client.post(reverse("login"), sent)

    assert answer.status_code == 422
    assert "Anh/chị hãy nhập" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["LAN", " lan ", "Lan"])
def test_name_is_read_without_case_and_spaces(nurse, name):
    form = LoginForm(RequestFactory().post("/"), {"username": name, "password": PASSWORD})

    assert form.is_valid()
    assert form.user == nurse


def test_password_is_read_as_typed_spaces_too(nurse):
    assert not LoginForm(RequestFactory().post("/"), {"username": "lan", "password": f" {PASSWORD}"}).is_valid()


def test_name_typed_in_decomposed_letters_is_the_same_account(db):
    create_account(username="hải", password=PASSWORD, full_name="Hải", role="nurse", unit="A")

    form = LoginForm(RequestFactory().post("/"), {"username": "ha\u0309i", "password": PASSWORD})

    assert form.is_valid()


def test_inactive_account_is_told_what_everybody_is_told(client, nurse):
    User.objects.update(is_active=False)

    answer = client.post(reverse("login"), {"username": "lan", "password": PASSWORD})

    assert (answer.status_code, "không đúng" in answer.content.decode()) == (422, True)


def test_session_of_an_account_that_was_closed_may_nothing(client, nurse):
    client.force_login(nurse)
    User.objects.update(is_active=False)

    assert client.get(reverse("people")).status_code == 302


def test_language_of_the_account_comes_back_with_the_log_in(client, nurse):
    User.objects.update(language="en")

    answer = client.post(reverse("login"), {"username": "lan", "password": PASSWORD})

    assert answer.cookies["django_language"].value == "en"


@pytest.mark.parametrize("cookie", ["xx", "", "../vi", "en-US", "<script>"])
def test_language_that_is_not_there_is_vietnamese(client, db, cookie):
    client.cookies["django_language"] = cookie

    answer = client.get(reverse("login"), headers={"Accept-Language": "en"})

    assert answer["Content-Language"] == "vi"
    assert "Cookie" in answer["Vary"]


def test_language_is_changed_for_a_visitor_and_leads_back(client, db):
    answer = client.post(reverse("set_language"), {"language": "en", "next": reverse("login")})

    assert (answer["Location"], answer.cookies["django_language"].value) == (reverse("login"), "en")
    assert client.get(reverse("set_language")).status_code == 405


# What a view declares


def a_request(context: Context, method: str = "get", **headers: str):
    request = getattr(RequestFactory(), method)("/trang/?a=1", headers=headers)
    request.context = context
    return request


@requires("person.open", "visit.write")
def _guarded(request, *args, **kwargs):
    return HttpResponse(f"{args}{kwargs}")


def a_context(*permissions: str) -> Context:
    return Context(actor="x", role="nurse", permissions=frozenset(permissions))


def test_guarded_view_opens_to_who_has_every_permission():
    answer = _guarded(a_request(a_context("person.open", "visit.write", "help.open")), 1, b=2)

    assert answer.content == b"(1,){'b': 2}"


@pytest.mark.parametrize("has", [(), ("person.open",), ("visit.write",), ("person",), ("*x",)])
def test_guarded_view_refuses_who_lacks_one(has):
    with pytest.raises(Refused):
        _guarded(a_request(a_context(*has)))


@pytest.mark.parametrize(
    ("method", "location"), [("get", "/dang-nhap/?next=%2Ftrang%2F%3Fa%3D1"), ("post", "/dang-nhap/")]
)
def test_guarded_view_sends_visitors_to_log_in_and_never_repeats_a_post(method, location):
    answer = _guarded(a_request(NOBODY, method))

    assert (answer.status_code, answer["Location"]) == (302, location.replace("/dang-nhap/", reverse("login")))


def test_fragment_asked_without_a_session_sends_the_whole_page_to_log_in():
    answer = _guarded(a_request(NOBODY, HX_Request="true"))

    assert (answer.status_code, answer["HX-Redirect"]) == (401, reverse("login"))


def test_view_says_what_it_asks_for():
    assert _guarded.permissions == ("person.open", "visit.write")
    assert public(lambda request: None).permissions == ("public",)
