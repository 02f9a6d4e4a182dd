"""Second factors: what is asked for, what works once, who must have one."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from ansinh.access import entering, factors
from ansinh.access.models import AccountEvent
from ansinh.kernel.errors import Invalid
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def code_of(secret: str, later: int = 0) -> str:
    """What a telephone with this secret shows, so many half-minutes from now."""
    return totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1] + later))


@pytest.fixture
def lan(account_of):
    return account_of("lan")


@pytest.fixture
def guarded(lan) -> tuple[str, list[str]]:
    """Lan's telephone: its secret and the recovery codes. The code of half a minute ago was used to bind it."""
    secret = factors.new_totp_secret()
    return secret, factors.add_totp(lan, secret, code_of(secret, -1))


def first_step(client: Client, name: str = "lan", **more: str):
    return client.post(reverse("login"), {"username": name, "password": PASSWORD, **more})


def second_step(client: Client, code: str, **more: str):
    return client.post(reverse("login_second"), {"code": code, **more})


def test_password_alone_opens_nothing_where_a_telephone_is_bound(client, guarded):
    answer = first_step(client)

    assert answer["Location"] == reverse("login_second")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("people")).status_code == 302
    assert client.get(reverse("own_security")).status_code == 302


def test_code_of_the_telephone_opens_and_leads_on(client, guarded):
    secret, _ = guarded
    first_step(client, next="/huong-dan/")

    answer = second_step(client, code_of(secret))

    assert answer["Location"] == "/huong-dan/"
    assert client.session[entering.STRONG] is True
    assert AccountEvent.objects.first().detail == "password+totp"


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}-{1}"])
def test_code_is_read_in_groups(client, guarded, typed):
    code = code_of(guarded[0])
    first_step(client)

    assert second_step(client, typed.format(code[:3], code[3:])).status_code == 302


def test_code_that_was_used_is_used_up_in_every_session(client, guarded):
    secret, _ = guarded
    first_step(client)
    second_step(client, code_of(secret))
    other = Client()
    first_step(other)

    assert second_step(other, code_of(secret)).status_code == 422
    assert second_step(other, code_of(secret, -1)).status_code == 422
    assert second_step(other, code_of(secret, 1)).status_code == 302


def test_recovery_code_works_once(client, guarded, lan):
    _, codes = guarded
    first_step(client)
    assert second_step(client, codes[3]).status_code == 302
    client.post(reverse("logout"))
    first_step(client)

    assert second_step(client, codes[3]).status_code == 422
    assert factors.factors_of(lan).codes_left == len(codes) - 1 == 9


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "abcdef", "１２３４５６", "٠١٢٣٤٥", "0" * 30, "-1", "1e5", "' OR 1=1"]
)
def test_wrong_code_is_refused_in_words(client, guarded, typed):
    first_step(client)

    answer = second_step(client, typed)

    assert answer.status_code == 422
    assert "_auth_user_id" not in client.session


def test_codes_cannot_be_guessed_on(client, guarded):
    secret, _ = guarded
    first_step(client)
    for number in range(5):
        second_step(client, f"{number:06d}")

    assert second_step(client, code_of(secret)).status_code == 422


def test_second_step_without_the_first_leads_to_the_log_in_page(client, guarded):
    assert client.get(reverse("login_second"))["Location"] == reverse("login")
    assert second_step(client, code_of(guarded[0]))["Location"] == reverse("login")


def test_second_step_is_over_when_the_password_changed(client, guarded, lan):
    first_step(client)
    lan.set_password("một mật khẩu khác hẳn 5")
    lan.save()

    assert second_step(client, code_of(guarded[0]))["Location"] == reverse("login")


def test_second_step_is_over_after_ten_minutes(client, guarded):
    from ansinh.kernel import clock

    first_step(client)
    session = client.session
    session[entering.WAITING] = {**session[entering.WAITING], "at": (clock.now() - entering.WAITS * 1.01).isoformat()}
    session.save()

    assert second_step(client, code_of(guarded[0]))["Location"] == reverse("login")


def test_what_a_form_held_goes_through_both_steps(client, guarded):
    kept = {"giu.full_name": "Nguyễn Văn Chờ", "next": reverse("person_new")}

    answer = first_step(client, **kept)
    assert answer.status_code == 200
    assert "Nguyễn Văn Chờ" in answer.content.decode()
    answer = second_step(client, code_of(guarded[0]), **{"giu.full_name": "Nguyễn Văn Chờ"})

    assert "Tiếp tục lưu" in answer.content.decode()
    assert f'action="{reverse("person_new")}"' in answer.content.decode()


# Binding and removing


def test_telephone_is_bound_only_with_its_first_code(client_of, lan):
    client = client_of("lan")
    page = client.get(reverse("totp_add")).content.decode()
    secret = client.session["totp-secret"]

    assert "<svg" in page
    assert "style=" not in page[page.index("<svg") : page.index("</svg>")]
    assert client.post(reverse("totp_add"), {"code": "000000"}).status_code == 422
    assert not factors.factors_of(lan).any
    codes = client.post(reverse("totp_add"), {"code": code_of(secret)}).content.decode()

    assert codes.count("<code>") == 10
    assert factors.factors_of(lan).totp
    assert "totp-secret" not in client.session
    assert client.session[entering.STRONG] is True


def test_secret_of_the_telephone_is_sealed_in_the_database(guarded):
    held = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert guarded[0] not in held
    assert not any(code in held for code in guarded[1])


