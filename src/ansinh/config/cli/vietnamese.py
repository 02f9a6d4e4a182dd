"""argparse says its own part in Vietnamese: usage, headings, and what is wrong with the words of a command."""

import argparse
import re
import sys
from typing import Any, NoReturn

_SAID = (
    (r"unrecognized arguments: (.*)", r"không hiểu «\1»"),
    (r"the following arguments are required: (.*)", r"còn thiếu \1"),
    (r"argument (\S+): expected one argument", r"\1 cần một giá trị"),
    (r"argument (\S+): expected at least one argument", r"\1 cần ít nhất một giá trị"),
    (r"argument LỆNH: invalid choice: '(.*?)' \(choose from (.*)\)", r"không có lệnh «\1»; có \2"),
    (r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)", r"\1 không nhận «\2»; chọn một trong \3"),
    (r"argument (\S+): invalid \S+ value: '(.*)'", r"\1 không nhận «\2»"),
    (r"argument (\S+): ignored explicit argument '(.*)'", r"\1 không nhận giá trị «\2»"),
    (r"argument (\S+): (.*)", r"\1: \2"),
)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose help and refusals are in Vietnamese; a refusal ends with code 2 as always."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"add_help": False})
        self._positionals.title, self._optionals.title = "lệnh và đối số", "tùy chọn"
        self.add_argument("-h", "--help", action="help", help="hiện phần giúp đỡ này rồi thôi")

    def format_usage(self) -> str:
        """`cách dùng: ./ansinh …`"""
        return super().format_usage().replace("usage: ", "cách dùng: ", 1)

    def format_help(self) -> str:
        """The whole help, its first word included."""
        return super().format_help().replace("usage: ", "cách dùng: ", 1)

    def error(self, message: str) -> NoReturn:
        """One line that says what is wrong and one that says where to look."""
        print(f"✗ {in_vietnamese(message)}.\n  → {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def in_vietnamese(message: str) -> str:
    """What argparse said, in Vietnamese; as it is where it is not known."""
    for pattern, said in _SAID:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, said, message, count=1, flags=re.DOTALL).replace("'", "")
    return message
