"""Backups as they are made, looked through and refused; within the transaction of the test, which they see."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ansinh.fhir.store import Repository, journal
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, UserError
from ansinh.upkeep import actions, queries, schedule
from ansinh.upkeep.backup import frames, keys, making, manifests, places, restoring, tables, verifying
from ansinh.upkeep.models import BackupRow

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few_tables(monkeypatch, world):
    """The definitions' codes are not read again for each test: what is kept of every table is another test's."""
    kept = tables.kept()
    few = [one for one in kept if one.name in ("journal", "access_user", "org", "audit_row")]
    monkeypatch.setattr(tables, "kept", lambda: few)


@pytest.fixture
def write(system):
    """Write one more record; the position after it."""

    def one() -> int:
        return system.create({"resourceType": "Basic", "code": {"text": "thử"}}).position

    return one


def rows_of(kit, manifest) -> dict[str, int]:
    with kit.place.reading(manifest.segment) as file:
        return restoring.read_through(file, kit.recovery.identity)


def test_first_segment_holds_everything_and_the_next_what_is_new(kit, write, admin):
    whole = making.make(kit.place)
    write()
    position = write()
    after = making.make(kit.place)

    assert (whole.number, whole.after, after.number, after.after) == (0, 0, 1, whole.upto)
    assert after.upto == position == journal.position()
    assert rows_of(kit, whole)["journal"] == whole.upto
    assert rows_of(kit, after) == {"journal": 2, "owner": 2, "audit_row": 2}
    # An account is as it was: the chain has it already.
    assert after.tables["access_user"].segment == 0


def test_table_that_changed_is_taken_again_whole(kit, write, admin, account_of):
    making.make(kit.place)
    account_of("lan")

    after = making.make(kit.place)

    assert after.tables["access_user"].segment == 1
    assert rows_of(kit, after)["access_user"] == after.tables["access_user"].rows == 2


def test_place_tells_nothing_of_what_it_holds(kit, system):
    system.create({"resourceType": "Patient", "name": [{"text": "Quàng Thị Bồng Lai"}]})
    making.make(kit.place)

    raw = b"".join(path.read_bytes() for path in kit.place.path.iterdir())

    assert "Bồng Lai".encode() not in raw
    assert b"age-encryption.org/v1" in raw


def test_new_chain_begins_when_the_old_is_old_or_asked_for_or_not_this_journal(kit, write):
    with clock.frozen(NOON):
        first = making.make(kit.place)
    with clock.frozen(NOON + timedelta(days=40)):
        second = making.make(kit.place, longest=timedelta(days=30))
    with clock.frozen(NOON + timedelta(days=41)):
        third = making.make(kit.place, full=True)
    with clock.frozen(NOON + timedelta(days=41, hours=1)):
        fourth = making.make(kit.place)

    assert [one.number for one in (first, second, third, fourth)] == [0, 0, 0, 1]
    assert len({one.chain for one in (first, second, third, fourth)}) == 3


def test_node_that_was_restored_earlier_begins_a_chain_of_its_own(kit, write, monkeypatch):
    with clock.frozen(NOON):
        whole = making.make(kit.place)
    path = kit.place.path / f"{whole.name}.json"
    forked = manifests.read(path.read_bytes(), path.name)
    import msgspec

    other = msgspec.structs.replace(forked, hash="00" * 32, signature="")
    key = keys.of_node(kit.state)
    path.write_bytes(msgspec.structs.replace(other, signature=key.sign(other.signed_bytes())).told())

    with clock.frozen(NOON + timedelta(hours=6)):
        assert making.make(kit.place).number == 0


def test_whole_chains_are_forgotten_and_the_newest_stay(kit, write):
    made = []
    for day in range(4):
        with clock.frozen(NOON + timedelta(days=day)):
            made.append(making.make(kit.place, full=True))
            write()
            making.make(kit.place)

    gone = making.forget_old(kit.place, keep=2)

    assert gone == [made[0].chain, made[1].chain]
    assert len(kit.place.names()) == 8
    assert verifying.verify(kit.place, kit.recovery.public).chain == made[3].chain


def test_verify_with_the_recovery_key_seals_every_entry_again(kit, write):
    making.make(kit.place)
    write()
    last = making.make(kit.place)

    found = verifying.verify(kit.place, kit.recovery.public, kit.recovery.identity)

    assert (found.segments, found.upto, found.entries) == (2, last.upto, last.upto)
    assert verifying.verify(kit.place, kit.recovery.public).entries == 0


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: raw[:-1], "backup-cut"),
        (lambda raw: raw[: len(raw) // 2], "backup-cut"),
        (lambda raw: b"", "backup-cut"),
        (lambda raw: raw[:500] + bytes([raw[500] ^ 1]) + raw[501:], "backup-cut"),
    ],
    ids=["a byte short", "half", "empty", "one bit"],
)
def test_backup_that_was_cut_or_changed_is_refused(kit, write, spoil, code):
    made = making.make(kit.place)
    path = kit.place.path / made.segment
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(UserError) as refused:
        verifying.verify(kit.place, kit.recovery.public)
    assert refused.value.code == code


def test_segment_that_is_missing_in_the_middle_is_a_gap(kit, write):
    making.make(kit.place)
    for _ in range(2):
        write()
        last = making.make(kit.place)
    kit.place.remove(f"{last.name[:-1]}1.json")

    with pytest.raises(Invalid, match="thiếu phần 000001"):
        verifying.verify(kit.place, kit.recovery.public)


def test_manifest_of_another_node_or_forged_is_refused(kit, write, tmp_path):
    made = making.make(kit.place)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    other = keys.recovery(keys.make(stranger))

    with pytest.raises(Invalid) as refused:
        restoring.restore(kit.place, other)
    assert refused.value.code == "backup-of-another"

    path = kit.place.path / f"{made.name}.json"
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps({**told, "upto": told["upto"] + 1}))
    with pytest.raises(Invalid) as refused:
        restoring.restore(kit.place, kit.recovery)
    assert refused.value.code == "backup-of-another"


def test_restore_over_what_is_there_changes_nothing(kit, write):
    making.make(kit.place)
    with pytest.raises(Conflict) as refused:
        restoring.restore(kit.place, kit.recovery)
    assert refused.value.code == "restore-not-empty"
    write()
    before = journal.position()

    with pytest.raises(Conflict) as refused:
        restoring.restore(kit.place, kit.recovery)

    assert refused.value.code == "restore-over-newer"
    assert journal.position() == before
    assert journal.verify() == before


def test_database_of_another_node_is_said_by_its_name(kit, write):
    from ansinh.fhir.store import database

    making.make(kit.place)
    database.run_once("UPDATE journal_head SET node = 'ffffffff' WHERE id = 1")

    with pytest.raises(Conflict, match="của nút khác \\(ffffffff\\)"):
        restoring.restore(kit.place, kit.recovery)


def test_restore_beyond_the_backup_says_how_far_it_reaches(kit, write):
    made = making.make(kit.place)

    with pytest.raises(NotFound, match=f"chỉ đến mục {made.upto}"):
        restoring.restore(kit.place, kit.recovery, position=made.upto + 1)


def test_backup_of_a_later_release_is_refused(kit, write, monkeypatch):
    monkeypatch.setattr(making, "_applied", lambda alias: [("store", "0001_initial"), ("store", "9999_later")])
    making.make(kit.place)
    monkeypatch.setattr(restoring, "check_empty", lambda last, upto: None)

    with pytest.raises(Invalid, match="phiên bản mới hơn"):
        restoring.restore(kit.place, kit.recovery)


def test_wrong_recovery_key_opens_nothing(kit, write, tmp_path):
    making.make(kit.place)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    other = keys.recovery(keys.make(stranger))

    with pytest.raises(frames.Cut, match="không mở được"):
        verifying.verify(kit.place, kit.recovery.public, other.identity)


def test_try_is_written_down_good_or_not(kit, write, settings):
    good = actions.back_up()
    with pytest.raises(NotFound, match="Ổ đĩa đã cắm chưa"):
        actions.back_up(str(kit.place.path / "khong-co"))

    assert (good.upto, good.error) == (journal.position(), "")
    assert [bool(row.error) for row in queries.latest()] == [True, False]
    assert queries.standing().failed is not None
    assert not (kit.place.path / "khong-co").exists()


@pytest.mark.parametrize(
    ("hours", "late", "due"), [(0, False, False), (5, False, False), (6, False, True), (13, True, True)]
)
def test_backup_that_is_old_is_due_and_then_late(kit, hours, late, due):
    with clock.frozen(NOON):
        BackupRow.objects.create(place="x", name="x")
    with clock.frozen(NOON + timedelta(hours=hours)):
        standing = queries.standing()

    assert (standing.late, standing.due) == (late, due)


def test_try_that_failed_is_not_repeated_at_once(kit):
    with clock.frozen(NOON):
        BackupRow.objects.create(place="x", error="không cắm")
        assert not queries.standing().due
    with clock.frozen(NOON + timedelta(minutes=16)):
        assert queries.standing().due


def test_worker_asks_for_one_backup_and_the_job_makes_it(kit, write):
    from ansinh.fhir.jobs import queue, running

    schedule.step()
    schedule.step()
    asked = [job for job in queue.listed() if job.kind == schedule.KIND]
    assert len(asked) == 1

    done = running.run_now(asked[0])

    assert (done.state, done.result["upto"]) == ("done", journal.position())
    assert not queries.standing().due


def test_page_shouts_until_there_is_a_good_backup(kit, write, client_of):
    client = client_of("admin")
    address = reverse("backups")

    assert "Mất máy lúc này là mất tất cả" in client.get(address).content.decode()
    actions.back_up()
    shown = client.get(address).content.decode()

    assert "Bản sao lưu còn mới" in shown
    assert client.post(address).status_code == 302
    assert schedule.waiting()
    assert "đang được làm" in client.get(address).content.decode()


def test_page_is_not_for_others(kit, client_of):
    assert client_of("lan").get(reverse("backups")).status_code == 403


def test_every_table_of_the_house_is_kept_or_left_out_on_purpose(monkeypatch):
    monkeypatch.undo()
    from django.db import connection

    names = {table.name for table in tables.kept()}
    there = {name for name in connection.introspection.table_names() if not name.startswith(("view_", "next_"))}

    assert there - names - tables.LEFT_OUT - {"django_migrations"} == {"live_view", "view_build"} - tables.LEFT_OUT


def test_empty_database_is_not_backed_up(kit, monkeypatch):
    monkeypatch.setattr(making, "_ask", lambda *_: [])

    with pytest.raises(UserError, match="chưa có gì để sao lưu"):
        making.make(kit.place)


def test_place_that_is_no_folder_and_no_bucket_is_refused(kit):
    for text in ("", "ftp://x/y"):
        with pytest.raises(Invalid):
            places.place(text)


def test_values_of_a_row_come_back_as_they_were(kit, admin, account_of):
    from django.apps import apps

    account_of("lan")
    table = next(one for one in tables.kept() if one.name == "access_user")
    before = [row for batch in table.rows("default") for row in batch]
    import msgspec

    carried = msgspec.msgpack.decode(msgspec.msgpack.encode(before))
    apps.get_model("access", "Assignment").objects.all().delete()
    tables.empty("default", table)
    tables.insert("default", table, table.columns, carried)

    assert [row for batch in table.rows("default") for row in batch] == before
    assert Repository(system_context()).context.role == "system"
