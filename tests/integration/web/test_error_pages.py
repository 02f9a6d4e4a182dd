"""Errors as a person meets them: words, what to do, nothing of the cause, nothing of the record."""

import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import translation

from ansinh.access.permissions import public
from ansinh.kernel.errors import NotFound, Stale
from ansinh.web import errors

pytestmark = pytest.mark.django_db
CANARY = "Nguyễn Bí Mật 012345678901"


@public
def fails(request):
    raise ZeroDivisionError(CANARY)


@public
def not_there(request):
    raise NotFound("Không tìm thấy hồ sơ này.")


@public
def overtaken(request):
    raise Stale("Hồ sơ đã được sửa lúc 08:30.")


@public
def fine(request):
    return HttpResponse("ok")


class Addresses:
    urlpatterns = [
        path("hong/", fails),
        path("khong-co/", not_there),
        path("vua-sua/", overtaken),
        path("gui/", fine),
        path("", include("ansinh.config.urls")),
    ]
    handler400 = staticmethod(errors.bad_request)
    handler403 = staticmethod(errors.forbidden)
    handler404 = staticmethod(errors.not_found)
    handler500 = staticmethod(errors.server_error)


@pytest.fixture(autouse=True)
def in_vietnamese():
    """Whatever language an earlier page left behind; what a page here chooses ends with its test."""
    with translation.override("vi"):
        yield


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = Addresses
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def test_unknown_address_is_a_page_in_vietnamese():
    response = Client().get("/khong-co-trang-nay")

    assert response.status_code == 404
    assert "Không tìm thấy trang này" in response.content.decode()


@pytest.mark.parametrize(
    ("url", "status", "says"),
    [("/khong-co/", 404, "Không tìm thấy hồ sơ này."), ("/vua-sua/", 412, "Hồ sơ đã được sửa lúc 08:30.")],
)
def test_user_errors_keep_their_status_and_words(url, status, says):
    response = Client().get(url)

    assert response.status_code == status
    assert says in response.content.decode()


def test_failures_give_a_number_that_the_log_knows_and_no_cause(caplog):
    client = Client(raise_request_exception=False)

    with caplog.at_level(logging.ERROR, logger="ansinh.ui"):
        response = client.get("/hong/")

    html = response.content.decode()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name == "ansinh.ui")
    number = html.split("<code>")[1].split("</code>")[0]
    assert response.status_code == 500
    assert number in ours
    assert "in fails" in ours
    assert CANARY not in ours + html
    assert "ZeroDivisionError" not in html


def test_last_resort_page_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Máy chủ gặp lỗi" in response.content.decode()


def test_forged_form_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/gui/", {"x": "1"})

    assert response.status_code == 403
    assert "Trang này đã hết hạn" in response.content.decode()


def test_strange_host_is_refused():
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})

    assert response.status_code == 400


@pytest.mark.parametrize(("page", "status"), [(errors.bad_request, 400), (errors.forbidden, 403)])
def test_other_error_pages_stand_alone(page, status):
    response = page(RequestFactory().get("/"), ValueError(CANARY))

    assert response.status_code == status
    assert CANARY not in response.content.decode()


def test_page_that_was_only_asked_for_does_not_speak_of_what_was_typed(client):
    read, sent = client.get("/vua-sua/"), client.post("/vua-sua/")

    assert "vừa nhập chưa được lưu" not in read.content.decode()
    assert "vừa nhập chưa được lưu" in sent.content.decode()
    assert read.status_code == sent.status_code == 412
