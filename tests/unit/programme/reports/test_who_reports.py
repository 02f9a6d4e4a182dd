"""Which line of a plan's reporting chain is the plan's own report."""

import pytest

from ansinh.programme.plans.definition import Reporting
from ansinh.programme.reports.agencies import last_step


def row(name: str, sender: str, *receivers: str, recurrence: str = "yearly") -> Reporting:
    return Reporting(name, sender, receivers, recurrence, (12, 15), "VI", "")


CHAINS = [
    ("the lead first", [row("năm", "sở", "tỉnh", "bộ"), row("huyện", "huyện", "sở")], "năm"),
    ("the lead last", [row("ngành", "ngành", "sở"), row("huyện", "huyện", "sở"), row("năm", "sở", "tỉnh")], "năm"),
    ("three steps", [row("xã", "xã", "huyện"), row("huyện", "huyện", "sở"), row("năm", "sở", "bộ")], "năm"),
    ("one", [row("năm", "sở", "tỉnh")], "năm"),
    ("on request does not count", [row("nóng", "sở", "tỉnh", recurrence="on-request"), row("năm", "sở", "bộ")], "năm"),
    ("nothing yearly", [row("nóng", "sở", "tỉnh", recurrence="on-request")], "nóng"),
    ("in a circle", [row("a", "sở", "huyện"), row("b", "huyện", "sở")], "a"),
]


@pytest.mark.parametrize(("rows", "name"), [case[1:] for case in CHAINS], ids=[case[0] for case in CHAINS])
def test_report_of_a_plan_is_the_one_that_nobody_passes_on(rows, name):
    assert last_step(rows).id == name
