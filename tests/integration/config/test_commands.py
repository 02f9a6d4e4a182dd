"""Commands with good and with bad words: what they do, what they say, and the code they end with."""

import io
import sys
from datetime import date

import docx
import openpyxl
import pytest
from django.db import OperationalError, connection

from ansinh.access import tokens
from ansinh.access.contexts import context_of
from ansinh.access.models import AccessToken, User
from ansinh.config.cli.__main__ import COMMANDS, STEPS
from ansinh.fhir.store import journal
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import live

pytestmark = pytest.mark.django_db
GOOD_PASSWORD = "cây tre trăm đốt 1942"


def test_without_words_the_commands_are_told_in_vietnamese(ansinh):
    for words in ((), ("help",)):
        ended = ansinh(*words)
        assert ended.code == 0
        for command in COMMANDS:
            assert (command in ended.out) is (command not in STEPS)
        assert "cách dùng: ./ansinh" in ended.out
        assert "nạp dữ liệu mẫu rồi chạy máy chủ" in ended.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_tells_its_arguments(ansinh, command):
    ended = ansinh(command, "--help")

    assert ended.code == 0
    assert f"./ansinh {command}" in ended.out


def test_unknown_command_is_refused_with_the_known_ones(ansinh):
    ended = ansinh("bao-cao")

    assert ended.code == 2
    assert "bao-cao" in ended.err
    assert "report" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("demo", "--people", "0"), "--people: phải là số nguyên từ 1"),
        (("demo", "--people", "hai trăm"), "«hai trăm»"),
        (("demo", "--seed", "-1"), "--seed"),
        (("demo", "--port", "70000"), "--port: phải là số nguyên từ 1 đến 65535"),
        (("serve", "--port", "8000a"), "--port"),
        (("serve", "--workers", "0"), "--workers"),
        (("token", "--days", "0"), "--days: phải là số nguyên từ 1"),
        (("token", "--days", "99999999999"), "--days"),
        (("jobs", "--limit", "-3"), "--limit"),
        (("import", "x", "--processes", "-1"), "--processes"),
        (("import", "x", "--references", "drop"), "--references"),
        (("report", "--plan", "ninh-binh", "--year", "25", "--out", "x"), "--year"),
        (("report", "--plan", "ninh-binh", "--out", "x"), "--year"),
        (("icd10", "x.xlsx", "--from", "01/07/2026"), "--from: phải là ngày dạng"),
        (("account", "lan", "--role", "nurse"), "--name"),
        (("views", "drop"), "rebuild"),
        (("journal", "forget"), "verify"),
        (("test", "--kind", "all"), "--kind"),
    ],
)
def test_words_that_cannot_be_are_refused_by_name_and_nothing_runs(ansinh, words, said):
    ended = ansinh(*words)

    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


# Accounts and tokens


def typed(monkeypatch, password):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))


def test_account_is_made_with_a_unit_by_its_code_and_its_password_is_not_said(ansinh, world, monkeypatch):
    typed(monkeypatch, GOOD_PASSWORD)
    ended = ansinh("account", "Hoa", "--name", "Trần Thị Hoa", "--role", "nurse", "--unit", "bv-chinh-hinh-tam-diep")

    assert (ended.code, ended.out) == (0, "Đã tạo tài khoản Hoa.\n")
    made = User.objects.get(username="hoa")
    assert made.check_password(GOOD_PASSWORD)
    assert context_of(made).reach == {world.a}
    assert GOOD_PASSWORD not in ended.out + ended.err


def test_account_is_made_with_a_unit_by_its_id(ansinh, world, monkeypatch):
    typed(monkeypatch, GOOD_PASSWORD)

    assert ansinh("account", "hoa", "--name", "H", "--role", "nurse", "--unit", world.b).code == 0
    assert context_of(User.objects.get(username="hoa")).unit == world.b


