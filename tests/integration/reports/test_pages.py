"""Pages of the reports: what each role may do, what a stale page does, what is downloaded."""

import io

import docx
import openpyxl
import pytest

from ansinh.programme.reports import actions, queries
from tests.integration.reports.conftest import PLAN

pytestmark = pytest.mark.django_db


def html(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def typed(report, **changes):
    words = {f"words-{key}": text for key, text in report.words.items()}
    head = {"authority": "GIÁM ĐỐC", "signer": "", "recipients": "Lưu: VT, NV", "number": "", "day": ""}
    return {"version": report.version, **head, **words, **changes}


def test_list_is_empty_at_first_then_names_the_report(world, client_of, officer):
    client = client_of("officer")
    assert "Chưa có báo cáo nào" in html(client.get("/bao-cao/"))

    made = client.post("/bao-cao/lap/", {"plan": PLAN, "year": "2025"})

    assert made.status_code == 302
    assert made["Location"].endswith("/soan/")
    page = html(client.get("/bao-cao/"))
    assert "Kế hoạch Ninh Bình 2021-2030" in page
    assert "Đang soạn" in page


def test_new_for_a_year_that_has_a_report_opens_it(draft, client_of):
    again = client_of("officer").post("/bao-cao/lap/", {"plan": PLAN, "year": "2025"})

    assert again["Location"] == f"/bao-cao/{draft.id}/"


def test_new_for_a_future_year_says_why_and_keeps_what_was_typed(world, client_of):
    page = html(client_of("officer").post("/bao-cao/lap/", {"plan": PLAN, "year": "2029"}), 422)

    assert "không ở tương lai" in page
    assert 'value="2029"' in page


def test_report_page_reads_like_the_document(draft, client_of):
    page = html(client_of("officer").get(f"/bao-cao/{draft.id}/"))

    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Bộ Y tế;", "Bảng 1.", "/BC-SYT", "Phụ lục I.", "(Dự thảo)"):
        assert text in page
    assert "Trình duyệt" in page
    assert 'value="approve"' not in page


def test_words_are_saved_and_shown(draft, client_of, officer):
    data = typed(draft, **{"words-kho-khan": "Thiếu bác sĩ.\n\nThiếu <phòng>.", "signer": "Trần Văn Mẫu"})

    saved = client_of("officer").post(f"/bao-cao/{draft.id}/soan/", data)

    assert saved["Location"] == f"/bao-cao/{draft.id}/"
    stored = queries.report(officer, draft.id)
    assert stored.words["kho-khan"] == "Thiếu bác sĩ.\nThiếu <phòng>."
    assert stored.header.signer == "Trần Văn Mẫu"
    assert "Thiếu &lt;phòng&gt;." in html(client_of("officer").get(f"/bao-cao/{draft.id}/"))


def test_stale_save_keeps_both_texts_and_changes_nothing(draft, client_of, officer):
    actions.write_words(officer, report_id=draft.id, version=draft.version, words={"kho-khan": "Lời người khác."})

    page = html(
        client_of("officer").post(f"/bao-cao/{draft.id}/soan/", typed(draft, **{"words-kho-khan": "Lời tôi."})), 422
    )

    assert "Lời tôi." in page
    assert "Lời người khác." in page
    assert queries.report(officer, draft.id).words["kho-khan"] == "Lời người khác."
    now = queries.report(officer, draft.id)
    assert f'value="{now.version}"' in page


def test_impossible_day_is_told_and_nothing_is_saved(draft, client_of, officer):
    page = html(client_of("officer").post(f"/bao-cao/{draft.id}/soan/", typed(draft, day="31/02/2026")), 422)

    assert "31/02/2026" in page
    assert queries.report(officer, draft.id).version == draft.version


def test_officer_submits_and_leader_approves_with_number_and_day(draft, client_of, officer):
    sent = client_of("officer").post(f"/bao-cao/{draft.id}/buoc/", {"step": "submit", "version": draft.version})
    assert sent.status_code == 302
    handed = queries.report(officer, draft.id)
    page = html(client_of("leader").get(f"/bao-cao/{draft.id}/"))
    assert 'value="approve"' in page

    data = {"step": "approve", "version": handed.version, "number": "12", "day": "09/12/2025"}
    data |= {"authority": "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "signer": "Trần Văn Mẫu", "recipients": "Lưu: VT"}
    assert client_of("leader").post(f"/bao-cao/{draft.id}/buoc/", data).status_code == 302

    done = queries.report(officer, draft.id)
    assert (done.state, done.header.number, str(done.header.day)) == ("approved", 12, "2025-12-09")
    assert "Số: 12/BC-SYT" in html(client_of("officer").get(f"/bao-cao/{draft.id}/"))


def test_approving_without_number_and_day_says_so_at_the_fields_and_keeps_what_was_typed(draft, client_of, officer):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    data = {"step": "approve", "version": handed.version, "number": "", "day": "", "signer": "Trần Văn Mẫu"}
    data |= {"authority": "GIÁM ĐỐC", "recipients": "Lưu: VT"}

    page = html(client_of("leader").post(f"/bao-cao/{draft.id}/buoc/", data), 422)

    assert "Hãy ghi số văn bản trước khi duyệt." in page
    assert "Hãy ghi ngày ban hành trước khi duyệt." in page
    assert "Trần Văn Mẫu" in page
    assert queries.report(officer, draft.id).state == "submitted"


def test_leader_returns_only_with_a_reason(draft, client_of, officer):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    client, address = client_of("leader"), f"/bao-cao/{draft.id}/buoc/"

    refused = html(client.post(address, {"step": "return", "version": handed.version, "reason": " "}), 422)
    assert "Hãy ghi lý do." in refused
    assert (
        client.post(address, {"step": "return", "version": handed.version, "reason": "Sửa mục IV"}).status_code == 302
    )

    assert queries.report(officer, draft.id).state == "draft"
    assert "Sửa mục IV" in html(client_of("officer").get(f"/bao-cao/{draft.id}/"))


def test_step_from_an_old_page_is_refused_in_words(draft, client_of, officer):
    actions.write_words(officer, report_id=draft.id, version=draft.version, words={"kho-khan": "x"})

    response = client_of("officer").post(f"/bao-cao/{draft.id}/buoc/", {"step": "submit", "version": draft.version})

    assert "Chưa làm được" in html(response, 412)
    assert queries.report(officer, draft.id).state == "draft"


@pytest.mark.parametrize("data", [{"step": "burn", "version": "1"}, {"step": "submit"}, {}])
def test_step_that_is_none_is_refused_in_words(draft, client_of, data):
    assert "Chưa làm được" in html(client_of("officer").post(f"/bao-cao/{draft.id}/buoc/", data), 400)


def test_officer_cannot_approve_by_typing_the_step(draft, client_of, officer):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    data = {"step": "approve", "version": handed.version, "authority": "GIÁM ĐỐC", "recipients": "Lưu: VT"}

    html(client_of("officer").post(f"/bao-cao/{draft.id}/buoc/", data), 403)

    assert queries.report(officer, draft.id).state == "submitted"


def test_approved_report_cannot_be_opened_for_writing(approved, client_of):
    html(client_of("officer").get(f"/bao-cao/{approved.id}/soan/"), 409)


def test_amending_leads_to_the_new_edition(approved, client_of, officer):
    data = {"step": "amend", "version": approved.version, "reason": "Sót một cơ sở"}

    made = client_of("officer").post(f"/bao-cao/{approved.id}/buoc/", data)

    second = queries.latest(officer, PLAN, 2025)
    assert made["Location"] == f"/bao-cao/{second.id}/"
    assert second.edition == 2


def test_downloads_are_the_files_of_the_report(approved, client_of):
    client = client_of("officer")

    written = client.get(f"/bao-cao/{approved.id}/tai/docx/")
    figures = client.get(f"/bao-cao/{approved.id}/tai/xlsx/")

    assert written["Content-Disposition"] == 'attachment; filename="bao-cao-ninh-binh-2025.docx"'
    texts = [line.text for line in docx.Document(io.BytesIO(written.content)).paragraphs]
    assert "(Dự thảo)" not in texts
    assert "Mục tiêu" in openpyxl.load_workbook(io.BytesIO(figures.content)).sheetnames
    printed = client.get(f"/bao-cao/{approved.id}/tai/pdf/")
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-1.7")
    assert client.get(f"/bao-cao/{approved.id}/tai/odt/").status_code == 404


def test_changes_page_says_when_nothing_changed(approved, client_of):
    assert "cho cùng số liệu" in html(client_of("officer").get(f"/bao-cao/{approved.id}/thay-doi/"))


@pytest.mark.parametrize(("who", "status"), [("lan", 403), ("", 302)])
def test_others_do_not_read_reports(draft, client_of, who, status):
    for address in ("/bao-cao/", f"/bao-cao/{draft.id}/", f"/bao-cao/{draft.id}/tai/docx/"):
        assert client_of(who).get(address).status_code == status


def test_manager_of_a_facility_does_not_find_the_departments_report(draft, client_of):
    client = client_of("mai")

    assert draft.title not in html(client.get("/bao-cao/"))
    for address in (f"/bao-cao/{draft.id}/", f"/bao-cao/{draft.id}/tai/docx/", f"/bao-cao/{draft.id}/thay-doi/"):
        assert client.get(address).status_code == 404


def test_unknown_report_is_not_found(world, client_of):
    assert client_of("officer").get("/bao-cao/khong-co/").status_code == 404


@pytest.mark.parametrize("path", ["soan/", "thay-doi/"])
def test_way_back_to_the_report_is_short(draft, client_of, path):
    page = client_of("officer").get(f"/bao-cao/{draft.id}/{path}").content.decode()

    assert f">Báo cáo năm {draft.year}</a>" in page
