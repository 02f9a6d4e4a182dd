"""Orders, reports and files of laboratories in the store and on pages: whole or not at all, whose, who answers."""

import base64
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.clinical.corrections import actions as corrections
from ansinh.clinical.laboratory import actions, queries
from ansinh.clinical.laboratory.actions import Wish
from ansinh.clinical.laboratory.rules.reports import Measured, Report, Whose
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import timeline
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import LOINC

pytestmark = pytest.mark.django_db

MESSAGE = "\r".join((
    r"MSH|^~\&|LIS|PXN TỈNH|AS||20260310083000||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8",
    "PID|1||037050000001^^^CCCD||Nguyễn^An^Văn||19500512|M",
    "OBR|1||F1|24323-8^Sinh hóa^LN|||20260310073000||||||||||||||||||F",
    "OBX|1|NM|2823-3^Kali^LN||4.2|mmol/L|3.5-5.0|N|||F",
    "OBX|2|NM|14682-9^Creatinin^LN||88|µmol/L|60-110|N|||F",
))  # fmt: skip
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"
RANGES = "mã;tên;đơn vị;giới tính;tuổi từ;tuổi đến;thấp;cao;nguy hiểm thấp;nguy hiểm cao\n"


def imported(context, text=MESSAGE):
    return actions.import_reports(context, facility=context.unit, reports=actions.read_file(text.encode()))


def typed(context, person, *results, **more):
    report = Report(new_id(), Whose(), "Sinh hóa", clock.today().isoformat(), results, **more)
    return actions.record_report(context, person_id=person, report=report, entry_id=new_id())


def kali(value, unit="mmol/L"):
    return Measured("2823-3", "Kali", Decimal(value), unit, LOINC)


def tasks(context, person):
    sql = "SELECT t.id, t.status, t.title, t.title_en FROM view_task t WHERE {reach:t} AND t.patient_id = :person"
    return tables.rows(context, sql, {"person": person})


def uploaded(text, name="ket-qua.hl7"):
    return {"file": SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())}


# --- files ----------------------------------------------------------------------------------------------------


def test_message_goes_to_its_person_once(lan, an):
    assert imported(lan) == actions.Imported(written=1)
    assert imported(lan) == actions.Imported(before=1)

    (row,) = queries.reports(lan, an)
    assert (row.title, row.laboratory, row.reviewed, row.critical) == ("Sinh hóa", "PXN TỈNH", False, False)
    assert {line.code: line.last.value for line in queries.lines(lan, an)} == {"2823-3": Decimal("4.2"), "14682-9": 88}
    entries = timeline.timeline(lan, an, kind="result").entries
    assert [(entry.title, entry.lines) for entry in entries] == [("Phiếu kết quả", ("Sinh hóa",))]
    assert "Chỉ số" not in [entry.title for entry in timeline.timeline(lan, an).entries]


def test_correction_is_a_new_version_that_waits_to_be_signed_again(lan, binh, an):
    imported(lan)
    (row,) = queries.reports(lan, an)
    actions.review(binh, report_id=row.id, version=1)

    corrected = MESSAGE.replace("|4.2|", "|4.4|").replace("||||F\r", "||||C\r")
    assert imported(lan, corrected.replace("|N|||F", "|N|||C")) == actions.Imported(corrected=1)

    (row,) = queries.reports(lan, an)
    assert (row.status, row.reviewed) == ("corrected", False)
    assert [one.value for one in queries.lines(lan, an, "2823-3")[0].values] == [Decimal("4.4")]
    assert len(Repository(lan).history("DiagnosticReport", row.id)) == 3


def test_other_report_under_a_taken_number_is_refused_and_nothing_of_the_file_is_kept(lan, an):
    imported(lan)
    second = MESSAGE.replace("F1", "F2")

    with pytest.raises(Invalid, match="F1 đã có với nội dung khác"):
        imported(lan, second + "\r" + MESSAGE.replace("|4.2|", "|9.9|"))

    assert len(queries.reports(lan, an)) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [("037050000001", "037050000099"), ("Nguyễn^An^Văn", "Lê^Bình^Văn"), ("19500512", "19510512"), ("|M\r", "|F\r")],
)
def test_report_whose_person_is_not_surely_known_waits(lan, an, written, told):
    assert imported(lan, MESSAGE.replace(written, told)) == actions.Imported(waiting=1)

    assert queries.reports(lan, an) == []
    (row,) = queries.waiting(lan)
    assert row["title"] == "Sinh hóa"


