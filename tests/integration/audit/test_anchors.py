"""Signed anchors, what is no longer kept, and the command line."""

from datetime import timedelta

import pytest
from django.db import connection

from ansinh.access.audit import anchors, keeping
from ansinh.config.cli import audit as command
from ansinh.config.cli.__main__ import main
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.store.audit import entries, trail, verifying
from ansinh.fhir.store.audit import keeping as chain
from ansinh.fhir.store.audit.verifying import Broken
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchor(people):
    return anchors.make()


def many(context, count: int) -> None:
    trail.append(trail.entry(context, "export", "Patient", f"x{number}") for number in range(count))


def test_anchor_fits_as_the_chains_grow(anchor, people, lan, system):
    many(lan, 3)
    system.update({"resourceType": "Patient", "id": "later"})

    checked = anchors.check(anchor)

    assert (checked.row, checked.position, checked.audit) == (anchor["row"], anchor["position"], True)


@pytest.mark.parametrize("field", ["node", "at", "position", "journal", "row", "audit", "signature"])
def test_changed_anchor_is_refused(anchor, field):
    value = anchor[field]
    changed = value + 1 if isinstance(value, int) else ("A" if value[0] != "A" else "B") + value[1:]

    with pytest.raises(Invalid):
        anchors.check({**anchor, field: changed})


@pytest.mark.parametrize("broken", [None, [], {}, {"kind": anchors.KIND}, "text"])
def test_what_is_no_anchor_is_refused_in_words(broken, people):
    with pytest.raises(Invalid, match="không phải là mốc"):
        anchors.check(broken)


def test_anchor_of_another_nodes_key_is_refused(anchor, settings):
    settings.SECRET_KEY = "một khóa khác"

    with pytest.raises(Invalid, match="khóa khác"):
        anchors.check(anchor)


def test_key_of_another_node_can_be_trusted_on_purpose(anchor, settings):
    settings.SECRET_KEY = "một khóa khác"

    assert anchors.check(anchor, key=anchor["key"]).row == anchor["row"]


def test_chain_that_was_made_anew_does_not_fit_the_anchor(people, lan):
    """Who may write into the database drops a read and seals everything again: only the anchor knows."""
    Repository(lan).read("Patient", "p1")
    trail.flush_reads()
    anchor = anchors.make()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_row SET patient = 7 WHERE id = %s", [anchor["row"]])
    _seal_again()
    verifying.verify()

    with pytest.raises(Broken):
        anchors.check(anchor)


def _seal_again() -> None:
    before = b""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_seal")
    for row, journal_hash in verifying._rows(0, 1000):
        before = entries.seal(before, row, journal_hash if entries.VERBS[row[6]] in entries.WRITES else b"")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_head SET audit_hash = %s", [before])


def test_what_is_older_than_the_rule_goes_in_whole_stretches_and_the_rest_still_verifies(people, lan, anchor):
    many(lan, 3 * entries.BLOCK)
    with clock.frozen(clock.now() + timedelta(days=21 * 366)):
        many(lan, 2)
        assert keeping.tidy() is False

    found = verifying.verify()
    assert 0 < chain.kept_after() == found.first - 1
    assert anchors.check(anchor).audit is False
    assert len(trail.find("w.login = %s", [lan.login], 3)) == 2


def test_what_is_younger_is_never_removed(people, lan):
    many(lan, 2 * entries.BLOCK)

    assert chain.forget_older(days=1) == 0


def test_beginning_cut_off_by_hand_is_found(people, lan):
    many(lan, 2 * entries.BLOCK)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_row WHERE id <= %s", [entries.BLOCK])

    with pytest.raises(Broken):
        verifying.verify()


def test_rule_says_a_time_that_the_law_knows():
    assert keeping.years() == 20


@pytest.mark.parametrize(
    "text", ["years: 9\nid: a\ntitle: b\nsource: c", "years: x\nid: a\ntitle: b\nsource: c", "id: a", "years: 20.5"]
)
def test_rule_that_is_wrong_is_refused_by_file(tmp_path, text):
    file = tmp_path / "audit.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid, match=r"audit\.yaml"):
        keeping.read_rule(file)


def test_command_signs_and_verifies(people, tmp_path, capsys):
    file = tmp_path / "anchor.json"

    assert main(["audit", "anchor", "--out", str(file)]) == 0
    assert main(["audit", "verify", "--anchor", str(file)]) == 0

    assert "Khớp mốc niêm phong" in capsys.readouterr().out
    assert json.loads(file.read_bytes())["row"] == verifying.heads()[3]


def test_command_prints_an_anchor_and_tells_a_break(people, capsys):
    assert main(["audit", "anchor"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == anchors.KIND
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_row WHERE id = (SELECT max(id) FROM audit_row)")

    assert main(["audit", "verify"]) == 1
    assert "không còn nguyên vẹn" in capsys.readouterr().err
    assert command.HELP
    assert journal.verify() >= 0
