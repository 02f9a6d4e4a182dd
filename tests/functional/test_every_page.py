"""Every page that a role can reach from its home: answers, says what it is, reads on a phone and by keyboard.

A page of each kind is read (a kind is a name of the resolver), not every person: what differs between two people is
words, what differs between two kinds is a template. The first role that comes to a kind, in whichever worker, opens it
in the browser and looks at it in full.
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

ROLES = ("dieuduong", "bacsi", "giamdoc", "chuyenvien", "lanhdao", "quantri")
# Opened by these names: a file, an answer to a script, or the end of the walk.
NOT_PAGES = {"report_download", "measure_csv", "logout", "set_language", "choose_assignment"}
NOT_PAGES |= {"devices_due_csv", "card_scan", "communes", "diagnoses", "techniques", "gallery_codes"}
WIDTHS = (1440, 768, 320)
SAMPLES = 2  # pages of one kind that are read for links: a first person may have no screening to open
READ_AT_MOST = 140
HREF = re.compile(r'<a[^>]*?\shref="([^"]+)"')
TITLE, HEADING = re.compile(r"<title>\s*[^\s<][^<]*</title>"), re.compile(r"<h1[\s>]")


@cache
def kind_of(address: str) -> str | None:
    """The resolver's name of an address on this site; None for what is no page."""
    try:
        name = resolve(urlsplit(address).path).url_name
    except Resolver404:
        return None
    return None if name in NOT_PAGES else name


def links_of(page: Page, address: str) -> list[str]:
    """Addresses of this site that a page links to; the page has to answer and to say what it is."""
    answer = page.request.get(address)
    assert answer.status == 200, f"{address}: {answer.status}"
    text = answer.text()
    assert TITLE.search(text.partition("</head>")[0]), f"{address}: no title"
    assert len(HEADING.findall(text)) == 1, f"{address}: not one h1"
    found = [urldefrag(urljoin(address, href.replace("&amp;", "&"))).url for href in HREF.findall(text)]
    return [link for link in dict.fromkeys(found) if urlsplit(link).netloc == urlsplit(address).netloc]


def pages_from_home(page: Page, site: str) -> dict[str, str]:
    """One address of each kind that can be reached by links from home."""
    waiting, known, samples, kinds = [f"{site}/"], {f"{site}/"}, Counter(), {}
    for _ in range(READ_AT_MOST):
        if not waiting:
            break
        # Kinds that were met least come first, so that the bound cuts repetition and not variety.
        waiting.sort(key=lambda address: samples[kind_of(address)])
        address = waiting.pop(0)
        kind = kind_of(address)
        samples[kind] += 1
        kinds.setdefault(kind, address)
        for link in links_of(page, address):
            if link not in known and kind_of(link) and samples[kind_of(link)] < SAMPLES:
                known.add(link)
                waiting.append(link)
    return kinds


def told_at_sight(page: Page) -> list[str]:
    """What is wrong with the name of the page as it stands."""
    wrong = []
    if not page.title().replace("An Sinh", "").strip(" –-"):
        wrong.append("no title")
    if (count := page.locator("h1").count()) != 1:
        wrong.append(f"{count} h1")
    return wrong


def told_at_length(page: Page) -> list[str]:
    """What is wrong at each width and by keyboard, apart from what axe finds."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if over := page.evaluate(OVERFLOW):
            wrong.append(f"{over} at {width} px")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.keyboard.press("Tab")
    if not page.evaluate(FOCUS_IS_SEEN):
        wrong.append("focus not visible on first Tab")
    return wrong


def axe_says(no_axe_violations, page: Page) -> list[str]:
    """What axe finds on the page, as text."""
    try:
        no_axe_violations(page)
    except AssertionError as found:
        return [str(found)]
    return []


OVERFLOW = """() => {
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over <= 0) return "";
  const edge = document.documentElement.clientWidth + 1;
  const widest = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > edge).pop();
  return `${over} px too wide (${widest ? widest.tagName + "." + widest.className : "?"})`;
}"""

FOCUS_IS_SEEN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return false;
  const style = getComputedStyle(focused), box = focused.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return ring && box.width > 0 && box.height > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight;
}"""


@pytest.fixture
def claim(tmp_path_factory) -> Callable[[str], bool]:
    """True for who comes first to a kind, of all workers: a template has the same faults for everybody."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "examined"
    folder.mkdir(exist_ok=True)

    def first(kind: str) -> bool:
        try:
            os.close(os.open(folder / Path(kind).name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True

    return first


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_answers_and_reads(role: str, page: Page, site: str, log_in, no_axe_violations, claim):
    log_in(role)
    page.emulate_media(reduced_motion="reduce")  # no colour on its way
    told: list[str] = []
    script_errors: list[str] = []
    page.on("pageerror", lambda error: script_errors.append(f"{page.url}: {error}"))
    page.on("console", lambda said: script_errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)

    kinds = pages_from_home(page, site)
    for kind, address in kinds.items():
        if not claim(kind):
            continue
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            told.append(f"{kind} {address}: {answer and answer.status}")
            continue
        wrong = told_at_sight(page) + told_at_length(page) + axe_says(no_axe_violations, page)
        told += [f"{kind} {address}: {what}" for what in wrong]

    assert len(kinds) >= 8, sorted(kinds)
    assert told + script_errors == []
