"""Made-up content for the gallery. No real person, figure or facility."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansinh.ui import forms
from ansinh.ui.charts import Bar, BarChart, LineChart, Series
from ansinh.ui.icons import ICONS
from ansinh.ui.tables import Column, Link, Paging, Table, Tag

CODES = (
    {"code": "I10", "display": "Tăng huyết áp vô căn (nguyên phát)"},
    {"code": "E11", "display": "Bệnh đái tháo đường không phụ thuộc insulin"},
    {"code": "F20", "display": "Tâm thần phân liệt"},
    {"code": "F32", "display": "Giai đoạn trầm cảm"},
    {"code": "G80", "display": "Bại não"},
    {"code": "I69", "display": "Di chứng bệnh mạch máu não"},
    {"code": "M54", "display": "Đau lưng"},
    {"code": "S88", "display": "Chấn thương cắt cụt cẳng chân"},
)
SWATCHES = ("paper", "surface", "ink", "brand", "brand-deep", "lotus", "good", "warn", "bad", "info", "focus")
_DISPLAY = {entry["code"]: entry["display"] for entry in CODES}


class SampleForm(forms.Form):
    """One of each field."""

    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), help_text=gettext_lazy("Ghi như trên giấy tờ"))
    birth_date = forms.DateField(
        label=gettext_lazy("Ngày sinh"),
        past=True,
        help_text=gettext_lazy("Ví dụ 05/03/1948, 03/1948 hoặc chỉ năm 1948"),
    )
    gender = forms.RadioField(
        label=gettext_lazy("Giới tính"),
        inline=True,
        choices=[
            ("male", gettext_lazy("Nam")),
            ("female", gettext_lazy("Nữ")),
            ("other", gettext_lazy("Khác")),
        ],
    )
    systolic = forms.IntegerField(
        label=gettext_lazy("Huyết áp tâm thu"), suffix="mmHg", width=4, min_value=40, max_value=300
    )
    temperature = forms.DecimalField(label=gettext_lazy("Nhiệt độ"), suffix="°C", width=4, required=False, max_value=45)
    ward = forms.ChoiceField(
        label=gettext_lazy("Khoa, phòng"),
        required=False,
        choices=[("", "–"), ("rehab", gettext_lazy("Phục hồi chức năng")), ("care", gettext_lazy("Chăm sóc"))],
    )
    diagnosis = forms.CodeField(
        label=gettext_lazy("Chẩn đoán chính"),
        required=False,
        search_url=SimpleLazyObject(lambda: reverse("gallery_codes")),
        display_of=_DISPLAY.get,
        help_text=gettext_lazy("Gõ tên bệnh (có dấu hoặc không dấu) hay mã ICD-10"),
    )
    others = forms.CodesField(
        label=gettext_lazy("Chẩn đoán kèm theo"),
        required=False,
        search_url=SimpleLazyObject(lambda: reverse("gallery_codes")),
        display_of=_DISPLAY.get,
    )
    groups = forms.CheckboxesField(
        label=gettext_lazy("Nhóm đối tượng"),
        required=False,
        choices=[
            ("merit", gettext_lazy("Người có công với cách mạng")),
            ("elder", gettext_lazy("Người cao tuổi")),
            ("disabled", gettext_lazy("Người khuyết tật")),
        ],
        hints={"elder": gettext_lazy("Từ đủ 60 tuổi trở lên")},
    )
    note = forms.TextField(label=gettext_lazy("Diễn biến"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("Người bệnh đã đồng ý"))
    paper = forms.FileField(label=gettext_lazy("Giấy tờ kèm theo"), required=False)


WRONG = {
    "full_name": "",
    "birth_date": "31/02/1948",
    "gender": "",
    "systolic": "1200",
    "temperature": "36,x",
    "diagnosis": "A99.9",
    "others": ["I10", "E11"],
}


def everything(request: HttpRequest) -> dict[str, Any]:
    """All that the gallery's template draws."""
    initial = {
        "full_name": "Y Bhin Êban",
        "birth_date": "1948-03",
        "diagnosis": "I10",
        "others": ["E11"],
        "temperature": 36.5,
    }
    return {
        "form": SampleForm(initial=initial, prefix="good"),
        "wrong_form": SampleForm({f"bad-{name}": value for name, value in WRONG.items()}, prefix="bad"),
        "table": _table(),
        "empty_table": Table([Column("name", _("Họ tên"))], [], empty=_("Chưa có người nào khớp với bộ lọc.")),
        "paging": Paging("?page=1", "?page=3", _("51–100 trong 1.350"), _pages()),
        "summary": _summary(),
        "line_chart": _line_chart(),
        "many_lines": _many_lines(),
        "bar_chart": _bar_chart(),
        "weights": [("01/2025", 52.5), ("03/2025", 53), ("06/2025", None), ("09/2025", 54.2), ("12/2025", 55)],
        "tabs": [
            (_("Tổng quan"), "#", True),
            (_("Diễn biến"), "#", False, 12),
            (_("Phiên bản"), "#", False, 3),
        ],
        "timeline": _timeline(),
        "facts": [
            (_("Ngày sinh"), "03/1948"),
            (_("Giới tính"), _("Nam")),
            (_("Số căn cước"), "037048••••12"),
            (_("Nơi ở"), "xã Nam Đà, tỉnh Lâm Đồng"),
        ],
        "person_tags": [(_("Thương binh hạng 2/4"), "info"), (_("Đang ở cơ sở"), "good")],
        "changes": [
            (_("Nơi ở"), "thôn 3, xã Nam Đà", "thôn 5, xã Nam Đà"),
            (_("Điện thoại"), "", "0900 000 000"),
        ],
        "icons": sorted(ICONS),
        "swatches": SWATCHES,
        "tones": [
            ("good", _("Đạt mục tiêu")),
            ("warn", _("Sắp đến hạn")),
            ("bad", _("Quá hạn")),
            ("info", _("Mới")),
            ("neutral", _("Bản nháp")),
        ],
    }


