"""Pages of accounts: what each reader finds there, and that they cost the same for many accounts as for few."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ansinh.access import actions, codes, sessions
from ansinh.access.models import User
from ansinh.kernel import clock
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def lan_account(account_of) -> User:
    return account_of("lan")


@pytest.mark.parametrize("name", ["lan", "binh", "officer", "leader"])
def test_accounts_are_not_for_every_role(client_of, lan_account, name):
    client = client_of(name)

    assert client.get(reverse("accounts")).status_code == 403
    assert client.get(reverse("account", args=[lan_account.pk])).status_code == 403
    assert client.post(reverse("account_code", args=[lan_account.pk])).status_code == 403


def test_director_opens_an_account_and_gets_a_code_to_print_once(client_of, world):
    client = client_of("mai")
    page = client.get(reverse("account_new")).content.decode()
    assert re.findall(r'<option value="(\w+)"', page.split('name="unit"')[0]) == ["doctor", "nurse"]

    answer = client.post(reverse("account_new"), {
        "username": "hoa.nt", "full_name": "Nguyễn Thị Hoa", "role": "nurse", "unit": world.a,
        "from_date": "01/12/2026", "to_date": "31/12/2026",
    })  # fmt: skip

    code = re.search(r"<code>([A-Z2-9-]{19})</code>", answer.content.decode())[1]
    user = User.objects.get(username="hoa.nt")
    assert codes.holder("hoa.nt", code) == user
    assert answer["Cache-Control"].startswith("max-age=0")
    held = user.assignments.get()
    assert (str(held.from_date), str(held.to_date), held.unit) == ("2026-12-01", "2026-12-31", world.a)
    assert code not in client.get(reverse("account", args=[user.pk])).content.decode()


@pytest.mark.parametrize(("changes", "told"), [
    ({"username": ""}, "tên đăng nhập"), ({"username": "a b<c"}, "từ 3 ký tự"), ({"full_name": " "}, "họ và tên"),
    ({"role": "manager"}, ""), ({"unit": ""}, ""), ({"unit": "khong-co"}, ""),
    ({"from_date": "31/02/2026"}, "dd/mm/yyyy"),
    ({"from_date": ""}, "ngày"), ({"to_date": "01/01/2020"}, "sau ngày bắt đầu"),
    ({"username": "lan"}, "đã có người dùng"),
])  # fmt: skip
def test_wrong_form_of_an_account_says_what_and_makes_nothing(client_of, lan_account, world, changes, told):
    client, before = client_of("mai"), User.objects.count()
    form = {
        "username": "moi.tinh",
        "full_name": "Người Mới",
        "role": "nurse",
        "unit": world.a,
        "from_date": "01/12/2026",
    }

    answer = client.post(reverse("account_new"), {**form, **changes})

    assert answer.status_code == 422
    assert told.lower() in answer.content.decode().lower()
    assert User.objects.count() == before


def test_search_travels_in_the_body_and_finds_without_marks(client_of, lan_account, account_of):
    account_of("cuc")
    answer = client_of("admin").post(reverse("accounts"), {"q": "nhan vien lan"})

    page = answer.content.decode()
    assert reverse("account", args=[lan_account.pk]) in page
    assert "Cúc" not in page
    assert client_of("admin").get(reverse("accounts") + "?q=lan").content.decode().count("/tai-khoan/") > 2


def test_account_of_another_facility_is_not_found(client_of, account_of):
    """Sơn directs B: Lan of A does not exist for him, in whatever way he asks."""
    lan = account_of("lan")
    client = client_of("son")
    for name, arguments in ACCOUNT_PAGES.items():
        address = reverse(name, args=[lan.pk, *arguments])
        assert client.get(address).status_code in (404, 405), name
        assert client.post(address, {}).status_code == 404, name
    assert "lan" not in [row[0].username for row in client.get(reverse("accounts")).context["rows"]]


ACCOUNT_PAGES = {
    "account": [], "account_edit": [], "account_role": [], "account_role_end": [1], "account_code": [],
    "account_step": ["dong"],
}  # fmt: skip


def test_account_with_a_higher_role_is_shown_and_cannot_be_changed(client_of, account_of):
    mai = account_of("mai")
    client = client_of("mai")

    page = client.get(reverse("account", args=[mai.pk])).content.decode()

    assert "Chỉ xem" in page
    assert reverse("account_code", args=[mai.pk]) not in page
    for name in ("account_edit", "account_role"):
        assert client.get(reverse(name, args=[mai.pk])).status_code == 403
    assert client.post(reverse("account_code", args=[mai.pk])).status_code == 403


STEPS = {"dong": "đóng tài khoản", "mo-khoa": "mở khóa", "xoa-lop-hai": "lớp xác thực", "dang-xuat": "khỏi mọi nơi"}


@pytest.mark.parametrize(("step", "told"), STEPS.items())
def test_step_is_done_and_told(client_of, lan_account, step, told):
    answer = client_of("mai").post(reverse("account_step", args=[lan_account.pk, step]), follow=True)

    assert told in answer.content.decode()
    assert answer.status_code == 200


def test_step_asks_for_a_fresh_proof(client, account_of, lan_account):
    client.force_login(account_of("mai"))

    answer = client.post(reverse("account_step", args=[lan_account.pk, "dong"]))

    assert answer["Location"].startswith(reverse("prove"))
    assert User.objects.get(pk=lan_account.pk).is_active


@pytest.mark.parametrize(("referer", "back"), [
    ("http://testserver/tai-khoan/7/?x=1", "/tai-khoan/7/"), ("https://evil.example/tai-khoan/7/", "/bao-mat/"),
    ("javascript:alert(1)", "/bao-mat/"), ("", "/bao-mat/"),
])  # fmt: skip
def test_proof_leads_back_to_the_page_of_the_form(client, account_of, lan_account, referer, back):
    client.force_login(account_of("mai"))

    answer = client.post(reverse("account_step", args=[lan_account.pk, "dong"]), headers={"Referer": referer})

    assert answer["Location"] == f"{reverse('prove')}?{urlencode({'next': back})}"


def test_step_that_a_rule_forbids_is_told_on_the_page(client_of, account_of):
    admin = account_of("admin")

    answer = client_of("admin").post(reverse("account_step", args=[admin.pk, "dong"]), follow=True)

    assert "người quản trị hệ thống cuối cùng" in answer.content.decode()


def test_role_is_given_and_ended_by_date(client_of, lan_account, world):
    client = client_of("mai")
    given = {"role": "doctor", "unit": world.a, "from_date": "01/12/2026"}
    assert client.post(reverse("account_role", args=[lan_account.pk]), given).status_code == 302
    assert client.post(reverse("account_role", args=[lan_account.pk]), given).status_code == 422
    held = lan_account.assignments.get(role="doctor")

    page = client.get(reverse("account", args=[lan_account.pk])).content.decode()
    assert "01/12/2026" in page
    assert "Chưa đến ngày" in page
    end = reverse("account_role_end", args=[lan_account.pk, held.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"last_day": "30/11/2026"}).status_code == 422
    assert client.post(end, {"last_day": "05/12/2026"}).status_code == 302
    held.refresh_from_db()
    assert str(held.to_date) == "2026-12-05"


def test_edit_page_keeps_what_is_linked_and_says_what_is_wrong(client_of, lan_account):
    client, address = client_of("mai"), reverse("account_edit", args=[lan_account.pk])
    form = {"full_name": "Lan", "practitioner_id": lan_account.practitioner_id}

    assert client.post(address, {**form, "citizen_number": "123"}).status_code == 422
    assert client.post(address, {**form, "email": "không phải"}).status_code == 422
    assert client.post(address, {**form, "practitioner_id": "khac"}).status_code == 422
    assert client.post(address, {**form, "citizen_number": "0371 6000 0001"}).status_code == 302
    lan_account.refresh_from_db()
    assert lan_account.citizen_digest
    assert "037160000001" not in client.get(address).content.decode()


def test_outside_identity_is_bound_by_who_looks_after_the_node(client_of, lan_account, settings):
    address = reverse("account_outside", args=[lan_account.pk])
    assert client_of("admin").get(address).status_code == 403
    settings.OUTSIDE = {"issuer": "https://id.example.vn", "name": "VNeID"}

    assert client_of("mai").get(address).status_code == 403
    assert client_of("admin").post(address, {"subject": "s1"}).status_code == 302
    assert "Đã gắn" in client_of("admin").get(reverse("account", args=[lan_account.pk])).content.decode()


def test_list_and_account_cost_the_same_for_many_as_for_few(client_of, world, mai):
    client, counts = client_of("mai"), []
    for number in range(12):
        user, _ = actions.open_account(
            mai, username=f"dd{number}", full_name="Người", role="nurse", unit=world.a, from_date=TODAY
        )
        actions.give_role(mai, user=user, role="doctor", unit=world.a, from_date=TODAY + timedelta(days=number))
        if number in (1, 11):
            client.get(reverse("accounts"))
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("accounts"))
                client.get(reverse("account", args=[user.pk]))
            counts.append(len(captured))

    assert counts[0] == counts[1] <= 30


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_whole_in_both_languages(client_of, lan_account, settings, language):
    settings.OUTSIDE = {"issuer": "https://id.example.vn", "name": "VNeID"}
    client = client_of("admin")
    client.cookies["django_language"] = language
    held = lan_account.assignments.get()
    for name, arguments in {
        "accounts": [], "account_new": [], "account": [lan_account.pk], "account_edit": [lan_account.pk],
        "account_role": [lan_account.pk], "account_role_end": [lan_account.pk, held.pk],
        "account_outside": [lan_account.pk], "own_security": [], "change_password": [], "totp_add": [],
        "totp_remove": [], "key_add": [], "prove": [], "ask_code": [], "password_by_code": [],
    }.items():  # fmt: skip
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 200, name
        assert answer["Content-Language"] == language
        assert "<script>" not in answer.content.decode()
        assert " style=" not in answer.content.decode(), name
        if language == "en":
            title = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.S)[1]
            assert not re.search("[à-ỹđĐ]", title.replace("Nhân viên Lan", "")), (name, title)


# One's own sessions and password


def test_sessions_are_listed_and_one_is_ended(account_of, client_of):
    from django.test import Client

    account_of("lan")
    here, there = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/131.0"})
    for client in (here, there):
        client.post(reverse("login"), {"username": "lan", "password": PASSWORD})
    listed = here.get(reverse("own_security")).context["sessions"]
    assert [(one.here, one.device) for one in listed] == [(True, "Thiết bị không rõ"), (False, "Firefox, Windows")]

    here.post(reverse("session_end", args=[listed[1].id]))

    assert there.get(reverse("people")).status_code == 302
    assert here.get(reverse("people")).status_code == 200
    assert len(here.get(reverse("own_security")).context["sessions"]) == 1


def test_session_of_somebody_else_is_not_found(client_of, account_of, client):
    account_of("cuc")
    client.post(reverse("login"), {"username": "cuc", "password": PASSWORD})
    theirs = sessions.sessions_of(account_of("cuc"), None)[0]

    assert client_of("lan").post(reverse("session_end", args=[theirs.id])).status_code == 404
    assert client.get(reverse("people")).status_code == 200


def test_logging_out_everywhere_ends_sessions_that_are_in_no_list(client_of, account_of):
    unlisted, client = client_of("lan"), client_of("lan")

    assert client.post(reverse("sessions_end"))["Location"] == reverse("login")

    for one in (unlisted, client):
        assert one.get(reverse("people")).status_code == 302
    assert sessions.sessions_of(account_of("lan"), None) == []


def test_changed_password_ends_other_sessions_and_keeps_this_one(client_of, account_of):
    other, client = client_of("lan"), client_of("lan")
    new = "bốn con mèo qua sông"

    wrong = client.post(reverse("change_password"), {"old": "sai mất rồi", "password": new, "again": new})
    assert wrong.status_code == 422
    weak = client.post(reverse("change_password"), {"old": PASSWORD, "password": "matkhau2026", "again": "matkhau2026"})
    assert weak.status_code == 422
    done = client.post(reverse("change_password"), {"old": PASSWORD, "password": new, "again": new})

    assert done["Location"] == reverse("own_security")
    assert client.get(reverse("people")).status_code == 200
    assert other.get(reverse("people")).status_code == 302
    assert account_of("lan").check_password(new)


def test_account_without_a_role_today_is_told_so_and_not_sent_in_a_circle(client_of, account_of):
    client = client_of("lan")
    account_of("lan").assignments.all().delete()

    answer = client.get(reverse("people"))

    assert answer.status_code == 403
    assert "không giữ vai trò nào" in answer.content.decode()
    assert client.get(reverse("own_security")).status_code == 200


def test_sessions_that_are_over_are_forgotten(client_of, account_of, client):
    from django.contrib.sessions.models import Session

    account_of("lan")
    client.post(reverse("login"), {"username": "lan", "password": PASSWORD})
    Session.objects.update(expire_date=clock.now() - timedelta(minutes=1))

    sessions.forget_old()

    assert not Session.objects.exists()
    assert sessions.sessions_of(account_of("lan"), None) == []
