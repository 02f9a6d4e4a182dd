"""A form that was open when the session ended: what was typed survives the log-in and is saved once."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from ansinh.access import kept
from ansinh.access.actions import create_account
from ansinh.clinical.registry import actions
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db
PASSWORD = "đường dài đi mãi 27"
PERSON = {"full_name": 'Lò Thị "Mỷ" <b>', "birth_date": "1951", "gender": "female"}


@pytest.fixture
def nurse(world):
    return create_account(username="ngan", password=PASSWORD, full_name="Vi Thị Ngân", role="nurse", unit=world.a)


def hidden(page) -> list[tuple[str, str]]:
    """Hidden fields of a page, unescaped."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return [(name, unescape(value)) for name, value in found]


def test_form_sent_without_a_session_asks_to_log_in_and_saves_afterwards(nurse, lan):
    person = actions.register_person(lan, draft=PersonDraft("Lò Thị Mỷ", "female", "1951"))
    address, client = reverse("visit_new", args=[person]), Client()
    visit = {"entry_id": new_id(), "moment": "10/03/2026 08:30", "complaint": 'Đau "đầu" <nhiều>'}

    late = client.post(address, visit)
    fields = dict(hidden(late))
    asked = client.post(reverse("login"), fields | {"username": "ngan", "password": PASSWORD})
    sent = dict(hidden(asked))
    saved = client.post(address, sent)

    assert (late.status_code, fields["next"]) == (401, address)
    assert {name: sent[name] for name in visit} == visit
    assert saved["Location"] == reverse("person", args=[person])
    assert Repository(lan).read("Encounter", visit["entry_id"])["reasonCode"] == [{"text": visit["complaint"]}]


def test_wrong_password_keeps_what_was_typed(nurse):
    client = Client()
    fields = dict(hidden(client.post(reverse("person_new"), PERSON)))

    again = client.post(reverse("login"), fields | {"username": "ngan", "password": "sai"})

    assert again.status_code == 422
    assert {("giu." + name, value) for name, value in PERSON.items()} <= set(hidden(again))


def test_kept_form_is_never_sent_to_another_site(nurse):
    fields = {"giu.full_name": "Lò Thị Mỷ", "next": "https://example.org/steal"}

    answer = Client().post(reverse("login"), fields | {"username": "ngan", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("name", ["csrfmiddlewaretoken", "next", "password", "new_password", "giu.x"])
def test_field_that_must_not_travel_is_left_behind(name):
    post = QueryDict(mutable=True)
    post.setlist(name, ["1"])
    post.setlist("codes", ["I10", "E11"])

    assert kept.typed(post) == [("giu.codes", "I10"), ("giu.codes", "E11")]


@pytest.mark.parametrize("name", ["change_password", "prove"])
def test_passwords_of_ones_own_pages_are_never_carried(client, db, name):
    answer = client.post(reverse(name), {"old": "mật khẩu cũ rồi", "again": "mật khẩu mới tinh", "password": "x"})

    assert answer["Location"] == reverse("login")
