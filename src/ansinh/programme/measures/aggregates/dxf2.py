"""DHIS2 dataValueSets as JSON, written and read. Pure. DHIS2 names one category option combination a value."""

from collections.abc import Iterable
from typing import Any

from ansinh.fhir.model import json
from ansinh.kernel.errors import Invalid
from ansinh.programme.measures.aggregates import values
from ansinh.programme.measures.aggregates.values import Value


def write(data_set: str, given: Iterable[Value]) -> bytes:
    """The body for `POST /api/dataValueSets`, in the order given: same figures, same bytes."""
    return json.dumps({"dataSet": data_set, "dataValues": [_written(each) for each in given]}) + b"\n"


def _written(value: Value) -> dict[str, str]:
    said = {"dataElement": value.element, "period": values.dhis2_period(value.period), "orgUnit": value.unit}
    if value.options:
        said["categoryOptionCombo"] = value.options[0][1]
    return said | {"value": str(value.count)}


def read(body: bytes) -> list[Value]:
    """Values of a dataValueSets body; `period` and `orgUnit` may stand once for all. Raises Invalid with the place."""
    data = json.loads(body)
    rows = data.get("dataValues") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise Invalid("Tệp không có danh sách dataValues.", field="dataValues")
    whole = {key: data[key] for key in ("period", "orgUnit") if key in data}
    return [_read(row, whole, f"dataValues[{index}]") for index, row in enumerate(rows)]


def _read(row: Any, whole: dict[str, Any], place: str) -> Value:
    if not isinstance(row, dict):
        raise Invalid(f"{place}: phải là một đối tượng.", field="dataValues")
    said = whole | row
    for name in ("dataElement", "orgUnit", "value"):
        if not said.get(name) and said.get(name) != 0:
            raise Invalid(f"{place}: thiếu {name}.", field=name)
    option = str(said.get("categoryOptionCombo") or "")
    return Value(
        str(said["dataElement"]),
        str(said["orgUnit"]),
        values.period_at(values.from_dhis2_period, said.get("period"), place),
        values.counted(said["value"], place),
        (("", option),) if option else (),
        place,
    )
