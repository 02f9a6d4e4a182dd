"""Reading YAML: plain values, safely, with the place of an error."""

import pytest

from ansinh.kernel import yaml


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