def test_waiting_report_is_matched_by_hand_and_belongs_to_the_person_from_then(lan, an):
    imported(lan, MESSAGE.replace("037050000001", "999").replace("|4.2|", "|7.1|").replace("5.0|N", "5.0|HH"))
    (row,) = queries.waiting(lan)
    assert tasks(lan, an) == []

    actions.match(lan, report_id=row["id"], person_id=an)

    assert queries.waiting(lan) == []
    assert [one.value for one in queries.lines(lan, an, "2823-3")[0].values] == [Decimal("7.1")]
    assert "Kali 7,1" in tasks(lan, an)[0]["title"]
    with pytest.raises(Conflict):
        actions.match(lan, report_id=row["id"], person_id=an)


def test_waiting_report_is_nobody_elses_business(lan, cuc, son, an, client_of):
    imported(lan, MESSAGE.replace("037050000001", "999"))
    (row,) = queries.waiting(lan)

    assert queries.waiting(cuc) == []
    for context in (cuc, son):
        with pytest.raises(NotFound):
            actions.match(context, report_id=row["id"], person_id=an)
    assert client_of("cuc").get(reverse("result_match", args=[row["id"]])).status_code == 404


def test_same_number_at_another_facility_is_another_report_that_waits_there(lan, cuc, an):
    imported(lan)

    assert imported(cuc) == actions.Imported(waiting=1)
    assert len(queries.reports(lan, an)) == 1


def test_report_of_nobody_here_is_put_aside_with_its_reason(lan, an):
    imported(lan, MESSAGE.replace("037050000001", "999"))
    (row,) = queries.waiting(lan)
    with pytest.raises(Invalid):
        actions.discard(lan, report_id=row["id"], reason=" ")

    actions.discard(lan, report_id=row["id"], reason="Gửi nhầm cơ sở")

    assert queries.waiting(lan) == []
    assert Repository(lan).read("DiagnosticReport", row["id"])["status"] == "entered-in-error"


def test_critical_value_is_a_task_at_once_and_the_review_ends_it(lan, binh, an, client_of):
    imported(lan, MESSAGE.replace("|4.2|", "|7.1|").replace("5.0|N", "5.0|HH"))
    (row,) = queries.reports(lan, an)
    (task,) = tasks(lan, an)
    assert (row.critical, task["status"]) == (True, "requested")
    assert "Kali 7,1 mmol/L" in task["title"]
    assert "Kali 7.1 mmol/L" in task["title_en"]
    assert (
        reverse("result", args=[row.id]) in client_of("binh").get(reverse("task", args=[task["id"]])).content.decode()
    )

    actions.review(binh, report_id=row.id, version=1, words="Đã xử trí")

    assert tasks(lan, an)[0]["status"] == "completed"


def test_imported_ranges_flag_values_that_brought_none_by_age_and_sex(lan, mai, an):
    lines = "2823-3;Kali;mmol/L;nữ;;;1;2;;\n2823-3;Kali;mmol/L;nam;60;;3,5;5;2,5;6,5\n"
    assert actions.import_ranges(mai, data=(RANGES + lines).encode(), source="Bảng thử") == 2

    typed(lan, an, kali("5.5"))
    typed(lan, an, kali("7"))
    typed(lan, an, kali("5.5", "mg/dL"))

    values = queries.lines(lan, an, "2823-3")[0].values
    assert sorted((str(one.value), one.flag, one.high) for one in values) == [
        ("5.5", "", None), ("5.5", "H", Decimal(5)), ("7", "HH", Decimal(5)),
    ]  # fmt: skip
    assert len(tasks(lan, an)) == 1


