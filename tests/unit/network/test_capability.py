"""Catalogues and declarations as plain values and as FHIR."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid
from ansinh.network.capability import resources, rules
from ansinh.network.capability.definition import Code, read
from ansinh.network.capability.forms import parse_rows
from ansinh.network.capability.loading import members_in
from ansinh.network.capability.rules import Catalogue, Declaration, Item

ROOT = Path(__file__).parents[3] / "definitions"
DAY = date(2025, 6, 1)


def catalogue(*items: Item, **kwargs) -> Catalogue:
    given = {"id": "list", "title": "Danh mục", "system": "technique", "source": "QĐ", "confirmed": True}
    return Catalogue(**{**given, **kwargs}, items=items)


def declared(code: str, start: date = date(2024, 1, 1), end: date | None = None, evidence: str = "") -> Declaration:
    return Declaration(f"id-{code}", code, start, end, evidence)


def test_coverage_counts_only_items_and_declarations_of_the_day():
    listed = catalogue(Item("a", "A"), Item("b", "B"), Item("old", "Cũ", valid_to=date(2024, 12, 31)))
    declarations = [declared("a"), declared("b", end=date(2025, 5, 31)), declared("old")]

    coverage = rules.coverage(listed, declarations, DAY)

    assert (coverage.declared, coverage.total, coverage.percent, coverage.ready) == (1, 2, Decimal("50.0"), None)


def test_coverage_of_an_empty_catalogue_is_unknown_not_zero():
    coverage = rules.coverage(catalogue(), [declared("a")], DAY)

    assert coverage.percent is None
    assert coverage.ready is None


def test_coverage_just_below_a_target_is_not_rounded_up_to_it():
    """2400 of 3001 is 79,97 %: shown as 79,9, for 80 would say that the goal is met."""
    listed = catalogue(*(Item(str(number), "x") for number in range(3001)))

    coverage = rules.coverage(listed, [declared(str(number)) for number in range(2400)], DAY)

    assert coverage.percent == Decimal("79.9")


@pytest.mark.parametrize(("codes", "ready"), [({"must"}, True), ({"may"}, False), ({"must", "may"}, True)])
def test_coverage_is_ready_when_every_required_item_is_declared(codes, ready):
    listed = catalogue(Item("must", "M", required=True), Item("may", "N"))

    assert rules.coverage(listed, [declared(code) for code in codes], DAY).ready is ready


def test_difference_begins_ends_and_changes_evidence_only_where_needed():
    listed = catalogue(Item("keep", "K"), Item("drop", "D"), Item("new", "N"), Item("word", "W"))
    present = [declared("keep"), declared("drop"), declared("word", evidence="cũ")]

    change = rules.difference(listed, present, {"keep", "new", "word"}, {"word": "mới", "keep": ""}, DAY)

    assert change.begun == ("new",)
    assert [item.code for item in change.ended] == ["drop"]
    assert [(item.code, item.evidence) for item in change.evidence] == [("word", "mới")]
    assert change.count == 3


def test_difference_leaves_declarations_of_items_that_no_longer_hold():
    listed = catalogue(Item("old", "Cũ", valid_to=date(2024, 12, 31)), Item("a", "A"))

    change = rules.difference(listed, [declared("old")], set(), {}, DAY)

    assert change.count == 0


@given(
    have=st.sets(st.sampled_from("abcdefgh")),
    want=st.sets(st.sampled_from("abcdefghxyz")),
)
def test_difference_applied_gives_exactly_what_was_chosen(have, want):
    listed = catalogue(*(Item(code, code) for code in "abcdefgh"))
    present = [declared(code) for code in have]

    change = rules.difference(listed, present, want, {}, DAY)
    after = (have - {item.code for item in change.ended}) | set(change.begun)

    assert after == want & set("abcdefgh")
    assert rules.difference(listed, [declared(code) for code in after], want, {}, DAY).count == 0


def test_renewed_ends_what_the_new_list_lacks_and_dates_what_it_adds():
    before = catalogue(Item("same", "S"), Item("gone", "G"), Item("text", "Tên cũ"))

    items = rules.renewed(before, [Item("same", "S"), Item("text", "Tên mới"), Item("new", "N")], DAY)
    after = catalogue(*items)

    assert {item.code for item in after.on(DAY)} == {"same", "text", "new"}
    assert {item.text for item in after.on(DAY)} == {"S", "Tên mới", "N"}
    assert {item.text for item in after.on(DAY - timedelta(days=1))} == {"S", "G", "Tên cũ"}


@given(
    old=st.sets(st.sampled_from("abcdef")),
    new=st.sets(st.sampled_from("abcdef"), min_size=1),
    later=st.sets(st.sampled_from("abcdef"), min_size=1),
)
def test_renewed_lists_hold_each_from_its_day(old, new, later):
    first = catalogue(*(Item(code, code) for code in sorted(old)))
    second = catalogue(*rules.renewed(first, [Item(code, code) for code in sorted(new)], DAY))
    third = catalogue(*rules.renewed(second, [Item(code, code) for code in sorted(later)], date(2026, 1, 1)))

    assert {item.code for item in third.on(DAY - timedelta(days=1))} == old
    assert {item.code for item in third.on(date(2025, 12, 31))} == new
    assert {item.code for item in third.on(date(2026, 1, 1))} == later
    assert len(third.on(date(2026, 1, 1))) == len(later)


def test_catalogue_comes_back_from_its_value_set():
    listed = catalogue(
        Item("a", "A", group="Nhóm", required=True, source="TT 33", english="a", valid_from=DAY, valid_to=DAY),
        Item("b", "B"),
        english="List",
        note="Chờ xác nhận",
        kinds=("hospital",),
        confirmed=False,
    )

    assert resources.catalogue_from(resources.value_set(listed)) == listed


def test_empty_catalogue_comes_back_empty():
    listed = catalogue()

    assert resources.catalogue_from(resources.value_set(listed)) == listed


def test_service_that_ended_keeps_its_start_and_never_ends_before_it():
    service = resources.service(catalogue(Item("a", "A")), Item("a", "A"), facility="f", start=DAY, evidence="máy")

    ended = resources.ended(service, date(2025, 12, 31))
    at_once = resources.ended(service, DAY - timedelta(days=1))

    assert ended["extension"][0]["valuePeriod"] == {"start": "2025-06-01", "end": "2025-12-31"}
    assert ended["active"] is False
    assert at_once["extension"][0]["valuePeriod"]["end"] == "2025-06-01"
    assert resources.with_evidence(service, "")["extension"] == [service["extension"][0]]


@pytest.mark.parametrize("name", ["commune", "licence", "primary-care", "provincial-specialist", "rehab"])
def test_shipped_catalogue_reads(name):
    listed = read(ROOT / "capability" / f"{name}.yaml", members_in(ROOT / "codesystems"))

    assert listed.id == name
    assert len({item.code for item in listed.items}) == len(listed.items)
    assert resources.catalogue_from(resources.value_set(listed)) == listed


def test_shipped_rehab_catalogue_holds_chapter_17():
    listed = read(ROOT / "capability" / "rehab.yaml", members_in(ROOT / "codesystems"))

    assert len(listed.on(DAY)) > 100
    assert all(item.code.startswith("17.") for item in listed.items)


def test_shipped_specialist_catalogue_is_empty_and_says_so():
    listed = read(ROOT / "capability" / "provincial-specialist.yaml", members_in(ROOT / "codesystems"))

    assert listed.items == ()
    assert not listed.confirmed


def test_shipped_primary_care_conditions_name_their_source():
    listed = read(ROOT / "capability" / "primary-care.yaml", members_in(ROOT / "codesystems"))

    assert [item.code for item in listed.items if item.required and not item.source] == []


def no_codes(name: str) -> list[Code]:
    return []


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        ({"id": "other"}, "id"),
        ({"title": ""}, "title"),
        ({"confirmed": "yes"}, "confirmed"),
        ({"items_from": "technique"}, "items"),
        ({"colour": "red"}, "colour"),
        ({"items": [{"code": "a"}]}, "items[0].text"),
        ({"items": [{"code": "a", "text": "A"}, {"code": "a", "text": "B"}]}, "items[1].code"),
    ],
)
def test_catalogue_file_with_a_mistake_is_refused_with_its_place(tmp_path, spoil, place):
    data = {"id": "list", "title": "T", "system": "technique", "confirmed": True, "source": "S", "items": []} | spoil
    path = tmp_path / "list.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(path, no_codes)

    assert f"list.yaml: {place}" in [problem.expression for problem in caught.value.problems]


def test_rows_of_a_spreadsheet_are_read():
    items = parse_rows("01.0001; Đo điện tim; Chẩn đoán\n\n01.0002\tSiêu âm\n")

    assert [(item.code, item.text, item.group) for item in items] == [
        ("01.0001", "Đo điện tim", "Chẩn đoán"),
        ("01.0002", "Siêu âm", ""),
    ]


def test_row_without_a_name_is_refused_with_its_number():
    with pytest.raises(Invalid) as caught:
        parse_rows("a; A\nb")

    assert "2" in caught.value.message
