"""Codes in the tables: loading twice, searching, days of validity, a newer ICD-10 edition."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from ansinh.fhir.terminology import concepts, loading
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import CS, ICD10

DEFINITIONS = Path(__file__).resolve().parents[3] / "definitions"
OFFICIAL = DEFINITIONS.parents[1] / "shared" / "reference" / "icd10_qd4469.xlsx"

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    concepts.clear_cache()
    loading.load_code_systems(DEFINITIONS)
    yield
    concepts.clear_cache()


def workbook(path, rows):
    book = Workbook()
    book.active.title = "ICD10"
    book.active.append(["MÃ BỆNH", "TÊN BỆNH", "DISEASE NAME", "MÃ LOẠI"])
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_loading_twice_changes_nothing(loaded):
    again = loading.load_code_systems(DEFINITIONS)

    assert (again.added, again.changed, again.ended) == (0, 0, 0)
    assert again.unchanged > 500


def test_lookup_knows_code_and_its_day(loaded):
    system = CS("beneficiary-group")

    assert concepts.lookup(system, "nd20-5c", date(2025, 6, 30)) is not None
    assert concepts.lookup(system, "nd20-5c", date(2025, 7, 1)) is None
    assert concepts.lookup(system, "không-có") is None


def test_display_of_an_ended_code_is_still_known_in_both_languages(loaded):
    system = CS("beneficiary-group")

    assert concepts.display(system, "nd20-5c").startswith("Người từ đủ 80 tuổi")
    assert concepts.display(system, "nd20-5c", "en").startswith("Aged 80")
    assert concepts.display(system, "không-có") == "không-có"


def test_displays_of_a_list_cost_one_query_a_system(loaded, django_assert_max_num_queries):
    concepts.clear_cache()

    with django_assert_max_num_queries(2):
        for code in ("1", "2", "3", "4", "5", "6") * 5:
            concepts.display(CS("disability-kind"), code)


@pytest.mark.parametrize("text", ["tram cam vua", "TRẦM CẢM VỪA", "vừa trầm", "tram", "F32", "f32"])
def test_find_icd_by_words_in_any_order_or_code(loaded, tmp_path, text):
    rows = [
        ("F32", "Giai đoạn trầm cảm", "Depressive episode", "F32"),
        ("F32.1", "Giai đoạn trầm cảm vừa", "Moderate depressive episode", "F32"),
    ]
    loading.import_icd10(workbook(tmp_path / "a.xlsx", rows), date(2020, 10, 26))

    assert "F32.1" in [concept.code for concept in concepts.find(ICD10, text)]


def test_find_puts_the_exact_code_first(loaded):
    assert concepts.find(ICD10, "F20")[0].code == "F20"
    assert concepts.find(ICD10, "f20.0")[0].code == "F20.0"


def test_find_english_words(loaded):
    assert "G20" in [concept.code for concept in concepts.find(ICD10, "parkinson disease")]


def test_find_word_must_begin_so(loaded):
    assert concepts.find(ICD10, "arkinson") == []


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "'; drop table"])
def test_find_odd_text_finds_nothing(loaded, text):
    assert concepts.find(ICD10, text) == []


def test_find_leaves_headings_out(loaded):
    assert all(not concept.is_abstract for concept in concepts.find(CS("facility-kind"), "co so"))
    assert concepts.find(CS("facility-kind"), "cai nghien")[0].code == "drug-rehab-centre"


def test_bad_file_changes_nothing(loaded, tmp_path):
    (tmp_path / "codesystems").mkdir()
    good = "name: {0}\ntitle: T\nsource: S\nvalid_from: 2020-01-01\nconcepts: [{{code: {1}, display: D}}]\n"
    (tmp_path / "codesystems" / "a.yaml").write_text(good.format("a", "x"))
    (tmp_path / "codesystems" / "b.yaml").write_text(good.format("b", "''"))

    with pytest.raises(Invalid):
        loading.load_code_systems(tmp_path)

    assert not concepts.is_known_system(CS("a"))


def test_changed_file_corrects_its_rows(tmp_path):
    folder = tmp_path / "codesystems"
    folder.mkdir()
    text = "name: a\ntitle: T\nsource: S\nvalid_from: 2020-01-01\nconcepts:\n  - {code: x, display: Cũ}\n"
    (folder / "a.yaml").write_text(text)
    loading.load_code_systems(tmp_path)

    (folder / "a.yaml").write_text(text.replace("Cũ", "Mới") + "  - {code: y, display: Thêm}\n")
    counts = loading.load_code_systems(tmp_path)

    assert (counts.added, counts.changed) == (1, 1)
    assert concepts.display(CS("a"), "x") == "Mới"


def test_newer_edition_ends_what_it_leaves_out_and_keeps_old_meaning(loaded, tmp_path):
    old = [
        ("A00", "Bệnh tả", "Cholera", "A00"),
        ("A01", "Thương hàn", "Typhoid", "A01"),
        ("A02", "Khác", "Other", "A02"),
    ]
    loading.import_icd10(workbook(tmp_path / "old.xlsx", old), date(2020, 10, 26))
    new = [("A00", "Bệnh tả", "Cholera", "A00"), ("A01", "Bệnh thương hàn", "Typhoid fever", "A01")]

    counts = loading.import_icd10(workbook(tmp_path / "new.xlsx", new), date(2026, 7, 1))

    assert (counts.added, counts.changed, counts.unchanged) == (0, 1, 1)
    assert concepts.lookup(ICD10, "A02", date(2026, 6, 30)) is not None
    assert concepts.lookup(ICD10, "A02", date(2026, 7, 1)) is None
    assert concepts.lookup(ICD10, "A01", date(2026, 6, 30)).display == "Thương hàn"
    assert concepts.lookup(ICD10, "A01", date(2026, 7, 1)).display == "Bệnh thương hàn"


def test_import_twice_changes_nothing(loaded, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [("A00", "Bệnh tả", "Cholera", "A00")])
    loading.import_icd10(path, date(2026, 7, 1))

    again = loading.import_icd10(path, date(2026, 7, 1))

    assert (again.added, again.changed, again.ended) == (0, 0, 0)


def test_curated_file_leaves_imported_codes_alone(loaded, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [("F20", "Tên của Bộ", "Schizophrenia", "F20")])
    loading.import_icd10(path, date(2026, 7, 1))
    loading.CodeList.objects.filter(origin="codesystems/icd10-chon-loc").delete()

    loading.load_code_systems(DEFINITIONS)

    assert concepts.lookup(ICD10, "F20", date(2026, 7, 1)).display == "Tên của Bộ"


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official list is not on this machine")
def test_official_list_is_imported_whole(loaded):
    counts = loading.import_icd10(OFFICIAL, date(2020, 10, 26))

    assert counts.added + counts.changed + counts.unchanged == 12_218
    assert concepts.lookup(ICD10, "Z50.1").english == "Other physical therapy"
    assert "I69.4" in [concept.code for concept in concepts.find(ICD10, "di chung dot quy")]


def test_large_system_is_read_code_by_code_and_remembered(loaded, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(concepts, "_WHOLE_SYSTEM", 10)
    concepts.clear_cache()

    assert concepts.lookup(ICD10, "F20").display == "Tâm thần phân liệt"
    with django_assert_num_queries(0):
        assert concepts.display(ICD10, "F20") == "Tâm thần phân liệt"
    assert concepts.lookup(ICD10, "F99.9") is None


def test_members_come_in_the_order_of_the_file_as_of_a_day(loaded, django_assert_num_queries):
    system = CS("beneficiary-group")
    codes = [concept.code for concept in concepts.members(system, at=date(2025, 6, 30))]

    with django_assert_num_queries(0):
        later = [concept.code for concept in concepts.members(system, at=date(2025, 7, 1))]
        below = [concept.code for concept in concepts.members(system, parent="merit-relative")]
    assert codes[:2] == ["merit", "merit-a"]
    assert set(codes) - set(later) == {"nd20-5b", "nd20-5c"}
    assert below == ["merit-parent", "merit-spouse", "merit-child", "merit-foster"]


def test_members_of_a_large_system_are_read_each_time(loaded, monkeypatch):
    monkeypatch.setattr(concepts, "_WHOLE_SYSTEM", 10)
    concepts.clear_cache()

    assert "F20.0" in [concept.code for concept in concepts.members(ICD10, parent="F20")]


@pytest.mark.parametrize("text", ["Bru-Vân Kiều", "bru van", "bru, vân", "kiều bru"])
def test_find_passes_over_punctuation(loaded, text):
    assert [concept.display for concept in concepts.find(CS("ethnicity"), text)] == ["Bru-Vân Kiều"]


def test_find_knows_other_names(loaded):
    assert [concept.display for concept in concepts.find(CS("ethnicity"), "khơ me")] == ["Khmer"]


def test_common_codes_come_first_also_after_an_import(loaded, tmp_path):
    rows = [
        ("P70.2", "Đái tháo đường sơ sinh", "Neonatal diabetes mellitus", "P70"),
        ("E11", "Bệnh đái tháo đường không phụ thuộc insulin", "Non-insulin-dependent diabetes mellitus", "E11"),
    ]
    loading.import_icd10(workbook(tmp_path / "a.xlsx", rows), date(2020, 10, 26))

    assert [concept.code for concept in concepts.find(ICD10, "dai thao duong")][-1] == "P70.2"
    assert concepts.lookup(ICD10, "E11").properties["common"] is True
