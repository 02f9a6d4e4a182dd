"""What the node says about drafts on a device: a key for each account, and which draft it has saved."""

import re

import pytest
from django.urls import reverse

from ansinh.clinical.registry import actions
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.ui import drafts

pytestmark = pytest.mark.django_db

DRAFT = "0f0e0d0c-1111-4222-8333-444455556666"
KEY = re.compile(r'<meta name="draft-key" content="([^"]+)">')


@pytest.fixture
def an(lan) -> str:
    """Id of Nguyễn Văn An of facility A."""
    return actions.register_person(lan, draft=PersonDraft("Nguyễn Văn An", "male", "1950"))


def key_of(client) -> str:
    return KEY.search(client.get(reverse("home")).content.decode())[1]


def a_visit(client, note: str, **more):
    page = client.get(more.pop("address")).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(entry_id)" value="([^"]+)"', page))
    moment = re.search(r'name="moment" value="([^"]+)"', page)[1]
    return fields | {"moment": moment, "note": note, "long_term": ""} | more


def test_key_is_of_the_account_and_the_same_in_its_next_session(client_of):
    lan, again, binh = client_of("lan"), client_of("lan"), client_of("binh")

    assert key_of(lan) == key_of(again) != key_of(binh)
    assert len(key_of(lan)) == 44  # 32 bytes


def test_nobody_has_no_key(client, lan):
    assert "draft-key" not in client.get(reverse("login")).content.decode()
    assert drafts.key_of(lan)


def test_saved_form_names_its_draft_and_nothing_else(an, client_of):
    client, address = client_of("lan"), reverse("visit_new", args=[an])

    answer = client.post(address, a_visit(client, "Ổn định", address=address, **{drafts.FIELD: DRAFT}))

    cookie = answer.cookies[drafts.COOKIE]
    assert answer.status_code == 302
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == (DRAFT, "Lax", 600)


def test_form_that_was_refused_keeps_its_draft(an, client_of):
    client, address = client_of("lan"), reverse("visit_new", args=[an])

    answer = client.post(address, a_visit(client, "", address=address, **{drafts.FIELD: DRAFT}))

    assert answer.status_code == 422
    assert drafts.COOKIE not in answer.cookies
    assert "data-posted" in answer.content.decode()


def test_session_that_ended_keeps_the_draft(an, client_of):
    client, address = client_of("lan"), reverse("visit_new", args=[an])
    data = a_visit(client, "Ổn định", address=address, **{drafts.FIELD: DRAFT})
    client.session.flush()

    answer = client_of("").post(address, data)

    assert drafts.COOKIE not in answer.cookies


@pytest.mark.parametrize("draft", ["", "x" * 36, f"{DRAFT}; Path=/", "<script>"])
def test_only_an_id_of_a_draft_goes_into_the_cookie(an, client_of, draft):
    client, address = client_of("lan"), reverse("visit_new", args=[an])

    answer = client.post(address, a_visit(client, "Ổn định", address=address, **{drafts.FIELD: draft}))

    assert answer.status_code == 302
    assert drafts.COOKIE not in answer.cookies


def test_log_out_is_marked_so_that_the_device_forgets(client_of):
    assert "data-log-out" in client_of("lan").get(reverse("home")).content.decode()
