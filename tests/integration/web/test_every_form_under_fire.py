"""Hostile input in every field of every form that a role can reach by links, whoever wrote the page and whenever.

From home each role walks the links, one page of each kind; each form found there is sent empty, with every field twice,
and with values that have broken other programs in every field. The page may refuse or take it: it never fails, never
shows a script as one, never tells the log what was typed, and what is refused leaves no entry in the journal. A page,
form or question that another role met before is not tried again.
"""

import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from ansinh.fhir.store import journal
from tests.support.whole_person import SECRETS, make_whole_person

pytestmark = pytest.mark.django_db

HOME = "http://testserver/"
ROLES = ("lan", "binh", "mai", "officer", "leader", "admin")
# Ends the session, or answers a script and not a person.
PASSED_OVER = {"logout", "set_language", "choose_assignment"}
CANARY = "Chim Hoàng Yến"
SCRIPT = f"<script>alert('{CANARY}')</script>"
HOSTILE = {
    "script": f"\"><script>alert('{CANARY}')</script>",
    "sql": f"' OR 1=1; DROP TABLE resource; -- {CANARY}",
    "template": "{{ 7|add:7 }}{% debug %}%(name)s %s {0} ${x}",
    "zero byte": f"{CANARY}\x00\x1b[31m",
    "long": f"{CANARY} " + "dài " * 2_000,
    "number beyond": "9" * 400,
    "number": "-1e999",
    "digits of others": "١٢/٠٥/١٩٥٠",
    "date": "31/02/0000",
    "path": "../../../../etc/passwd",
    "right to left": "\u202e\u200f\ufeff" + CANARY,
    "identifier": "00000000-0000-0000-0000-000000000000",
}
READ_AT_MOST = 50


