"""The drill itself: it sees what it must see, and three rounds of it lose nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from ansinh.fhir.store import Repository, database
from ansinh.fhir.views import live
from ansinh.kernel.context import system_context
from ansinh.upkeep.torture import checking, faults, rounds
from ansinh.upkeep.torture.checking import Seen
from ansinh.upkeep.torture.life import VIEWS
from ansinh.upkeep.torture.rounds import Figures, Round
from ansinh.upkeep.torture.storm import MARK, PARTS, Promised, note, person
from tests.support.stores import empty_store


@pytest.fixture
def stormed(db, monkeypatch) -> Promised:
    """A store with what one writer was promised, looked at without closing the connection of the test."""
    empty_store()
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(live, "names", lambda: list(VIEWS))
    everything = Repository(system_context())
    everything.save({"resourceType": "Organization", "id": "torture", "name": "Đơn vị thử"})
    promised = Promised()
    promised.written.append(everything.save(person("w-1", 1)).resource)
    promised.written.append(everything.save(person("w-1", 2)).resource)
    promised.written.append(everything.create(note("Patient/w-1", 3)).resource)
    for number in range(PARTS):
        everything.create(note("Patient/w-1", number, meta={"tag": [{"system": MARK, "code": "b-1"}]}))
    promised.bundles.append("b-1")
    return promised


def test_node_that_kept_everything_is_whole(stormed):
    seen = checking.look([stormed])

    assert seen.whole, seen
    assert seen.entries == 4 + PARTS


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("DELETE FROM journal WHERE position = 4", "lost"),
        ("UPDATE journal SET body = (SELECT body FROM journal WHERE position = 2) WHERE position = 3", "lost"),
        ("DELETE FROM journal WHERE position = (SELECT max(position) FROM journal)", "half"),
        ("UPDATE journal SET author = 'khác' WHERE position = 2", "broken"),
        ("UPDATE audit_row SET verb = 2 WHERE id = 1", "broken"),
        ("DELETE FROM ix_string", "broken"),
        ("DELETE FROM view_patient_row", "broken"),
        ("UPDATE resource SET position = 2 WHERE position = 3", "broken"),
        ("DELETE FROM journal WHERE version = 1 AND position = 2", "broken"),
    ],
)
def test_damage_of_any_kind_is_seen(stormed, damage, where):
    database.run_once(damage)

    assert getattr(checking.look([stormed]), where) != []


def test_promise_of_a_transaction_that_is_not_there_is_lost(stormed):
    stormed.bundles.append("b-2")

    assert checking.look([stormed]).lost == ["b-2"]


class _Everything:
    """A life on a machine that allows every fault."""

    cluster = disk = object()


class _Least:
    cluster = disk = None


def test_every_fault_comes_and_the_same_seed_gives_the_same_order():
    drawn = faults.drawn(_Everything(), 40, seed=7)

    assert set(drawn) == set(faults.of(_Everything()))
    assert len(drawn) == 40
    assert drawn == faults.drawn(_Everything(), 40, seed=7) != faults.drawn(_Everything(), 40, seed=8)
    assert drawn.count("server killed") > drawn.count("clock turned back")


def test_faults_that_need_a_disk_or_a_server_of_data_are_left_out_without_them():
    assert set(faults.of(_Everything())) - set(faults.of(_Least())) == {
        "database killed",
        "disk full",
        "disk read-only",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"seen": Seen(lost=["x"])},
        {"seen": Seen(half=["x"])},
        {"seen": Seen(broken=["x"])},
        {"recovered": False},
        {"wrong": ["500"]},
    ],
)
def test_one_bad_round_spoils_the_figures(change):
    good = {"fault": "disk full", "promised": 3, "refused": 1, "recovered": True, "seen": Seen(), "wrong": []}
    figures = Figures()
    figures.add(Round(**good))
    assert figures.good

    figures.add(Round(**(good | change)))

    assert not figures.good
    assert (figures.rounds, figures.acknowledged, figures.faults["disk full"]) == (2, 6, 2)


def test_figures_of_one_database_leave_those_of_the_other(tmp_path):
    path = tmp_path / "torture.json"
    rounds.keep(path, "sqlite", Figures(rounds=2))
    rounds.keep(path, "postgresql", Figures(rounds=5))
    rounds.keep(path, "sqlite", Figures(rounds=3))

    told = json.loads(path.read_text(encoding="utf-8"))

    assert {name: one["rounds"] for name, one in told.items()} == {"sqlite": 3, "postgresql": 5}


def test_three_rounds_lose_nothing(db, tmp_path):
    root = Path(__file__).resolve().parents[3]
    known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ANSINH_STATE")}
    environment = {**known, "PYTHONPATH": os.pathsep.join(sys.path), "ANSINH_STATE": str(tmp_path)}
    kept = tmp_path / "torture.json"
    command = [sys.executable, "-m", "ansinh.config.cli", "torture", "--rounds", "3", "--no-disk", "--keep", str(kept)]

    done = subprocess.run(
        [*command, "--database", connection.vendor], cwd=root, env=environment, capture_output=True, text=True,
        timeout=280,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    told = json.loads(kept.read_text(encoding="utf-8"))[connection.vendor]
    assert (told["rounds"], told["lost"], told["half"], told["broken"]) == (3, 0, 0, 0)
    assert told["acknowledged"] > 30