@pytest.mark.parametrize(
    ("password", "words", "said"),
    [
        (GOOD_PASSWORD, ("--role", "nurse", "--unit", "benh-vien-la"), "benh-vien-la"),
        (GOOD_PASSWORD, ("--role", "y-ta"), "y-ta"),
        ("123", ("--role", "nurse"), "✗"),
        ("", ("--role", "nurse"), "✗"),
    ],
)
def test_account_that_cannot_be_is_refused_in_a_line_and_not_made(ansinh, world, monkeypatch, password, words, said):
    typed(monkeypatch, password)

    ended = ansinh("account", "hoa", "--name", "Trần Thị Hoa", *words)

    assert ended.code == 1
    assert ended.err.startswith("✗ ")
    assert said in ended.err
    assert not User.objects.filter(username="hoa").exists()


def test_account_of_a_name_that_is_taken_is_refused(ansinh, account_of, monkeypatch):
    account_of("lan")
    typed(monkeypatch, GOOD_PASSWORD)

    ended = ansinh("account", "LAN", "--name", "Lan khác", "--role", "nurse")

    assert ended.code == 1
    assert "đã có người dùng" in ended.err


def test_token_opens_with_the_rights_of_its_account_and_is_kept_as_digest_only(ansinh, account_of, lan):
    ended = ansinh("token", "--user", "lan", "--days", "1")

    token = ended.out.strip()
    assert ended.code == 0
    assert tokens.context_from_bearer(token) == lan
    assert not AccessToken.objects.filter(digest__contains=token).exists()


@pytest.mark.parametrize("user", ["khong-co", "", "lan'--"])
def test_token_of_nobody_is_refused(ansinh, account_of, user):
    account_of("lan")

    ended = ansinh("token", "--user", user)

    assert (ended.code, ended.out) == (1, "")
    assert "Không có tài khoản" in ended.err
    assert not AccessToken.objects.exists()


# Reports


def test_report_writes_both_files_and_prints_their_paths(ansinh, world, tmp_path):
    ended = ansinh("report", "--plan", "ninh-binh", "--year", "2025", "--out", tmp_path / "moi" / "bao-cao")

    paths = ended.out.split()
    assert ended.code == 0
    assert [path.rpartition("/")[2] for path in paths] == [
        f"bao-cao-ninh-binh-2025.{kind}" for kind in ("docx", "pdf", "xlsx")
    ]
    assert docx.Document(paths[0]).paragraphs
    assert openpyxl.load_workbook(paths[2]).sheetnames[0] == "Mục tiêu"


@pytest.mark.parametrize(
    ("plan", "year", "said"),
    [
        ("ha-giang", 2025, "ninh-binh-2021-2030, dak-nong-2021-2030"),
        ("", 2025, "Không có kế hoạch"),
        ("ninh-binh", 2020, "trong thời gian của kế hoạch"),
        ("ninh-binh", 2031, "trong thời gian của kế hoạch"),
    ],
)
def test_report_that_cannot_be_is_refused_in_a_line_and_leaves_no_file(ansinh, world, tmp_path, plan, year, said):
    before = journal.position()

    ended = ansinh("report", "--plan", plan, "--year", year, "--out", tmp_path / "out")

    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err
    assert not (tmp_path / "out").exists()
    assert journal.position() == before


def test_report_into_a_folder_that_is_a_file_is_refused_by_name(ansinh, world, tmp_path):
    (tmp_path / "out").write_text("của ai đó")

    ended = ansinh("report", "--plan", "ninh-binh", "--year", "2025", "--out", tmp_path / "out")

    assert ended.code == 1
    assert f"«{tmp_path / 'out'}»" in ended.err
    assert (tmp_path / "out").read_text() == "của ai đó"


# Views and journal


def test_views_agree_with_the_journal_until_somebody_touches_them(ansinh, world):
    same = ansinh("views", "check", "organization")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE view_organization_row SET name = 'Đơn vị lạ' WHERE code = 'ubnd-ninh-binh'")
    other = ansinh("views", "check", "organization")
    mended = ansinh("views", "rebuild", "organization")
    again = ansinh("views", "check", "organization")

    assert (same.code, same.out) == (0, "organization: khớp\n")
    assert (other.code, other.out) == (1, "organization: KHÁC với dựng lại\n")
    assert mended.code == 0
    assert mended.out.startswith("organization: ")
    assert again.code == 0