@dataclass
class Form:
    """One form of a page: where it goes, every field that it has, and the values that it came with."""

    action: str
    names: list[str] = field(default_factory=list)
    sent: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Links of a page, and its forms that are posted."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self._form: Form | None = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(urldefrag(urljoin(self.address, given["href"])).url)
        elif tag == "form" and (given.get("method") or "get").lower() == "post":
            self._form = Form(urljoin(self.address, given.get("action") or ""))
            self.forms.append(self._form)
        elif self._form is not None and given.get("name") and tag in ("input", "select", "textarea", "button"):
            self._form.names.append(given["name"])
            if given.get("type") == "hidden":
                self._form.sent.setdefault(given["name"], []).append(given.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


def kind_of(address: str) -> str | None:
    """The resolver's name of an address of this site; None for what is passed over."""
    parts = urlsplit(address)
    if parts.netloc != "testserver":
        return None
    try:
        name = resolve(parts.path).url_name
    except Resolver404:
        return None
    return None if name in PASSED_OVER else name


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def walk(client) -> dict[str, _Reader]:
    """One page of each kind that is reached by links from home, read."""
    waiting, known, samples, found = [HOME], {HOME}, Counter(), {}
    for _ in range(READ_AT_MOST):
        if not waiting:
            break
        waiting.sort(key=lambda address: samples[kind_of(address)])
        address = waiting.pop(0)
        kind = kind_of(address)
        samples[kind] += 1
        answer = client.get(path_of(address))
        assert answer.status_code < 500, address
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = _Reader(address)
        page.feed(answer.content.decode())
        found.setdefault(kind, page)
        for link in page.links:
            if link not in known and kind_of(link) and samples[kind_of(link)] < 2:
                known.add(link)
                waiting.append(link)
    return found


def forms_of(pages: dict[str, _Reader]) -> dict[tuple, Form]:
    """One form of each kind of target and set of fields."""
    found = {}
    for page in pages.values():
        for form in page.forms:
            if kind := kind_of(form.action):
                fields = frozenset(re.sub(r"[0-9a-f-]{36}|\d+", "#", name) for name in form.names)
                found.setdefault((kind, fields), form)
    return found


def bodies(form: Form):
    """(what is tried, body): empty, as it came, everything twice, and each hostile value in every field."""
    names = dict.fromkeys(form.names)
    yield "empty", {}
    yield "as it came", form.sent
    yield "twice", {name: ["1", "2"] for name in names}
    yield "strange names", {"__proto__": "x", "a" * 500: "x", "id[]": "x", "\u0000": "x"}
    values = list(HOSTILE.values())
    for first in range(0, len(values), 2):  # each field has half of the values, neighbours have the other half
        mixed = {name: values[(first + place) % len(values)] for place, name in enumerate(names)}
        # Hidden fields as they are: what is behind them (a person, a version) is found, and the rest is judged.
        yield f"mixed from {first}", {**mixed, **form.sent}
    yield "hidden fields too", {name: values[place % len(values)] for place, name in enumerate(names)}


def answered(client, form: Form, body: dict):
    """The answer and how many entries the journal grew by; everything is undone."""
    before = journal.position()
    with transaction.atomic():
        answer = client.post(path_of(form.action), body)
        grown = journal.position() - before
        transaction.set_rollback(True)
    return answer, grown


def shown(answer) -> str:
    return answer.content.decode(errors="replace") if not answer.streaming else ""


@dataclass
class Met:
    """What was tried already, by any role."""

    kinds: set[str] = field(default_factory=set)
    forms: set[tuple] = field(default_factory=set)
    questions: set[tuple] = field(default_factory=set)


@pytest.fixture(scope="module")
def met() -> Met:
    return Met()


def wrong_links(client, pages: dict[str, _Reader], met: Met) -> list[str]:
    """Links to kinds of pages that do not answer."""
    links = {kind: link for page in pages.values() for link in page.links if (kind := kind_of(link))}
    fresh = {kind: link for kind, link in links.items() if kind not in met.kinds and kind not in pages}
    met.kinds |= links.keys()
    told = {kind: client.get(path_of(link)).status_code for kind, link in fresh.items()}
    return [f"link to {kind}: {status}" for kind, status in told.items() if status not in (200, 302)]


def wrong_forms(client, pages: dict[str, _Reader], met: Met) -> list[str]:
    """What hostile bodies brought to light."""
    told = []
    for key, form in forms_of(pages).items():
        if key in met.forms:
            continue
        met.forms.add(key)
        for what, body in bodies(form):
            answer, grown = answered(client, form, body)
            found = {
                f"answers {answer.status_code}": answer.status_code >= 500,
                "shows the script as one": SCRIPT in shown(answer),
                f"was refused and wrote {grown} entries": answer.status_code >= 400 and grown,
                "puts typed words into an address": CANARY in unescape(answer.get("Location", "")),
            }
            told += [f"form {key[0]}, {what}: {wrong}" for wrong, holds in found.items() if holds]
    return told


def wrong_questions(client, pages: dict[str, _Reader], met: Met) -> list[str]:
    """What hostile words after the question mark brought to light."""
    told = []
    for link in [link for page in pages.values() for link in page.links]:
        kind, key = kind_of(link), urlsplit(link).query.partition("=")[0]
        if not kind or not key or (kind, key) in met.questions:
            continue
        met.questions.add((kind, key))
        for what in ("script", "sql", "zero byte", "number beyond", "date"):
            value = HOSTILE[what]
            answer = client.get(urlsplit(link).path, {key: value})
            if answer.status_code >= 500 or SCRIPT in shown(answer):
                told.append(f"{kind}?{key}, {what}: {answer.status_code}")
    return told


@pytest.mark.parametrize("name", ROLES)
def test_whatever_is_sent_to_the_pages_of_a_role_they_answer_in_words(client_of, lan, binh, met, caplog, name):
    make_whole_person(lan, binh)
    client = client_of(name)
    pages = walk(client)

    with caplog.at_level(logging.INFO):
        told = [
            *wrong_links(client, pages, met),
            *wrong_forms(client, pages, met),
            *wrong_questions(client, pages, met),
        ]

    assert told == []
    assert len(pages) >= 8
    assert CANARY not in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]