def test_critical_value_of_nobody_known_yet_is_flagged_while_it_waits_and_asks_for_help_when_matched(lan, mai, an):
    lines = "2823-3;Kali;mmol/L;;;;;;;6,5\n"
    actions.import_ranges(mai, data=(RANGES + lines).encode(), source="Bảng thử")
    stranger = MESSAGE.replace("037050000001", "999").replace("|4.2|mmol/L|3.5-5.0|N|", "|7.1|mmol/l|||")
    assert imported(lan, stranger) == actions.Imported(waiting=1)
    (row,) = queries.waiting(lan)
    assert row["critical"]

    actions.match(lan, report_id=row["id"], person_id=an)

    assert len(tasks(lan, an)) == 1
    (value,) = queries.lines(lan, an, "2823-3")[0].values
    assert (value.flag, value.low, value.high) == ("HH", None, None)  # a critical limit is no usual range


def test_correction_with_a_critical_value_asks_for_help_again_and_open_reports_give_way(lan, binh, an):
    first = MESSAGE.replace("||||F\r", "||||P\r").replace("|4.2|", "|7.1|").replace("5.0|N", "5.0|HH")
    imported(lan, first)
    (row,) = queries.reports(lan, an)
    assert imported(lan, first.replace("|7.1|", "|7.3|")) == actions.Imported(corrected=1)
    assert "Kali 7,3" in tasks(lan, an)[0]["title"]
    actions.review(binh, report_id=row.id, version=2)

    assert imported(lan, first.replace("||||P\r", "||||C\r").replace("|7.1|", "|7.9|")) == actions.Imported(corrected=1)

    (task,) = tasks(lan, an)
    assert (task["status"], "Kali 7,9" in task["title"]) == ("requested", True)


# --- orders, reports, review ----------------------------------------------------------------------------------


def test_order_waits_until_its_result_is_there(lan, binh, an):
    made = actions.order(binh, person_id=an, wish=Wish("laboratory", ("chemistry",), urgent=True))
    (row,) = queries.orders(lan, an)
    assert (row.title, row.urgent) == ("Sinh hóa máu", True)

    report = Report("1", Whose(), "Sinh hóa máu", clock.today().isoformat(), (kali("4"),))
    actions.record_report(lan, person_id=an, report=report, entry_id=new_id(), order_id=made)

    assert queries.orders(lan, an) == []
    assert Repository(lan).read("ServiceRequest", made)["status"] == "completed"


def test_order_is_given_up_with_a_reason(binh, an):
    made = actions.order(binh, person_id=an, wish=Wish("imaging", title="X-quang ngực thẳng"))
    with pytest.raises(Invalid):
        actions.give_up(binh, person_id=an, order_id=made, reason="")

    actions.give_up(binh, person_id=an, order_id=made, reason="Đã chụp ở nơi khác")

    assert queries.orders(binh, an) == []
    with pytest.raises(NotFound):
        actions.give_up(binh, person_id=an, order_id=made, reason="Lần nữa")


def test_nurse_orders_and_signs_nothing(lan, an, client_of):
    report = typed(lan, an, kali("4"))
    client = client_of("lan")

    assert client.get(reverse("order_new", args=[an])).status_code == 403
    refused = client.post(reverse("result", args=[report]), {"step": "review", "version": "1"})
    assert refused.status_code == 403
    assert not queries.reports(lan, an)[0].reviewed


def test_review_of_a_report_that_changed_meanwhile_is_refused(lan, binh, an):
    report = typed(lan, an, kali("4"))
    actions.attach(lan, report_id=report, data=PDF)

    with pytest.raises(Stale):
        actions.review(binh, report_id=report, version=1)
    actions.review(binh, report_id=report, version=2)
    with pytest.raises(Conflict):
        actions.review(binh, report_id=report, version=3)


@pytest.mark.parametrize(("moment", "key"), [("1940-01-01", "care-before-birth"), ("2999-01-01", "result-future")])
def test_report_from_before_birth_or_from_the_future_is_refused(lan, an, moment, key):
    report = Report("1", Whose(), "X", moment, (kali("4"),))
    with pytest.raises(Invalid) as refused:
        actions.record_report(lan, person_id=an, report=report, entry_id=new_id())

    assert key in [refused.value.code, *(one.key for one in refused.value.problems)]
    assert queries.reports(lan, an) == []


