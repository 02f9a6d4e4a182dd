"""Keys of backups: what the node keeps, what stands on the sheet, and that neither is the other."""

import stat

import pytest

from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.upkeep.backup import keys


def test_sheet_and_node_fit_each_other(tmp_path):
    sheet = keys.recovery(keys.make(tmp_path))
    node = keys.of_node(tmp_path)

    assert sheet.public == node.public
    assert keys.is_signed(sheet.public, b"text", node.sign(b"text"))
    assert not keys.is_signed(sheet.public, b"other", node.sign(b"text"))
    assert node.recipient.startswith("age1")


def test_node_does_not_keep_what_opens_its_backups(tmp_path):
    sheet = keys.make(tmp_path)
    kept = keys.path(tmp_path).read_text()

    assert "AGE-SECRET-KEY" in sheet
    assert keys.recovery(sheet).identity not in kept
    assert "AGE-SECRET-KEY" not in kept
    assert stat.S_IMODE(keys.path(tmp_path).stat().st_mode) == 0o600


def test_key_is_not_replaced(tmp_path):
    keys.make(tmp_path)
    before = keys.path(tmp_path).read_bytes()

    with pytest.raises(Conflict, match="đã có khóa sao lưu"):
        keys.make(tmp_path)
    assert keys.path(tmp_path).read_bytes() == before


def test_sheet_is_read_however_it_was_copied(tmp_path):
    sheet = keys.make(tmp_path)
    secret, node = sheet.split()

    assert keys.recovery(f"Tờ khóa\n\n  {node}  \nghi chú {secret}.\n") == keys.recovery(sheet)


@pytest.mark.parametrize("spoil", [lambda s: "", lambda s: s.split()[0], lambda s: s.split()[1], lambda s: s.lower()])
def test_sheet_without_both_lines_is_refused(tmp_path, spoil):
    with pytest.raises(Invalid, match="phải có dòng"):
        keys.recovery(spoil(keys.make(tmp_path)))


def test_letter_copied_wrongly_is_noticed(tmp_path):
    sheet = keys.make(tmp_path)
    at = 30
    wrong = sheet[:at] + ("Q" if sheet[at] != "Q" else "P") + sheet[at + 1 :]

    with pytest.raises(Invalid, match="chép sai"):
        keys.recovery(wrong)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"recipient": "age1", "signing": "zz"}'])
def test_damaged_key_file_is_told_and_missing_one_too(tmp_path, text):
    with pytest.raises(NotFound, match="--new-key"):
        keys.of_node(tmp_path)
    keys.path(tmp_path).parent.mkdir()
    keys.path(tmp_path).write_text(text)

    with pytest.raises(Invalid, match="hỏng"):
        keys.of_node(tmp_path)


@pytest.mark.parametrize("signature", ["", "zz", "00" * 63, "00" * 64])
def test_what_is_no_signature_is_not_signed(tmp_path, signature):
    keys.make(tmp_path)

    assert not keys.is_signed(keys.of_node(tmp_path).public, b"x", signature)
