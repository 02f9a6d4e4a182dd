"""A form that comes while the table of a view is made anew: carried by the answer, sent again by a button."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.clinical.registry import actions
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import journal
from ansinh.fhir.views import rebuilding
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db
WORDS = 'Đau "đầu" <nhiều> & chóng mặt'


@pytest.fixture
def visit(lan):
    """Where a visit is written, and what was typed."""
    person = actions.register_person(lan, draft=PersonDraft("Lò Thị Mỷ", "female", "1951"))
    typed = {"entry_id": new_id(), "moment": "10/03/2026 08:30", "complaint": WORDS, "codes": ["I10", "E11"]}
    return reverse("visit_new", args=[person]), typed


@pytest.fixture
def remade(monkeypatch):
    """The table of episodes is being made anew."""
    monkeypatch.setattr(rebuilding, "unready", lambda: {"episode": 40})


def carried(page) -> list[tuple[str, str]]:
    main = page.content.decode().split("<main")[1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    return [(name, unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"]


def test_form_that_comes_while_a_view_is_made_is_carried_whole(client_of, visit, remade):
    address, typed = visit
    before = journal.position()

    answer = client_of("lan").post(address, typed | {"csrfmiddlewaretoken": "x"})

    assert (answer.status_code, journal.position()) == (503, before)
    assert answer["Retry-After"]
    assert "Refresh" not in answer
    assert sorted(carried(answer)) == sorted(
        [(name, value) for name, value in typed.items() if name != "codes"] + [("codes", "I10"), ("codes", "E11")]
    )


def test_carried_form_sent_again_when_the_view_is_there_is_saved(client_of, visit, monkeypatch):
    address, typed = visit
    client = client_of("lan")
    with monkeypatch.context() as while_made:
        while_made.setattr(rebuilding, "unready", lambda: {"episode": 40})
        fields = carried(client.post(address, typed | {"codes": ["I10"]}))

    saved = client.post(address, dict(fields))

    assert saved.status_code == 302


def test_page_that_is_only_read_carries_nothing_and_comes_by_itself(client_of, visit, remade):
    answer = client_of("lan").get(visit[0])

    assert (answer.status_code, carried(answer)) == (503, [])
    assert answer["Refresh"]


def test_form_with_a_file_is_not_offered_half(client_of, visit, remade):
    address, typed = visit

    answer = client_of("lan").post(address, typed | {"picture": SimpleUploadedFile("a.txt", b"a")})

    assert (answer.status_code, carried(answer)) == (503, [])


def test_other_refusals_offer_no_sending_again(client_of, visit):
    answer = client_of("cuc").post(visit[0], visit[1])

    assert (answer.status_code, carried(answer)) == (404, [])
