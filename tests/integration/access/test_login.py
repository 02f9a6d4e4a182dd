"""Logging in, and what an account may do then."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ansinh.access import tokens
from ansinh.access.actions import assign, create_account, issue_token
from ansinh.access.contexts import NOBODY, context_of
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, LoginRequired, NotFound

pytestmark = pytest.mark.django_db
PASSWORD = "đường dài đi mãi 27"


@pytest.fixture
def nurse():
    return create_account(username="Lan", password=PASSWORD, full_name="Trần Thị Lan", role="nurse", unit="A")


def test_login_right_password_opens_home(client, nurse):
    answer = client.post(reverse("login"), {"username": "LAN ", "password": PASSWORD})

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(nurse.pk)


@pytest.mark.parametrize(("username", "password"), [("lan", "sai mật khẩu"), ("khongco", PASSWORD)])
def test_login_wrong_name_or_password_says_the_same_and_keeps_the_name(client, nurse, username, password):
    answer = client.post(reverse("login"), {"username": username, "password": password})

    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.content.decode()
    assert f'value="{username}"' in answer.content.decode()
    assert password not in answer.content.decode()


def test_login_next_on_another_site_is_ignored(client, nurse):
    answer = client.post(
        reverse("login"), {"username": "lan", "password": PASSWORD, "next": "https://example.org/steal"}
    )

    assert answer["Location"] == "/"


def test_logout_ends_the_session_and_cleans_the_device(client, nurse):
    client.force_login(nurse)

    answer = client.post(reverse("logout"))

    assert "_auth_user_id" not in client.session
    assert "storage" in answer["Clear-Site-Data"]


def test_language_switch_is_kept_for_the_account(client, nurse):
    client.force_login(nurse)

    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    nurse.refresh_from_db()

    assert nurse.language == "en"
    assert client.post(reverse("set_language"), {"language": "xx"}).cookies.get("django_language") is None


def test_context_of_a_nurse_reaches_her_unit_only(nurse):
    context = context_of(nurse)

    assert (context.role, context.unit, context.reach) == ("nurse", "A", frozenset({"A"}))
    assert context.has("visit.write")
    assert not context.has("report.approve")


def test_context_of_an_ended_assignment_is_nobody(nurse):
    nurse.assignments.update(from_date=clock.today() - timedelta(days=9), to_date=clock.today() - timedelta(days=1))

    assert context_of(nurse) == NOBODY


def test_context_of_a_future_assignment_is_not_in_force(nurse):
    nurse.assignments.all().delete()
    assign(user=nurse, role="doctor", unit="B", from_date=clock.today() + timedelta(days=1))

    assert context_of(nurse) == NOBODY


def test_context_of_an_unknown_role_file_has_no_rights(nurse):
    nurse.assignments.update(role="king")

    assert context_of(nurse) == NOBODY


def test_create_account_taken_name_weak_password_unknown_role_are_refused(nurse):
    with pytest.raises(Conflict):
        create_account(username="lan", password=PASSWORD, full_name="Lan Khác", role="nurse")
    with pytest.raises(Invalid):
        create_account(username="yeu", password="12345678", full_name="Người Mới", role="nurse")
    with pytest.raises(Invalid):
        create_account(username="moi", password=PASSWORD, full_name="Người Mới", role="king")


def test_token_acts_as_its_assignment_until_it_expires(nurse):
    token = issue_token(username="lan", label="kiểm thử", valid_for=timedelta(days=1))

    assert tokens.context_from_bearer(token).unit == "A"
    nurse.assignments.update(to_date=clock.today() - timedelta(days=1), from_date=clock.today() - timedelta(days=2))
    with pytest.raises(LoginRequired):
        tokens.context_from_bearer(token)


def test_token_expired_wrong_or_of_an_inactive_account_is_refused_alike(nurse):
    expired = issue_token(username="lan", label="cũ", valid_for=timedelta(seconds=-1))
    stopped = issue_token(username="lan", label="nghỉ", valid_for=timedelta(days=1))
    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    for token in (expired, stopped, "khong-phai"):
        with pytest.raises(LoginRequired, match="không đúng hoặc đã hết hạn"):
            tokens.context_from_bearer(token)


def test_issue_token_unknown_account_is_refused():
    with pytest.raises(NotFound):
        issue_token(username="khongco", label="x", valid_for=timedelta(days=1))
