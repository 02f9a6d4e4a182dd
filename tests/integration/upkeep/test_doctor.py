"""A look over an installation: each thing that is wrong is found, said and can be mended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ansinh.fhir.jobs import leases
from ansinh.kernel import clock
from ansinh.upkeep.doctor import looks, machine, node
from ansinh.upkeep.doctor.findings import Finding, bad, good
from ansinh.upkeep.models import BackupRow

pytestmark = pytest.mark.django_db


def levels(found) -> list[str]:
    return [one.level for one in found]


def said(found) -> str:
    return " ".join(one.what for one in found if one.level != "good")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "ANSINH_DEBUG"),
        ("ALLOWED_HOSTS", ["*"], "ANSINH_HOSTS"),
        ("SECOND_FACTOR_ENFORCED", False, "lớp xác thực thứ hai"),
        ("SESSION_COOKIE_SECURE", False, "Cookie"),
        ("FHIR_LENIENT", True, "chưa đúng chuẩn"),
    ],
)
def test_setting_that_exposes_is_said(settings, tmp_path, name, value, words):
    settings.DEMO_MARK = tmp_path / "none"
    settings.SECOND_FACTOR_ENFORCED = settings.SESSION_COOKIE_SECURE = True
    assert said(machine.exposure()) == ""

    setattr(settings, name, value)

    assert words in said(machine.exposure())


def test_demo_data_on_a_live_node_is_said(settings, tmp_path):
    settings.DEMO_MARK = tmp_path / "demo"
    settings.DEMO_MARK.touch()

    assert "bản demo" in said(machine.exposure())


def test_files_that_others_may_read_are_said(settings, tmp_path):
    settings.STATE = tmp_path
    tmp_path.chmod(0o700)
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    assert str(secret) not in said(machine.secrets())

    secret.chmod(0o644)

    assert str(secret) in said(machine.secrets())


def test_short_secret_is_said(settings):
    settings.SECRET_KEY = "ngắn"

    assert "quá ngắn" in said(machine.secrets())


def test_little_room_is_said(settings, tmp_path, monkeypatch):
    settings.STATE = tmp_path
    usage = machine.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))

    assert "bad" in levels(machine.disk())


def test_clock_that_stands_before_the_journal_is_said(system):
    system.create({"resourceType": "Basic", "code": {"text": "x"}})
    assert "bad" not in levels(machine.time_of_day())

    with clock.frozen(clock.now() - timedelta(hours=1)):
        assert "sau giờ của máy" in said(machine.time_of_day())


@pytest.mark.parametrize(
    ("base", "words"),
    [("http://node.example.vn/fhir", "chưa phải https"), ("https://127.0.0.1:9/fhir", "Không mở được")],
)
def test_address_without_a_good_certificate_is_said(settings, base, words):
    settings.FHIR_BASE = base

    assert words in said(machine.certificate())


def test_certificate_that_ends_soon_is_said(settings, monkeypatch):
    settings.FHIR_BASE = "https://node.example.vn/fhir"
    for days, level in ((90, "good"), (5, "bad"), (-1, "bad")):
        monkeypatch.setattr(
            machine, "_valid_until", lambda host, port, days=days: clock.now() + timedelta(days=days, hours=1)
        )
        assert levels(machine.certificate()) == [level]


def test_worker_that_is_away_is_said():
    assert levels(node.worker()) == ["bad"]

    leases.hold("somebody")

    assert levels(node.worker()) == ["good"]


def test_backups_are_looked_at(settings, kit):
    assert "Chưa có bản sao lưu tốt nào" in said(node.backups())
    assert "cùng ổ đĩa" in said(node.backups())
    row = BackupRow.objects.create(place="x", name="x")
    assert "Chưa có" not in said(node.backups())

    BackupRow.objects.filter(pk=row.pk).update(at=clock.now() - timedelta(days=3))
    assert "đã cũ" in said(node.backups())
    BackupRow.objects.create(place="x", error="Ổ đĩa đầy.")
    assert "Ổ đĩa đầy." in said(node.backups())
    settings.BACKUPS = replace(settings.BACKUPS, to="")
    assert "không tự sao lưu" in said(node.backups())


def test_node_without_a_backup_key_is_said(settings, tmp_path):
    settings.STATE = tmp_path

    assert "Chưa có khóa sao lưu" in said(node.backups())


def test_accounts_without_their_second_factor_are_counted(account_of):
    account_of("admin")

    assert "1 tài khoản" in said(node.accounts())
    assert "một quản trị viên" in said(node.accounts())


def test_database_of_the_tests_is_found_as_it_is():
    found = list(node.database())

    from django.db import connection

    # PostgreSQL of the tests does without fsync, which must be seen; SQLite of the tests may live in memory.
    expected = "bad" if connection.vendor == "postgresql" else found[0].level
    assert found[0].level == expected


def test_journal_that_was_changed_is_said(system):
    from ansinh.fhir.store import database

    system.create({"resourceType": "Basic", "code": {"text": "x"}})
    assert levels(node.journal_whole()) == ["good"]
    database.run_once("UPDATE journal SET author = 'khác' WHERE position = 1")

    assert levels(node.journal_whole()) == ["bad"]


def test_look_that_breaks_is_a_finding_and_hides_no_other():
    def broken():
        yield good("một")
        raise LookupError("tên của ai đó")

    found = looks.everything(looks=[broken, lambda: iter([bad("hai", "sửa")])])

    assert [one.level for one in found][-2:] == ["bad", "bad"]
    assert "tên của ai đó" not in str(found)
    assert found[-1] == Finding("bad", "hai", "sửa")


def test_everything_is_looked_at_and_what_is_wrong_can_be_mended(settings):
    settings.FHIR_BASE = "http://node.example.vn/fhir"
    found = looks.everything()

    assert len(found) > 12
    assert all(one.mend for one in found if one.level != "good")
    assert all(one.what.endswith((".", ":")) for one in found if "Lần sao lưu" not in one.what)