def test_secret_that_was_sealed_by_another_node_is_told_and_not_a_crash(client, guarded, settings):
    first_step(client)
    row = Authenticator.objects.get(type="totp")
    row.data["secret"] = "gAAAAAB-khac"
    row.save()

    assert second_step(client, "123456").status_code == 422


def test_removing_the_last_factor_ends_the_recovery_codes(client_of, guarded, lan):
    client = client_of("lan")
    assert client.get(reverse("totp_remove")).status_code == 200
    assert factors.factors_of(lan).totp

    client.post(reverse("totp_remove"))

    assert not Authenticator.objects.filter(user=lan).exists()


def test_new_recovery_codes_end_the_old_ones(client_of, client, guarded):
    page = client_of("lan").post(reverse("recovery_codes")).content.decode()
    first_step(client)

    assert second_step(client, guarded[1][0]).status_code == 422
    fresh = page.split("<code>")[1].split("<")[0]
    assert second_step(client, fresh).status_code == 302


def test_recovery_codes_without_another_factor_are_refused(lan):
    with pytest.raises(Invalid):
        factors.new_codes(lan)


@pytest.mark.parametrize("name", ["totp_add", "totp_remove", "key_add"])
def test_page_that_changes_a_factor_asks_for_a_fresh_proof(client, lan, name):
    client.force_login(lan)

    answer = client.get(reverse(name))
    assert answer["Location"].startswith(reverse("prove"))
    assert client.post(answer["Location"], {"old": "sai rồi nhé"}).status_code == 422
    answer = client.post(answer["Location"], {"old": PASSWORD})

    assert answer["Location"] == reverse(name)
    assert client.get(reverse(name)).status_code == 200


# Keys: what a browser makes is tried in tests/functional/test_logging_in.py


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "7", "{", '{"id": "x"}', '{"id":"eA","rawId":"eA","type":"public-key","response":{}}',
     '{"response": {"userHandle": "MQ"}}', '{"response": null}', '{"response": {"userHandle": 5}}', '"\\ud800"',
     "[" * 500],
)  # fmt: skip
def test_answer_that_is_no_key_is_refused_in_words(client, client_of, lan, answer):
    client.post(reverse("key_challenge"))
    tried = client.post(reverse("login_key"), {"credential": answer}, follow=True)
    assert "_auth_user_id" not in client.session
    assert "Không nhận được khóa truy cập" in tried.content.decode()

    own = client_of("lan")
    own.get(reverse("key_add"), headers={"Host": "localhost"})
    assert own.post(reverse("key_add"), {"credential": answer}, headers={"Host": "localhost"}).status_code == 422
    assert not factors.factors_of(lan).keys


def test_challenge_needs_no_session_of_before_and_names_nobody(client, lan):
    answer = client.post(reverse("key_challenge"))

    options = json.loads(answer.content)["publicKey"]
    assert options["userVerification"] == "required"
    assert options["rpId"] == "testserver"
    assert not options.get("allowCredentials")


HOSTS = [
    ("localhost", False, True), ("localhost:8000", False, True), ("an-sinh.example.vn", True, True),
    ("an-sinh.example.vn", False, False), ("127.0.0.1:8000", False, False), ("10.0.0.5", True, False),
    ("[::1]", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("host", "secure", "works"), HOSTS)
def test_keys_are_offered_where_browsers_give_them(client, db, settings, host, secure, works):
    settings.ALLOWED_HOSTS = ["*"]

    page = client.get(reverse("login"), secure=secure, headers={"Host": host}).content.decode()

    assert ("data-passkey" in page) is works


# Who must have one


@pytest.fixture
def enforced(settings):
    settings.SECOND_FACTOR_ENFORCED = True


@pytest.mark.parametrize("name", ["mai", "officer", "leader", "admin"])
def test_role_that_needs_a_second_factor_opens_nothing_without_one(enforced, client_of, name):
    client = client_of(name)

    assert client.get(reverse("home"))["Location"] == reverse("own_security")
    assert client.post(reverse("people"), {"q": "an"})["Location"] == reverse("own_security")
    assert client.get(reverse("home"), headers={"HX-Request": "true"})["HX-Redirect"] == reverse("own_security")
    page = client.get(reverse("own_security"))
    assert page.status_code == 200
    assert "Cần thêm một lớp xác thực" in page.content.decode()


@pytest.mark.parametrize("name", ["lan", "binh"])
def test_role_for_which_it_is_advised_opens_with_a_password(enforced, client_of, name):
    assert client_of(name).get(reverse("people")).status_code == 200


def test_setting_one_up_opens_the_role_at_once(enforced, client_of):
    client = client_of("mai")
    client.get(reverse("totp_add"))
    client.post(reverse("totp_add"), {"code": code_of(client.session["totp-secret"])})

    assert client.get(reverse("home")).status_code == 200


def test_session_of_a_password_stays_closed_when_a_factor_came_elsewhere(enforced, client_of, account_of):
    mai = account_of("mai")
    client = client_of("mai")
    secret = factors.new_totp_secret()
    factors.add_totp(mai, secret, code_of(secret))

    assert client.get(reverse("home"))["Location"] == reverse("own_security")


def test_node_that_only_advises_says_so(client_of):
    page = client_of("mai").get(reverse("own_security")).content.decode()

    assert "chỉ khuyên chứ chưa bắt buộc" in page
    assert client_of("mai").get(reverse("home")).status_code == 200
