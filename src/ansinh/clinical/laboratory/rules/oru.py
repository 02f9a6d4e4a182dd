"""HL7 v2 ORU^R01 → reports. Pure.

    bytes ─► messages (hl7) ─► PID · OBR · OBX · NTE ─► Report for each OBR

After HL7 v2.5.1 chapter 7. Every problem names segment and field; a file with a problem is refused whole. Kinds of
value that are read: NM, SN, ST, TX, FT, CE, CWE, CNE, IS, ID, DT, TM, TS, DTM.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from ansinh.clinical.laboratory.rules import hl7
from ansinh.clinical.laboratory.rules.hl7 import Message, Segment
from ansinh.clinical.laboratory.rules.reading import Findings, limits_of, number_of, told_moment, twice
from ansinh.clinical.laboratory.rules.reports import CRITICAL, FLAGS, Measured, Report, Whose
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.naming import LOINC
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

_MOMENT = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.\d{1,4})?([+-]\d{4})?")
_GENDERS = {"M": "male", "F": "female", "O": "other", "A": "other", "U": "unknown", "N": "unknown", "": ""}
# OBR-25 and OBX-11 (HL7 tables 0123 and 0085) → status of FHIR; others say that there is no result.
_REPORT_STATUS = {"F": "final", "": "final", "C": "corrected", "P": "preliminary", "R": "preliminary",
                  "A": "partial"}  # fmt: skip
_RESULT_STATUS = {"F": "final", "": "final", "C": "corrected", "P": "preliminary", "R": "preliminary",
                  "X": "cancelled"}  # fmt: skip
_WORDS = ("ST", "TX", "FT", "IS", "ID", "DT", "TM", "TS", "DTM")
_CODED = ("CE", "CWE", "CNE")
_SN_SIGNS = ("", "<", ">", "<=", ">=", "=")
MOST_MESSAGES = 500


def read(data: bytes, now: datetime) -> list[Report]:
    """The reports of a file of ORU^R01 messages. Raises Invalid with every problem, each with segment and field."""
    found = Findings()
    messages = hl7.messages(data, found)
    if not messages and not found.problems:
        found.add(phrase("Tệp không có bản tin HL7 nào (không thấy đoạn MSH)."), "MSH", "hl7-none")
    if len(messages) > MOST_MESSAGES:
        found.add(phrase("Tệp có quá %(most)s bản tin. Hãy chia nhỏ.", most=MOST_MESSAGES), "MSH", "hl7-many")
        found.refuse("hl7")
    reports = [report for message in messages for report in _reports(message, found, now)]
    if number := twice([report.number for report in reports if report.number]):
        found.add(phrase("Số phiếu %(number)s có hai lần trong tệp.", number=number), "OBR-3", "hl7-twice", "duplicate")
    found.refuse("hl7")
    return reports


def _reports(message: Message, found: Findings, now: datetime) -> Iterator[Report]:
    head = message.head
    kind = (head.text(9, 1), head.text(9, 2))
    if kind != ("ORU", "R01"):
        words = phrase("Đoạn MSH, trường 9: chỉ nhận bản tin ORU^R01, ở đây là «%(kind)s».", kind="^".join(kind))
        found.add(words, "MSH-9", "hl7-kind", "not-supported")
        return
    patients = message.named("PID")
    if len(patients) != 1:
        words = phrase("Bản tin phải có đúng một đoạn PID, ở đây có %(count)s.", count=len(patients))
        found.add(words, "PID", "hl7-pid", "structure")
        return
    whose = _whose(patients[0], found)
    groups = list(_groups(message))
    if not groups:
        found.add(phrase("Bản tin không có đoạn OBR nào."), "OBR", "hl7-obr", "structure")
    for group in groups:
        yield _report(head, whose, group, found, now)


def _groups(message: Message) -> Iterator[list[Segment]]:
    """Each OBR with its OBX and NTE, after the ORC before it."""
    group: list[Segment] = []
    order: list[Segment] = []
    for segment in message.segments:
        if segment.name == "ORC":
            order = [segment]
        elif segment.name == "OBR":
            if group:
                yield group
            group, order = [segment, *order], []
        elif segment.name in ("OBX", "NTE") and group:
            group.append(segment)
    if group:
        yield group


def _whose(pid: Segment, found: Findings) -> Whose:
    numbers = [pid.component(one, 1) for one in pid.raw(3).split(pid.signs.repeats)]
    numbers += [pid.text(2), pid.text(19)]
    family, given, middle = (pid.text(5, part) for part in (1, 2, 3))
    birth, gender = pid.text(7), pid.text(8).upper()
    born = _day(birth)
    if birth and not born:
        found.add(phrase("Đoạn PID, trường 7: ngày sinh «%(text)s» không đọc được.", text=birth[:30]), pid.place(7),
                  "hl7-birth")  # fmt: skip
    if gender not in _GENDERS:
        found.add(phrase("Đoạn PID, trường 8: giới tính «%(text)s» không có trong bảng.", text=gender[:10]),
                  pid.place(8), "hl7-sex", "code-invalid")  # fmt: skip
    name = nfc(" ".join(filter(None, (family, middle, given))))
    known = tuple(dict.fromkeys(number for number in numbers if number))
    if not known and not name:
        found.add(phrase("Đoạn PID, trường 3 và 5: không có mã số, cũng không có họ tên."), pid.place(3), "hl7-nobody",
                  "required")  # fmt: skip
    return Whose(known, name, born, _GENDERS.get(gender, ""))


def _day(text: str) -> str:
    """`1950`, `195005`, `19500512…` as a FHIR date, "" for anything else."""
    parts = _MOMENT.fullmatch(text)
    if not parts:
        return ""
    year, month, day = parts[1], parts[2], parts[3]
    try:
        datetime(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(filter(None, (year, month, day)))


def _report(head: Segment, whose: Whose, group: list[Segment], found: Findings, now: datetime) -> Report:
    obr = group[0]
    order = next((one for one in group if one.name == "ORC"), None)
    number = obr.text(3) or (order.text(3) if order else "")
    placer = obr.text(2) or (order.text(2) if order else "")
    if not number and not placer:
        words = phrase("Đoạn OBR thứ %(number)s, trường 3: thiếu số phiếu của phòng xét nghiệm.", number=obr.number)
        found.add(words, obr.place(3), "hl7-number", "required")
    panel_code, panel, panel_system = obr.text(4, 1), obr.text(4, 2), obr.text(4, 3)
    if not panel_code and not panel:
        words = phrase("Đoạn OBR thứ %(number)s, trường 4: thiếu tên xét nghiệm.", number=obr.number)
        found.add(words, obr.place(4), "hl7-panel", "required")
    told = obr.text(25).upper()
    if told not in _REPORT_STATUS:
        words = phrase(
            "Đoạn OBR thứ %(number)s, trường 25: trạng thái «%(told)s» không phải là có kết quả.",
            number=obr.number,
            told=told[:10],
        )
        found.add(words, obr.place(25), "hl7-status", "code-invalid")
    results = list(_results([one for one in group[1:] if one.name in ("OBX", "NTE")], found))
    if not any(one.name == "OBX" for one in group):
        words = phrase("Đoạn OBR thứ %(number)s không có kết quả (OBX) nào.", number=obr.number)
        found.add(words, obr.place(0), "hl7-empty", "structure")
    return Report(
        number=number or placer,
        whose=whose,
        panel=panel or panel_code,
        panel_code=panel_code,
        panel_system=_system(panel_system),
        moment=_moment_of(group, found, now),
        issued=_stamp(obr, 22, found, now),
        results=tuple(results),
        laboratory=head.text(4) or head.text(3),
        status=_REPORT_STATUS.get(told, "final"),
        note=_notes(group[1:], before_results=True),
        order=placer,
    )


def _moment_of(group: list[Segment], found: Findings, now: datetime) -> str:
    """When the sample was taken: OBR-7, else OBX-14, else OBR-14 or OBR-22."""
    obr = group[0]
    for segment, index in ((obr, 7), *((one, 14) for one in group if one.name == "OBX"), (obr, 14), (obr, 22)):
        if segment.text(index):
            return _stamp(segment, index, found, now)
    words = phrase("Đoạn OBR thứ %(number)s, trường 7: thiếu thời gian lấy mẫu.", number=obr.number)
    found.add(words, obr.place(7), "hl7-moment", "required")
    return ""


def _stamp(segment: Segment, index: int, found: Findings, now: datetime) -> str:
    """The FHIR dateTime (a date when no hour is said) of a field; a problem when it cannot be read or has not been."""
    text = segment.text(index)
    if not text:
        return ""
    words = {"name": segment.name, "number": segment.number, "field": index, "text": text[:30]}
    parts = _MOMENT.fullmatch(text)
    try:
        if not parts or not parts[3]:
            raise ValueError(text)
        year, month, day, hour, minute, second = (int(parts[group] or 0) for group in range(1, 7))
        read = datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts[7]))
    except ValueError:
        message = phrase("Đoạn %(name)s thứ %(number)s, trường %(field)s: ngày giờ «%(text)s» không đọc được.", **words)
        found.add(message, segment.place(index), "hl7-time")
        return ""
    try:
        told = told_moment(read, now)
    except ValueError:
        message = phrase("Đoạn %(name)s thứ %(number)s, trường %(field)s: ngày giờ «%(text)s» chưa đến.", **words)
        found.add(message, segment.place(index), "hl7-future")
        return ""
    return told if parts[4] else told[:10]


def _zone(text: str | None) -> tzinfo:
    if not text:
        return VIETNAM
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-offset if text[0] == "-" else offset)


def _results(segments: list[Segment], found: Findings) -> Iterator[Measured]:
    """Each OBX with the notes that follow it."""
    for index, obx in enumerate(segments):
        if obx.name != "OBX":
            continue
        following = []
        for one in segments[index + 1 :]:
            if one.name != "NTE":
                break
            following.append(one)
        if (measured := _result(obx, _notes(following), found)) is not None:
            yield measured


def _result(obx: Segment, note: str, found: Findings) -> Measured | None:
    code, name, system = (obx.text(3, part) for part in (1, 2, 3))
    if not code and not name:
        found.add(phrase("Đoạn OBX thứ %(number)s, trường 3: thiếu tên chỉ số.", number=obx.number), obx.place(3),
                  "hl7-code", "required")  # fmt: skip
    told = obx.text(11).upper()
    if told not in _RESULT_STATUS:
        words = phrase(
            "Đoạn OBX thứ %(number)s, trường 11: trạng thái «%(told)s» không phải là có kết quả.",
            number=obx.number,
            told=told[:10],
        )
        found.add(words, obx.place(11), "hl7-status", "code-invalid")
        return None
    read = _value(obx, _RESULT_STATUS[told] == "cancelled", found)
    if read is None:
        return None
    flag, flag_words = _flags(obx)
    return Measured(
        code=code,
        name=name or code,
        system=_system(system),
        value=read[0],
        comparator=read[1],
        unit=obx.text(6, 1),
        limits=limits_of(obx.plain(obx.raw(7))),
        flag=flag,
        flag_words=flag_words,
        note=note,
        status=_RESULT_STATUS[told],
    )


def _flags(obx: Segment) -> tuple[str, str]:
    """(flag, the others in words) of OBX-8, each repeat a code or, from version 2.7 on, a coded element. A critical
    one stands before those that only say on which side."""
    told = [(obx.component(one, 1).upper(), obx.component(one, 2)) for one in obx.raw(8).split(obx.signs.repeats)]
    codes = [code for code, _words in told if code in FLAGS]
    flag = next((code for code in codes if code in CRITICAL), codes[0] if codes else "")
    rest = [words or code for code, words in told if not code or code != flag]
    return flag, ", ".join(filter(None, rest))


def _value(obx: Segment, cancelled: bool, found: Findings) -> tuple[Decimal | str, str] | None:
    """(value, comparator); None after a problem, and for a result that was cancelled without one."""
    kind, raw = obx.text(2).upper(), obx.raw(5)
    if not raw.strip(obx.signs.components + obx.signs.repeats + obx.signs.inner + " "):
        if cancelled:
            return "", ""
        found.add(phrase("Đoạn OBX thứ %(number)s, trường 5: thiếu kết quả.", number=obx.number), obx.place(5),
                  "hl7-value", "required")  # fmt: skip
        return None
    words = {"number": obx.number, "text": obx.text(5)[:30], "kind": kind[:10]}
    if kind == "NM":
        value = number_of(obx.text(5))
        if value is not None and obx.signs.repeats not in raw:
            return value, ""
        found.add(phrase("Đoạn OBX thứ %(number)s, trường 5: «%(text)s» không phải là một số.", **words), obx.place(5),
                  "hl7-number-value")  # fmt: skip
        return None
    if kind == "SN":
        return _structured(obx, found)
    if kind in _CODED:
        return "; ".join(filter(None, (obx.component(one, 2) or obx.component(one, 1)
                                       for one in raw.split(obx.signs.repeats)))), ""  # fmt: skip
    if kind in _WORDS:
        return "\n".join(nfc(line) for line in "\n".join(obx.texts(5)).split("\n")).strip(), ""
    message = phrase("Đoạn OBX thứ %(number)s, trường 2: kiểu kết quả «%(kind)s» chưa nhận.", **words)
    if kind in ("ED", "RP"):
        told = "Đoạn OBX thứ %(number)s, trường 2: tệp kèm trong bản tin chưa nhận; gửi tệp ở trang kết quả."
        message = phrase(told, number=obx.number)
    found.add(message, obx.place(2), "hl7-value-kind", "not-supported")
    return None


def _structured(obx: Segment, found: Findings) -> tuple[Decimal | str, str] | None:
    """SN: comparator^number^sign^number. `<^5`, `^1^:^128`, `^100^-^200`."""
    sign, first, middle, second = (obx.text(5, part) for part in (1, 2, 3, 4))
    low, high = number_of(first), number_of(second) if second else None
    if sign not in _SN_SIGNS or low is None or (second and high is None):
        words = phrase("Đoạn OBX thứ %(number)s, trường 5: số có dấu (SN) không đọc được.", number=obx.number)
        found.add(words, obx.place(5), "hl7-number-value")
        return None
    if middle or second:
        return f"{sign}{first}{middle}{second}", ""
    return low, "" if sign == "=" else sign


def _notes(segments: list[Segment], *, before_results: bool = False) -> str:
    """The text of NTE segments; before_results: only those that stand before the first OBX."""
    said = []
    for segment in segments:
        if segment.name == "OBX" and before_results:
            break
        if segment.name == "NTE":
            said += [nfc(line) for text in segment.texts(3) for line in text.split("\n")]
    return "\n".join(filter(None, said))


def _system(told: str) -> str:
    return LOINC if told.upper() in ("LN", "LOINC") else ""
