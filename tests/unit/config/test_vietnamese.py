"""What argparse says, said in Vietnamese."""

import pytest

from ansinh.config.cli.vietnamese import Parser


@pytest.fixture
def parser():
    made = Parser(prog="./ansinh")
    commands = made.add_subparsers(dest="command", metavar="LỆNH")
    report = commands.add_parser("report")
    report.add_argument("--plan", required=True, help="kế hoạch")
    report.add_argument("--year", type=int)
    report.add_argument("--kind", choices=["docx", "xlsx"])
    report.add_argument("--draft", action="store_true")
    return made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("báo", "không có lệnh «báo»; có report"),
        ("report", "còn thiếu --plan"),
        ("report --plan", "--plan cần một giá trị"),
        ("report --plan x --year hai", "--year không nhận «hai»"),
        ("report --plan x --kind pdf", "--kind không nhận «pdf»; chọn một trong"),
        ("report --plan x --draft=1", "--draft không nhận giá trị «1»"),
        ("report --plan x --yaer 2025", "không hiểu «--yaer 2025»"),
    ],
)
def test_wrong_words_are_refused_in_one_line_that_names_them(parser, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(words.split())

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.startswith(f"✗ {said}")
    assert "--help" in told
    for english in ("error", "argument", "usage", "invalid", "choose"):
        assert english not in told


@pytest.mark.parametrize("words", ["--help", "report --help"])
def test_help_is_headed_in_vietnamese(parser, capsys, words):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(words.split())

    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.startswith("cách dùng: ./ansinh")
    for english in ("usage", "options", "positional", "show this help"):
        assert english not in told
