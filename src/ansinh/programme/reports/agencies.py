"""Who reports, to whom, as the bodies stand on a day: names for the head, the addressees and the bases. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ansinh.programme.plans.definition import Reporting

_KINDS = {
    "QĐ": "Quyết định",
    "NQ": "Nghị quyết",
    "KH": "Kế hoạch",
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "CT": "Chỉ thị",
}
_COMMITTEE = "Ủy ban nhân dân"


def short_agency(name: str, province: str) -> str:
    """`Sở Y tế tỉnh Ninh Bình` → `Sở Y tế`: the province stands on the line above.

    >>> short_agency("Sở Y tế tỉnh Ninh Bình", "Ninh Bình")
    'Sở Y tế'
    """
    for tail in (f" tỉnh {province}", f" thành phố {province}", f" {province}"):
        if province and name.endswith(tail):
            return name.removesuffix(tail)
    return name


def place(committee: str) -> str:
    """`Ủy ban nhân dân tỉnh Ninh Bình` → `Ninh Bình`."""
    rest = committee.removeprefix(_COMMITTEE).strip()
    return rest.removeprefix("tỉnh ").removeprefix("thành phố ").strip()


def abbreviated(committee: str) -> str:
    """The superior body with its usual abbreviation, as the decree allows: `UBND tỉnh Ninh Bình`."""
    return committee.replace(_COMMITTEE, "UBND", 1)


def symbol(agency: str) -> str:
    """Initials of an agency for the number of its documents: `Sở Y tế` → `SYT`."""
    return "".join(word[0].upper() for word in agency.replace("-", " ").split() if word[0].isalpha())


def long_date(day: date) -> str:
    """`ngày 05 tháng 01 năm 2022`."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def kind_of(number: str) -> str:
    """`1942/QĐ-TTg` → `Quyết định`; `Văn bản` where the sign is not known."""
    sign = number.partition("/")[2].rpartition("/")[2] or number
    return next((word for token, word in _KINDS.items() if token in sign.split("-")), "Văn bản")


def basis(law: Mapping[str, Any]) -> str:
    """`Căn cứ Quyết định số 1942/QĐ-TTg ngày … của Thủ tướng Chính phủ phê duyệt …`."""
    number, day = law["number"], law.get("date")
    title = str(law["title"])
    words = [f"Căn cứ {kind_of(number)} số {number}"]
    if day:
        words.append(long_date(day))
    words.append(f"của {law['issuer']} {title[:1].lower()}{title[1:]}")
    return " ".join(words)


def plan_reference(document: Mapping[str, Any], title: str) -> str:
    """The plan as an official document cites it; number and date only where the copy that was read gives them."""
    number = f" số {document['number']}" if document.get("number") else ""
    day = f" {long_date(document['date'])}" if document.get("date") else ""
    rest = title.removeprefix("Kế hoạch").strip()
    return f"Kế hoạch{number}{day} của {document['issuer']} về {rest}"


def last_step(rows: Sequence[Reporting]) -> Reporting:
    """The yearly report that goes to the top: to nobody who passes it on. Units report to the lead department, and
    that department's report is the plan's."""
    senders = {row.sender for row in rows}
    yearly = [row for row in rows if row.recurrence == "yearly"] or list(rows)
    return next((row for row in yearly if not senders & set(row.receivers)), yearly[0])


def budget(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """(section, sources) of the plan's part about money, for a sentence."""
    if not rows:
        return "phần kinh phí", "theo quy định."
    section = (
        f"mục {rows[0]['section'].split('.')[0]}"
        if len({r["section"] for r in rows}) > 1
        else f"mục {rows[0]['section']}"
    )
    texts = [_lower(str(row["text"]).rstrip(".")) for row in rows]
    return section, f"{'; '.join(texts)}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
