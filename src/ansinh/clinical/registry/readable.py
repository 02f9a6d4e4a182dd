"""Any entry of a record in words, and what differs between two versions of it.

A resource becomes rows of (label, text): codes by their displays, dates as dd/mm/yyyy, references by what they say.
`display(system, code)` gives the words of a code; for a bare code the system is the URL of its extension.
Works for every resource type; elements without a label of their own show their FHIR name.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ansinh.kernel.naming import BASE, BHYT, CCCD, CMND, EXT, MRN
from ansinh.kernel.text import format_date, format_number

Resource = dict[str, Any]
Display = Callable[[str, str], str]

TYPES = {
    "Patient": gettext_noop("Thông tin người được chăm sóc"),
    "Coverage": gettext_noop("Thẻ bảo hiểm y tế"),
    "EpisodeOfCare": gettext_noop("Đợt lưu trú"),
    "Encounter": gettext_noop("Lần chăm sóc"),
    "Observation": gettext_noop("Chỉ số"),
    "Condition": gettext_noop("Chẩn đoán"),
    "Procedure": gettext_noop("Kỹ thuật"),
    "ClinicalImpression": gettext_noop("Nhận xét, lời dặn"),
    "QuestionnaireResponse": gettext_noop("Phiếu trả lời"),
    "Composition": gettext_noop("Giấy tờ của hồ sơ"),
    "Task": gettext_noop("Việc cần làm"),
    "ServiceRequest": gettext_noop("Chỉ định"),
    "DiagnosticReport": gettext_noop("Phiếu kết quả"),
    "DocumentReference": gettext_noop("Tệp kèm"),
    "MedicationRequest": gettext_noop("Y lệnh thuốc"),
    "MedicationAdministration": gettext_noop("Lần dùng thuốc"),
    "MedicationDispense": gettext_noop("Lần cấp thuốc"),
    "AllergyIntolerance": gettext_noop("Dị ứng"),
    "Immunization": gettext_noop("Tiêm chủng"),
    "DeviceRequest": gettext_noop("Chỉ định dụng cụ"),
    "DeviceUseStatement": gettext_noop("Sử dụng dụng cụ"),
    "Goal": gettext_noop("Mục tiêu"),
    "CarePlan": gettext_noop("Kế hoạch chăm sóc"),
}
_LABELS = {
    "active": gettext_noop("Đang dùng"),
    "address": gettext_noop("Địa chỉ"),
    "answer": gettext_noop("Trả lời"),
    "assessor": gettext_noop("Người nhận xét"),
    "author": gettext_noop("Người ghi"),
    "authored": gettext_noop("Ngày trả lời"),
    "authoredOn": gettext_noop("Ngày giao"),
    "beneficiary": gettext_noop("Người hưởng"),
    "birthDate": gettext_noop("Ngày sinh"),
    "category": gettext_noop("Phân loại"),
    "class": gettext_noop("Hình thức"),
    "clinicalStatus": gettext_noop("Tình trạng bệnh"),
    "code": gettext_noop("Nội dung"),
    "component": gettext_noop("Các số đo"),
    "contact": gettext_noop("Người giám hộ, người thân"),
    "date": gettext_noop("Ngày"),
    "deceasedBoolean": gettext_noop("Đã mất"),
    "deceasedDateTime": gettext_noop("Ngày mất"),
    "derivedFrom": gettext_noop("Tính từ"),
    "description": gettext_noop("Mô tả"),
    "effectiveDateTime": gettext_noop("Thời điểm đo"),
    "encounter": gettext_noop("Lần chăm sóc"),
    "episodeOfCare": gettext_noop("Đợt lưu trú"),
    "executionPeriod": gettext_noop("Thời gian thực hiện"),
    "focus": gettext_noop("Căn cứ"),
    "for": gettext_noop("Cho người"),
    "gender": gettext_noop("Giới tính"),
    "identifier": gettext_noop("Giấy tờ, mã số"),
    "individual": gettext_noop("Người thực hiện"),
    "intent": gettext_noop("Mục đích"),
    "interpretation": gettext_noop("Nhận định"),
    "item": gettext_noop("Câu hỏi"),
    "managingOrganization": gettext_noop("Cơ sở quản lý"),
    "name": gettext_noop("Họ và tên"),
    "note": gettext_noop("Ghi chú"),
    "owner": gettext_noop("Nơi chịu trách nhiệm"),
    "participant": gettext_noop("Người thực hiện"),
    "patient": gettext_noop("Người được chăm sóc"),
    "payor": gettext_noop("Bên chi trả"),
    "performedDateTime": gettext_noop("Thời gian"),
    "performedPeriod": gettext_noop("Thời gian"),
    "performer": gettext_noop("Người thực hiện"),
    "actor": gettext_noop("Người thực hiện"),
    "period": gettext_noop("Thời gian"),
    "priority": gettext_noop("Mức ưu tiên"),
    "questionnaire": gettext_noop("Phiếu"),
    "reasonCode": gettext_noop("Lý do"),
    "recordedDate": gettext_noop("Ngày ghi"),
    "recorder": gettext_noop("Người ghi"),
    "relationship": gettext_noop("Quan hệ"),
    "restriction": gettext_noop("Thời hạn"),
    "serviceProvider": gettext_noop("Cơ sở"),
    "source": gettext_noop("Nguồn"),
    "status": gettext_noop("Trạng thái"),
    "subject": gettext_noop("Người được chăm sóc"),
    "subscriberId": gettext_noop("Số thẻ"),
    "summary": gettext_noop("Nhận xét"),
    "telecom": gettext_noop("Điện thoại"),
    "title": gettext_noop("Tên"),
    "type": gettext_noop("Loại"),
    "valueQuantity": gettext_noop("Giá trị"),
    "valueString": gettext_noop("Kết quả"),
    "valueInteger": gettext_noop("Giá trị"),
    "verificationStatus": gettext_noop("Mức chắc chắn"),
}
_EXTENSIONS = {
    EXT("advice"): gettext_noop("Lời dặn"),
    EXT("beneficiary-group"): gettext_noop("Nhóm đối tượng"),
    EXT("certificate"): gettext_noop("Số giấy xác nhận"),
    EXT("commune-code"): gettext_noop("Xã, phường"),
    EXT("disability"): gettext_noop("Khuyết tật"),
    EXT("discharge-reason"): gettext_noop("Lý do kết thúc"),
    EXT("duration"): gettext_noop("Thời gian tập"),
    EXT("ethnicity"): gettext_noop("Dân tộc"),
    EXT("insurance-place"): gettext_noop("Mã nơi đăng ký khám chữa bệnh ban đầu"),
    EXT("next-check-due"): gettext_noop("Hẹn khám định kỳ lần sau"),
    EXT("next-check-source"): gettext_noop("Căn cứ của lịch khám"),
    EXT("old-address"): gettext_noop("Địa chỉ cũ"),
    EXT("province-code"): gettext_noop("Tỉnh, thành phố"),
    EXT("repetitions"): gettext_noop("Số lần lặp"),
    EXT("session-note"): gettext_noop("Ghi chú buổi tập"),
    EXT("session-tolerance"): gettext_noop("Mức chịu tập"),
    "kind": gettext_noop("Dạng"),
    "level": gettext_noop("Mức độ"),
    "certificate": gettext_noop("Số giấy xác nhận"),
}
_SYSTEMS = {
    CCCD: gettext_noop("Số căn cước"),
    CMND: gettext_noop("Số chứng minh nhân dân cũ"),
    BHYT: gettext_noop("Số thẻ bảo hiểm y tế"),
    MRN: gettext_noop("Mã hồ sơ"),
}
_WORDS = {
    "male": gettext_noop("Nam giới"),
    "female": gettext_noop("Nữ giới"),
    "unknown": gettext_noop("Chưa rõ"),
    "other": gettext_noop("Khác"),
    "active": gettext_noop("đang hiệu lực"),
    "finished": gettext_noop("đã kết thúc"),
    "completed": gettext_noop("đã hoàn thành"),
    "cancelled": gettext_noop("đã hủy"),
    "final": gettext_noop("chính thức"),
    "amended": gettext_noop("đã sửa"),
    "confirmed": gettext_noop("đã xác định"),
    "resolved": gettext_noop("đã khỏi"),
    "requested": gettext_noop("đang chờ"),
    "in-progress": gettext_noop("đang làm"),
    "routine": gettext_noop("thường"),
    "urgent": gettext_noop("khẩn"),
    "entered-in-error": gettext_noop("ghi nhầm"),
    "encounter-diagnosis": gettext_noop("chẩn đoán của lần khám"),
    "problem-list-item": gettext_noop("bệnh theo dõi lâu dài"),
    "vital-signs": gettext_noop("dấu hiệu sinh tồn"),
    "laboratory": gettext_noop("xét nghiệm"),
    "exam": gettext_noop("khám các bộ phận"),
    "survey": gettext_noop("phiếu đánh giá"),
    "guardian": gettext_noop("người giám hộ"),
}
_SILENT = frozenset("id meta resourceType text contained section implicitRules language url linkId".split())


def type_label(resource_type: str) -> str:
    """What an entry of this type is called."""
    return _(TYPES[resource_type]) if resource_type in TYPES else resource_type


def rows(resource: Resource, display: Display) -> list[tuple[str, str]]:
    """(label, text) of everything that the entry says, in its own order; the same label is said once."""
    said: dict[str, list[str]] = {}
    for label, text in _parts(resource, display):
        if text and text not in said.setdefault(label, []):
            said[label].append(text)
    return [(label, "; ".join(texts)) for label, texts in said.items() if texts]


def differences(before: Resource, after: Resource, display: Display) -> list[tuple[str, str, str]]:
    """(label, old text, new text) of each row that differs; "" where it was absent."""
    old, new = dict(rows(before, display)), dict(rows(after, display))
    labels = list(dict.fromkeys([*new, *old]))
    return [(label, old.get(label, ""), new.get(label, "")) for label in labels if old.get(label) != new.get(label)]


def _parts(element: Resource, display: Display) -> Iterator[tuple[str, str]]:
    for key, value in element.items():
        if key == "extension":
            yield from ((_extension_label(one), _extension_text(one, display)) for one in value)
        elif key not in _SILENT and not key.startswith("_"):
            for one in value if isinstance(value, list) else [value]:
                yield (_(_LABELS[key]) if key in _LABELS else key), _text(one, display)
                if isinstance(one, dict) and key == "address":
                    yield from _parts({"extension": one.get("extension", [])}, display)


def _extension_label(extension: Resource) -> str:
    url = extension.get("url", "")
    return _(_EXTENSIONS[url]) if url in _EXTENSIONS else url.removeprefix(f"{BASE}/StructureDefinition/")


def _extension_text(extension: Resource, display: Display) -> str:
    if code := extension.get("valueCode"):
        return display(extension["url"], code)
    nested = [_extension_text(one, display) for one in extension.get("extension", [])]
    return ", ".join(text for text in (_value(extension, display), *nested) if text)


def _text(value: Any, display: Display) -> str:
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, str):
        return _word(value)
    if not isinstance(value, dict):
        return format_number(value)
    for shape, say in _SHAPES.items():
        if all(key in value for key in shape.split()):
            return say(value, display)
    return ", ".join(f"{label}: {text}" for label, text in _parts(value, display) if text)


def _word(value: str) -> str:
    if value in _WORDS:
        return _(_WORDS[value])
    if value[:4].isdigit() and len(value) in (4, 7, 10) and value[4:5] in ("", "-"):
        return format_date(value)
    if len(value) >= 16 and value[4:5] == "-" and value[10:11] == "T":
        return f"{format_date(value)} {value[11:16]}"
    return value


def _coding(coding: Resource, display: Display) -> str:
    code = coding.get("code", "")
    known = display(coding.get("system", ""), code)
    words = known if known != code else _word(coding.get("display") or code)
    return f"{code} – {words}" if "icd" in coding.get("system", "") and words != code else words


def _concept(value: Resource, display: Display) -> str:
    coding = (value.get("coding") or [{}])[0]
    coded = _coding(coding, display) if coding.get("code") else ""
    text = value.get("text", "")
    return coded if not text or text in coded else f"{text} ({coded})" if coded else text


def _reference(value: Resource, _display: Display) -> str:
    kind = value.get("reference", "").split("/")[0]
    return value.get("display") or (type_label(kind) if kind in TYPES else "")


def _period(value: Resource, _display: Display) -> str:
    start, end = (_word(value.get(key, "")) for key in ("start", "end"))
    if start and end:
        return start if start == end else _("từ %(start)s đến %(end)s") % {"start": start, "end": end}
    return _("từ %(start)s") % {"start": start} if start else _("đến %(end)s") % {"end": end}


def _quantity(value: Resource, _display: Display) -> str:
    return f"{format_number(value['value'])} {value.get('unit', '')}".strip()


def _identifier(value: Resource, _display: Display) -> str:
    label = _SYSTEMS.get(value.get("system", ""))
    return f"{_(label)} {value['value']}" if label else value["value"]


def _measured(value: Resource, display: Display) -> str:
    return f"{_text(value['code'], display)}: {_value(value, display)}"


def _value(element: Resource, display: Display) -> str:
    """The text of value[x], whatever its type."""
    return next((_text(part, display) for key, part in element.items() if key.startswith("value")), "")


def _question(value: Resource, display: Display) -> str:
    answers = ", ".join(_value(one, display) for one in value.get("answer", []))
    nested = "; ".join(_question(one, display) for one in value.get("item", []))
    label = value.get("text") or value["linkId"]
    return "; ".join(part for part in (f"{label}: {answers}" if answers else "", nested) if part)


_SHAPES: dict[str, Callable[[Resource, Display], str]] = {
    "linkId": _question,
    "coding": _concept,
    "code valueQuantity": _measured,
    "reference": _reference,
    "display": lambda value, display: _coding(value, display) if value.get("code") else value["display"],
    "start": _period,
    "end": _period,
    "value unit": _quantity,
    "system value": _identifier,
    "given": lambda value, _display: value.get("text") or "",
    "relationship": lambda value, display: ", ".join(
        text
        for text in (
            _text(value.get("name", {}), display),
            *(_text(one, display) for one in value["relationship"]),
            *(_text(one, display) for one in value.get("telecom", [])),
        )
        if text
    ),
    "text": lambda value, _display: value["text"],
    "valueCoding": lambda value, display: _coding(value["valueCoding"], display),
    "code system": _coding,
}
