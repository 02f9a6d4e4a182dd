"""What the rooms of treatment do for one person, so that each of their pages has something to show.

pages = treat(lan, binh, mai, person)      # URL name → argument → values
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ansinh.clinical.background import queries as background
from ansinh.clinical.devices import actions as devices
from ansinh.clinical.devices import giving
from ansinh.clinical.laboratory import actions as laboratory
from ansinh.clinical.laboratory import queries as results
from ansinh.clinical.laboratory.rules.reports import Measured, Report, Whose
from ansinh.clinical.medicines import queries as medicines
from ansinh.clinical.medicines.actions import listing, ordering, stocking
from ansinh.clinical.medicines.resources import Regimen
from ansinh.clinical.records import actions as records
from ansinh.clinical.records import queries as forms
from ansinh.clinical.rehab import library, planning
from ansinh.clinical.rehab.planning import GoalDraft
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import LOINC
from tests.support.filled_forms import filled

type Values = dict[str, list[Any]]

WORDS = (
    "Vũ Không Rõ",
    "Vũ",
    "Không",
    "Rõ",
    "Thuốc thử",
    "chất thử",
    "Kali",
    "Sinh hóa",
    "Mất 1/3 dưới cẳng chân phải",
    "Tự đi 10 m",
    "Trả lời",
)
# Written into the record in Vietnamese, and shown as written; their English is still to be looked up by readers.
STORED = (
    "Huyết áp tâm thu", "Huyết áp tâm trương", "Huyết áp", "Chiều cao", "Cân nặng", "Chỉ số khối cơ thể",
    "Bệnh lý tăng huyết áp", "Chân giả dưới gối", "bên phải, số", "bên phải", "Chỉ định:",
    "Giao ", "1 viên lúc 08:00", "viên", "giờ", "Sinh hóa máu", "Bệnh án ngoại trú", "Làm dụng cụ chỉnh hình",
)  # fmt: skip
CHECKS = ("prescription", "alignment", "pressure", "edges", "fasteners", "joints", "label")
ROUTE = ("casting", "rectification", "lamination", "assembly", "fitting", "quality")
_LIST = "mã;tên thuốc;hoạt chất;đơn vị;kiểm soát;mã vạch\nA;Thuốc thử 5 mg;chất thử;viên;;8930001\n"
_MESSAGE = "\r".join((
    r"MSH|^~\&|LIS|PXN|AS||20260310083000||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8",
    "PID|1||037099000009^^^CCCD||Vũ^Không^Rõ||19700101|M",
    "OBR|1||F9|24323-8^Sinh hóa^LN|||20260310073000||||||||||||||||||F",
    "OBX|1|NM|2823-3^Kali^LN||4.2|mmol/L|3.5-5.0|N|||F",
))  # fmt: skip
_PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"


def treat(nurse: Context, doctor: Context, director: Context, person: str) -> dict[str, Values]:
    """Devices, results, medicines, a paper, a goal; what each page about one of them is asked with."""
    return {
        **_devices(nurse, doctor, person),
        **_results(nurse, doctor, person),
        **_medicines(nurse, doctor, director, person),
        **_record(doctor, person),
    }


def _devices(nurse: Context, doctor: Context, person: str) -> dict[str, Values]:
    start = clock.now()
    draft = devices.Draft("leg-below-knee", "Mất 1/3 dưới cẳng chân phải", "right", payer="resident")
    asked, working, ready, given = (
        devices.prescribe(doctor, person_id=person, draft=draft, moment=start - timedelta(days=10)) for _ in range(4)
    )
    orders = {}
    for device, stages in ((working, ROUTE[:1]), (ready, ROUTE), (given, ROUTE)):
        with clock.frozen(start - timedelta(days=9)):
            order = devices.open_order(nurse, person_id=person, request_id=device, due=start.date())
        for number, stage in enumerate(stages):
            done = devices.Done(
                stage, start - timedelta(hours=50 - number), checks=CHECKS if stage == "quality" else ()
            )
            devices.take_step(nurse, person_id=person, order_id=order, done=done)
        orders[device] = order
    giving.give(nurse, person_id=person, request_id=given, giving=giving.Giving(start, trained=True))
    of = {"prescription": [working]}
    return {
        **dict.fromkeys(("device_step", "device_send_back", "device_part"), of),
        **{key: {"prescription": [given]} for key in ("device_follow", "device_repair")},
        **{key: {"prescription": [asked]} for key in ("device_order_new", "device_take_back")},
        "device": {"prescription": [asked, working, ready, given]},
        "device_give": {"prescription": [ready]},
        "device_order": {"order": [orders[working]]},
    }


def _results(nurse: Context, doctor: Context, person: str) -> dict[str, Values]:
    order = laboratory.order(doctor, person_id=person, wish=laboratory.Wish("laboratory", ("chemistry",)))
    line = Measured("2823-3", "Kali", Decimal("4.2"), "mmol/L", LOINC)
    said = Report(new_id(), Whose(), "Sinh hóa", clock.today().isoformat(), (line,))
    report = laboratory.record_report(nurse, person_id=person, report=said, entry_id=new_id())
    laboratory.attach(nurse, report_id=report, data=_PDF)
    body = Repository(nurse).read("DiagnosticReport", report)
    file = next(
        one["link"]["reference"] if "link" in one else one["valueReference"]["reference"]
        for one in [*body.get("media", []), *body.get("extension", [])]
        if "DocumentReference" in str(one)
    )
    laboratory.import_reports(nurse, facility=nurse.unit, reports=laboratory.read_file(_MESSAGE.encode()))
    return {
        "result_match": {"report": [one["id"] for one in results.waiting(nurse)]},
        "order_stop": {"order": [order]},
        "result": {"report": [report]},
        "result_chart": {"code": ["2823-3"]},
        "result_file": {"report": [report], "file": [file.partition("/")[2]]},
        "item_retract": {"kind": ["DiagnosticReport"], "entry": [report]},
    }


def _medicines(nurse: Context, doctor: Context, director: Context, person: str) -> dict[str, Values]:
    listing.import_list(director, facility=director.unit, data=_LIST.encode())
    regimen = Regimen(Decimal(1), "", ("08:00",), start=clock.today().isoformat())
    wish = ordering.Wish("A", regimen, take_home=True, reason="Đau đầu")
    order = ordering.order(doctor, person_id=person, wish=wish)
    stocking.receive(nurse, entry=stocking.Entry("A", "L1", Decimal(20)), expiry=date(clock.today().year + 2, 1, 1))
    (one,) = medicines.orders(doctor, [person], running=True)
    (lot,) = medicines.lots(nurse, nurse.unit)
    return {
        **{key: {"order": [order]} for key in ("medicine_stop", "medicine_dispense")},
        "prescription": {"code": [one.prescription]},
        "stock_lot": {"lot": [lot.pk]},
    }


def _record(doctor: Context, person: str) -> dict[str, Values]:
    response = filled("outpatient", words="Trả lời")
    paper = records.write_form(doctor, person_id=person, form="outpatient", response=response)
    goal = planning.set_goal(
        doctor, person_id=person, draft=GoalDraft("Tự đi 10 m", "physical", _next_year(), "ten-metre-walk", Decimal(1))
    )
    current, lasting, _ = background.problems(doctor, person, "vi")
    return {
        **{key: {"document": [paper]} for key in ("record_document", "record_rewrite", "record_paper")},
        "record_form": {"form": [one.id for one in forms.forms()]},
        "record_whole": {"kind": ["pdf"]},
        "rehab_goal_off": {"goal": [goal]},
        "rehab_assess": {"name": list(library.library().tools)},
        "problem_step": {"condition": [(*current, *lasting)[0].id]},
    }


def _next_year() -> str:
    return clock.today().replace(day=1, year=clock.today().year + 1).isoformat()
