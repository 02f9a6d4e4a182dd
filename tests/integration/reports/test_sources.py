"""What a report was made by: kept as digests, told when it is otherwise, and the plan read as it was."""

import csv
import shutil

import pytest
from django.conf import settings as node
from django.urls import reverse

from ansinh.programme.plans.loading import load_plans
from ansinh.programme.reports import actions, queries, sources, template

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed_definitions(settings, tmp_path, system):
    """Change files of definitions/ after the report was made: `changed_definitions(file, old, new)`."""
    shutil.copytree(node.DEFINITIONS, tmp_path / "definitions")

    def change(file: str, old: str, new: str) -> None:
        path = tmp_path / "definitions" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        settings.DEFINITIONS = tmp_path / "definitions"
        template.read.cache_clear()
        if file.startswith("plans/"):
            load_plans(system, settings.DEFINITIONS / "plans")

    yield change
    template.read.cache_clear()


def test_report_keeps_a_digest_of_plan_template_and_strata(draft):
    assert {sources.PLAN, sources.TEMPLATE, sources.STRATIFIERS} <= set(draft.snapshot.facts)
    assert queries.changed_sources(draft) == []


CHANGES = [
    ("plans/ninh-binh-2021-2030.yaml", "short_title: ", "short_title: Sửa – ", ["kế hoạch"]),
    ("templates/bao-cao-nam.yaml", "stays-open, ", "", ["mẫu báo cáo"]),
    ("measures/stratifiers.yaml", "title: Giới tính", "title: Giới", ["cách phân tổ số liệu"]),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), CHANGES, ids=[row[0] for row in CHANGES])
def test_source_that_changed_since_is_named(draft, changed_definitions, client_of, file, old, new, said):
    changed_definitions(file, old, new)

    assert queries.changed_sources(draft) == said
    page = client_of("officer").get(reverse("report_changes", args=[draft.id])).content.decode()
    assert "Căn cứ tính đã đổi từ khi lập báo cáo" in page
    assert said[0] in page


def test_page_of_changes_says_nothing_of_sources_that_are_the_same(draft, client_of):
    page = client_of("officer").get(reverse("report_changes", args=[draft.id])).content.decode()

    assert "Căn cứ tính đã đổi" not in page


def test_plan_that_changed_is_read_as_it_was_at_the_position_of_the_report(draft, changed_definitions):
    changed_definitions(
        "plans/ninh-binh-2021-2030.yaml", "value: 70, section: IV.1.2.a", "value: 71, section: IV.1.2.a"
    )

    then = queries.recomputed(draft, draft.snapshot.position)
    now = queries.recomputed(draft)

    assert then == draft.snapshot
    assert then.goals != now.goals


def test_file_of_changes_names_the_source_too(approved, changed_definitions, officer, tmp_path):
    changed_definitions("templates/bao-cao-nam.yaml", "stays-open, ", "")

    paths = actions.write_report(officer, plan="ninh-binh", year=2025, folder=tmp_path / "out", recompute=True)

    listed = next(path for path in paths if path.suffix == ".csv")
    rows = list(csv.reader(listed.read_text(encoding="utf-8-sig").splitlines()))
    assert ["", "mẫu báo cáo", "", "Khi lập báo cáo", "Nay đã đổi"] in rows
