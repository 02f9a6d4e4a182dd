"""One small good file of each kind of definitions/, and how it is read: what tests spoil to see what is refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ansinh.access.roles import read_role
from ansinh.fhir.index import custom
from ansinh.fhir.terminology import files as terminology
from ansinh.fhir.views import live
from ansinh.network.capability import definition as capability
from ansinh.network.facilities import definition as facilities
from ansinh.network.workforce import definition as workforce
from ansinh.programme.measures import files as measures
from ansinh.programme.plans import checks as plans
from ansinh.programme.reports import template


class Kind(NamedTuple):
    """A kind of file. place: where it stands below the folder of definitions, so that messages can name it."""

    place: str
    document: dict[str, Any]
    read: Callable[[Path], Any]

    def write(self, folder: Path, document: Any) -> Path:
        """The document as a file of this kind in `folder`."""
        return self.write_text(folder, yaml.safe_dump(document, allow_unicode=True, sort_keys=False))

    def write_text(self, folder: Path, text: str | bytes) -> Path:
        """Any text as a file of this kind in `folder`."""
        path = folder / self.place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path


FACILITIES = {
    "known_from": date(2016, 1, 1),
    "units": [
        {"code": "tinh", "name": "Tỉnh", "kind": "province-committee", "area": "37", "english": "Province"},
        {
            "code": "co-so",
            "name": "Cơ sở",
            "kind": "hospital",
            "from": date(2018, 1, 1),
            "authority": [{"parent": "tinh", "from": date(2018, 1, 1), "source": "QĐ 1", "verified": True}],
        },
        {"code": "cu", "name": "Cũ", "kind": "hospital", "from": date(2016, 1, 1), "to": date(2017, 12, 31)},
    ],
    "relations": [
        {"kind": "merged-into", "unit": "cu", "heir": "co-so", "date": date(2018, 1, 1), "duty": "", "source": "QĐ 1"}
    ],
}
WORKFORCE = {
    "id": "so-lieu",
    "source": "Phụ lục 1",
    "period": {"from": date(2020, 1, 1), "to": date(2020, 12, 31)},
    "facilities": [
        {
            "facility": "co-so",
            "total": 5,
            "level": [{"code": "university", "text": "Đại học", "value": 3}],
            "profession": [{"code": "doctor", "text": "Bác sĩ", "value": 2}],
        }
    ],
    "notes": [{"facility": "co-so", "text": "Ghi chú"}],
}
CAPABILITY = {
    "id": "file",
    "title": "Danh mục",
    "system": "technique",
    "source": "TT 1",
    "confirmed": True,
    "kinds": ["hospital"],
    "valid_from": date(2020, 1, 1),
    "items": [{"code": "1", "text": "Một", "group": "A", "required": True, "valid_to": date(2025, 1, 1)}],
}
ROLE = {
    "id": "file",
    "title": "Vai",
    "title_en": "Role",
    "scope": "unit",
    "persons": True,
    "resources": {"Patient": ["read", "search"]},
    "permissions": ["person.open"],
}
PLAN = {
    "id": "tinh-2021-2030",
    "version": "1.0.0",
    "title": "Kế hoạch chăm sóc sức khỏe",
    "english": "Plan of care",
    "province": "ubnd-tinh",
    "document": {
        "number": "1/KH-UBND",
        "date": date(2022, 1, 5),
        "issuer": "Ủy ban nhân dân tỉnh",
        "legal_basis": [
            {"number": "1942/QĐ-TTg", "date": date(2021, 11, 18), "issuer": "Thủ tướng", "title": "Phê duyệt"}
        ],
        "recipients": ["Lưu: VT"],
    },
    "period": {"from": date(2021, 1, 1), "to": date(2030, 12, 31)},
    "phases": [
        {"id": "giai-doan-1", "from": date(2021, 1, 1), "to": date(2025, 12, 31), "section": "II.1"},
        {"id": "giai-doan-2", "from": date(2026, 1, 1), "to": date(2030, 12, 31), "section": "II.2"},
    ],
    "scope": {"section": "I.1", "text": "Toàn tỉnh", "facilities": ["co-so"], "people": [{"code": "a", "text": "A"}]},
    "principles": [{"section": "I", "text": "Vì con người"}],
    "general_goal": {"section": "I", "text": "Nâng cao chất lượng"},
    "goals": [
        {
            "id": "dien-tu",
            "measure": "people-managed-electronically",
            "subject": None,
            "comparator": ">=",
            "unit": "%",
            "title": "Người được theo dõi bằng hồ sơ điện tử",
            "baseline": {"value": 12.5},
            "targets": [
                {"due": date(2025, 12, 31), "value": 80, "section": "II.1", "text": "80%"},
                {"due": date(2030, 12, 31), "value": 100, "section": "II.2", "text": "100%"},
            ],
        },
        {
            "id": "dau-tu",
            "measure": "facility-investment",
            "comparator": "none",
            "title": "Đầu tư cơ sở vật chất",
            "baseline": {"value": None, "reason": "Không nêu"},
            "targets": [
                {
                    "due": date(2025, 12, 31),
                    "value": None,
                    "reason": "Không nêu số",
                    "section": "II.1",
                    "text": "Đầu tư",
                },
                {
                    "due": date(2030, 12, 31),
                    "value": None,
                    "reason": "Không nêu số",
                    "section": "II.2",
                    "text": "Đầu tư",
                },
            ],
        },
    ],
    "parties": [
        {"id": "so", "organization": "so-tinh", "name": "Sở", "section": "V.1", "duty": "Chủ trì"},
        {"id": "ubnd", "organization": "ubnd-tinh", "name": "UBND tỉnh", "section": "V.2", "duty": "Chỉ đạo"},
    ],
    "tasks": [
        {
            "id": "nv-1",
            "section": "IV.1",
            "title": "Rà soát",
            "lead": "so",
            "partners": ["ubnd"],
            "recurrence": "yearly",
            "due_month_day": "12-15",
            "deadline_reason": "Mục VI",
            "goals": ["dien-tu"],
            "missions": ["M1"],
        },
        {
            "id": "nv-2",
            "section": "IV.1",
            "title": "Phân loại",
            "lead": "so",
            "recurrence": "once",
            "due": date(2025, 12, 31),
            "deadline_reason": "Mục IV",
            "missions": ["M30"],
        },
    ],
    "reporting": [
        {
            "id": "bao-cao-nam",
            "from": "so",
            "to": ["ubnd"],
            "recurrence": "yearly",
            "due_month_day": "12-15",
            "section": "VI",
            "source": "Mục VI",
        }
    ],
    "budget": [{"id": "nguon", "section": "III", "text": "Ngân sách nhà nước"}],
    "baseline_facts": [{"id": "nguoi", "section": "I", "value": 8, "approximate": True, "unit": "người", "text": "8"}],
    "sections": [
        {"section": "I", "covers": ["general_goal", "principles"]},
        {"section": "I.1", "covers": ["scope"]},
        {"section": "II.1", "covers": ["dien-tu", "dau-tu"]},
        {"section": "II.2", "covers": ["dien-tu"]},
        {"section": "III", "covers": ["budget"]},
        {"section": "IV.1", "covers": ["nv-1", "nv-2"]},
        {"section": "V.1", "covers": ["parties"]},
        {"section": "V.2", "reason": "Chỉ nêu trách nhiệm chung."},
        {"section": "VI", "covers": ["bao-cao-nam"]},
    ],
}
MEASURE = {
    "id": "file",
    "version": "1.0.0",
    "title": {"vi": "Số người", "en": "People"},
    "unit": "percent",
    "direction": "increase",
    "people": True,
    "noun": "người",
    "kinds": ["hospital"],
    "question": "Bao nhiêu người?",
    "population": "Mọi người.",
    "numerator": "Người đạt.",
    "denominator": "Mọi người.",
    "missing": {"name": "Chưa có tên"},
    "nothing": "Chưa có ai.",
    "values": {"minimum": [{"from": date(2021, 1, 1), "to": date(2025, 12, 31), "value": 70}]},
    "views": ["patient"],
    "stratifiers": ["sex"],
    "sql": "SELECT facility_id, id AS subject_id, 1 AS numerator, 1 AS denominator FROM patient WHERE x > :minimum",
    "sources": ["Kế hoạch, mục II"],
    "notes": ["Ghi chú"],
    "unverified": ["Chưa đối chiếu"],
    "examples": [
        {
            "title": "một người",
            "from": date(2025, 1, 1),
            "to": date(2025, 12, 31),
            "facilities": [{"id": "a", "kind": "hospital"}],
            "rows": {"patient": [{"id": "p1", "full_name": None}]},
            "expect": [{"facility_id": "a", "numerator": 1, "denominator": 1}],
            "strata": {"sex": [{"stratum": "male", "numerator": 1, "denominator": 1}]},
        }
    ],
}
STRATIFIERS = {
    "sex": {
        "title": "Giới tính",
        "views": ["patient"],
        "sql": "SELECT p.id AS person_id, p.gender AS stratum FROM patient p",
        "strata": {"male": "Nam", "female": "Nữ"},
        "overlapping": False,
    }
}
TEMPLATE = {
    "id": "file",
    "version": "1.0.0",
    "title": "Báo cáo",
    "kind": "BÁO CÁO",
    "symbol": "BC",
    "subject": "Kết quả năm {year}",
    "source": ["NĐ 30/2020"],
    "opening": "{agency} báo cáo.",
    "closing": "Trên đây là báo cáo.",
    "signature": ["GIÁM ĐỐC"],
    "recipients": ["Như trên"],
    "figures": ["visits"],
    "breakdowns": ["sex"],
    "sections": [
        {"id": "chi-dao", "title": "Chỉ đạo", "prompt": "Nêu", "words": ["Năm {year}, {agency} đã chỉ đạo."]},
        {"id": "ket-qua", "title": "Kết quả", "subsections": [{"id": "a", "title": "A", "parts": ["goals_table"]}]},
    ],
    "appendices": [{"title": "Nhân lực", "parts": ["staff_table"], "landscape": True}],
}
CODES = {
    "name": "file",
    "title": "Bộ mã",
    "source": "TT 1",
    "status": "active",
    "valid_from": date(2020, 1, 1),
    "valid_to": date(2030, 1, 1),
    "notes": "Ghi chú",
    "concepts": [
        {"code": "a", "display": "A", "english": "A", "properties": {"care": True}},
        {"code": "b", "display": "B", "parent": "a", "valid_from": date(2021, 1, 1), "valid_to": date(2022, 1, 1)},
    ],
}
SET = {
    "name": "file",
    "title": "Tập giá trị",
    "source": "TT 1",
    "valid_from": date(2020, 1, 1),
    "include": [
        {"system": "facility-kind", "properties": {"care": True}},
        {"system": "facility-kind", "below": "hospital"},
        {"system": "http://loinc.org", "concepts": [{"code": "8867-4", "display": "Mạch"}]},
    ],
}
VIEW = {
    "resourceType": "ViewDefinition",
    "name": "visit_day",
    "resource": "Encounter",
    "constant": [{"name": "done", "valueString": "finished"}],
    "where": [{"path": "status = %done"}],
    "indexes": ["patient_id", ["id", "org"]],
    "select": [
        {
            "column": [
                {"name": "id", "path": "getResourceKey()", "type": "id"},
                {"name": "patient_id", "path": "subject.getReferenceKey(Patient)"},
            ]
        },
        {"forEachOrNull": "type.coding", "column": [{"name": "kind", "path": "code", "type": "code"}]},
    ],
}
PARAMETER = {
    "resourceType": "SearchParameter",
    "url": "https://example.org/SearchParameter/x",
    "name": "x",
    "status": "active",
    "description": "Thử",
    "code": "own-x",
    "base": ["Patient"],
    "type": "token",
    "expression": "Patient.gender",
}


def _measure(path: Path) -> Any:
    """A measure beside the ways to break down that it names."""
    ways = path.parents[1] / "stratifiers.yaml"
    if not ways.exists():
        ways.write_text(yaml.safe_dump(STRATIFIERS, allow_unicode=True), encoding="utf-8")
    return measures.read(path)


def _stratifiers(path: Path) -> Any:
    measures.stratifiers.cache_clear()
    return measures.stratifiers(path.parent)


def _template(path: Path) -> Any:
    template.read.cache_clear()
    return template.read(path)


def _parameter(path: Path) -> Any:
    custom.forget()
    return custom._all(str(path.parent))


KINDS = {
    "facilities": Kind("facilities/file.yaml", FACILITIES, lambda path: facilities.read(path.parent)),
    "workforce": Kind("workforce/file.yaml", WORKFORCE, workforce.read),
    "capability": Kind("capability/file.yaml", CAPABILITY, lambda path: capability.read(path, lambda name: [])),
    "role": Kind("roles/file.yaml", ROLE, read_role),
    "plan": Kind(
        "plans/file.yaml",
        PLAN,
        lambda path: plans.read(path, {"people-managed-electronically", "facility-investment"}),
    ),
    "measure": Kind("measures/file/measure.yaml", MEASURE, _measure),
    "stratifiers": Kind("measures/stratifiers.yaml", STRATIFIERS, _stratifiers),
    "template": Kind("templates/file.yaml", TEMPLATE, _template),
    "code system": Kind("codesystems/file.yaml", CODES, terminology.read_code_system),
    "value set": Kind("valuesets/file.yaml", SET, terminology.read_value_set),
    "view": Kind("views/file.yaml", VIEW, lambda path: live.load(path.parent)),
    "search parameter": Kind("searchparameters/file.yaml", PARAMETER, _parameter),
}
"""Every kind of file that one function reads and checks without a database, by name."""
