"""Pages of the record: seen by who may, filled, signed, amended, given out and checked."""

import io
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.clinical.records import checking, documents
from ansinh.clinical.signing import actions as signing
from ansinh.clinical.signing import queries as signed
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def entry_url(an, visit):
    return reverse("entry_signatures", args=[an, "Encounter", visit])


def sign(client, an, visit, step="sign"):
    page = client.get(entry_url(an, visit))
    seen = text(page).split('name="seen" value="')[1].split('"')[0]
    return client.post(reverse("entry_sign", args=[an, "Encounter", visit]), {"seen": seen, "step": step})


def test_records_page_lists_entries_forms_and_retention(client_of, an, visit, document):
    page = text(client_of("binh").get(reverse("records", args=[an])))

    assert "Bệnh án phục hồi chức năng" in page
    assert "Chưa ký" in page
    assert "Phiếu chuyển cơ sở khám bệnh" in page
    assert "Hồ sơ bệnh án tâm thần: lưu 20 năm" in page


def test_records_page_offers_a_nurse_only_her_form(client_of, an):
    page = text(client_of("lan").get(reverse("records", args=[an])))

    assert reverse("record_form", args=[an, "nursing"]) in page
    assert reverse("record_form", args=[an, "general"]) not in page


@pytest.mark.parametrize("name", ["records", "record_document", "entry_signatures"])
@pytest.mark.parametrize(("who", "status"), [("binh", 200), ("lan", 200), ("cuc", 404), ("officer", 403), ("", 302)])
def test_pages_of_a_person_are_for_their_facility(client_of, an, visit, document, name, who, status):
    args = {"records": [an], "record_document": [an, document], "entry_signatures": [an, "Encounter", visit]}

    assert client_of(who).get(reverse(name, args=args[name])).status_code == status


def test_form_page_stores_what_was_filled_in_and_leads_to_it(client_of, binh, an, fill):
    client, url = client_of("binh"), reverse("record_form", args=[an, "general"])
    empty = client.get(url)
    sent = client.post(url, {"response": json.dumps(fill("general")).decode(), "key": "", "version": ""})

    assert "ansinh-questionnaire" in text(empty)
    assert sent.status_code == 302
    assert "Trả lời: Toàn thân" in text(client.get(sent["Location"]))


def test_form_page_without_answers_shows_what_is_missing_and_keeps_the_rest(client_of, an, fill):
    answers = fill("general")
    answers["item"].pop()
    sent = client_of("binh").post(
        reverse("record_form", args=[an, "general"]), {"response": json.dumps(answers).decode()}
    )

    assert sent.status_code == 422
    assert "Trả lời: Toàn thân" in text(sent)


def test_form_page_that_the_role_may_not_write_is_refused(client_of, an):
    assert client_of("lan").get(reverse("record_form", args=[an, "general"])).status_code == 403
    assert client_of("binh").get(reverse("record_form", args=[an, "khong-co"])).status_code == 404


def test_entry_page_lets_its_author_sign_and_says_so(client_of, an, visit):
    client = client_of("binh")
    done = sign(client, an, visit)
    page = text(client.get(done["Location"]))

    assert urlsplit(done["Location"]).path == entry_url(an, visit)
    assert "Đã ký, đã khóa" in page
    assert "Nhân viên Binh" in page
    assert "Hợp lệ: nội dung còn nguyên" in page
    assert 'name="step"' not in page


def test_entry_page_offers_nothing_to_sign_to_others(client_of, an, visit):
    assert 'name="step"' not in text(client_of("lan").get(entry_url(an, visit)))


def test_entry_page_lets_the_director_confirm_once(client_of, binh, an, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    client = client_of("mai")
    sign(client, an, visit, "confirm")
    page = text(client.get(entry_url(an, visit)))

    assert "Đã ký và xác nhận, đã khóa" in page
    assert 'name="step"' not in page


@pytest.mark.parametrize(
    ("sent", "status"), [({"seen": "x", "step": "sign"}, 412), ({"seen": "x", "step": "khác"}, 400), ({}, 400)]
)
def test_entry_sign_of_something_else_than_was_seen_signs_nothing(client_of, binh, an, visit, sent, status):
    answer = client_of("binh").post(reverse("entry_sign", args=[an, "Encounter", visit]), sent)

    assert answer.status_code == status
    assert signed.entry(binh, "Encounter", visit).seal is None


def test_entry_sign_for_somebody_else_is_refused_on_the_page(client_of, an, visit):
    answer = client_of("lan").post(reverse("entry_sign", args=[an, "Encounter", visit]), {"seen": "x", "step": "sign"})

    assert answer.status_code == 403
    assert "do người khác ghi" in text(answer)


def test_entry_sign_long_after_the_proof_asks_for_it_again(client_of, an, visit):
    client = client_of("binh")
    session = client.session
    session["proved"] = "2020-01-01T00:00:00+00:00"
    for key in list(session.keys()):
        if "prove" in key:
            session[key] = "2020-01-01T00:00:00+00:00"
    session.save()
    answer = client.post(reverse("entry_sign", args=[an, "Encounter", visit]), {"seen": "x", "step": "sign"})

    assert answer["Location"].startswith(reverse("prove"))


def note_of(context, visit):
    return next(one for one in signed.members(context, visit) if one["resourceType"] == "ClinicalImpression")


def test_amend_page_keeps_both_and_shows_both(client_of, binh, an, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    client = client_of("binh")
    url = reverse("part_amend", args=[an, "ClinicalImpression", note_of(binh, visit)["id"]])
    form = text(client.get(url))
    done = client.post(url, {"version": "1", "summary": "Còn ảo thanh", "advice": "Uống thuốc", "reason": "Ghi thiếu"})
    page = text(client.get(done["Location"]))

    assert "Ổn định" in form
    assert "<del>Ổn định</del>" in page
    assert "<ins>Còn ảo thanh</ins>" in page
    assert "Ghi thiếu" in page


def test_amend_page_of_a_measurement_takes_figures(client_of, binh, an, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    pressure = next(one for one in signed.members(binh, visit) if one["resourceType"] == "Observation")
    url = reverse("part_amend", args=[an, "Observation", pressure["id"]])
    done = client_of("binh").post(url, {"version": "1", "value1": "145", "value2": "90", "reason": "Đọc nhầm"})

    after = Repository(binh).read("Observation", pressure["id"])
    assert done.status_code == 302
    assert [int(one["valueQuantity"]["value"]) for one in after["component"]] == [145, 90]
    assert after["status"] == "amended"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"version": "1", "summary": "Khác", "advice": "Uống thuốc", "reason": ""}, "Lý do đính chính"),
        ({"version": "1", "summary": "Ổn định", "advice": "Uống thuốc", "reason": "x"}, "chưa thay đổi gì"),
        ({"version": "9", "summary": "Khác", "advice": "Uống thuốc", "reason": "x"}, "đã được người khác sửa"),
    ],
)
def test_amend_page_refuses_in_words_and_keeps_what_was_typed(client_of, binh, an, visit, sent, says):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    note = note_of(binh, visit)
    answer = client_of("binh").post(reverse("part_amend", args=[an, "ClinicalImpression", note["id"]]), sent)

    assert answer.status_code == 422
    assert says in text(answer)
    assert sent["summary"] in text(answer)
    assert note_of(binh, visit)["meta"]["versionId"] == "1"


