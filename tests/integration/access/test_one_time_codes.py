"""A new password by a code from paper or e-mail: once, in time, for one name, and every session ends."""

import argparse
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from ansinh.access import codes, factors
from ansinh.access.models import AccountEvent, OneTimeCode, User
from ansinh.config.cli import account
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "bốn con mèo qua sông"


@pytest.fixture
def lan(account_of) -> User:
    return account_of("lan")


def set_password(client: Client, code: str, name: str = "lan", password: str = NEW, again: str = NEW):
    fields = {"username": name, "code": code, "password": password, "again": again}
    return client.post(reverse("password_by_code"), fields)


def test_code_sets_a_password_once_and_ends_every_session(client, client_of, lan):
    elsewhere, code = client_of("lan"), codes.issue(lan)

    assert set_password(client, code)["Location"] == reverse("login")

    assert elsewhere.get(reverse("people")).status_code == 302
    assert client.post(reverse("login"), {"username": "lan", "password": NEW}).status_code == 302
    assert set_password(Client(), code, password="một câu khác nữa 1", again="một câu khác nữa 1").status_code == 422
    assert AccountEvent.objects.filter(kind="password-set", account=lan.pk, by=None).count() == 1


@pytest.mark.parametrize("write", [str.lower, lambda c: c.replace("-", ""), lambda c: f"  {c.replace('-', ' ')} "])
def test_code_is_read_as_people_write_it(client, lan, write):
    assert set_password(client, write(codes.issue(lan))).status_code == 302


def test_old_password_stays_good_until_the_code_is_used(client, lan):
    codes.issue(lan)

    assert client.post(reverse("login"), {"username": "lan", "password": PASSWORD}).status_code == 302


def test_code_of_another_name_an_old_one_and_an_earlier_one_are_refused(client, lan, account_of):
    account_of("cuc")
    earlier, code = codes.issue(lan), codes.issue(lan)

    assert set_password(client, code, name="cuc").status_code == 422
    assert set_password(client, earlier).status_code == 422
    OneTimeCode.objects.update(expires=clock.now() - timedelta(seconds=1))
    assert set_password(client, code).status_code == 422
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


def test_code_of_a_closed_account_is_refused(client, lan):
    code = codes.issue(lan)
    User.objects.update(is_active=False)

    assert set_password(client, code).status_code == 422


@pytest.mark.parametrize(("password", "again", "told"), [
    ("ngắn", "ngắn", "10"), ("matkhau@2026", "matkhau@2026", "hay bị thử đầu tiên"),
    ("nhân viên lan", "nhân viên lan", ""),
    (NEW, NEW + "x", "không giống nhau"), ("x" * 201, "x" * 201, "200"),
])  # fmt: skip
def test_weak_or_mistyped_password_is_refused_and_the_code_kept(client, lan, password, again, told):
    code = codes.issue(lan)

    answer = set_password(client, code, password=password, again=again)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert password not in answer.content.decode() or password == "ngắn"
    assert set_password(client, code).status_code == 302


def test_codes_cannot_be_guessed_on(client, lan):
    code = codes.issue(lan)
    for _ in range(5):
        set_password(client, "AAAA-BBBB-CCCC-DDDD")

    assert set_password(client, code).status_code == 422


def test_second_factor_outlives_a_new_password(client, lan):
    from tests.integration.access.test_second_factors import code_of

    secret = factors.new_totp_secret()
    factors.add_totp(lan, secret, code_of(secret))
    set_password(client, codes.issue(lan))

    answer = client.post(reverse("login"), {"username": "lan", "password": NEW})
    assert answer["Location"] == reverse("login_second")


def test_code_is_not_in_the_database(lan):
    code = codes.issue(lan)

    held = " ".join(str(one) for row in OneTimeCode.objects.values_list() for one in row)
    assert code not in held
    assert code.replace("-", "") not in held


def test_two_that_use_a_code_at_the_same_time_are_one(lan):
    code = codes.issue(lan)

    assert [codes.use("lan", code), codes.use("lan", code)] == [True, False]


# By the command line: the last administrator lost telephone and password


def test_command_gives_a_code_and_forgets_the_factors(client, lan, capsys):
    from tests.integration.access.test_second_factors import code_of

    secret = factors.new_totp_secret()
    factors.add_totp(lan, secret, code_of(secret))

    assert run_account("LAN", code=True, no_factors=True) == 0

    code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", capsys.readouterr().out)[0]
    assert set_password(client, code).status_code == 302
    assert not factors.has_factor(lan)
    assert set(AccountEvent.objects.filter(detail="command").values_list("kind", flat=True)) == {
        "code-made",
        "factors-reset",
    }


def test_command_for_a_name_of_nobody_or_without_a_role_is_refused(lan, capsys):
    with pytest.raises(NotFound):
        run_account("aidoo", code=True)

    assert run_account("moi") == 2
    assert "--name" in capsys.readouterr().err


def run_account(username: str, **options: bool) -> int:
    given = {"name": "", "role": "", "unit": "", "code": False, "no_factors": False, **options}
    return account.run(argparse.Namespace(username=username, **given))


# By e-mail


def test_code_goes_out_by_e_mail_and_works(client, lan, settings):
    settings.MAIL_ENABLED = True
    User.objects.update(email="lan@example.vn")
    client.post(reverse("ask_code"), {"username": "LAN "})

    assert codes.send_waiting() is True
    assert codes.send_waiting() is False

    letter = mail.outbox[0]
    assert letter.to == ["lan@example.vn"]
    code = letter.body.splitlines()[0].removeprefix("Mã một lần: ")
    assert set_password(client, code).status_code == 302
    assert len(mail.outbox) == 1


def test_letter_is_in_the_language_of_the_account(lan, settings):
    settings.MAIL_ENABLED = True
    User.objects.update(email="lan@example.vn", language="en")
    codes.ask("lan")
    codes.send_waiting()

    assert "one-time code" in mail.outbox[0].subject


def test_name_of_nobody_gets_no_letter_and_leaves_nothing(settings):
    settings.MAIL_ENABLED = True
    codes.ask("aidoo")
    codes.send_waiting()

    assert mail.outbox == []
    assert not OneTimeCode.objects.exists()


def test_letters_are_not_sent_without_a_mail_server_nor_too_often(client, lan, settings):
    User.objects.update(email="lan@example.vn")
    page = client.get(reverse("ask_code")).content.decode()
    assert "Gửi mã" not in page
    client.post(reverse("ask_code"), {"username": "lan"})
    assert not OneTimeCode.objects.exists()

    settings.MAIL_ENABLED = True
    for _ in range(9):
        client.post(reverse("ask_code"), {"username": "lan"})
    assert OneTimeCode.objects.count() == 5


def test_sent_and_old_codes_are_forgotten(lan, settings):
    settings.MAIL_ENABLED = True
    codes.issue(lan)
    OneTimeCode.objects.update(expires=clock.now() - timedelta(days=8))

    codes.send_waiting()

    assert not OneTimeCode.objects.exists()
