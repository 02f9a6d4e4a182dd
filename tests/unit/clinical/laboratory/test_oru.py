"""ORU^R01 messages: what is read, and which segment and field is named when one cannot be."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.laboratory.rules import oru
from ansinh.clinical.laboratory.rules.hl7 import Segment, Signs
from ansinh.clinical.laboratory.rules.reports import Limits
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import LOINC
from ansinh.kernel.text import nfc

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MSH = "MSH|^~\\&|LIS|PXN|AS||20260310083000||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8"
PID = "PID|1||037050000001^^^CCCD||Nguyễn^An^Văn||19500512|M"
OBR = "OBR|1|P1|F1|24323-8^Sinh hóa^LN|||20260310073000||||||||||||||||||F"
OBX = "OBX|1|NM|2823-3^Kali^LN||4.2|mmol/L|3.5-5.0|N|||F"


def message(*segments):
    return "\r".join(segments or (MSH, PID, OBR, OBX)).encode()


def read(*segments):
    return oru.read(message(*segments), NOW)


def refused(*segments):
    with pytest.raises(Invalid) as caught:
        read(*segments)
    return [(one.expression, one.key) for one in caught.value.problems]


def obx(kind="NM", value="4.2", code="2823-3^Kali^LN", unit="mmol/L", ranges="", flag="", status="F"):
    return f"OBX|1|{kind}|{code}||{value}|{unit}|{ranges}|{flag}|||{status}"


def test_whole_message_is_read():
    (report,) = read()

    assert (report.number, report.order, report.panel, report.laboratory) == ("F1", "P1", "Sinh hóa", "PXN")
    assert report.moment == "2026-03-10T07:30:00+07:00"
    assert report.whose.numbers == ("037050000001",)
    assert (report.whose.name, report.whose.birth, report.whose.gender) == ("Nguyễn Văn An", "1950-05-12", "male")
    (line,) = report.results
    assert (line.code, line.system, line.value, line.unit, line.flag) == (
        "2823-3",
        LOINC,
        Decimal("4.2"),
        "mmol/L",
        "N",
    )
    assert line.limits == Limits(Decimal("3.5"), Decimal("5.0"), text="3.5-5.0")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r"])
def test_lines_may_end_as_they_do_on_any_machine(end):
    assert len(oru.read(end.join((MSH, PID, OBR, OBX, "")).encode(), NOW)) == 1


def test_frame_of_a_captured_connection_is_left_out():
    assert len(oru.read(b"\x0b" + message() + b"\x1c\r", NOW)) == 1


def test_delimiters_are_those_that_the_message_declares():
    other = [line.replace("|", "!").replace("^", "$").replace("&", "%") for line in (MSH, PID, OBR, OBX)]

    assert read(*other)[0].whose.name == "Nguyễn Văn An"


def test_each_obr_is_a_report_with_its_own_results_and_notes():
    second = OBR.replace("F1", "F2").replace("P1", "P2")
    reports = read(MSH, PID, OBR, "NTE|1||Mẫu ít", OBX, "NTE|1||Làm lại", second, OBX, OBX)

    assert [(one.number, len(one.results), one.note) for one in reports] == [("F1", 1, "Mẫu ít"), ("F2", 2, "")]
    assert [line.note for line in reports[0].results] == ["Làm lại"]


def test_file_may_hold_many_messages_in_a_batch():
    other = OBR.replace("F1", "F2")
    batch = ("FHS|^~\\&|LIS", "BHS|^~\\&|LIS", MSH, PID, OBR, OBX, MSH, PID, other, OBX, "BTS|2", "FTS|1")

    assert [one.number for one in read(*batch)] == ["F1", "F2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"A\F\B", "A|B"), (r"A\S\B", "A^B"), (r"A\T\B", "A&B"), (r"A\R\B", "A~B"), (r"A\E\B", "A\\B"),
        (r"một\.br\hai", "một\nhai"), (r"\X41\B", "AB"), (r"\XC490\ường", "Đường"), (r"\H\đậm\N\ nhạt", "đậm nhạt"),
        (r"\Zlạ\ giữ", r"\Zlạ\ giữ"),
    ],
)  # fmt: skip
def test_escapes_are_undone(written, meant):
    (report,) = read(MSH, PID, OBR, obx("ST", written, unit=""))

    assert report.results[0].value == meant


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("NM", "4.20", (Decimal("4.20"), "")), ("NM", "-1,5", (Decimal("-1.5"), "")), ("NM", "0", (Decimal(0), "")),
        ("SN", "<^5", (Decimal(5), "<")), ("SN", ">=^10.5", (Decimal("10.5"), ">=")), ("SN", "=^3", (Decimal(3), "")),
        ("SN", "^1^:^128", ("1:128", "")), ("SN", "^100^-^200", ("100-200", "")),
        ("ST", "Âm tính", ("Âm tính", "")), ("TX", "a~b", ("a\nb", "")), ("FT", "dài", ("dài", "")),
        ("CE", "10828004^Dương tính^SCT", ("Dương tính", "")), ("CWE", "POS", ("POS", "")),
    ],
)  # fmt: skip
def test_each_kind_of_value_is_read(kind, value, meant):
    (report,) = read(MSH, PID, OBR, obx(kind, value))

    assert (report.results[0].value, report.results[0].comparator) == meant


@pytest.mark.parametrize(
    ("segments", "problem"),
    [
        ((PID, OBR, OBX), ("MSH", "hl7-start")),
        (("MSH|^~", PID, OBR, OBX), ("MSH-2", "hl7-signs")),
        ((MSH.replace("ORU^R01", "ADT^A01"), PID, OBR, OBX), ("MSH-9", "hl7-kind")),
        ((MSH, OBR, OBX), ("PID", "hl7-pid")),
        ((MSH, PID, PID, OBR, OBX), ("PID", "hl7-pid")),
        ((MSH, PID), ("OBR", "hl7-obr")),
        ((MSH, PID, OBR), ("OBR[1]-0", "hl7-empty")),
        ((MSH, PID, "lạ|1", OBX), ("lạ|", "hl7-segment")),
        ((MSH, "PID|1||||", OBR, OBX), ("PID[1]-3", "hl7-nobody")),
        ((MSH, PID.replace("19500512", "19501399"), OBR, OBX), ("PID[1]-7", "hl7-birth")),
        ((MSH, PID.replace("|M", "|đàn ông"), OBR, OBX), ("PID[1]-8", "hl7-sex")),
        ((MSH, PID, OBR.replace("|P1|F1|", "|||"), OBX), ("OBR[1]-3", "hl7-number")),
        ((MSH, PID, OBR.replace("24323-8^Sinh hóa^LN", ""), OBX), ("OBR[1]-4", "hl7-panel")),
        ((MSH, PID, OBR.replace("20260310073000", ""), OBX), ("OBR[1]-7", "hl7-moment")),
        ((MSH, PID, OBR.replace("20260310073000", "hôm qua"), OBX), ("OBR[1]-7", "hl7-time")),
        ((MSH, PID, OBR.replace("20260310073000", "20260231"), OBX), ("OBR[1]-7", "hl7-time")),
        ((MSH, PID, OBR.replace("20260310073000", "20270310"), OBX), ("OBR[1]-7", "hl7-future")),
        ((MSH, PID, OBR[:-1] + "X", OBX), ("OBR[1]-25", "hl7-status")),
        ((MSH, PID, OBR, OBX, obx(value="cao")), ("OBX[2]-5", "hl7-number-value")),
        ((MSH, PID, OBR, obx(value="1~2")), ("OBX[1]-5", "hl7-number-value")),
        ((MSH, PID, OBR, obx("SN", "~^5")), ("OBX[1]-5", "hl7-number-value")),
        ((MSH, PID, OBR, obx(value="")), ("OBX[1]-5", "hl7-value")),
        ((MSH, PID, OBR, obx(code="")), ("OBX[1]-3", "hl7-code")),
        ((MSH, PID, OBR, obx("ED", "^application^pdf^Base64^AAAA")), ("OBX[1]-2", "hl7-value-kind")),
        ((MSH, PID, OBR, obx("XX")), ("OBX[1]-2", "hl7-value-kind")),
        ((MSH, PID, OBR, obx(status="W")), ("OBX[1]-11", "hl7-status")),
        ((MSH, PID, OBR, OBX, OBR, OBX), ("OBR-3", "hl7-twice")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_segment_and_field(segments, problem):
    assert problem in refused(*segments)


def test_every_problem_of_a_file_is_told_at_once():
    other = OBR.replace("20260310073000", "hôm qua").replace("F1", "F2")

    assert refused(MSH, PID, OBR, obx(value="cao"), MSH, PID, other, OBX) == [
        ("OBX[1]-5", "hl7-number-value"),
        ("OBR[1]-7", "hl7-time"),
    ]


def test_cancelled_result_needs_no_value_and_is_told_as_such():
    (report,) = read(MSH, PID, OBR, obx(value="", status="X"))

    assert (report.results[0].status, report.results[0].value) == ("cancelled", "")


def test_flag_that_nobody_knows_is_kept_in_words():
    (report,) = read(MSH, PID, OBR, obx(flag="H~LẠ"))

    assert (report.results[0].flag, report.results[0].flag_words) == ("H", "LẠ")


def test_moment_is_that_of_the_result_where_the_order_says_none():
    line = OBX + "|||20260309"
    (report,) = read(MSH, PID, OBR.replace("20260310073000", ""), line)

    assert report.moment == "2026-03-09"


def test_hour_of_another_zone_is_told_in_that_of_vietnam():
    (report,) = read(MSH, PID, OBR.replace("20260310073000", "20260310023000+0000"), OBX)

    assert report.moment == "2026-03-10T09:30:00+07:00"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file-empty"),
        (message(MSH, PID).replace(b"UNICODE UTF-8", b"VNI"), "hl7-charset"),
        ("\r".join((MSH, PID, OBR)).encode("utf-16"), "file-encoding"),
        (message(MSH, PID.replace("Nguyễn^An^Văn", "NguyÔn^An^V¨n"), OBR, OBX), "file-old-font"),
        (message(MSH, PID.replace("Nguyễn", "Nguyá»…n"), OBR, OBX), "file-old-font"),
        (b"x" * 5_000_001, "file-large"),
    ],
)
def test_letters_that_cannot_be_read_are_refused_in_words(data, key):
    with pytest.raises(Invalid) as caught:
        oru.read(data, NOW)

    assert caught.value.code == key


def test_message_in_latin_letters_is_read_by_what_it_declares():
    segments = (MSH.replace("UNICODE UTF-8", "8859/1"), PID.replace("Nguyễn^An^Văn", "José^An"), OBR, OBX)
    data = "\r".join(segments).replace("Sinh hóa", "Chem").encode("latin-1")

    assert oru.read(data, NOW)[0].whose.name == "José An"


def problems_of(data):
    """What is wrong with a file, nothing when it is read; any other exception is a fault."""
    try:
        oru.read(data, NOW)
    except Invalid as error:
        return error.problems
    return ()


@given(st.text(alphabet="MSHPIDOBRX|^~\\&12\r\n NTE<>FNĐ", max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    told = problems_of((MSH + "\r" + text).encode())

    assert all(one.message and one.key for one in told)


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_in_words(data):
    with pytest.raises(Invalid):
        oru.read(data, NOW)


# --- flags, empty values, moments, the parts of a message ----------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "flag", "words"),
    [
        ("", "", ""), ("H", "H", ""), ("hh", "HH", ""), ("A~HH", "HH", "A"), ("H~LẠ", "H", "LẠ"), ("L~LL", "LL", "L"),
        ("HH^Nguy hiểm cao^HL70078", "HH", ""), ("XX^Rất lạ^L", "", "Rất lạ"), ("N~A", "N", "A"), ("~H", "H", ""),
        ("AA~LL", "AA", "LL"), ("^Cao^L", "", "Cao"), ('""', "", ""),
    ],
)  # fmt: skip
def test_critical_flag_stands_before_every_other_and_none_is_lost(told, flag, words):
    (report,) = read(MSH, PID, OBR, obx(flag=told))

    assert (report.results[0].flag, report.results[0].flag_words) == (flag, words)


@pytest.mark.parametrize("kind", ["ST", "TX", "CE", "CWE", "NM", "SN"])
@pytest.mark.parametrize("value", ["", "~", "^", "^^", " ", '""', "&"])
def test_result_without_anything_in_it_is_told_as_missing(kind, value):
    assert ("OBX[1]-5", "hl7-value") in refused(MSH, PID, OBR, obx(kind, value))


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("20260310", "2026-03-10"), ("2026031007", "2026-03-10T07:00:00+07:00"),
        ("202603100730", "2026-03-10T07:30:00+07:00"), ("20260310073015", "2026-03-10T07:30:15+07:00"),
        ("20260310073015.1234", "2026-03-10T07:30:15+07:00"), ("20260309233000-0500", "2026-03-10T11:30:00+07:00"),
        ("20260310003000+0700", "2026-03-10T00:30:00+07:00"), ("20260310073000^S", "2026-03-10T07:30:00+07:00"),
    ],
)  # fmt: skip
def test_moment_has_the_precision_that_was_said(told, moment):
    (report,) = read(MSH, PID, OBR.replace("20260310073000", told), OBX)

    assert report.moment == moment


@pytest.mark.parametrize("told", ["2026", "202603", "202603107", "20260310250000", "20260310236000", "10/03/2026",
                                  "20260310073000+2500", "00000310"])  # fmt: skip
def test_moment_without_a_day_or_that_is_none_is_told(told):
    assert ("OBR[1]-7", "hl7-time") in refused(MSH, PID, OBR.replace("20260310073000", told), OBX)


@pytest.mark.parametrize(("told", "birth"), [("1950", "1950"), ("195005", "1950-05"), ("19500512", "1950-05-12"),
                                             ("195005120830", "1950-05-12"), ("", "")])  # fmt: skip
def test_birth_has_the_precision_that_was_said(told, birth):
    (report,) = read(MSH, PID.replace("19500512", told), OBR, OBX)

    assert report.whose.birth == birth


@pytest.mark.parametrize(
    ("numbers", "known"),
    [
        ("037050000001^^^CCCD~26-ABC234^^^BV", ("037050000001", "26-ABC234")), ("1~1", ("1",)), ("~7", ("7",)),
        ("037050000001", ("037050000001",)), (r"A\T\B", ("A&B",)),
    ],
)  # fmt: skip
def test_each_number_of_a_person_is_kept_once(numbers, known):
    (report,) = read(MSH, PID.replace("037050000001^^^CCCD", numbers), OBR, OBX)

    assert report.whose.numbers == known


@pytest.mark.parametrize(
    ("told", "gender"), [("M", "male"), ("f", "female"), ("O", "other"), ("U", "unknown"), ("", "")]
)
def test_sex_is_that_of_the_table(told, gender):
    (report,) = read(MSH, PID.replace("|M", f"|{told}"), OBR, OBX)

    assert report.whose.gender == gender


def test_number_of_the_order_stands_before_the_report_where_it_says_none():
    order = "ORC|RE|P9|F9"
    reports = read(MSH, PID, order, OBR.replace("|P1|F1|", "|||"), OBX, OBR, OBX)

    assert [(one.number, one.order) for one in reports] == [("F9", "P9"), ("F1", "P1")]


def test_number_of_one_order_is_not_that_of_the_next_report():
    bare = OBR.replace("|P1|F1|", "|||")

    assert refused(MSH, PID, "ORC|RE|P9|F9", bare, OBX, bare, OBX) == [("OBR[2]-3", "hl7-number")]


def test_report_without_a_number_of_the_laboratory_has_that_of_who_asked():
    (report,) = read(MSH, PID, OBR.replace("|P1|F1|", "|P1||"), OBX)

    assert (report.number, report.order) == ("P1", "P1")


@pytest.mark.parametrize(("told", "status"), [("F", "final"), ("", "final"), ("C", "corrected"), ("P", "preliminary"),
                                              ("A", "partial"), ("f", "final")])  # fmt: skip
def test_state_of_a_report_is_that_of_its_table(told, status):
    (report,) = read(MSH, PID, OBR[:-1] + told, OBX)

    assert report.status == status


def test_segments_that_say_nothing_of_results_are_passed_over():
    (report,) = read(MSH, "SFT|x", PID, "PV1|1|O", "ORC|RE", OBR, "TQ1|1", OBX, "SPM|1", "ZXX|riêng", OBX)

    assert len(report.results) == 2


def test_empty_note_says_nothing_and_lines_of_one_stay_apart():
    (report,) = read(MSH, PID, OBR, OBX, "NTE|1||Dòng một~Dòng hai", "NTE|2||", r"NTE|3||Ba\.br\Bốn")

    assert report.results[0].note == "Dòng một\nDòng hai\nBa\nBốn"


def test_letters_that_were_taken_apart_are_stored_as_one():
    (report,) = read(MSH, PID.replace("Nguyễn", "Nguye\u0302\u0303n"), OBR, OBX)

    assert report.whose.name == "Nguyễn Văn An"


@pytest.mark.parametrize("charset", ["", "UTF-8", "unicode utf-8", "UNICODE UTF-8~8859/1", "ASCII"])
def test_letters_are_read_by_the_name_that_msh_gives_them(charset):
    (report,) = read(MSH.replace("UNICODE UTF-8", charset), PID, OBR, OBX)

    assert report.whose.name == "Nguyễn Văn An"


def test_file_with_a_mark_of_byte_order_is_read():
    assert len(oru.read(b"\xef\xbb\xbf" + message(), NOW)) == 1


def test_two_signs_that_are_one_letter_are_told():
    assert ("MSH-2", "hl7-signs") in refused(MSH.replace("^~\\&", "^^\\&"), PID, OBR, OBX)


def test_one_message_that_cannot_be_read_holds_back_the_others():
    assert ("MSH-9", "hl7-kind") in refused(MSH, PID, OBR, OBX, MSH.replace("R01", "R99"), PID, OBR, OBX)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_any_words_come_through_a_message_as_they_were(words):
    codes = {"\\": "E", "|": "F", "^": "S", "&": "T", "~": "R"}
    escaped = "".join(f"\\{codes[letter]}\\" if letter in codes else letter for letter in words)
    segment = Segment("NTE", 1, ("NTE", "1", "", escaped), Signs())

    assert segment.text(3) == nfc(words)
