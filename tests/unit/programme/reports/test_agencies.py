from datetime import date

import pytest

from ansinh.programme.reports import agencies


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Sở Y tế tỉnh Ninh Bình", "Sở Y tế"),
        ("Sở Lao động - Thương binh và Xã hội tỉnh Ninh Bình", "Sở Lao động - Thương binh và Xã hội"),
        ("Cơ sở Cai nghiện ma túy", "Cơ sở Cai nghiện ma túy"),
    ],
)
def test_short_agency_leaves_out_the_province(name, short):
    assert agencies.short_agency(name, "Ninh Bình") == short


@pytest.mark.parametrize(
    ("committee", "place", "short"),
    [
        ("Ủy ban nhân dân tỉnh Lâm Đồng", "Lâm Đồng", "UBND tỉnh Lâm Đồng"),
        ("Ủy ban nhân dân thành phố Huế", "Huế", "UBND thành phố Huế"),
    ],
)
def test_place_and_abbreviation_of_a_committee(committee, place, short):
    assert agencies.place(committee) == place
    assert agencies.abbreviated(committee) == short


@pytest.mark.parametrize(("agency", "symbol"), [("Sở Y tế", "SYT"), ("Sở Nội vụ", "SNV")])
def test_symbol_takes_the_initials(agency, symbol):
    assert agencies.symbol(agency) == symbol


@pytest.mark.parametrize(
    ("number", "kind"),
    [("1942/QĐ-TTg", "Quyết định"), ("03/KH-UBND", "Kế hoạch"), ("20/2021/NĐ-CP", "Nghị định"), ("15", "Văn bản")],
)
def test_kind_of_document_follows_its_sign(number, kind):
    assert agencies.kind_of(number) == kind


def test_basis_names_kind_number_day_issuer_and_subject():
    law = {"number": "1942/QĐ-TTg", "date": date(2021, 11, 18), "issuer": "Thủ tướng Chính phủ", "title": "Phê duyệt"}

    day = "ngày 18 tháng 11 năm 2021"
    assert agencies.basis(law) == f"Căn cứ Quyết định số 1942/QĐ-TTg {day} của Thủ tướng Chính phủ phê duyệt"
    assert "ngày" not in agencies.basis({**law, "date": None})


def test_plan_reference_gives_number_and_day_only_where_they_are_known():
    known = {"number": "03/KH-UBND", "date": date(2022, 1, 5), "issuer": "Ủy ban nhân dân tỉnh Đắk Nông"}
    bare = {"number": None, "date": None, "issuer": "Ủy ban nhân dân tỉnh Ninh Bình"}

    cited = agencies.plan_reference(known, "Kế hoạch nâng cao")
    assert cited.startswith("Kế hoạch số 03/KH-UBND ngày 05 tháng 01 năm 2022")
    assert (
        agencies.plan_reference(bare, "Kế hoạch nâng cao") == "Kế hoạch của Ủy ban nhân dân tỉnh Ninh Bình về nâng cao"
    )


def test_budget_joins_the_sources_and_names_their_section():
    rows = [{"section": "IV.3", "text": "Ngân sách nhà nước."}, {"section": "IV.3", "text": "Nguồn khác."}]

    assert agencies.budget(rows) == ("mục IV.3", "ngân sách nhà nước; nguồn khác.")
    assert agencies.budget([{**rows[0], "section": "IV.1"}, rows[1]])[0] == "mục IV"
    assert agencies.budget([])[0] == "phần kinh phí"