def test_report_taken_back_takes_its_results_files_and_task_along(lan, binh, an):
    imported(lan, MESSAGE.replace("|4.2|", "|7.1|").replace("5.0|N", "5.0|HH"))
    (row,) = queries.reports(lan, an)
    actions.attach(lan, report_id=row.id, data=PDF)

    gone = corrections.retract(
        binh, person_id=an, resource_type="DiagnosticReport", entry_id=row.id, reason="Ghi nhầm người"
    )

    assert gone == 5  # report, two results, file, task
    assert queries.reports(lan, an) == []
    assert queries.lines(lan, an) == []
    assert tasks(lan, an)[0]["status"] == "cancelled"
    with pytest.raises(Invalid, match="ghi nhầm"):
        imported(lan, MESSAGE.replace("|4.2|", "|7.1|").replace("5.0|N", "5.0|HH"))


def test_report_that_was_taken_back_is_neither_signed_nor_given_a_file(lan, binh, an):
    report = typed(lan, an, kali("4"))
    taken = Repository(lan).read("DiagnosticReport", report) | {"status": "entered-in-error"}
    Repository(lan).update(taken, if_match=1)

    for act in (lambda: actions.review(binh, report_id=report, version=2),
                lambda: actions.attach(lan, report_id=report, data=PDF)):  # fmt: skip
        with pytest.raises(Conflict, match="ghi nhầm"):
            act()


def test_report_of_somebody_else_cannot_be_taken_back_by_a_nurse(lan, binh, an):
    report = typed(binh, an, kali("4"))

    with pytest.raises(Refused):
        corrections.retract(lan, person_id=an, resource_type="DiagnosticReport", entry_id=report, reason="Sai")


# --- pages ----------------------------------------------------------------------------------------------------


def test_file_is_kept_with_the_person_and_served_without_any_right(lan, an, client_of):
    report = typed(lan, an, kali("4"))
    made = actions.attach(lan, report_id=report, data=PDF, title="Phim <ngực>.pdf")
    address = reverse("result_file", args=[report, made])

    answer = client_of("binh").get(address)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''Phim%20%3Cng")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    for stranger in (address, reverse("result", args=[report])):
        assert client_of("cuc").get(stranger).status_code == 404
    assert client_of("binh").get(reverse("result_file", args=[report, new_id()])).status_code == 404
    kept = Repository(lan).read("DocumentReference", made)["content"][0]["attachment"]
    assert base64.b64decode(kept["data"]) == PDF


def test_import_page_tells_each_problem_and_writes_nothing(lan, an, client_of):
    client, address = client_of("lan"), reverse("results_import")
    wrong = MESSAGE.replace("|4.2|", "|cao|").replace("20260310073000", "hôm qua")

    refused = client.post(address, uploaded(wrong))
    page = refused.content.decode()

    assert refused.status_code == 422
    assert "<code>OBX[1]-5</code>" in page
    assert "<code>OBR[1]-7</code>" in page
    assert queries.reports(lan, an) == []
    assert client.post(address, uploaded(MESSAGE)).status_code == 302
    assert "1 phiếu vào hồ sơ" in client.get(address).content.decode()


def test_csv_is_read_on_the_same_page(lan, an, client_of):
    text = (
        "số phiếu;mã người;họ tên;LOINC;tên xét nghiệm;kết quả;đơn vị;thời gian\n"
        "7;037050000001;Nguyễn Văn An;2823-3;Kali;4,4;mmol/L;09/03/2026\n"
    )
    assert client_of("lan").post(reverse("results_import"), uploaded(text, "a.csv")).status_code == 302

    assert queries.lines(lan, an, "2823-3")[0].last.value == Decimal("4.4")


