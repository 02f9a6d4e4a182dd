"""How long records are kept, and in which group an entry stands: tables over the shipped definitions."""

from datetime import date

import pytest

from ansinh.clinical.records import queries, rules
from ansinh.clinical.records.rules import RetentionClass

CLASSES = [
    RetentionClass("died", 30, "tử vong", "dòng 39"),
    RetentionClass("mental", 20, "tâm thần", "dòng 40", ("F",)),
    RetentionClass("accident", 20, "tai nạn", "dòng 40", ("V", "Y96")),
    RetentionClass("ordinary", 10, "thường", "dòng 44"),
]
ENDED = date(2026, 3, 31)

SPEC = [
    # codes, died, ended → class, until
    ([], False, ENDED, "ordinary", date(2036, 12, 31)),
    (["I10", "Z50.1"], False, ENDED, "ordinary", date(2036, 12, 31)),
    (["F20.0"], False, ENDED, "mental", date(2046, 12, 31)),
    (["f20"], False, ENDED, "mental", date(2046, 12, 31)),
    (["I10", "V43.5"], False, ENDED, "accident", date(2046, 12, 31)),
    (["Y96"], False, ENDED, "accident", date(2046, 12, 31)),
    (["Y95"], False, ENDED, "ordinary", date(2036, 12, 31)),
    (["F20"], True, ENDED, "died", date(2056, 12, 31)),
    ([], True, date(2026, 12, 31), "died", date(2056, 12, 31)),
    (["F20"], False, None, "mental", None),
]


@pytest.mark.parametrize(("codes", "died", "ended", "kept_as", "until"), SPEC)
def test_retention_is_the_longest_that_applies_from_the_year_of_the_end(codes, died, ended, kept_as, until):
    found = rules.retention(CLASSES, codes=codes, died=died, ended=ended)

    assert (found.kept_as.id, found.until) == (kept_as, until)


def test_shipped_retention_is_that_of_the_circular():
    assert queries.retention_classes()[0].row == "dòng 39"
    assert {one.id: one.years for one in queries.retention_classes()} == {one.id: one.years for one in CLASSES}
    assert "33/2025" in queries.retention_source()


def coded(kind, code, **more):
    return {"resourceType": kind, "id": "1", "category": [{"coding": [{"code": code}]}]} | more


GROUPS = [
    ({"resourceType": "Patient"}, "ThongTinBenhNhan"),
    ({"resourceType": "AllergyIntolerance"}, "ThongTinBenhNhan"),
    ({"resourceType": "EpisodeOfCare"}, "ThongTinVaoVien"),
    ({"resourceType": "Encounter", "class": {"code": "AMB"}}, "ThongTinDieuTri"),
    ({"resourceType": "Encounter", "class": {"code": "EMER"}}, "HoSoCapCuu"),
    ({"resourceType": "ClinicalImpression"}, "ThongTinDieuTri"),
    (coded("Observation", "vital-signs"), "ThongTinDieuTri"),
    (coded("Observation", "laboratory"), "KetQuaXetNghiem"),
    (coded("DiagnosticReport", "LAB"), "KetQuaXetNghiem"),
    (coded("DiagnosticReport", "RAD"), "KetQuaChanDoanHinhAnh"),
    ({"resourceType": "MedicationRequest"}, "YLenhThuocVatTu"),
    ({"resourceType": "ServiceRequest"}, "PhieuChiDinh"),
    ({"resourceType": "Procedure"}, "PhieuThuThuat"),
    ({"resourceType": "Procedure", "category": {"coding": [{"code": "387713003"}]}}, "PhieuPhauThuat"),
    ({"resourceType": "Composition", "type": {"coding": [{"code": "referral"}]}}, "GiayChuyenVien"),
    ({"resourceType": "Composition", "type": {"coding": [{"code": "general"}]}}, "ThongTinDieuTri"),
    ({"resourceType": "QuestionnaireResponse", "questionnaire": "x/record-referral|1"}, "GiayChuyenVien"),
    ({"resourceType": "QuestionnaireResponse", "questionnaire": "x/phq-9|1"}, "ThongTinDieuTri"),
]


@pytest.mark.parametrize(("resource", "group"), GROUPS)
def test_entry_stands_in_its_group(resource, group):
    found = rules.grouped(queries.groups(), queries.group_order(), [{"id": "1", **resource}])

    assert [one.id for one in found if one.resources] == [group]


def test_groups_are_the_eleven_of_the_guide_in_its_order():
    assert len(queries.group_order()) == 11
    assert {group.id for group in queries.groups()} == set(queries.group_order())
    assert [one.id for one in rules.grouped(queries.groups(), queries.group_order(), [])] == queries.group_order()


def test_grouped_orders_entries_by_their_time():
    entries = [
        {"resourceType": "Condition", "id": str(day), "recordedDate": f"2026-01-{day:02d}"} for day in (9, 3, 27)
    ]
    found = rules.grouped(queries.groups(), queries.group_order(), entries)

    assert [one["id"] for group in found for one in group.resources] == ["3", "9", "27"]


@pytest.mark.parametrize(
    ("resource", "moment"),
    [
        ({"effectiveDateTime": "2026-01-01"}, "2026-01-01"),
        ({"period": {"start": "2026-01-02"}}, "2026-01-02"),
        ({"performedPeriod": {"start": "2026-01-03"}}, "2026-01-03"),
        ({}, ""),
    ],
)
def test_moment_of_is_when_it_happened(resource, moment):
    assert rules.moment_of(resource) == moment
