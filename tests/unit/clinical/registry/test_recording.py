"""What becomes of a form that is sent: written, sent before, refused, overtaken, not whole."""

from types import SimpleNamespace

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from ansinh.clinical.registry.views.recording import Recording, recorded
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale

CARD = SimpleNamespace(id="0190c1de-0000-7000-8000-000000000001")
TIMELINE = f"/nguoi/{CARD.id}/"


class Form:
    """A form that is whole or not, and keeps what it was refused for."""

    def __init__(self, *, whole=True):
        self.whole, self.refused = whole, None

    def is_valid(self):
        return self.whole

    def refuse(self, error):
        self.refused = error


def sent(act, *, method="post", whole=True, kind=""):
    """(address that follows or "", what the reader is told, what the form was refused for)."""
    request = getattr(RequestFactory(), method)("/x/")
    request._messages = CookieStorage(request)
    form = Form(whole=whole)
    answer = recorded(request, CARD, form, Recording(act, "Đã lưu.", "person_timeline", kind))
    return answer.url if answer else "", [str(one) for one in get_messages(request)], form.refused


def refusing(error):
    def act():
        raise error

    return act


def test_form_that_is_written_leads_on_and_says_so():
    address, told, refused = sent(lambda: "e1")

    assert address.startswith(TIMELINE)
    assert (told, refused) == (["Đã lưu."], None)


def test_what_can_be_taken_back_is_offered_with_its_own_id():
    _address, (told,), _refused = sent(lambda: "e1", kind="Immunization")

    assert "e1" in told
    assert "href" in told


def test_form_sent_twice_leads_on_and_says_that_it_was():
    address, told, refused = sent(refusing(Conflict("Đã lưu từ lần gửi trước.")))

    assert address.startswith(TIMELINE)
    assert (told, refused) == (["Đã lưu từ lần gửi trước."], None)


@pytest.mark.parametrize("error", [Invalid("Sai."), NotFound("Không thấy."), Refused("Không được."), Stale("Đã sửa.")])
def test_form_that_is_refused_is_shown_again_with_the_reason(error):
    assert sent(refusing(error)) == ("", [], error)


def test_fault_that_is_nobodys_to_mend_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        sent(lambda: 1 / 0)


@pytest.mark.parametrize("how", [{"method": "get"}, {"whole": False}])
def test_nothing_is_written_before_the_form_is_sent_whole(how):
    written = []

    assert sent(lambda: written.append(1), **how) == ("", [], None)
    assert written == []
