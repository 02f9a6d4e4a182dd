"""Rows of the audit in words that the person concerned understands: who did what, when, from where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ansinh.access.models import User
from ansinh.access.queries import unit_names
from ansinh.access.roles import roles
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.store.audit import trail
from ansinh.fhir.store.audit.trail import Happened
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context

VERBS = {
    "read": gettext_lazy("Mở xem"),
    "search": gettext_lazy("Tìm thấy khi tìm kiếm"),
    "history": gettext_lazy("Xem các bản trước"),
    "view": gettext_lazy("Xem trên trang hoặc danh sách"),
    "export": gettext_lazy("Xuất ra ngoài"),
    "create": gettext_lazy("Ghi mới"),
    "update": gettext_lazy("Sửa"),
    "delete": gettext_lazy("Xóa"),
    "audit": gettext_lazy("Xem ai đã truy cập"),
}
_PURPOSES = {
    "TREAT": gettext_lazy("Chăm sóc"),
    "HOPERAT": gettext_lazy("Vận hành"),
    "HRESCH": gettext_lazy("Nghiên cứu"),
    "BTG": gettext_lazy("Mở khẩn cấp"),
    "PATRQT": gettext_lazy("Theo yêu cầu của người bệnh"),
}
_KINDS = {
    "Patient": gettext_lazy("thông tin chung"),
    "RelatedPerson": gettext_lazy("người thân"),
    "Coverage": gettext_lazy("thẻ bảo hiểm"),
    "EpisodeOfCare": gettext_lazy("đợt ở cơ sở"),
    "Encounter": gettext_lazy("lần tiếp xúc"),
    "Observation": gettext_lazy("chỉ số và kết quả đo"),
    "Condition": gettext_lazy("bệnh và tình trạng"),
    "Procedure": gettext_lazy("kỹ thuật đã làm"),
    "AllergyIntolerance": gettext_lazy("dị ứng"),
    "MedicationStatement": gettext_lazy("thuốc đang dùng"),
    "MedicationRequest": gettext_lazy("đơn thuốc"),
    "MedicationAdministration": gettext_lazy("thuốc đã cho dùng"),
    "Immunization": gettext_lazy("tiêm chủng"),
    "DiagnosticReport": gettext_lazy("kết quả xét nghiệm, chẩn đoán"),
    "DeviceRequest": gettext_lazy("chỉ định dụng cụ"),
    "DeviceUseStatement": gettext_lazy("dụng cụ đang dùng"),
    "CarePlan": gettext_lazy("kế hoạch chăm sóc"),
    "ClinicalImpression": gettext_lazy("nhận định"),
    "QuestionnaireResponse": gettext_lazy("phiếu đã điền"),
    "Task": gettext_lazy("việc cần làm"),
    "Flag": gettext_lazy("cảnh báo"),
    "Consent": gettext_lazy("sự đồng ý"),
    "Appointment": gettext_lazy("lịch hẹn"),
    "Goal": gettext_lazy("mục tiêu"),
    "ServiceRequest": gettext_lazy("chỉ định"),
    "SupplyDelivery": gettext_lazy("vật tư đã giao"),
    "Communication": gettext_lazy("trao đổi, bàn giao"),
    "Specimen": gettext_lazy("mẫu xét nghiệm"),
    "Provenance": gettext_lazy("chữ ký, nguồn gốc bản ghi"),
    "AuditEvent": gettext_lazy("sổ theo dõi truy cập"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words. person and person_name are "" where it is about nobody or somebody out of reach."""

    id: int
    at: datetime
    who: str
    role: str
    unit: str
    did: str
    what: str
    purpose: str
    emergency: bool
    source: str
    person: str = ""
    person_name: str = ""


def lines(context: Context, rows: Sequence[Happened]) -> list[Line]:
    """The rows in words; four queries for any number. Names of people only as far as the reader sees them."""
    english = get_language() == "en"
    units = unit_names(clock.today().isoformat(), english=english)
    staff = {str(user.pk): user.full_name for user in User.objects.filter(pk__in={r.login for r in rows if r.login})}
    people = _people(context, rows)
    return [_line(row, units.get(row.unit, ""), staff.get(row.login, ""), people) for row in rows]


def _line(row: Happened, unit: str, name: str, people: dict[int, tuple[str, str]]) -> Line:
    role = roles().get(row.role)
    title = "" if role is None else role.title_en if get_language() == "en" else role.title
    person, person_name = people.get(row.patient or 0, ("", ""))
    return Line(
        id=row.id,
        at=row.at,
        who=name or (_("Nút An Sinh") if row.role == "system" else _("Tài khoản đã xóa")),
        role=title,
        unit=unit,
        did=str(VERBS[row.verb]),
        what=what_in_words(row),
        purpose=str(_PURPOSES.get(row.purpose, row.purpose)),
        emergency=row.purpose == "BTG",
        source=source_in_words(row.source),
        person=person,
        person_name=person_name,
    )


def what_in_words(row: Happened) -> str:
    """The kinds of records and how many, the most important first."""
    kinds = [*_KINDS, *sorted(set(row.what) - set(_KINDS))]
    told = [(str(_KINDS.get(kind, kind)), row.what[kind]) for kind in kinds if kind in row.what]
    return ", ".join(name if count == 1 else f"{name} ({_counted(count)})" for name, count in told)


def _counted(count: int) -> str:
    if count >= 255:
        return _("từ 255 trở lên")
    return ngettext("%(count)s lần", "%(count)s lần", count) % {"count": count}


def source_in_words(source: str) -> str:
    """The door and the address."""
    door, _space, address = source.partition(" ")
    doors = {
        "page": _("trang web"),
        "fhir": _("phần mềm khác qua FHIR"),
        "job": _("việc chạy nền"),
        "command": _("dòng lệnh trên máy chủ"),
        "": _("chính nút này"),
    }
    name = doors.get(door, door)
    return f"{name}, {address}" if address else name


def _people(context: Context, rows: Sequence[Happened]) -> dict[int, tuple[str, str]]:
    """Number → (id, name) of the people within reach."""
    if not (context.persons and context.allows("read", "Patient")):
        return {}
    ids = [fhir_id for _kind, fhir_id in trail.names(sorted({row.patient for row in rows if row.patient})).values()]
    if not ids:
        return {}
    names = {f"p{number}": one for number, one in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in names)
    sql = f"SELECT p.id, p.full_name FROM view_patient p WHERE {{reach:p}} AND p.id IN ({marks})"
    found = tables.rows(context, sql, names)
    return {key_of("Patient", row["id"]): (row["id"], row["full_name"] or "") for row in found}
