"""ADX (IHE QRPH Aggregate Data Exchange, 2015), written and read. Pure. Categories are attributes of a value."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from xml.etree import ElementTree

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures.aggregates import values
from ansinh.programme.measures.aggregates.values import Value

NAMESPACE = "urn:ihe:qrph:adx:2015"
_OWN = frozenset({"dataElement", "value"})


def write(data_set: str, given: Iterable[Value], exported: str) -> bytes:
    """An ADX message: one group a unit and period, in the order given. exported: ISO date-time of the message."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}adx", {"exported": exported})
    for (unit, period), rows in groupby(given, lambda each: (each.unit, each.period)):
        said = {"dataSet": data_set, "orgUnit": unit, "period": values.adx_period(period)}
        group = ElementTree.SubElement(root, f"{{{NAMESPACE}}}group", said)
        for each in rows:
            names = {"dataElement": each.element, **dict(each.options), "value": str(each.count)}
            ElementTree.SubElement(group, f"{{{NAMESPACE}}}dataValue", names)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def read(body: bytes) -> list[Value]:
    """Values of an ADX message. Raises Invalid: no XML, a document type (nothing is expanded), another root, a value
    without a name, with the place."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Invalid("Tệp XML có phần khai báo kiểu tài liệu, không được nhận.", code="doctype")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise Invalid(f"Tệp không phải XML đúng, dòng {line}.", code="not-xml") from error
    if root.tag != f"{{{NAMESPACE}}}adx":
        raise Invalid("Tệp không phải thông điệp ADX: phần tử gốc khác adx của urn:ihe:qrph:adx:2015.", code="not-adx")
    return [
        _read(value.attrib, group.attrib, f"group[{at}].dataValue[{index}]")
        for at, group in enumerate(root.findall(f"{{{NAMESPACE}}}group"))
        for index, value in enumerate(group.findall(f"{{{NAMESPACE}}}dataValue"))
    ]


def _read(value: Mapping[str, str], group: Mapping[str, str], place: str) -> Value:
    for name, said in (("dataElement", value), ("value", value), ("orgUnit", group)):
        if not said.get(name):
            raise Invalid(f"{place}: thiếu {name}.", field=name)
    return Value(
        value["dataElement"],
        group["orgUnit"],
        values.period_at(values.from_adx_period, group.get("period"), place),
        values.counted(value["value"], place),
        tuple(sorted((name, option) for name, option in value.items() if name not in _OWN)),
        place,
    )
