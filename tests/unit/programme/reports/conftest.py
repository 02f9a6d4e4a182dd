from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ansinh.programme.measures.figures import StratumFigure, UnitFigure
from ansinh.programme.reports import template
from ansinh.programme.reports.snapshot import (
    DefinitionRow,
    FigureRow,
    GoalRow,
    Snapshot,
    StaffRow,
    TaskRow,
)

TEMPLATE = Path(__file__).parents[4] / "definitions" / "templates" / "bao-cao-nam.yaml"


def a_figure(measure_id="people-managed-electronically", unit="percent", numerator=431, denominator=612, **changes):
    value = Decimal(numerator) if unit == "count" else Decimal("70.4") if denominator else None
    values = {
        "measure_id": measure_id,
        "version": "1.0.0",
        "report_id": "r-1",
        "title": "Đối tượng được quản lý, theo dõi sức khỏe điện tử",
        "unit": unit,
        "noun": "người",
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "reason": "" if value is not None else "Chưa nhập danh mục kỹ thuật.",
        "position": 1234,
        "start": date(2025, 1, 1),
        "end": date(2025, 12, 9),
        "by_unit": (UnitFigure("tt", "Trung tâm Điều dưỡng Thương binh Nho Quan", 3, 4, Decimal("75.0")),),
        "by_sex": (
            StratumFigure("Nam", 300, 400, Decimal("75.0")),
            StratumFigure("Nữ", 0, 0, None, True),
        ),
    }
    return FigureRow(**{**values, **changes})


def a_goal(title="Người được cơ sở chăm sóc được theo dõi bằng hồ sơ điện tử", met=False, **changes):
    values = {
        "id": "g1",
        "title": title,
        "comparator": ">=",
        "baseline": "không nêu",
        "targets": {"2025": Decimal(80), "2030": Decimal(100)},
        "figure": a_figure(),
        "met": met,
        "words": {True: "Đạt", False: "Chưa đạt", None: "Chưa có số liệu"}[met],
    }
    return GoalRow(**{**values, **changes})


def a_task(title="Rà soát, bố trí đủ bác sĩ", state="in-progress", **changes):
    words = {"in-progress": "Đang thực hiện", "completed": "Hoàn thành", "late": "Quá hạn"}
    values = {
        "section": "IV.2.1",
        "section_title": "Củng cố cơ sở",
        "title": title,
        "lead": "Sở Y tế",
        "due": "15/12/2025",
        "state": state,
        "state_words": words.get(state, "Chưa bắt đầu"),
        "progress": None,
    }
    return TaskRow(**{**values, **changes})


def a_snapshot(**changes):
    unknown = a_figure("provincial-specialist-catalogue-coverage", numerator=0, denominator=0)
    values = {
        "plan_id": "ninh-binh-2021-2030",
        "plan_title": "Kế hoạch Ninh Bình 2021-2030",
        "year": 2025,
        "unit_id": "nb",
        "unit_name": "Ủy ban nhân dân tỉnh Ninh Bình",
        "start": date(2025, 1, 1),
        "end": date(2025, 12, 9),
        "position": 1234,
        "goals": (a_goal(), a_goal("Danh mục chuyên khoa tuyến tỉnh", None, figure=unknown)),
        "figures": (a_figure("visits", "count", 5120, 0, title="Số lượt khám bệnh", noun="lượt"),),
        "tasks": (a_task(), a_task("Báo cáo năm", "late"), a_task("Phân loại cơ sở", "completed")),
        "staff": (StaffRow("Trung tâm Nho Quan", {"Tổng số": 70, "Bác sĩ": 7}, 12),),
        "staff_columns": ("Tổng số", "Bác sĩ"),
        "definitions": (
            DefinitionRow(
                measure_id="visits",
                version="1.0.0",
                title="Số lượt khám bệnh",
                numerator="Số lượt",
                denominator="",
                sources=("KH 03",),
                unverified=(),
                start=date(2025, 1, 1),
                end=date(2025, 12, 9),
                position=1234,
            ),
        ),
        "facilities": ("Trung tâm Điều dưỡng Thương binh Nho Quan",),
        "facts": {
            "plan_subject": "Kế hoạch nâng cao chất lượng chăm sóc sức khỏe tỉnh Ninh Bình",
            "plan_reference": "Kế hoạch của Ủy ban nhân dân tỉnh Ninh Bình",
            "plan_short": "Kế hoạch",
            "agency": "Sở Y tế",
            "agency_parent": "UBND tỉnh Ninh Bình",
            "agency_symbol": "SYT",
            "place": "Ninh Bình",
            "addressed_to": "Bộ Y tế\nỦy ban nhân dân tỉnh Ninh Bình",
            "bases": "Căn cứ Quyết định số 1942/QĐ-TTg ngày 18 tháng 11 năm 2021 của Thủ tướng Chính phủ",
            "budget_section": "mục IV.3",
            "budget_sources": "ngân sách nhà nước; nguồn hợp pháp khác.",
        },
    }
    return Snapshot(**{**values, **changes})


@pytest.fixture
def snapshot():
    return a_snapshot()


@pytest.fixture
def make():
    """Builders of one piece each, for tests that need another piece than the usual one."""

    class Make:
        figure = staticmethod(a_figure)
        goal = staticmethod(a_goal)
        task = staticmethod(a_task)
        snapshot = staticmethod(a_snapshot)

    return Make


@pytest.fixture
def yearly():
    return template.read(TEMPLATE)
