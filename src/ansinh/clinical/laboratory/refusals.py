"""What is refused of results at every door, page or machine: one from the future."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ansinh.fhir.store.rules import register
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]
_CLOCKS_DIFFER = timedelta(minutes=5)


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("DiagnosticReport", not_yet)


def not_yet(report: Resource) -> Iterator[Problem]:
    """A report about a moment that has not come."""
    told = report.get("effectiveDateTime", "")
    if len(told) > 10 and datetime.fromisoformat(told) > clock.now() + _CLOCKS_DIFFER:
        message = phrase("Kết quả không thể có từ một giờ chưa đến.")
        yield Problem("value", message, "DiagnosticReport.effective", key="result-future")
    elif told[:10] > clock.today().isoformat()[: len(told[:10])]:
        message = phrase("Kết quả không thể có từ một ngày chưa đến.")
        yield Problem("value", message, "DiagnosticReport.effective", key="result-future")
