"""When a request is due; which Consent permits what; files that are wrong."""

from datetime import UTC, date, datetime

import pytest

from ansinh.access.consents import refusals, resources
from ansinh.access.consents.purposes import purposes, read
from ansinh.access.rights import forms, rules
from ansinh.kernel.errors import Invalid

DUE = {
    # asked → due                        2026
    "2026-11-16": "2026-11-18",  # Monday → Wednesday
    "2026-11-18": "2026-11-20",
    "2026-11-19": "2026-11-23",  # Thursday → Monday
    "2026-11-20": "2026-11-24",
    "2026-11-21": "2026-11-24",  # Saturday counts as Friday
    "2026-11-22": "2026-11-24",
    "2026-12-30": "2027-01-04",  # New Year on Friday
    "2026-04-28": "2026-05-04",  # 30/4 and 1/5, then a weekend
    "2026-09-01": "2026-09-04",
}


@pytest.mark.parametrize("asked", DUE)
def test_request_is_due_in_two_working_days(asked):
    assert rules.due(date.fromisoformat(asked)).isoformat() == DUE[asked]


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2027-01-01", "2026-04-30", "2026-05-01", "2026-09-02"])
def test_days_off_are_no_working_days(day):
    assert not rules.is_working_day(date.fromisoformat(day))


def test_every_kind_has_words():
    assert set(forms.KINDS) == set(rules.KINDS)
    assert set(rules.RESTRICTING) | rules.REFUSABLE_ONLY < set(rules.KINDS)


def said(**given):
    usual = {"person": "p1", "purpose": "research", "code": "HRESCH", "given": True, "by": "A", "related": ""}
    return resources.consent(**{**usual, "at": datetime(2026, 11, 22, tzinfo=UTC), **given})


@pytest.mark.parametrize(
    ("resource", "code", "permitted"),
    [
        (said(), "HRESCH", True),
        (said(), "COC", False),
        (said(given=False), "HRESCH", False),
        (None, "HRESCH", False),
        (said() | {"status": "entered-in-error"}, "HRESCH", False),
        (said() | {"provision": {"type": "deny", "purpose": [{"code": "HRESCH"}]}}, "HRESCH", False),
        ({"status": "active"}, "HRESCH", False),
    ],
)
def test_only_an_active_consent_for_the_purpose_permits(resource, code, permitted):
    assert resources.permits(resource, code) is permitted


def test_one_consent_a_person_and_purpose():
    assert said()["id"] == said(given=False)["id"] != said(purpose="share")["id"]


def test_relative_is_the_performer_where_one_speaks():
    assert said()["performer"][0]["reference"] == "Patient/p1"
    assert said(related="r1")["performer"][0]["reference"] == "RelatedPerson/r1"


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({}, []),
        ({"patient": {}}, ["consent-patient"]),
        ({"patient": None}, ["consent-patient"]),
        ({"provision": {"purpose": [{"system": resources.REASONS, "code": "HMARKT"}]}}, ["consent-purpose"]),
        ({"provision": {"purpose": [{"system": "http://x", "code": "HMARKT"}]}}, []),
    ],
)
def test_consent_without_a_person_or_for_an_unknown_purpose_is_refused(change, keys):
    resource = {key: value for key, value in (said() | change).items() if value is not None}

    assert [problem.key for problem in refusals.check(resource)] == keys


def test_care_takes_no_consent_and_research_does():
    assert not purposes()["care"].consent
    assert purposes()["research"].consent
    assert purposes()["research"].words("en").startswith("Using")


ONE = "{code: A, id: a, title: x, title_en: y, consent: true}"


@pytest.mark.parametrize(
    "text",
    [
        "id: p",
        f"id: p\ntitle: t\nsource: s\npurposes: [{ONE}, {ONE}]",
        "id: p\ntitle: t\nsource: s\npurposes: [{code: A}]",
        f"id: p\ntitle: t\nsource: s\npurposes: [{ONE.replace('true', 'maybe')}]",
    ],
)
def test_wrong_file_of_purposes_is_refused_by_name(tmp_path, text):
    file = tmp_path / "purposes.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid, match=r"purposes\.yaml"):
        read(file)