def _pages() -> list[tuple[str, str | None, bool]]:
    return [
        ("1", "?page=1", False),
        ("2", "?page=2", True),
        ("3", "?page=3", False),
        ("…", None, False),
        ("27", "?page=27", False),
    ]


def _table() -> Table:
    columns = [
        Column("name", _("Họ tên"), "link", header=True),
        Column("born", _("Ngày sinh"), "date"),
        Column("group", _("Nhóm")),
        Column("visits", _("Lần khám"), "number"),
        Column("weight", _("Cân nặng (kg)"), "number", places=1),
        Column("state", _("Tình trạng"), "tag"),
    ]
    rows = [
        {
            "name": Link("Nguyễn Thị Hường", "#", "037148••••45"),
            "born": "1948-03-05",
            "group": _("Người có công"),
            "visits": 12,
            "weight": 52.5,
            "state": Tag(_("Đang ở cơ sở"), "good"),
        },
        {
            "name": Link("Y Bhin Êban", "#"),
            "born": "1952",
            "group": _("Người khuyết tật"),
            "visits": 1350,
            "weight": None,
            "state": Tag(_("Quá hạn khám"), "bad"),
            "_tone": "bad",
        },
        {
            "name": Link("H'Ly", "#", _("không có giấy tờ")),
            "born": "1987-11",
            "group": _("Đối tượng bảo trợ xã hội"),
            "visits": 3,
            "weight": 47,
            "state": Tag(_("Sắp ra"), "warn"),
        },
    ]
    return Table(columns, rows, caption=_("Người đang ở cơ sở"))


def _summary() -> list[tuple[Any, ...]]:
    return [
        (_("Họ và tên"), "Nguyễn Thị Hường", "#"),
        (_("Ngày sinh"), date(1948, 3, 5).strftime("%d/%m/%Y"), "#"),
        (_("Thẻ BHYT"), "", "#"),
        (_("Cơ sở"), _("Trung tâm Bảo trợ xã hội tỉnh")),
    ]


def _line_chart() -> LineChart:
    years = [str(year) for year in range(2020, 2027)]
    values = [31, 38, 44.5, None, 61, 68.2, 71]
    return LineChart(
        _("Người được quản lý bằng hồ sơ điện tử"),
        [Series(_("Thực tế"), list(zip(years, values, strict=True)))],
        unit="%",
        target=80,
        target_label=_("Mục tiêu 2025"),
        low=0,
        high=100,
        description=_("Tăng từ 31 % năm 2020 lên 71 % năm 2026; mục tiêu là 80 %."),
    )


def _many_lines() -> LineChart:
    months = ["01/2025", "03/2025", "05/2025", "07/2025", "09/2025", "11/2025"]
    lines = [
        (_("Tâm thu"), (152, 148, 150, 141, 138, 132)),
        (_("Tâm trương"), (94, 92, 90, 88, 84, 80)),
        (_("Mạch"), (88, 84, 86, 79, 76, 74)),
    ]
    series = [Series(label, list(zip(months, values, strict=True))) for label, values in lines]
    return LineChart(_("Huyết áp và mạch"), series, low=60, high=160)


def _bar_chart() -> BarChart:
    bars = [
        Bar("Trung tâm Phục hồi chức năng tâm thần Nho Quan", 92, "#", "138/150", "good"),
        Bar("Trung tâm Bảo trợ xã hội tỉnh", 71.5, "#", "93/130"),
        Bar("Cơ sở cai nghiện ma túy tỉnh", 38, "#", "76/200", "bad"),
        Bar("Trung tâm Điều dưỡng thương binh", None, "#", _("chưa báo cáo")),
    ]
    return BarChart(_("Tỷ lệ theo cơ sở"), bars, unit="%", target=80, high=100)


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "when": "2025-12-15T08:30:00+07:00",
            "title": _("Khám bệnh"),
            "url": "#",
            "icon": "pulse",
            "by": "Bs. Trần Văn Bình",
            "text": _("Huyết áp 132/80 mmHg. Tăng huyết áp vô căn, ổn định."),
        },
        {
            "when": "2025-12-10T14:00:00+07:00",
            "title": "PHQ-9",
            "url": "#",
            "icon": "form",
            "tag": _("14 điểm, cần xem lại"),
            "tone": "warn",
            "by": "Đd. Nguyễn Thị Lan",
        },
        {
            "when": "2025-12-08",
            "title": _("Tập đi với thanh song song"),
            "icon": "rehab",
            "text": _("Đi được 12 m, nghỉ một lần."),
        },
        {"when": "2025-11", "title": _("Vào cơ sở"), "icon": "stay"},
    ]
