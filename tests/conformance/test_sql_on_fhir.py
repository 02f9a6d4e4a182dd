"""The official SQL-on-FHIR v2 suite against the reference runner."""

from decimal import Decimal

from ansinh.fhir.model import json
from ansinh.fhir.views import reference
from ansinh.kernel.errors import UserError


def comparable(rows: list[dict]) -> list[str]:
    """Rows in a form that sorts; the suite does not promise an order, and 1.0 is 1."""
    return sorted(str(sorted((name, repr(number(value))) for name, value in row.items())) for row in rows)


def number(value):
    if isinstance(value, list):
        return [number(item) for item in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value).normalize()
    return value


def difference(case: dict, resources: list[dict]) -> str:
    """What went otherwise than the suite says, "" when nothing did."""
    try:
        rows = reference.run(case["view"], resources)
    except UserError as error:
        return "" if case.get("expectError") else f"error: {error.message}"
    if case.get("expectError"):
        return "should be refused"
    if comparable(rows) != comparable(case["expect"]):
        return f"gave {rows}, expected {case['expect']}"
    columns = [column.name for column in reference.compile_view(case["view"]).columns]
    return "" if case.get("expectColumns", columns) == columns else f"columns {columns}"


def test_sql_on_fhir_official_suite_passes_whole(official, score):
    count, failures = 0, {}
    for path in sorted(official("sql-on-fhir").glob("*.json")):
        suite = json.loads(path.read_bytes())
        for case in suite["tests"]:
            count += 1
            found = difference(case, suite["resources"])
            if found:
                failures[f"{path.stem}: {case['title']}"] = found

    score("SQL-on-FHIR", count - len(failures), count)
    assert count == 134
    assert failures == {}