def test_results_typed_on_one_page_are_saved_with_their_file(lan, an, client_of):
    client, address = client_of("lan"), reverse("result_new", args=[an]) + "?phieu=chemistry"
    assert client.get(address).status_code == 200
    data = {
        "entry_id": new_id(), "moment": "10/03/2026 07:30", "laboratory": "PXN huyện", "t-potassium": "4,6",
        "t-creatinine": "<60", "name-0": "Cấy máu", "value-0": "không mọc", "unit-0": "",
    }  # fmt: skip

    refused = client.post(address, data | {"t-sodium": "<cao"})
    assert refused.status_code == 422
    assert 'value="&lt;60"' in refused.content.decode()
    hidden = client.post(address, data | uploaded(b"<script>", "phim.pdf"))
    assert hidden.status_code == 422
    assert queries.reports(lan, an) == []

    saved = client.post(address, data | uploaded(PDF, "phim.pdf"))
    assert saved.status_code == 302
    page = client.get(saved["Location"]).content.decode()
    for words in ("4,6 mmol/L", "&lt;60 µmol/L", "không mọc", "PXN huyện", "phim.pdf"):
        assert words in page


def test_imaging_report_is_words_and_a_file(lan, an, client_of):
    address = reverse("result_new", args=[an]) + "?phieu=hinh-anh"
    data = {"entry_id": new_id(), "moment": "10/03/2026 07:30", "title": "X-quang ngực", "conclusion": "Phổi sáng."}

    saved = client_of("lan").post(address, data)

    assert saved.status_code == 302
    assert queries.reports(lan, an)[0].category == "RAD"


def test_every_page_of_results_answers_and_the_chart_has_the_ends_of_the_range(lan, binh, an, client_of):
    imported(lan)
    later = MESSAGE.replace("F1", "F2").replace("20260310073000", "20260309073000").replace("|4.2|", "|5.6|")
    imported(lan, later)
    client = client_of("binh")

    chart = client.get(reverse("result_chart", args=[an, "2823-3"])).content.decode()
    assert "Giới hạn cao" in chart
    assert "5,6" in chart
    for name in ("person_results", "order_new"):
        assert client.get(reverse(name, args=[an])).status_code == 200
    assert "Kết quả chờ ký nhận" in client.get(reverse("home")).content.decode()
    assert client.get(reverse("result_chart", args=[an, "0-0"])).status_code == 404


def test_matching_page_finds_the_person_of_the_report(lan, an, client_of):
    imported(lan, MESSAGE.replace("037050000001", "999"))
    (row,) = queries.waiting(lan)
    client, address = client_of("lan"), reverse("result_match", args=[row["id"]])

    page = client.get(address).content.decode()
    assert "Là của Nguyễn Văn An" in page
    assert client.post(address, {"step": "match", "person": an}).status_code == 302
    assert len(queries.reports(lan, an)) == 1
    assert client.get(address).status_code == 302


def test_person_of_another_facility_is_not_offered_and_not_taken(lan, cuc, an):
    draft = PersonDraft("Trần Văn Xa", "male", "1960-01-01")
    far = registry_actions.register_person(cuc, draft=draft, admission=Admission("inpatient", "2026-01-05"))
    imported(lan, MESSAGE.replace("037050000001", "999"))
    (row,) = queries.waiting(lan)

    with pytest.raises(NotFound):
        actions.match(lan, report_id=row["id"], person_id=far)
    assert len(queries.waiting(lan)) == 1


def test_ranges_page_refuses_a_list_without_its_source_or_order(mai, client_of, lan):
    client, address = client_of("mai"), reverse("ranges_import")
    wrong = uploaded(RANGES + "K;Kali;mmol/L;;;;9;3;;\n", "a.csv")

    assert "không theo thứ tự" in client.post(address, wrong | {"source": "Bảng"}).content.decode()
    assert client.post(address, uploaded(RANGES + "K;Kali;mmol/L;;;;3;9;;\n", "a.csv")).status_code == 422
    assert queries.bands(lan, ["K"]) == {}
    good = uploaded(RANGES + "K;Kali;mmol/L;;;;3;9;;\n", "a.csv") | {"source": "Bảng PXN 2026"}
    assert client.post(address, good).status_code == 302
    assert queries.bands(lan, ["K"])["K"][0].limits.source == "Bảng PXN 2026"
    assert client_of("lan").get(address).status_code == 403


def test_moment_may_be_a_minute_ahead_of_the_clock(lan, an):
    moment = (clock.now() + timedelta(minutes=2)).astimezone(clock.VIETNAM).isoformat(timespec="seconds")
    report = Report("1", Whose(), "X", moment, (kali("4"),))

    assert actions.record_report(lan, person_id=an, report=report, entry_id=new_id())