def test_views_without_a_name_are_all_of_them(ansinh, world):
    ended = ansinh("views", "check")

    assert ended.code == 0
    assert [line.partition(":")[0] for line in ended.out.splitlines()] == live.names()


def test_view_that_is_not_kept_is_refused_by_name(ansinh, world):
    for what in ("check", "rebuild"):
        ended = ansinh("views", what, "benh_nhan")
        assert (ended.code, "«benh_nhan»" in ended.err) == (1, True)


def test_journal_is_proved_whole_and_a_change_behind_its_back_is_found(ansinh, world):
    whole = ansinh("journal", "verify")
    position = journal.position() - 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM journal WHERE position = %s", [position])
        before = bytes(cursor.fetchone()[0])
        cursor.execute("UPDATE journal SET hash = %s WHERE position = %s", [bytes(32)[: len(before)], position])

    broken = ansinh("journal", "verify")

    assert (whole.code, whole.out) == (0, f"Nhật ký nguyên vẹn: {journal.position()} mục.\n")
    assert broken.code == 1
    assert str(position) in broken.err


# ICD-10


@pytest.fixture
def own_codes():
    """What a process remembers of code lists goes with the test's transaction."""
    concepts.clear_cache()
    yield
    concepts.clear_cache()


def icd10_file(path, headings=("MÃ LOẠI", "MÃ BỆNH", "DISEASE NAME", "TÊN BỆNH")):
    book = openpyxl.Workbook()
    book.active.title = "ICD10"
    book.active.append(list(headings))
    book.active.append(["Z98", "Z98.8", "Other postsurgical states", "Tình trạng sau phẫu thuật khác"])
    book.save(path)
    return path


def test_icd10_list_is_read_from_its_day(ansinh, own_codes, tmp_path):
    ended = ansinh("icd10", icd10_file(tmp_path / "icd10.xlsx"), "--from", "2026-07-01")

    found = concepts.lookup("http://hl7.org/fhir/sid/icd-10", "Z98.8", date(2026, 7, 1))
    assert ended.code == 0
    assert found.display == "Tình trạng sau phẫu thuật khác"


@pytest.mark.parametrize("what", ["missing", "text", "other columns"])
def test_icd10_file_that_cannot_be_is_refused_by_name_and_changes_nothing(ansinh, own_codes, tmp_path, what):
    path = tmp_path / "danh-muc.xlsx"
    if what == "text":
        path.write_text("MÃ BỆNH,TÊN BỆNH\n")
    elif what == "other columns":
        icd10_file(path, headings=("A", "B", "C", "D"))

    ended = ansinh("icd10", path)

    assert ended.code == 1
    assert "danh-muc.xlsx" in ended.err
    assert concepts.lookup("http://hl7.org/fhir/sid/icd-10", "Z98.8") is None


# What is not the reader's fault


def test_database_that_does_not_answer_is_said_in_a_line(ansinh, monkeypatch):
    def refuse():
        raise OperationalError("connection to server failed: Connection refused\n\tIs the server running?")

    monkeypatch.setattr(journal, "verify", refuse)

    ended = ansinh("journal", "verify")

    assert ended.code == 1
    assert ended.err.startswith("✗ Không dùng được cơ sở dữ liệu (connection to server failed: Connection refused).")
    assert len(ended.err.splitlines()) == 1


def test_mistake_of_the_program_is_shown_whole(ansinh, monkeypatch):
    def fail():
        raise ZeroDivisionError("lỗi của chương trình")

    monkeypatch.setattr(journal, "verify", fail)

    with pytest.raises(ZeroDivisionError):
        ansinh("journal", "verify")


def test_interrupted_command_ends_as_a_shell_expects(ansinh, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "verify", interrupt)

    assert ansinh("journal", "verify").code == 130
