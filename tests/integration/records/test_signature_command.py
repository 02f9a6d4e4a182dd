"""`./ansinh signature`: what the signatures of a file prove, and the root for others."""

import pytest

from ansinh.clinical.records import documents
from ansinh.clinical.signing import keys
from ansinh.config.cli import __main__ as command

pytestmark = pytest.mark.django_db


def test_signature_command_tells_good_from_changed(binh, an, visit, card_of, tmp_path, capsys):
    whole = documents.person_document(binh, card_of(binh, an))
    good, changed = tmp_path / "a.json", tmp_path / "b.json"
    good.write_text(whole.text, encoding="utf-8")
    changed.write_text(whole.text.replace("Ổn định", "Khỏi"), encoding="utf-8")

    assert command.main(["signature", str(good)]) == 0
    assert "Tệp hợp lệ." in capsys.readouterr().out
    assert command.main(["signature", str(changed)]) == 1
    assert "KHÔNG hợp lệ" in capsys.readouterr().out


def test_signature_command_prints_the_root(capsys, db):
    assert command.main(["signature", "--root"]) == 0
    assert capsys.readouterr().out == keys.roots()[0]


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["khong-co.pdf"], 1)])
def test_signature_command_without_a_readable_file_says_so(arguments, code, capsys, db):
    assert command.main(["signature", *arguments]) == code
    told = capsys.readouterr()
    assert told.out + told.err