def test_amend_page_of_a_diagnosis_is_not_found(client_of, binh, an, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    diagnosis = next(one for one in signed.members(binh, visit) if one["resourceType"] == "Condition")

    assert client_of("binh").get(reverse("part_amend", args=[an, "Condition", diagnosis["id"]])).status_code == 404


def test_rewrite_page_of_a_signed_form_asks_for_the_reason(client_of, binh, an, document, fill):
    encounter = Repository(binh).read("Composition", document)["encounter"]["reference"][10:]
    signing.sign_entry(binh, kind="Encounter", id=encounter)
    client, url = client_of("binh"), reverse("record_rewrite", args=[an, document])
    other = json.dumps(fill("rehabilitation", conclusion_diagnosis={"valueString": "Đột quỵ"})).decode()
    refused = client.post(url, {"response": other, "version": "1", "reason": ""})
    done = client.post(url, {"response": other, "version": "1", "reason": "Chẩn đoán lại"})

    assert refused.status_code == 422
    assert "Đột quỵ" in text(refused)
    assert "Có đính chính" in text(client.get(done["Location"]))


def test_paper_of_a_form_is_a_signed_pdf(client_of, an, document):
    given = client_of("binh").post(reverse("record_paper", args=[an, document]))
    report = checking.check(given.content)

    assert given["Content-Type"] == "application/pdf"
    assert given["Cache-Control"] == "no-store"
    assert "Nguy" not in given["Content-Disposition"]
    assert report.good
    assert report.findings[0].verdict.name == "Nhân viên Binh"


def test_whole_record_as_pdf_carries_its_document_and_both_are_proved(client_of, binh, an, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    given = client_of("binh").post(reverse("record_whole", args=[an, "pdf"]))
    report = checking.check(given.content)

    assert report.good
    assert len(report.document.entries) == 1


def test_whole_record_as_document_is_signed(client_of, an, visit):
    given = client_of("binh").post(reverse("record_whole", args=[an, "fhir"]))

    assert documents.verify(given.content, documents.trusted()).good


@pytest.mark.parametrize(
    ("who", "kind", "status"), [("cuc", "pdf", 404), ("officer", "pdf", 403), ("binh", "doc", 404)]
)
def test_whole_record_is_given_to_who_may_in_two_kinds(client_of, an, who, kind, status):
    assert client_of(who).post(reverse("record_whole", args=[an, kind])).status_code == status


def upload(client, content, name="a.pdf"):
    return client.post(reverse("signature_check"), {"file": SimpleUploadedFile(name, content)})


def test_check_page_tells_good_from_changed_and_unsigned(client_of, an, visit):
    given = client_of("binh").post(reverse("record_whole", args=[an, "fhir"])).content
    client = client_of("officer")

    assert "Tệp hợp lệ" in text(upload(client, given, "a.json"))
    assert "Tệp không hợp lệ" in text(upload(client, given.replace("Ổn định".encode(), "Bình thường".encode())))
    bare = {key: value for key, value in json.loads(given).items() if key != "signature"}
    assert "Tệp không có chữ ký" in text(upload(client, json.dumps(bare)))


@pytest.mark.parametrize("content", [b"%PDF-1.7 hong", b"x", b"{}", b""])
def test_check_page_of_what_is_neither_says_so(client_of, content):
    answer = upload(client_of("binh"), content)

    assert answer.status_code == 422


def test_check_of_a_pdf_with_something_added_is_not_good(client_of, an, visit):
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    given = client_of("binh").post(reverse("record_whole", args=[an, "pdf"])).content
    writer, out = IncrementalPdfFileWriter(io.BytesIO(given)), io.BytesIO()
    writer.root[pdf_name("/Lang")] = pdf_string("en")
    writer.update_root()
    writer.write(out)

    assert checking.check(given).good
    assert not checking.check(out.getvalue()).good
