"""Whatever is sent to the doors of logging in: an answer in words, no session, nothing of it in the log."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ansinh.access import entering, factors
from ansinh.access.actions import create_account
from ansinh.access.models import Tries, User
from tests.conftest import PASSWORD

ANY = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    [
        "\x00",
        "lan\x00",
        "' OR '1'='1",
        "<script>alert(1)</script>",
        "../../etc",
        "%00",
        "{{7*7}}",
        "\u202elan",
        "a" * 5000,
    ]
)
FIELDS = st.sampled_from(
    [
        "username",
        "password",
        "next",
        "code",
        "credential",
        "again",
        "old",
        "giu.full_name",
        "giu.giu.",
        "csrfmiddlewaretoken",
    ]
)
DOORS = ("login", "login_second", "login_key", "password_by_code", "ask_code", "prove", "change_password")
COOKIES = st.sampled_from(["sessionid", "ansinh_device", "django_language", "csrftoken", "messages"])


class TestDoors(TestCase):
    """A node with one account; nobody knows its password."""

    def setup_example(self):
        super().setup_example()
        self.lan = User.objects.filter(username="lan").first() or create_account(
            username="lan", password=PASSWORD, full_name="Lan", role="nurse", unit="A"
        )

    @settings(max_examples=80)
    @given(st.sampled_from(DOORS), st.dictionaries(FIELDS, ANY, max_size=6), st.dictionaries(COOKIES, ANY, max_size=2))
    def test_any_form_gets_an_answer_and_no_session(self, door, fields, cookies):
        Tries.objects.all().delete()
        client = Client(raise_request_exception=False)
        for name, value in cookies.items():
            client.cookies[name] = "".join(c for c in value if c.isascii() and c.isprintable() and c not in ';,"\\ ')

        answer = client.post(reverse(door), fields)

        assert answer.status_code in (200, 302, 400, 403, 422), (door, answer.status_code)
        assert "_auth_user_id" not in client.session
        assert "alert(1)</script>" not in answer.content.decode()
        if answer.status_code == 302:
            assert answer["Location"].startswith("/")

    @settings(max_examples=60)
    @given(st.dictionaries(st.sampled_from(["code", "state", "error", "iss", "next", "x"]), ANY, max_size=4))
    def test_any_answer_of_a_provider_gets_no_session(self, query):
        client = Client(raise_request_exception=False)

        answer = client.get(reverse("outside_back"), query)

        assert (answer.status_code, answer["Location"]) == (302, reverse("login"))

    @settings(max_examples=60)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | ANY,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "rawId", "type", "response", "userHandle", "clientDataJSON", "signature"]),
                    inner,
                )
            ),
            max_leaves=8,
        )
    )
    def test_any_json_is_no_key(self, answer):
        client = Client(raise_request_exception=False)
        client.post(reverse("key_challenge"))

        assert client.post(reverse("login_key"), {"credential": json.dumps(answer)})["Location"] == reverse("login")
        assert "_auth_user_id" not in client.session

    @settings(max_examples=60)
    @given(ANY)
    def test_any_text_is_no_second_proof(self, typed):
        Tries.objects.all().delete()
        factors.reset(self.lan)
        secret = factors.new_totp_secret()
        from tests.integration.access.test_second_factors import code_of

        factors.add_totp(self.lan, secret, code_of(secret))
        client = Client(raise_request_exception=False)
        client.post(reverse("login"), {"username": "lan", "password": PASSWORD})
        assert entering.WAITING in client.session

        assert client.post(reverse("login_second"), {"code": typed}).status_code == 422
        assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_doors_refuse_forms_of_other_sites(door):
    answer = Client(enforce_csrf_checks=True).post(reverse(door), {"username": "lan", "password": PASSWORD})

    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or answer["Location"] == reverse("login")


@pytest.mark.django_db
def test_what_is_typed_at_the_door_is_in_no_log(account_of, caplog):
    caplog.set_level("DEBUG")
    account_of("lan")
    client = Client()
    for word in ("canarytênđăngnhập", "lan"):
        client.post(reverse("login"), {"username": word, "password": "canarymậtkhẩu"})
        client.post(reverse("ask_code"), {"username": word})
        client.post(
            reverse("password_by_code"),
            {"username": word, "code": "canarymã", "password": "canarymới123", "again": "x"},
        )

    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert "canary" not in told
