"""Who asks about an account that is not there is told, and kept waiting, just like for one that is."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ansinh.access.hashing import Argon2
from ansinh.access.models import OneTimeCode, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
KINDS = ("there", "not there", "closed", "without a password")


@pytest.fixture
def names(account_of, settings) -> dict[str, str]:
    settings.MAIL_ENABLED = True
    for name in ("lan", "cuc", "son"):
        account_of(name)
    User.objects.filter(username="lan").update(email="lan@example.vn")
    User.objects.filter(username="cuc").update(is_active=False)
    unusable = User.objects.get(username="son")
    unusable.set_unusable_password()
    unusable.save()
    for page in ("login", "ask_code", "password_by_code"):  # counts of this address are there before the first name
        Client().post(reverse(page), {"username": "truoc", "password": "x" * 12, "again": "x" * 12, "code": "X"})
    return {"there": "lan", "not there": "aidoo", "closed": "cuc", "without a password": "son"}


def asked(address: str, fields: dict, monkeypatch) -> tuple[int, str, int, int]:
    """(status, body without what differs each time, hashes made, writing and reading queries)."""
    hashes = []
    encode, verify = Argon2.encode, Argon2.verify
    monkeypatch.setattr(Argon2, "encode", lambda *a, **k: hashes.append(1) or encode(*a, **k))
    monkeypatch.setattr(Argon2, "verify", lambda *a, **k: hashes.append(1) or verify(*a, **k))
    with CaptureQueriesContext(connection) as captured:
        answer = Client().post(address, fields)
    monkeypatch.setattr(Argon2, "encode", encode)
    monkeypatch.setattr(Argon2, "verify", verify)
    body = re.sub(r"[A-Za-z0-9]{64}", "token", answer.content.decode()).replace(f'value="{fields["username"]}"', "ten")
    return answer.status_code, body, len(hashes), len(captured)


def test_wrong_password_answers_alike_and_costs_one_hash_for_every_name(names, monkeypatch):
    answers = {
        kind: asked(reverse("login"), {"username": names[kind], "password": "đoán thử xem"}, monkeypatch)
        for kind in KINDS
    }

    assert len({(status, body) for status, body, _, _ in answers.values()}) == 1
    assert {hashes for _, _, hashes, _ in answers.values()} == {1}
    assert len({queries for *_, queries in answers.values()}) == 1


def test_too_many_tries_answer_alike_and_hash_nothing(names, monkeypatch):
    for kind in KINDS:
        for _ in range(6):
            fields = {"username": names[kind], "password": PASSWORD if kind == "not there" else "đoán"}
            last = asked(reverse("login"), fields, monkeypatch)
        assert last[0] == 422
        assert last[2] == 0


def test_asking_for_a_code_answers_alike_with_the_same_work(names, monkeypatch):
    before = OneTimeCode.objects.count()
    answers = {kind: asked(reverse("ask_code"), {"username": names[kind]}, monkeypatch) for kind in KINDS}

    assert len({(status, body, hashes) for status, body, hashes, _ in answers.values()}) == 1
    assert len({queries for *_, queries in answers.values()}) == 1
    assert OneTimeCode.objects.count() - before == len(KINDS)
    assert OneTimeCode.objects.exclude(user=None).count() == 1


def test_wrong_code_answers_alike_for_every_name(names, monkeypatch):
    fields = {"code": "ABCD-EFGH-JKMN-PQRS", "password": "bốn con mèo qua sông", "again": "bốn con mèo qua sông"}
    answers = {
        kind: asked(reverse("password_by_code"), {"username": names[kind], **fields}, monkeypatch) for kind in KINDS
    }

    assert len({answer[:3] for answer in answers.values()}) == 1
    assert len({queries for *_, queries in answers.values()}) == 1
