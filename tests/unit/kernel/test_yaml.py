"""Reading YAML: plain values, safely, with the place of an error."""

import pytest

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid


def test_parse_gives_plain_values_and_keeps_vietnamese():
    assert yaml.parse("tên: Đặng Thị Ạ\nsố: [1, 2.5]\nngày: '2026-01-01'") == {
        "tên": "Đặng Thị Ạ",
        "số": [1, 2.5],
        "ngày": "2026-01-01",
    }


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system"])
def test_parse_never_makes_objects(text):
    with pytest.raises(yaml.YAMLError):
        yaml.parse(text)


def test_parse_of_a_broken_text_says_the_line():
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.parse("một: 1\nhai: [1")

    assert caught.value.problem_mark.line >= 1


def test_read_takes_a_file_in_utf8(tmp_path):
    (tmp_path / "a.yaml").write_bytes("- Ă\n- â".encode())

    assert yaml.read(tmp_path / "a.yaml") == ["Ă", "â"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("một: 1\nhai: [1\nba: 2\n", "dòng 3"),
        ("một: 1\n  hai: 2\n", "dòng 2"),
        ('một: "chưa đóng\n', "dòng 2"),
        ("một: *hai\n", "dòng 1"),
        ("\tmột: 1\n", "dòng 1"),
    ],
)
def test_document_that_breaks_off_is_refused_with_file_and_line(tmp_path, text, line):
    path = tmp_path / "ke-hoach.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid, match=r"ke-hoach\.yaml") as caught:
        yaml.document(path)

    assert line in caught.value.message
    assert caught.value.code == "not-yaml"


def test_document_of_other_encoding_is_refused_as_such_and_by_the_name_it_is_given(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("tên: Đắk Nông".encode("utf-16"))

    with pytest.raises(Invalid, match=r"visits/measure\.yaml không đọc được: không phải chữ UTF-8"):
        yaml.document(path, "visits/measure.yaml")


def test_document_that_is_not_there_is_no_mistake_of_its_writer(tmp_path):
    with pytest.raises(FileNotFoundError):
        yaml.document(tmp_path / "none.yaml")
